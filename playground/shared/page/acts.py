"""What a person does on the page, turned into the verbs of an emulator: what both platforms have."""

import json
from typing import Generic, TypeVar

from playground.shared.emulator import Emulator
from playground.shared.page import clock
from playground.shared.page.trouble import Drawer
from playground.shared.values import Json

Somebody = TypeVar("Somebody")
ACT = "_act_"


class PageActs(Generic[Somebody]):
    """One method an act; `do` finds it by name."""

    named: str  # the field that says who acts
    tips_switch = "/pm-compare tips"  # what is typed to switch tips on

    def __init__(self, emulator: Emulator, drawer: Drawer) -> None:
        self.emulator = emulator
        self.platform = emulator.platform
        self.drawer = drawer
        methods = [name for name in dir(self) if name.startswith(ACT)]
        self._acts = {name.removeprefix(ACT).replace("_", "-"): getattr(self, name) for name in methods}

    async def do(self, act: str, raw: bytes) -> tuple[int, Json]:
        """HTTP status and JSON: `error` is a sentence or one of the platform's words for a toast.

        `version` is what a page waits for that wants to see what came of it.
        """
        try:
            body = json.loads(raw)
            somebody = self.platform.world.people[body[self.named]]
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not understood"}
        if act not in self._acts:
            return 404, {"error": f"nobody can {act} here"}
        await self.emulator.opened.wait()
        try:
            done: Json = await self._acts[act](somebody, body)
        except LookupError as gone:
            return 409, {"error": str(gone.args[0]) if gone.args else "it is no longer there"}
        except (TypeError, ValueError, OverflowError):
            return 400, {"error": "not understood"}
        return 200, {"error": None, "version": self.platform.world.version, **done}

    def _zone(self, somebody: Somebody) -> str:
        """The name of somebody's time zone."""
        raise NotImplementedError

    async def _act_clock(self, somebody: Somebody, body: Json) -> Json:
        if body.get("to") == "clock-change":
            error, told = clock.to_clock_change(self.platform.clock, self._zone(somebody))
            return {"error": error, "told": told}
        words = await clock.move(self.platform.clock, self.emulator.outbound.url, body, typed=self.tips_switch)
        return {"error": words}

    async def _act_trouble(self, _: Somebody, body: Json) -> Json:
        self.drawer.order(body)
        return {}

    async def _act_rules(self, _: Somebody, body: Json) -> Json:
        self.drawer.change_rules(body)
        return {}

    async def _act_start_over(self, _: Somebody, __: Json) -> Json:
        await self.emulator.start_over()
        return {}
