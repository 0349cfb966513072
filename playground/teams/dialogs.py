"""Dialogs of Teams: opening them, filling them in, what comes up while typing, and how they end."""

from collections.abc import Mapping

from msgspec import structs

from playground.shared.values import EMPTY, Answer, Json
from playground.teams import acts, cards, payloads
from playground.teams.limits import surfaces
from playground.teams.outbound import UNREACHABLE
from playground.teams.platform import BOT_NAME
from playground.teams.values import Dialog, Message, Outcome, Person

RESULTS = "application/vnd.microsoft.search.searchResponse"
USERS = "graph.microsoft.com/users"
MOST_RESULTS = 15


class Dialogs(acts.Acts):
    """What a person does in a dialog, and in fields that search."""

    async def submit(
        self, person: Person, dialog: Dialog, values: Mapping[str, str] = EMPTY, *, label: str = "", at: str = ""
    ) -> Outcome:
        """Fills in fields and presses the dialog's Submit (the first one, unless another is named)."""
        here = self._open(person, dialog)
        if here.card is None:
            raise LookupError("there is nothing to fill in")
        if at:
            found = cards.at_pointer(here.card, at)
        elif label:
            found = cards.labelled(here.card, label)
        else:
            submits = [each for each in cards.actions(here.card) if each.part["type"] == "Action.Submit"]
            if not submits:
                raise LookupError("there is nothing to submit with")
            found = submits[0]
        typed = self._gathered(here.card, found, values)
        wrong = cards.invalid(here.card, found.at, typed)
        if wrong:
            return Outcome(invalid=wrong, dialog=here)
        if found.part["type"] != "Action.Submit":
            raise LookupError("only Action.Submit works in a dialog")
        message = self._opened_from(here)
        value = {"data": payloads.merged(found.part.get("data"), typed), "context": {"theme": "default"}}
        outcome = await self._send(self._activities.invoke(person, message, "task/submit", value))
        if outcome.error:
            return structs.replace(outcome, dialog=here)
        return self._went_on(person, message, outcome, here)

    def _went_on(self, person: Person, message: Message, outcome: Outcome, standing: Dialog | None) -> Outcome:
        """What the answer to task/fetch or task/submit makes of the dialog."""
        world = self.world
        task = outcome.body.get("task") if isinstance(outcome.body, dict) else None
        if task is None and standing is not None:  # Teams: an empty answer to task/submit closes the dialog
            world.dialogs.pop(person.id, None)
            world.touch()
            return outcome
        complaints = surfaces.check_task(task)
        name = "invoke task/submit" if standing else "invoke task/fetch"
        if complaints:
            outcome = self._faulty(outcome, name, "not shown as it was sent", complaints)
        value = task.get("value") if isinstance(task, dict) else None
        if not isinstance(task, dict) or not isinstance(value, str if task.get("type") == "message" else dict):
            return self._faulty(structs.replace(outcome, error=UNREACHABLE, dialog=standing), name, UNREACHABLE)
        held = value.get("card") if isinstance(value, dict) else None
        card = held.get("content") if isinstance(held, dict) else None
        opened = Dialog(
            id=standing.id if standing else world.fresh_message_id(),
            person=person.id,
            conversation=message.conversation,
            message=message.id,
            title=str(value.get("title", "")) if isinstance(value, dict) else BOT_NAME,
            width=value.get("width", "medium") if isinstance(value, dict) else "small",
            height=value.get("height", "medium") if isinstance(value, dict) else "small",
            card=card if isinstance(card, dict) else None,
            words=value if isinstance(value, str) else "",
        )
        world.dialogs[person.id] = opened
        world.touch()
        return structs.replace(outcome, dialog=opened, words=opened.words)

    def close(self, person: Person, dialog: Dialog) -> None:
        """Closes it without sending; Teams tells the bot nothing."""
        self._open(person, dialog)
        del self.world.dialogs[person.id]
        self.world.touch()

    async def search(self, person: Person, where: Dialog | Message, field: str, typed: str) -> list[Json]:
        """What comes up under a field with `choices.data` while typing: titles and values."""
        card = self._card_of_place(person, where)
        found = next((each.part for each in cards.parts(card) if each.part.get("id") == field), None)
        query = (found or {}).get("choices.data")
        if found is None or not isinstance(query, dict):
            raise LookupError(f"nothing comes up under {field}")
        static = [dict(each) for each in found.get("choices", ()) if typed.lower() in str(each["title"]).lower()]
        if query.get("dataset") == USERS:
            return static + self._users(typed)
        message = self._opened_from(where) if isinstance(where, Dialog) else where
        options = {"skip": 0, "top": int(query.get("count", MOST_RESULTS))}
        value = {"queryText": typed, "queryOptions": options, "dataset": str(query.get("dataset"))}
        activity = self._activities.invoke(person, message, "application/search", value)
        answer = await self.outbound.send(activity)
        return static + ([] if answer.error else self._results(answer))

    def _users(self, typed: str) -> list[Json]:
        """Teams answers this dataset by itself, from the organisation's directory."""
        people = [person for person in self.world.people.values() if not person.is_gone]
        return [{"title": p.name, "value": p.id} for p in people if typed.lower() in p.name.lower()][:MOST_RESULTS]

    def _results(self, answer: Answer) -> list[Json]:
        body = answer.body if isinstance(answer.body, dict) else {}
        value = body.get("value")
        results = value.get("results") if isinstance(value, dict) else None
        if (body.get("statusCode"), body.get("type")) == (200, RESULTS) and surfaces.are_options(results):
            return list(results)
        self.platform.fault("invoke application/search", "nothing comes up", [str(body)[:200]])
        return []
