"""The state of the emulated tenant: people, teams, conversations, messages, and what each person sees of them."""

import base64
import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from playground.shared.clock import EmulatorClock
from playground.shared.values import Json
from playground.shared.world import World
from playground.teams.values import Conversation, Dialog, Message, Person, PersonKind, Team


class Tenant(World):
    """Everything that is said and set up in one tenant.

    `members` and `installed` go by places: a team's id stands for all of its channels.
    """

    people: dict[str, Person]

    def __init__(self, clock: EmulatorClock, mark: str = "") -> None:
        """`mark` keeps its ids apart from those of other tenants; people have the same ones everywhere."""
        super().__init__(clock)
        self.mark = mark
        self.teams: dict[str, Team] = {}
        self.conversations: dict[str, Conversation] = {}
        self.members: dict[str, set[str]] = {}
        self.accounts: dict[str, Json] = {}  # what rosters say of somebody beside the usual
        self.installed: set[str] = set()
        self.reached: set[str] = set()  # personal chats that the bot opened, through a team that both are in
        self.removed: set[str] = set()  # personal chats whose person took the app away
        self.blocked: set[str] = set()
        self.messages: dict[str, dict[str, Message]] = {}
        self.views: dict[tuple[str, str], Json] = {}  # (person, message) -> the card after Action.Execute
        self.dialogs: dict[str, Dialog] = {}
        self._last_id = 0

    def clear(self) -> None:
        """Forgets everything but the order of message ids."""
        kept: Any
        tables = (self.people, self.teams, self.conversations, self.members, self.messages, self.views, self.dialogs)
        for kept in (*tables, self.accounts, self.installed, self.reached, self.removed, self.blocked):
            kept.clear()

    # -- identifiers

    def fresh_message_id(self) -> str:
        """Unique and increasing, even when the clock is turned back. Teams: milliseconds since 1970."""
        self._last_id = max(self._last_id + 1, int(self.clock.now() * 1000))
        return str(self._last_id)

    def fresh_moment(self) -> float:
        """Unix seconds, later than any before, even when the clock is turned back: a bot knows by it what is new."""
        return int(self.fresh_message_id()) / 1000

    def keep_after(self, message_id: str) -> None:
        """Makes later ids follow this one; used when a snapshot is loaded."""
        self._last_id = max(self._last_id, int(message_id))

    # -- furniture; each is found again by its name

    def ensure_person(self, name: str, zone: str, kind: PersonKind = "member") -> Person:
        """The person of this name, made where there is none."""
        for known in self.people.values():
            if known.name == name:
                return known
        made = Person(_guid("person", name), f"29:1{_long('person', name)}", name, zone, kind=kind)
        self.people[made.id] = made
        self.touch()
        return made

    def ensure_team(self, name: str, members: Iterable[str]) -> Team:
        """The team of this name with its General channel, made where there is none."""
        for known in self.teams.values():
            if known.name == name and not known.is_deleted:
                return known
        made = Team(_thread(f"{self.mark}team", name, "tacv2", len(self.teams)), name, _guid(f"{self.mark}group", name))
        self.teams[made.id] = made
        self.members[made.id] = set(members)
        self.add_conversation(Conversation(made.id, "channel", "General", made.id))
        return made

    def ensure_channel(self, team: Team, name: str) -> Conversation:
        """The team's channel of this name, made where there is none."""
        for known in self.channels(team.id):
            if known.name == name and not known.is_deleted:
                return known
        id_ = _thread(f"{self.mark}channel", f"{team.id}/{name}", "tacv2", len(self.conversations))
        return self.add_conversation(Conversation(id_, "channel", name, team.id))

    def ensure_group(self, name: str, members: Iterable[str]) -> Conversation:
        """The group chat of this name, made where there is none."""
        for known in self.conversations.values():
            if known.name == name and known.kind == "groupChat":
                return known
        made = Conversation(_thread(f"{self.mark}group", name, "v2", len(self.conversations)), "groupChat", name)
        self.members[made.id] = set(members)
        return self.add_conversation(made)

    def ensure_personal(self, person: Person) -> Conversation:
        """The person's chat with the bot, made where there is none."""
        id_ = f"a:1{_long(f'{self.mark}personal', person.id)}"
        known = self.conversations.get(id_)
        if known is not None:
            return known
        self.members[id_] = {person.id}
        return self.add_conversation(Conversation(id_, "personal", person.name))

    def add_conversation(self, made: Conversation) -> Conversation:
        """Keeps a conversation, without messages."""
        self.conversations[made.id] = made
        self.messages.setdefault(made.id, {})
        self.touch()
        return made

    # -- who is where

    def channels(self, team_id: str) -> list[Conversation]:
        """Of a team, General first."""
        return [each for each in self.conversations.values() if each.team == team_id]

    def people_in(self, conversation: Conversation) -> set[str]:
        """Ids of the people who are in it."""
        return self.members.get(conversation.team or conversation.id, set())

    def has_bot(self, conversation: Conversation) -> bool:
        """Whether the app is there, or the bot has opened the chat."""
        place = conversation.team or conversation.id
        return place in self.installed or place in self.reached

    def find_person(self, id_: str) -> Person | None:
        """By either id."""
        known = self.people.get(id_)
        return known or next((each for each in self.people.values() if each.member_id == id_), None)

    def may_reach(self, person: Person) -> bool:
        """Teams: the app is installed for the person, or in a team or chat that the person is in."""
        chat = self.ensure_personal(person)
        if chat.id in self.removed:
            return False
        return any(person.id in self.members.get(place, ()) for place in self.installed | self.reached)

    # -- messages

    def add_message(self, message: Message) -> Message:
        """Keeps a message."""
        self.messages[message.conversation][message.id] = message
        self.touch()
        return message

    def find_message(self, message_id: str) -> Message | None:
        """By its id, which no other message of the emulator has."""
        for kept in self.messages.values():
            if message_id in kept:
                return kept[message_id]
        return None

    def change_message(self, message: Message, **changes: Any) -> Message:  # noqa: ANN401  # fields of Message
        """Replaces fields of a message."""
        return self.change(self.messages[message.conversation], message.id, **changes)

    def delete_message(self, message: Message) -> None:
        """Takes the words away; a root with answers stays as a gap, as Teams shows it."""
        self.forget_views(message.id)
        if message.thread == message.id and len(self.thread(message)) > 1:
            self.change_message(message, is_deleted=True, text="", card=None, summary="", reactions={})
            return
        del self.messages[message.conversation][message.id]
        self.touch()

    def forget_views(self, message_id: str) -> None:
        """What single people saw of it: Teams shows everybody the new card after an update."""
        for key in [key for key in self.views if key[1] == message_id]:
            del self.views[key]

    def thread(self, root: Message) -> list[Message]:
        """The root and its answers, oldest first."""
        return [each for each in self.messages[root.conversation].values() if each.thread == root.id]

    def card_of(self, person: Person, message: Message) -> Json | None:
        """The card as this person sees it."""
        return self.views.get((person.id, message.id), message.card)


def _guid(kind: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{name}"))


def _long(kind: str, name: str) -> str:
    """Teams' ids are about this long: 84 characters, longer than some columns expect."""
    return base64.urlsafe_b64encode(hashlib.sha512(f"{kind}/{name}".encode()).digest()).decode().rstrip("=")[:84]


def _thread(kind: str, name: str, form: str, serial: int) -> str:
    return f"19:{hashlib.sha256(f'{kind}/{name}/{serial}'.encode()).hexdigest()[:32]}@thread.{form}"
