"""What people type, press and react with, and what Teams tells the bot about it."""

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from playground.shared.values import EMPTY, Json
from playground.teams import acts, cards, insertions, payloads
from playground.teams.limits import surfaces
from playground.teams.outbound import UNREACHABLE
from playground.teams.platform import BOT_NAME
from playground.teams.values import BOT, CARD, Conversation, Message, Outcome, Person

MESSAGE = "application/vnd.microsoft.activity.message"
OK = 200
EXECUTED = "invoke adaptiveCard/action"


class People(insertions.Insertions):
    """The verbs of `TeamsEmulator`; dialogs and searches are inherited."""

    # -- typing

    async def say(  # noqa: PLR0913  # three of them say whom it is for, each by name
        self,
        person: Person,
        conversation: Conversation,
        text: str,
        *,
        mention: bool = False,
        slash: bool = False,
        thread: str = "",
        card: Json | None = None,
    ) -> Outcome:
        """Types a message, with a `card` inserted; in a channel a new post, or an answer below the root `thread`.

        The bot hears it in the personal chat, and elsewhere where it is mentioned: by `mention`, or by "@PM Compare"
        anywhere in the text; or where it is chosen from the list that `/` opens (`slash`): then nobody else sees it.
        """
        world = self.world
        here = self._joined(person, conversation)
        self._check_writable(here)
        id_ = world.fresh_message_id()
        root = ""
        if here.kind == "channel":
            root = self._root(here, thread) if thread else "" if slash else id_
        words = f"@{BOT_NAME} {text}" if mention else text
        alone = person.id if slash and here.kind != "personal" else ""
        now = self.platform.clock.now()
        said = world.add_message(Message(id_, here.id, person.id, now, words, thread=root, recipient=alone, card=card))
        is_mentioned = f"@{BOT_NAME.lower()}" in words.lower()
        if here.kind != "personal" and not is_mentioned and not slash:
            return Outcome(said=said)
        if not world.has_bot(here):
            return Outcome(said=said, error=f"{BOT_NAME} is not here. Add the app first.")
        activity = self._activities.message(person, here, said, mentions=is_mentioned)
        if card is not None:
            activity["attachments"].append({"contentType": CARD, "content": card})
        if alone:
            activity["recipient"] = {**activity["recipient"], "isTargeted": True}
        return await self._send(activity, said=said)

    async def choose(self, person: Person, title: str) -> Outcome:
        """Taps what the last message in the person's own chat suggests: its value is said there."""
        chat = self.world.ensure_personal(person)
        last = next(reversed(self.world.messages[chat.id].values()), None)
        found = next((each for each in (last.suggested if last else ()) if each["title"] == title), None)
        if found is None:
            raise LookupError("that is no longer suggested")
        return await self.say(person, chat, str(found["value"]))

    def _root(self, here: Conversation, thread: str) -> str:
        found = self.world.messages[here.id].get(thread)
        if found is None or found.is_deleted:
            raise LookupError("the post is no longer there")
        return found.thread

    # -- buttons

    async def press(
        self,
        person: Person,
        message: Message | str,
        label: str = "",
        *,
        at: str = "",
        data: Mapping[str, Any] | None = None,
        values: Mapping[str, str] = EMPTY,
    ) -> Outcome:
        """Presses what says `label`, stands at the JSON pointer `at`, or carries `data`, in the card as they see it."""
        here = self._seen(person, message)
        card = self.world.card_of(person, here)
        if card is None:
            raise LookupError("there is no card in this message")
        if at:
            found = cards.at_pointer(card, at)
        else:
            found = cards.labelled(card, label) if data is None else cards.carrying(card, data)
        action = found.part
        typed = self._gathered(card, found, values)
        wrong = cards.invalid(card, found.at, typed) if action["type"] in acts.SUBMITS else {}
        if wrong:
            return Outcome(invalid=wrong)
        match action["type"]:
            case "Action.Execute":
                return await self._execute(person, here, action, typed)
            case "Action.Submit":
                return await self._submit_card(person, here, action, typed)
            case "Action.OpenUrl":
                return Outcome(url=str(action["url"]))
            case _:  # ShowCard and ToggleVisibility: the client's own affair
                return Outcome()

    async def _execute(self, person: Person, message: Message, action: Json, typed: Mapping[str, str]) -> Outcome:
        if not action.get("verb"):
            return self._faulty(Outcome(error="nothing happens"), "Action.Execute", "has no verb")
        shown = {name: action[name] for name in ("type", "id", "title", "verb") if action.get(name)}
        value = {"action": shown | {"data": payloads.merged(action.get("data"), typed)}, "trigger": "manual"}
        outcome = await self._send(self._activities.invoke(person, message, "adaptiveCard/action", value))
        return outcome if outcome.error else self._changed(person, message, outcome)

    def _changed(self, person: Person, message: Message, outcome: Outcome) -> Outcome:
        """What the answer to Action.Execute makes of the card, for this person alone."""
        body = outcome.body if isinstance(outcome.body, dict) else {}
        value = body.get("value")
        if body.get("statusCode") == OK and body.get("type") == CARD:
            complaints = surfaces.check_card(value)
            if complaints:
                outcome = self._faulty(outcome, EXECUTED, "not shown as it was sent", complaints)
            if isinstance(value, dict):
                if self.world.find_message(message.id) is not None:
                    self.world.views[person.id, message.id] = value
                    self.world.touch()
                return structs.replace(outcome, card=value)
        if body.get("statusCode") == OK and body.get("type") == MESSAGE and isinstance(value, str) and value.strip():
            return structs.replace(outcome, words=value)
        found = f"neither a card nor a sentence: {str(body)[:200]}"
        return self._faulty(structs.replace(outcome, error=UNREACHABLE), EXECUTED, UNREACHABLE, [found])

    async def _submit_card(self, person: Person, message: Message, action: Json, typed: Mapping[str, str]) -> Outcome:
        """Action.Submit in a message: opens a dialog where it says so, else the bot gets a message with a value."""
        data = payloads.merged(action.get("data"), typed)
        asked = data.get("msteams") if isinstance(data.get("msteams"), dict) else {}
        if isinstance(asked, dict) and asked.get("type") == "task/fetch":
            value = {"data": data, "context": {"theme": "default"}}
            outcome = await self._send(self._activities.invoke(person, message, "task/fetch", value))
            return outcome if outcome.error else self._went_on(person, message, outcome, None)
        here = self.world.conversations[message.conversation]
        return await self._send(self._activities.value_message(person, here, message, data))

    # -- reactions, and the end of messages

    async def react(self, person: Person, message: Message | str, emoji: str) -> Outcome:
        """Adds a reaction: an emoji, or Teams' id of one."""
        return await self._react(person, message, emoji, is_added=True)

    async def unreact(self, person: Person, message: Message | str, emoji: str) -> Outcome:
        """Takes a reaction back."""
        return await self._react(person, message, emoji, is_added=False)

    async def _react(self, person: Person, message: Message | str, emoji: str, *, is_added: bool) -> Outcome:
        here, kind = self._seen(person, message), payloads.reaction_type(emoji)
        people = [id_ for id_ in here.reactions.get(kind, ()) if id_ != person.id]
        left = {**here.reactions, kind: (*people, person.id) if is_added else tuple(people)}
        changed = {name: who for name, who in left.items() if who}
        self.world.change_message(here, reactions=changed)
        is_told = here.sender == BOT and self.world.has_bot(self.world.conversations[here.conversation])
        if not is_told:  # Teams: only of the bot's own messages, where no permission to read others was asked for
            return Outcome()
        return await self._send(self._activities.reaction(person, here, kind, is_added=is_added))

    async def delete_message(self, person: Person, message: Message | str) -> Outcome:
        """As its author or an owner would."""
        here = self._seen(person, message)
        self.world.delete_message(here)
        if not self.world.has_bot(self.world.conversations[here.conversation]):
            return Outcome()
        return await self._send(self._activities.deleted(person, here))
