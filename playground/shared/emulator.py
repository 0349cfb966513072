"""What both emulators are: served on loopback while they are started, remembered, furnished, and watched."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Self, TypeVar

from starlette.applications import Starlette
from starlette.routing import Route

from playground.shared import guard
from playground.shared.outbound import Outbound
from playground.shared.persistence import Memory
from playground.shared.platform import Platform
from playground.shared.server import Server
from playground.shared.trouble import Suffered
from playground.shared.world import World

Found = TypeVar("Found")


class Emulator:
    """One emulated platform; the twins say what people can do on it.

    `faults` is everything the platform would not have taken or shown, or a person would have seen fail; `trouble` what
    is to go wrong with the next calls: append to it. What a person does on the page waits until it is `opened`, as it
    is from the beginning; who starts a bot beside it may close it until that answers.
    """

    platform: Platform
    outbound: Outbound
    world: World
    _path = ""  # what the address ends with

    def __init__(self, platform: Platform, outbound: Outbound, memory: Memory | None, *, is_furnished: bool) -> None:
        self.platform = platform
        self.outbound = outbound
        self.world = platform.world
        self.clock = platform.clock
        self.faults = platform.faults
        self.trouble = platform.troubles.waiting
        self._memory = memory
        self._is_furnished = is_furnished
        self.opened = asyncio.Event()
        self.opened.set()

    def _serve(self, routes: Iterable[Route], host: str, port: int) -> None:
        """Names what is served once it is started."""
        self._host = host
        self._server = Server(Starlette(routes=[*routes], middleware=guard.MIDDLEWARE), host, port)

    # -- life

    async def start(self) -> None:
        """Loads what was kept, and listens."""
        is_loaded = self._memory is not None and self._memory.load()
        if self._is_furnished and not is_loaded:
            self.furnish()
        if self._memory is not None:
            self.world.on_change = self._memory.save_soon
        self.platform.is_closing.clear()
        port = await self._server.start()
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.platform.url = f"http://{host}:{port}{self._path}"

    async def stop(self) -> None:
        """Stops listening; what is still to be sent is given up."""
        self.platform.is_closing.set()
        await self.outbound.stop()
        await self._server.stop()
        if self._memory is not None:
            self._memory.save()

    def come_up(self, url: str, furnish: Callable[[], None]) -> None:
        """Loads what was kept; somebody else listens for it, at `url`."""
        is_loaded = self._memory is not None and self._memory.load()
        if self._is_furnished and not is_loaded:
            furnish()
        if self._memory is not None:
            self.world.on_change = self._memory.save_soon
        self.platform.is_closing.clear()
        self.platform.url = url

    async def go_down(self) -> None:
        """What is still to be sent is given up."""
        self.platform.is_closing.set()
        await self.outbound.stop()
        if self._memory is not None:
            self._memory.save()

    async def __aenter__(self) -> Self:
        """Starts."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops."""
        await self.stop()

    def furnish(self) -> None:
        """People and places to begin with."""
        raise NotImplementedError

    async def start_over(self) -> None:
        """Everything as on the first day, the clock too."""
        self.world.clear()
        self.platform.put_right()
        self.clock.reset()
        if self._is_furnished:
            self.furnish()
        self.world.touch()

    # -- addresses and records

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.platform.url

    @property
    def under_way(self) -> int:
        """How many calls are not answered yet: slow ones, and stalled ones whose caller still waits."""
        return self.platform.under_way

    @property
    def suffered(self) -> tuple[Suffered, ...]:
        """What went wrong lately by order of `trouble`, oldest first."""
        return tuple(self.platform.troubles.lately)

    def throw_dice(self, seed: int) -> None:
        """Makes the shares of `trouble` fall the same way in every run, as far as calls come in the same order."""
        self.platform.troubles.throw_anew(seed)

    async def wait_for(self, predicate: Callable[[], Found], *, within: float = 5.0) -> Found:
        """The first truthy value of `predicate`, asked again at every change of the emulator.

        Raises TimeoutError after `within` seconds.
        """
        return await self.world.wait_for(predicate, within)
