"""Inserting a card into a message of one's own: the search beside the box, and what is chosen there."""

from playground.shared.values import Json
from playground.teams import dialogs
from playground.teams.limits import insertions
from playground.teams.outbound import UNREACHABLE
from playground.teams.values import Conversation, Outcome, Person, Result

QUERY = "composeExtension/query"


class Insertions(dialogs.Dialogs):
    """The search goes to the bot wherever it is typed, whether or not the bot is in that conversation."""

    async def look_for(
        self, person: Person, conversation: Conversation, words: str | None = None, *, skip: int = 0
    ) -> tuple[Outcome, list[Result]]:
        """What comes up; without `words` what the client asks as soon as the search is opened."""
        here = self._joined(person, conversation)
        command = self.platform.query
        if command is None:
            raise LookupError("the app inserts nothing")
        name, typed = ("initialRun", "true") if words is None else (str(command["parameters"][0]["name"]), words)
        value: Json = {
            "commandId": command["id"],
            "parameters": [{"name": name, "value": typed}],
            "queryOptions": {"skip": skip, "count": insertions.MOST},
        }
        outcome = await self._send(self._activities.composing(person, here, QUERY, value))
        if outcome.error:
            return outcome, []
        found = insertions.held(outcome.body)
        if found is None:
            said = f"neither results nor a sentence: {str(outcome.body)[:200]}"
            return self._faulty(outcome, f"invoke {QUERY}", UNREACHABLE, [said]), []
        complaints = insertions.complaints(found)
        if complaints:
            outcome = self._faulty(outcome, f"invoke {QUERY}", "not listed as it was sent", complaints)
        return outcome, insertions.results(found)
