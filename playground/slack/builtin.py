"""Slack's own commands that change who is in a channel, and whether it is archived."""

import re

from playground.slack.platform import Platform
from playground.slack.values import Channel, Message, User
from playground.slack.world import BOT_NAME

SLACKBOT = "USLACKBOT"
_COMMAND = re.compile(r"/(invite|remove|kick|archive|leave|join)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_BOT = re.compile(rf"@?({re.escape(BOT_NAME)}|pm[-_ ]?compare)", re.IGNORECASE)


class Builtin:
    """Does what they do; whatever can't be done is said once, to who typed it, by Slackbot."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._world = platform.world

    def run(self, user: User, channel: Channel, text: str) -> bool:
        """False where the text is none of these commands."""
        found = _COMMAND.fullmatch(text)
        if found is None:
            return False
        what, rest = found[1].lower(), (found[2] or "").strip()
        match what:
            case "invite":
                self._let_in(user, channel, rest, inside=True)
            case "remove" | "kick":
                self._let_in(user, channel, rest, inside=False)
            case "archive":
                self.archive(user, channel)
            case "leave":
                self.leave(user, channel)
            case _:
                self._join_named(user, channel, rest)
        return True

    # -- who is in

    def invite(self, user: User, channel: Channel) -> None:
        """Lets the bot in."""
        self._move(user, channel, self._world.team.bot_user, inside=True)

    def remove(self, user: User, channel: Channel) -> None:
        """Sends the bot away; it is told nothing."""
        self._move(user, channel, self._world.team.bot_user, inside=False)

    def _let_in(self, user: User, channel: Channel, name: str, *, inside: bool) -> None:
        if not name:
            self._note(user, channel, f"Who? Type /{'invite' if inside else 'remove'} and a name, such as @{BOT_NAME}.")
            return
        is_app = _BOT.fullmatch(name) and self._platform.is_installed
        who = self._world.team.bot_user if is_app else self._called(name)
        if who is None:
            self._note(user, channel, f"Nobody here is called “@{name.lstrip('@')}”.")
        else:
            self._move(user, channel, who, inside=inside)

    def _called(self, name: str) -> str | None:
        wanted = name.lstrip("@").casefold()
        return next((each.id for each in self._world.people.values() if each.name.casefold() == wanted), None)

    def _move(self, user: User, channel: Channel, who: str, *, inside: bool) -> None:
        members = self._world.members[channel.id]
        if channel.id in self._world.archived:
            self._note(user, channel, "This channel is archived.")
        elif user.kind in {"guest", "stranger"}:
            self._note(user, channel, "Guests and people of other workspaces can't change who is in a channel.")
        elif channel.kind == "im" or (who in members) == inside:
            self._note(user, channel, f"<@{who}> is {'already here' if inside else 'not here'}.")
        elif not inside and self._is_nowhere_else(who, channel):
            self._note(user, channel, f"<@{who}> is in no other channel: they would see nothing of this workspace.")
        else:
            (members.add if inside else members.discard)(who)
            self._say(channel, f"<@{who}> {'joined, invited by' if inside else 'was removed by'} <@{user.id}>.")

    def _is_nowhere_else(self, who: str, channel: Channel) -> bool:
        """Whether somebody of another workspace, who has no place of their own here, would be left with none."""
        person = self._world.people.get(who)
        others = (members for id_, members in self._world.members.items() if id_ != channel.id and id_[0] != "D")
        return person is not None and person.kind == "stranger" and not any(who in members for members in others)

    def join(self, user: User, channel: Channel) -> None:
        """Comes into a public channel. Raises LookupError for any other, and for people who may not."""
        if channel.kind != "public" or user.kind in {"guest", "stranger"}:
            raise LookupError("You can't join this channel by yourself.")
        if user.id not in self._world.members[channel.id]:
            self._world.members[channel.id].add(user.id)
            self._say(channel, f"<@{user.id}> joined.")

    def _join_named(self, user: User, here: Channel, name: str) -> None:
        wanted = name.lstrip("#").casefold()
        found = next((c for c in self._world.channels.values() if c.kind == "public" and c.name == wanted), None)
        if found is None:
            self._note(user, here, f"There is no public channel “#{wanted}”.")
        else:
            self.join(user, found)

    def leave(self, user: User, channel: Channel) -> None:
        """Goes out of a channel; where nobody is left to look on, says that it can't be done."""
        left = self._world.members[channel.id] - {user.id, self._world.team.bot_user}
        if channel.kind == "im" or not left or user.kind in {"guest", "stranger"}:
            self._note(user, channel, "You can't leave this one.")
            return
        self._world.members[channel.id].discard(user.id)
        self._say(channel, f"<@{user.id}> left.")

    # -- the archive

    def archive(self, user: User, channel: Channel) -> None:
        """Nobody can post there any more; the bot is told nothing."""
        self._keep_away(user, channel, is_archived=True)

    def unarchive(self, user: User, channel: Channel) -> None:
        """People can post there again."""
        self._keep_away(user, channel, is_archived=False)

    def _keep_away(self, user: User, channel: Channel, *, is_archived: bool) -> None:
        if channel.kind == "im" or user.kind in {"guest", "stranger"}:
            self._note(user, channel, "You can't archive this one.")
            return
        if (channel.id in self._world.archived) == is_archived:
            return
        if not is_archived:
            self._world.archived.discard(channel.id)
        self._say(channel, f"<@{user.id}> {'archived' if is_archived else 'un-archived'} the channel.")
        if is_archived:
            self._world.archived.add(channel.id)
        self._world.touch()

    # -- what is said of it

    def _note(self, user: User, channel: Channel, words: str) -> None:
        self._world.note(user.id, channel.id, words)

    def _say(self, channel: Channel, words: str) -> None:
        self._world.add_message(Message(self._world.fresh_ts(), channel.id, SLACKBOT, words))
