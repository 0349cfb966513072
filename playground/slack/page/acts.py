"""What a person does on the page, turned into the verbs of the emulator."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from playground.shared.page import acts
from playground.shared.values import Json, told
from playground.slack.outbound import Outbound
from playground.slack.page.trouble import Drawer
from playground.slack.people import People
from playground.slack.platform import Platform
from playground.slack.values import Channel, Message, Outcome, Place, User, View
from playground.slack.world import BOT_NAME, BOT_USER

INVITATION = re.compile(rf"/(invite|remove|kick)\s+@?({re.escape(BOT_NAME)}|pm[-_ ]?compare)\s*", re.IGNORECASE)


class PageActs(acts.PageActs[User]):
    """One method an act."""

    named = "user"
    _platform: Platform

    def __init__(
        self, people: People, platform: Platform, outbound: Outbound, start_over: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(platform, outbound, Drawer(platform), start_over)
        self._people = people
        self.table |= {
            "say": self._say,
            "click": self._click,
            "choose": self._choose,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "react": self._react,
            "dismiss": self._dismiss,
            "home": self._home,
            "invite": self._invite,
        }

    @property
    def people(self) -> Mapping[str, User]:
        """Who may act, by id."""
        return self._platform.world.users

    async def _say(self, user: User, body: Json) -> Json:
        channel, text, thread_ts = self._channel(body), str(body["text"]).strip(), body.get("thread_ts")
        invitation = INVITATION.fullmatch(text)
        if invitation:
            self._let_in(user, channel, inside=invitation[1].lower() == "invite")
            return {}
        if text.startswith("/"):
            return _told(await self._people.command(user, channel, text, thread_ts=thread_ts))
        if text:
            await self._people.say(user, channel, self._with_mentions(text), thread_ts=thread_ts)
        return {}

    def _with_mentions(self, text: str) -> str:
        """`@name` and `#name` as Slack stores them; a person types no control characters."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        escaped = re.sub(rf"@{re.escape(BOT_NAME)}", f"<@{BOT_USER}>", escaped, flags=re.IGNORECASE)
        for user in self._platform.world.users.values():
            escaped = re.sub(rf"@{re.escape(user.name)}\b", f"<@{user.id}>", escaped, flags=re.IGNORECASE)
        for channel in self._platform.world.channels.values():
            if channel.kind != "im":
                escaped = re.sub(rf"#{re.escape(channel.name)}(?![\w-])", f"<#{channel.id}>", escaped)
        return escaped

    def _let_in(self, user: User, channel: Channel, *, inside: bool) -> None:
        members = self._platform.world.members[channel.id]
        if channel.kind == "im" or (BOT_USER in members) == inside:
            where = "already here" if inside else "not here"
            self._platform.world.note(user.id, channel.id, f"<@{BOT_USER}> is {where}.")
            return
        (members.add if inside else members.discard)(BOT_USER)
        done = "joined, invited by" if inside else "was removed by"
        words = f"<@{BOT_USER}> {done} <@{user.id}>."
        world = self._platform.world
        world.add_message(Message(world.fresh_ts(), channel.id, "USLACKBOT", words))

    async def _invite(self, user: User, body: Json) -> Json:
        self._let_in(user, self._channel(body), inside=True)
        return {}

    async def _click(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        return _told(await self._people.click(user, place, action_id=body["action_id"], block_id=body.get("block_id")))

    async def _choose(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        done = await self._people.choose(
            user, place, str(body["action_id"]), body["option"], block_id=body.get("block_id")
        )
        return _told(done)

    async def _suggest(self, user: User, body: Json) -> Json:
        place = self._place(user, body["place"])
        typed, block_id = str(body["typed"]), body.get("block_id")
        done = await self._people.suggest(user, place, str(body["action_id"]), typed, block_id=block_id)
        return _told(done) | {"options": done.options, "groups": done.groups}

    async def _submit(self, user: User, body: Json) -> Json:
        view = self._place(user, body["place"])
        if not isinstance(view, View):
            raise TypeError("only a modal is submitted")
        return _told(await self._people.submit(user, view, body.get("values") or {}))

    async def _close(self, user: User, body: Json) -> Json:
        view = self._place(user, body["place"])
        if not isinstance(view, View):
            raise TypeError("only a modal is closed")
        await self._people.close(user, view)
        return {}

    async def _react(self, user: User, body: Json) -> Json:
        message = self._place(user, body["place"])
        if not isinstance(message, Message):
            raise TypeError("only a message takes a reaction")
        name = str(body["name"]).strip().strip(":").lower()
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
            return {"error": "A reaction is a name like mag or books."}
        if user.id in message.reactions.get(name, ()):
            await self._people.unreact(user, message, name)
        else:
            await self._people.react(user, message, name)
        return {}

    async def _dismiss(self, _: User, body: Json) -> Json:
        self._platform.world.drop_ephemeral(str(body["ts"]))
        return {}

    async def _home(self, user: User, _: Json) -> Json:
        await self._people.open_home(user)
        return {}

    def _channel(self, body: Json) -> Channel:
        return self._platform.world.channels[str(body["channel"])]

    def _place(self, user: User, given: Any) -> Place:  # noqa: ANN401  # any JSON
        """Only what this person can see: their own modals and notes, messages of their channels."""
        world = self._platform.world
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
