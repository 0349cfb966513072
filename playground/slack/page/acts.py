"""What a person does on the page, turned into the verbs of the emulator."""

import re
from typing import Any

from playground.shared.emulator import Emulator
from playground.shared.page.trouble import Drawer
from playground.shared.values import Json, told
from playground.slack.builtin import Builtin
from playground.slack.oauth.installs import Installs
from playground.slack.page.workspaces import WorkspaceActs
from playground.slack.people import People
from playground.slack.platform import Platform
from playground.slack.values import Channel, Message, Outcome, Place, User, View
from playground.slack.world import BOT_NAME

# What Slackbot has said already in the channel, as Slack does: the page need not say it a second time.
SAID = {"unknown_command", "not_supported_in_threads", "is_archived"}


class PageActs(WorkspaceActs):
    """One method an act."""

    named = "user"
    emulator: People
    platform: Platform

    def __init__(self, emulator: Emulator, drawer: Drawer, installs: Installs) -> None:
        super().__init__(emulator, drawer)
        self.installs = installs
        self._builtin = Builtin(self.platform)

    def _zone(self, somebody: User) -> str:
        return somebody.tz

    async def _act_say(self, user: User, body: Json) -> Json:
        channel, text, thread_ts = self._channel(body), str(body["text"]).strip(), body.get("thread_ts")
        if user.id in self.platform.world.members[channel.id] and self._builtin.run(user, channel, text):
            return {}
        if text.startswith("/"):
            told = _told(await self.emulator.command(user, channel, text, thread_ts=thread_ts))
            return {} if told["error"] in SAID else told
        if text:
            await self.emulator.say(user, channel, self._with_mentions(text), thread_ts=thread_ts)
        return {}

    def _with_mentions(self, text: str) -> str:
        """`@name` and `#name` as Slack stores them; a person types no control characters."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        escaped = re.sub(
            rf"@{re.escape(BOT_NAME)}", f"<@{self.platform.world.team.bot_user}>", escaped, flags=re.IGNORECASE
        )
        for user in self.platform.world.people.values():
            escaped = re.sub(rf"@{re.escape(user.name)}\b", f"<@{user.id}>", escaped, flags=re.IGNORECASE)
        for channel in self.platform.world.channels.values():
            if channel.kind != "im":
                escaped = re.sub(rf"#{re.escape(channel.name)}(?![\w-])", f"<#{channel.id}>", escaped)
        return escaped

    async def _act_invite(self, user: User, body: Json) -> Json:
        self._builtin.invite(user, self._joined(user, body))
        return {}

    async def _act_remove(self, user: User, body: Json) -> Json:
        self._builtin.remove(user, self._joined(user, body))
        return {}

    async def _act_archive(self, user: User, body: Json) -> Json:
        self._builtin.archive(user, self._joined(user, body))
        return {}

    async def _act_unarchive(self, user: User, body: Json) -> Json:
        self._builtin.unarchive(user, self._joined(user, body))
        return {}

    async def _act_join(self, user: User, body: Json) -> Json:
        self._builtin.join(user, self._channel(body))
        return {}

    async def _act_leave(self, user: User, body: Json) -> Json:
        self._builtin.leave(user, self._joined(user, body))
        return {}

    async def _act_click(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        done = await self.emulator.click(
            user, place, action_id=body["action_id"], value=body.get("value"), block_id=body.get("block_id")
        )
        return _told(done)

    async def _act_choose(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        done = await self.emulator.choose(
            user, place, str(body["action_id"]), body["option"], block_id=body.get("block_id")
        )
        return _told(done)

    async def _act_suggest(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        typed, block_id = str(body["typed"]), body.get("block_id")
        done = await self.emulator.suggest(user, place, str(body["action_id"]), typed, block_id=block_id)
        return _told(done) | {"options": done.options, "groups": done.groups}

    async def _act_submit(self, user: User, body: Json) -> Json:
        view = self._place(user, body["place"])
        if not isinstance(view, View):
            raise TypeError("only a modal is submitted")
        return _told(await self.emulator.submit(user, view, body.get("values") or {}))

    async def _act_close(self, user: User, body: Json) -> Json:
        view = self._place(user, body["place"])
        if not isinstance(view, View):
            raise TypeError("only a modal is closed")
        await self.emulator.close(user, view)
        return {}

    async def _act_react(self, user: User, body: Json) -> Json:
        message = self._place(user, body["place"])
        if not isinstance(message, Message):
            raise TypeError("only a message takes a reaction")
        name = str(body["name"]).strip().strip(":").lower()
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
            return {"error": "A reaction is a name like mag or books."}
        if user.id in message.reactions.get(name, ()):
            await self.emulator.unreact(user, message, name)
        else:
            await self.emulator.react(user, message, name)
        return {}

    async def _act_dismiss(self, _: User, body: Json) -> Json:
        self.platform.world.drop_ephemeral(str(body["ts"]))
        return {}

    async def _act_home(self, user: User, body: Json) -> Json:
        await self.emulator.open_home(user, tab="messages" if body.get("tab") == "messages" else "home")
        return {}

    async def _act_shortcut(self, user: User, body: Json) -> Json:
        return _told(await self.emulator.shortcut(user, str(body["shortcut"])))

    def _channel(self, body: Json) -> Channel:
        return self.platform.world.channels[str(body["channel"])]

    def _joined(self, user: User, body: Json) -> Channel:
        channel = self._channel(body)
        if user.id not in self.platform.world.members[channel.id]:
            raise LookupError(f"{user.name.title()} is not in #{channel.name}")
        return channel

    def _place(self, user: User, given: Any) -> Place:  # noqa: ANN401  # any JSON
        """Only what this person can see: their own modals and notes, messages of their channels."""
        world = self.platform.world
        found: Place | None
        if "view" in given:
            found = world.find_view(str(given["view"]))
            is_theirs = found is not None and found.user == user.id
        elif str(given["ts"]) in world.ephemerals:
            found = world.ephemerals[str(given["ts"])]
            is_theirs = found.user == user.id
        else:
            found = world.find_message(str(given["channel"]), str(given["ts"]))
            is_theirs = found is not None and user.id in world.members[found.channel]
        if found is None or not is_theirs:
            raise LookupError("it is no longer there")
        return found


def _told(outcome: Outcome) -> Json:
    """The word for the toast, and what the bot sent badly."""
    return {"error": outcome.error, "details": told(outcome.faults)}
