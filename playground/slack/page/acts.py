"""What a person does on the page, turned into the verbs of the emulator."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from playground.shared import page_clock
from playground.slack.outbound import Outbound
from playground.slack.page import trouble
from playground.slack.people import People
from playground.slack.platform import Platform
from playground.slack.values import Answer, Channel, Json, Message, Place, User, View
from playground.slack.world import BOT_NAME, BOT_USER

INVITATION = re.compile(rf"/(invite|remove|kick)\s+@?({re.escape(BOT_NAME)}|pm[-_ ]?compare)\s*", re.IGNORECASE)


class PageActs:
    """One method an act; `do` finds it by name."""

    def __init__(self, people: People, platform: Platform, outbound: Outbound, start_over: Callable[[], None]) -> None:
        self.outbound = outbound
        self._people = people
        self._platform = platform
        self._start_over = start_over
        self._table: dict[str, Callable[[User, Json], Awaitable[Json]]] = {
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
            "clock": self._move_clock,
            "trouble": self._cause_trouble,
            "rules": self._change_rules,
            "start-over": self._forget_everything,
        }

    async def do(self, act: str, raw: bytes) -> tuple[int, Json]:
        """HTTP status and JSON: `error` is a sentence or one of Slack's words for a toast."""
        try:
            body = json.loads(raw)
            user = self._platform.workspace.users[body["user"]]
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not understood"}
        if act not in self._table:
            return 404, {"error": f"nobody can {act} here"}
        try:
            return 200, {"error": None, **await self._table[act](user, body)}
        except LookupError as gone:
            return 409, {"error": str(gone.args[0]) if gone.args else "it is no longer there"}
        except (TypeError, ValueError, OverflowError):
            return 400, {"error": "not understood"}

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
        for user in self._platform.workspace.users.values():
            escaped = re.sub(rf"@{re.escape(user.name)}\b", f"<@{user.id}>", escaped, flags=re.IGNORECASE)
        for channel in self._platform.workspace.channels.values():
            if channel.kind != "im":
                escaped = re.sub(rf"#{re.escape(channel.name)}(?![\w-])", f"<#{channel.id}>", escaped)
        return escaped

    def _let_in(self, user: User, channel: Channel, *, inside: bool) -> None:
        members = self._platform.workspace.members[channel.id]
        if channel.kind == "im" or (BOT_USER in members) == inside:
            where = "already here" if inside else "not here"
            self._platform.workspace.note(user.id, channel.id, f"<@{BOT_USER}> is {where}.")
            return
        (members.add if inside else members.discard)(BOT_USER)
        done = "joined, invited by" if inside else "was removed by"
        words = f"<@{BOT_USER}> {done} <@{user.id}>."
        workspace = self._platform.workspace
        workspace.add_message(Message(workspace.fresh_ts(), channel.id, "USLACKBOT", words))

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
        self._platform.workspace.drop_ephemeral(str(body["ts"]))
        return {}

    async def _home(self, user: User, _: Json) -> Json:
        await self._people.open_home(user)
        return {}

    async def _move_clock(self, _: User, body: Json) -> Json:
        words = await page_clock.move(self._platform.clock, self.outbound.request_url, body)
        self._platform.workspace.touch()
        return {"error": words}

    async def _cause_trouble(self, _: User, body: Json) -> Json:
        trouble.order(self._platform, body)
        return {}

    async def _change_rules(self, _: User, body: Json) -> Json:
        trouble.change_rules(self._platform, body)
        return {}

    async def _forget_everything(self, _: User, __: Json) -> Json:
        self._start_over()
        return {}

    def _channel(self, body: Json) -> Channel:
        return self._platform.workspace.channels[str(body["channel"])]

    def _place(self, user: User, given: Any) -> Place:  # noqa: ANN401  # any JSON
        """Only what this person can see: their own modals and notes, messages of their channels."""
        workspace = self._platform.workspace
        found: Place | None
        if "view" in given:
            found = workspace.find_view(str(given["view"]))
            is_theirs = found is not None and found.user == user.id
        elif str(given["ts"]) in workspace.ephemerals:
            found = workspace.ephemerals[str(given["ts"])]
            is_theirs = found.user == user.id
        else:
            found = workspace.find_message(str(given["channel"]), str(given["ts"]))
            is_theirs = found is not None and user.id in workspace.members[found.channel]
        if found is None or not is_theirs:
            raise LookupError("it is no longer there")
        return found


def _told(answer: Answer) -> Json:
    """The word for the toast; what the bot sent badly is told too, since the page is for those who build it."""
    details = [f"{fault.where}: {', '.join((fault.error, *fault.details))}" for fault in answer.faults]
    return {"error": answer.error, "details": details}
