"""What a person does on the page, turned into the verbs of an emulator: what both platforms have."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from playground.shared.outbound import Outbound
from playground.shared.page import clock
from playground.shared.page.trouble import Drawer
from playground.shared.platform import Platform
from playground.shared.values import Json

Somebody = TypeVar("Somebody")


class PageActs(Generic[Somebody]):
    """One method an act; `do` finds it by name in `table`, to which the twins add theirs."""

    named: str  # the field that says who acts
    tips_switch = "/pm-compare tips"  # what is typed to switch tips on

    def __init__(
        self, platform: Platform, outbound: Outbound, drawer: Drawer, start_over: Callable[[], Awaitable[None]]
    ) -> None:
        self.drawer = drawer
        self._platform = platform
        self._outbound = outbound
        self._start_over = start_over
        self.table: dict[str, Callable[[Somebody, Json], Awaitable[Json]]] = {
            "clock": self._move_clock,
            "trouble": self._cause_trouble,
            "rules": self._change_rules,
            "start-over": self._forget_everything,
        }

    @property
    def people(self) -> Mapping[str, Somebody]:
        """Who may act, by id."""
        raise NotImplementedError

    async def do(self, act: str, raw: bytes) -> tuple[int, Json]:
        """HTTP status and JSON: `error` is a sentence or one of the platform's words for a toast."""
        try:
            body = json.loads(raw)
            somebody = self.people[body[self.named]]
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not understood"}
        if act not in self.table:
            return 404, {"error": f"nobody can {act} here"}
        try:
            return 200, {"error": None, **await self.table[act](somebody, body)}
        except LookupError as gone:
            return 409, {"error": str(gone.args[0]) if gone.args else "it is no longer there"}
        except (TypeError, ValueError, OverflowError):
            return 400, {"error": "not understood"}

    async def _move_clock(self, _: Somebody, body: Json) -> Json:
        words = await clock.move(self._platform.clock, self._outbound.url, body, typed=self.tips_switch)
        self._platform.world.touch()
        return {"error": words}

    async def _cause_trouble(self, _: Somebody, body: Json) -> Json:
        self.drawer.order(body)
        return {}

    async def _change_rules(self, _: Somebody, body: Json) -> Json:
        self.drawer.change_rules(body)
        return {}

    async def _forget_everything(self, _: Somebody, __: Json) -> Json:
        await self._start_over()
        return {}
