"""What a person does on the Teams page, turned into the verbs of the emulator."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from playground.shared import page_clock
from playground.teams import activities, cards
from playground.teams.outbound import Outbound
from playground.teams.page import trouble
from playground.teams.places import Places
from playground.teams.platform import BOT_NAME, Platform
from playground.teams.values import Conversation, Dialog, Json, Message, Person, Team, Turn


class PageActs:
    """One method an act; `do` finds it by name."""

    def __init__(
        self, places: Places, platform: Platform, outbound: Outbound, start_over: Callable[[], Awaitable[None]]
    ) -> None:
        self.outbound = outbound
        self._places = places
        self._platform = platform
        self._start_over = start_over
        self._table: dict[str, Callable[[Person, Json], Awaitable[Json]]] = {
            "say": self._say,
            "press": self._press,
            "submit": self._submit,
            "search": self._search,
            "dismiss": self._dismiss,
            "react": self._react,
            "install": self._install,
            "uninstall": self._uninstall,
            "rename": self._rename,
            "manage": self._manage,
            "trouble": self._cause_trouble,
            "rules": self._change_rules,
            "clock": self._move_clock,
            "start-over": self._forget_everything,
        }

    async def do(self, act: str, raw: bytes) -> tuple[int, Json]:
        """HTTP status and JSON: `error` is a sentence for a toast."""
        try:
            body = json.loads(raw)
            person = self._platform.world.people[body["person"]]
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not understood"}
        if act not in self._table:
            return 404, {"error": f"nobody can {act} here"}
        try:
            return 200, {"error": None, **await self._table[act](person, body)}
        except LookupError as gone:
            return 409, {"error": str(gone.args[0]) if gone.args else "it is no longer there"}
        except (TypeError, ValueError, OverflowError):
            return 400, {"error": "not understood"}

    # -- messages and cards

    async def _say(self, person: Person, body: Json) -> Json:
        text = str(body["text"]).strip()
        if not text:
            return {}
        return _told(
            await self._places.say(person, self._conversation(body), text, thread=str(body.get("thread") or ""))
        )

    async def _press(self, person: Person, body: Json) -> Json:
        turn = await self._places.press(person, self._message(body), at=str(body["at"]), values=_values(body))
        return _told(turn) | {"url": turn.url, "dialog": turn.dialog is not None}

    async def _submit(self, person: Person, body: Json) -> Json:
        dialog = self._dialog(person, body)
        turn = await self._places.submit(person, dialog, _values(body), at=str(body.get("at") or ""))
        return _told(turn) | {"is_open": person.id in self._platform.world.dialogs}

    async def _search(self, person: Person, body: Json) -> Json:
        where: Dialog | Message
        if "dialog" in body:
            where = self._dialog(person, body)
            card = where.card
        else:
            where = self._message(body)
            card = self._platform.world.card_of(person, where)
        field = cards.at_pointer(card or {}, str(body["at"])).part
        before = len(self._platform.faults)
        options = await self._places.search(person, where, str(field.get("id")), str(body["typed"]))
        faults = self._platform.faults[before:]
        return {"options": options, "details": [f"{f.where}: {', '.join((f.error, *f.details))}" for f in faults]}

    async def _dismiss(self, person: Person, body: Json) -> Json:
        if "dialog" in body:
            self._places.close(person, self._dialog(person, body))
            return {}
        message = self._message(body)
        if message.recipient != person.id:
            raise LookupError("everybody sees this message")
        self._platform.world.delete_message(message)
        return {}

    async def _react(self, person: Person, body: Json) -> Json:
        message, emoji = self._message(body), str(body["emoji"]).strip()
        if not emoji or len(emoji) > 60:  # noqa: PLR2004  # no id of an emoji is longer
            return {"error": "A reaction is an emoji."}
        kind = activities.reaction_type(emoji)
        if person.id in message.reactions.get(kind, ()):
            return _told(await self._places.unreact(person, message, kind))
        return _told(await self._places.react(person, message, kind))

    # -- places

    async def _install(self, person: Person, body: Json) -> Json:
        return _told(await self._places.install(self._conversation(body), person))

    async def _uninstall(self, person: Person, body: Json) -> Json:
        return _told(await self._places.uninstall(self._conversation(body), person))

    async def _rename(self, person: Person, body: Json) -> Json:
        name = str(body["name"]).strip()
        if not name:
            return {"error": "A name has at least one letter."}
        if "team" in body:
            return _told(await self._places.rename_team(self._team(body), name, person))
        return _told(await self._places.rename(self._conversation(body), name, person))

    async def _manage(self, person: Person, body: Json) -> Json:
        places = self._places
        match body.get("what"):
            case "create_channel":
                made, turn = await places.create_channel(self._team(body), str(body["name"]).strip(), person)
                return _told(turn) | {"conversation": made.id}
            case "delete_channel":
                return _told(await places.delete_channel(self._conversation(body), person))
            case "restore_channel":
                return _told(await places.restore_channel(self._conversation(body), person))
            case "archive_team":
                return _told(await places.archive_team(self._team(body), person))
            case "unarchive_team":
                return _told(await places.unarchive_team(self._team(body), person))
            case "delete_team":
                return _told(await places.delete_team(self._team(body), person))
            case "restore_team":
                return _told(await places.restore_team(self._team(body), person))
            case "delete_message":
                return _told(await places.delete_message(person, self._message(body)))
            case "block":
                places.block(person)
            case "unblock":
                places.unblock(person)
            case _:
                raise LookupError("that can't be done here")
        return {}

    # -- the emulator itself

    async def _cause_trouble(self, _: Person, body: Json) -> Json:
        trouble.order(self._platform, body)
        return {}

    async def _change_rules(self, _: Person, body: Json) -> Json:
        trouble.change_rules(self._platform, body)
        return {}

    async def _move_clock(self, _: Person, body: Json) -> Json:
        words = await page_clock.move(self._platform.clock, self.outbound.endpoint, body, typed=f"@{BOT_NAME} tips")
        self._platform.world.touch()
        return {"error": words}

    async def _forget_everything(self, _: Person, __: Json) -> Json:
        await self._start_over()
        return {}

    # -- what is named

    def _conversation(self, body: Json) -> Conversation:
        return self._platform.world.conversations[str(body["conversation"])]

    def _team(self, body: Json) -> Team:
        return self._platform.world.teams[str(body["team"])]

    def _message(self, body: Json) -> Message:
        return self._platform.world.messages[str(body["conversation"])][str(body["message"])]

    def _dialog(self, person: Person, body: Json) -> Dialog:
        found = self._platform.world.dialogs.get(person.id)
        if found is None or found.id != str(body["dialog"]):
            raise LookupError("the dialog is no longer open")
        return found


def _values(body: Json) -> dict[str, str]:
    held: Any = body.get("values") or {}
    return {str(name): str(value) for name, value in held.items()}


def _told(turn: Turn) -> Json:
    """What the client shows; what the bot sent badly is told too, since the page is for those who build it."""
    details = [f"{fault.where}: {', '.join((fault.error, *fault.details))}" for fault in turn.faults]
    return {"error": turn.error, "details": details, "words": turn.words, "invalid": dict(turn.invalid)}
