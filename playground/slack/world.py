"""The state of the emulated workspace: people, channels, messages, modals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playground.shared.clock import EmulatorClock
from playground.shared.values import Json
from playground.shared.world import World
from playground.slack.values import Channel, ChannelKind, Ephemeral, Message, Team, User, UserKind, View

TEAM = "T0POCKET"
TEAM_DOMAIN = "pocket"
OTHER_TEAM = "T0NORTHWIND"
OTHER_TEAM_NAME = "Northwind"
APP = "A0PMCOMPARE"
BOT_USER = "U0PMCOMPARE"
BOT_ID = "B0PMCOMPARE"
BOT_NAME = "PM Compare"
BOT_HANDLE = "pm_compare"
HOME = Team(TEAM, "Pocket", TEAM_DOMAIN, BOT_USER, BOT_ID)


class Workspace(World):
    """Everything that is said and set up in one workspace.

    `served_by` says whose installation of the app serves it: the workspace's own id, its organization's, '' for none.
    `linked` are the workspaces that it shares channels with.
    """

    people: dict[str, User]

    def __init__(self, clock: EmulatorClock, team: Team = HOME) -> None:
        super().__init__(clock)
        self.team = team
        self.served_by = team.id
        self.linked: list[Workspace] = []
        self.channels: dict[str, Channel] = {}
        self.members: dict[str, set[str]] = {}
        self.archived: set[str] = set()
        self.restricted: dict[str, str] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.deleted: set[tuple[str, str]] = set()
        self.accounts: dict[str, Json] = {}  # what users.info says of somebody beside the usual
        self.ephemerals: dict[str, Ephemeral] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.entered: dict[tuple[str, str], dict[str, dict[str, Json]]] = {}
        self.token_is_revoked = False
        self._last_ts = 0
        self._serial = 0

    def clear(self) -> None:
        """Forgets everything; timestamps begin anew with the clock."""
        tables = (self.people, self.accounts, self.channels, self.members, self.restricted, self.messages, self.entered)
        seen = (self.archived, self.deleted, self.ephemerals, self.modals, self.homes)
        kept: Any
        for kept in (*tables, *seen):
            kept.clear()
        self.token_is_revoked = False
        self._last_ts = 0

    def touch(self) -> None:
        """Announces a change, also where channels are shared."""
        super().touch()
        for each in self.linked:
            super(Workspace, each).touch()

    @property
    def is_org_wide(self) -> bool:
        """Whether the organization's installation serves it."""
        return self.team.organization is not None and self.served_by == self.team.organization.id

    # -- identifiers

    def fresh_ts(self) -> str:
        """Unique and increasing, as ids of messages must be, even when the clock is turned back."""
        last = max(each._last_ts for each in (self, *self.linked))  # noqa: SLF001  # its own kind
        self._last_ts = max(last + 100, int(self.clock.now() * 1_000_000) // 100 * 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def keep_after(self, ts: str) -> None:
        """Makes later timestamps follow this one; used when a snapshot is loaded."""
        seconds, micros = ts.split(".")
        self._last_ts = max(self._last_ts, int(seconds) * 1_000_000 + int(micros))

    def fresh_id(self, prefix: str) -> str:
        """An identifier no other thing has, after a restart neither."""
        self._serial += 1
        return f"{prefix}{self.team.mark}{int(self.clock.real() * 1000):X}{self._serial:04X}"

    # -- furniture

    def ensure_user(
        self, name: str, tz: str, *, is_admin: bool = False, kind: UserKind = "member", team: str = ""
    ) -> User:
        """The person of this name, made where there is none."""
        for known in self.people.values():
            if known.name == name:
                return known
        made = User(self._spelled("U0", name, self.people), name, tz, is_admin, kind=kind, team=team)
        self.people[made.id] = made
        self.ensure_dm(made)
        self.touch()
        return made

    def ensure_channel(self, name: str, kind: ChannelKind, members: Iterable[str]) -> Channel:
        """The channel of this name, made where there is none."""
        for known in self.channels.values():
            if known.name == name and known.kind != "im":
                return known
        made = Channel(self._spelled(f"C0{self.team.mark}", name, self.channels), name, kind)
        self.channels[made.id] = made
        self.members[made.id] = set(members)
        self.messages[made.id] = {}
        self.touch()
        return made

    def ensure_dm(self, user: User) -> Channel:
        """The person's direct messages with the bot."""
        channel_id = f"D{self.team.mark}{user.id[1:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, user.name, "im")
            self.members[channel_id] = {user.id, self.team.bot_user}
            self.messages[channel_id] = {}
        return self.channels[channel_id]

    def ensure_dm_between(self, one: User, other: User) -> Channel:
        """Two people's direct messages; the bot has no place there."""
        first, second = sorted((one, other), key=lambda user: user.id)
        channel_id = f"D{self.team.mark}{first.id[1:]}{second.id[2:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, f"{first.name}, {second.name}", "im")
            self.members[channel_id] = {first.id, second.id}
            self.messages[channel_id] = {}
            self.touch()
        return self.channels[channel_id]

    @staticmethod
    def _spelled(prefix: str, name: str, taken: Mapping[str, object]) -> str:
        base = prefix + re.sub(r"[^A-Z0-9]", "", name.upper())
        found, count = base, 1
        while found in taken or found == BOT_USER:
            count += 1
            found = f"{base}{count}"
        return found

    def is_shared(self, channel_id: str) -> bool:
        """Whether people of another workspace are in the channel."""
        found = (self.people.get(id_) for id_ in self.members.get(channel_id, ()))
        return any(user is not None and user.kind == "stranger" for user in found)

    # -- messages

    def add_message(self, message: Message) -> Message:
        """Stores it and says so."""
        self.messages[message.channel][message.ts] = message
        self.touch()
        return message

    def find_message(self, channel: str, ts: str) -> Message | None:
        """The message as it is now."""
        return self.messages.get(channel, {}).get(ts)

    def change_message(self, message: Message, **changes: Any) -> Message:  # noqa: ANN401  # fields of Message
        """Replaces fields of a stored message."""
        return self.change(self.messages[message.channel], message.ts, **changes)

    def delete_message(self, channel: str, ts: str) -> None:
        """Leaves a tombstone: nothing can be replied to it."""
        del self.messages[channel][ts]
        self.deleted.add((channel, ts))
        self.touch()

    def react(self, message: Message, user: str, name: str, *, is_added: bool = True) -> bool:
        """Adds a reaction or takes it back; False where there is nothing to change."""
        reactions = dict(self.messages[message.channel][message.ts].reactions)
        people = tuple(reactions.get(name, ()))
        if (user in people) == is_added:
            return False
        if is_added:
            reactions[name] = (*people, user)
        else:
            del reactions[name]
            if left := tuple(person for person in people if person != user):
                reactions[name] = left
        self.change_message(message, reactions=reactions)
        return True

    def posts(self, channel: str) -> list[Message]:
        """Top-level messages, oldest first."""
        return [m for m in self.messages[channel].values() if m.thread_ts is None or m.thread_ts == m.ts]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Replies, oldest first, without the parent."""
        return [m for m in self.messages[channel].values() if m.thread_ts == ts and m.ts != ts]

    # -- what one person alone sees

    def add_ephemeral(self, ephemeral: Ephemeral) -> Ephemeral:
        """Shows it, in place of one with the same ts."""
        self.ephemerals[ephemeral.ts] = ephemeral
        self.touch()
        return ephemeral

    def note(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None, blocks: Sequence[Json] = ()
    ) -> Ephemeral:
        """Words from Slack itself, to one person."""
        return self.add_ephemeral(
            Ephemeral(self.fresh_ts(), channel, user, text, tuple(blocks), thread_ts, from_slackbot=True)
        )

    def drop_ephemeral(self, ts: str) -> None:
        """Takes it off the screen."""
        if self.ephemerals.pop(ts, None) is not None:
            self.touch()

    def find_view(self, view_id: str) -> View | None:
        """An open modal or a Home tab."""
        stacks = [*self.modals.values(), list(self.homes.values())]
        return next((view for stack in stacks for view in stack if view.id == view_id), None)

    def put_view(self, view: View) -> View:
        """Replaces the view of the same id wherever it is open."""
        if view.body["type"] == "home":
            self.homes[view.user] = view
        else:
            stack = self.modals.setdefault(view.user, [])
            self.modals[view.user] = [view if each.id == view.id else each for each in stack]
        self.touch()
        return view

    def push_view(self, view: View) -> View:
        """Opens it on top."""
        self.modals.setdefault(view.user, []).append(view)
        self.touch()
        return view

    def close_views(self, user: str, *, every: bool) -> None:
        """Closes the one on top, or all of them."""
        stack = self.modals.get(user, [])
        closed, self.modals[user] = (stack, []) if every else (stack[-1:], stack[:-1])
        for view in closed:
            self.entered.pop((user, view.id), None)
        self.touch()
