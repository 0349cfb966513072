"""What every act of a person on Teams needs: who may, what they see now, and what came of it."""

from collections.abc import Iterable, Mapping

from msgspec import structs

from playground.shared.emulator import Emulator
from playground.shared.values import Json
from playground.teams import cards
from playground.teams.outbound import Outbound
from playground.teams.payloads import Activities
from playground.teams.platform import Platform
from playground.teams.values import BOT, Conversation, Dialog, Message, Outcome, Person
from playground.teams.world import Tenant

SUBMITS = {"Action.Submit", "Action.Execute"}


class Acts(Emulator):
    """The ground that the verbs of `TeamsEmulator` stand on. What is not there, or not theirs, raises LookupError."""

    platform: Platform
    world: Tenant
    outbound: Outbound
    _activities: Activities

    async def _send(self, activity: Json, *, said: Message | None = None) -> Outcome:
        """Tells the bot, and waits for what comes of it."""
        before = len(self.platform.faults)
        answer = await self.outbound.send(activity)
        faults = tuple(self.platform.faults[before:])
        return Outcome(activity, answer.status, answer.body, answer.error, said=said, faults=faults)

    def _faulty(self, outcome: Outcome, where: str, error: str, details: Iterable[str] = ()) -> Outcome:
        """The outcome with one more fault, which is recorded too."""
        return structs.replace(outcome, faults=(*outcome.faults, self.platform.fault(where, error, details)))

    def _joined(self, person: Person, conversation: Conversation) -> Conversation:
        here = self.world.conversations.get(conversation.id)
        if here is None or here.is_deleted or person.id not in self.world.people_in(here):
            raise LookupError(f"{person.name} is not in {conversation.name}")
        return here

    def _check_writable(self, here: Conversation) -> None:
        team = self.world.teams.get(here.team)
        if team is not None and (team.is_archived or team.is_deleted):
            raise LookupError(f"{team.name} is archived")

    def _seen(self, person: Person, message: Message | str) -> Message:
        """The message as it is now, where this person can see it."""
        id_ = message if isinstance(message, str) else message.id
        here = self.world.find_message(id_)
        if here is None or here.is_deleted or here.recipient not in {"", person.id}:
            raise LookupError("the message is no longer there")
        self._joined(person, self.world.conversations[here.conversation])
        return here

    def _open(self, person: Person, dialog: Dialog) -> Dialog:
        here = self.world.dialogs.get(person.id)
        if here is None or here.id != dialog.id:
            raise LookupError("the dialog is no longer open")
        return here

    def _opened_from(self, dialog: Dialog) -> Message:
        """The message that a dialog belongs to; one that was deleted meanwhile is named all the same."""
        found = self.world.find_message(dialog.message)
        return found or Message(dialog.message, dialog.conversation, BOT, 0.0)

    def _card_of_place(self, person: Person, where: Dialog | Message) -> Json:
        if isinstance(where, Dialog):
            card = self._open(person, where).card
        else:
            card = self.world.card_of(person, self._seen(person, where))
        if card is None:
            raise LookupError("there is no card here")
        return card

    def _gathered(self, card: Json, found: cards.Found, values: Mapping[str, str]) -> dict[str, str]:
        if found.part["type"] not in SUBMITS or found.part.get("associatedInputs") == "none":
            return {}
        return cards.gathered(card, found.at, values)
