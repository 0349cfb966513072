"""What an emulated platform holds, and how everybody who waits hears of a change."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from msgspec import Struct, structs

from playground.shared.clock import EmulatorClock

Found = TypeVar("Found")
Held = TypeVar("Held", bound=Struct)


class World:
    """Changes are plain method calls; each one, and each move of the clock, wakes everybody who waits in `wait_for`."""

    people: dict[str, Any]

    def __init__(self, clock: EmulatorClock) -> None:
        self.clock = clock
        self.people = {}
        self.version = 0
        self.on_change: Callable[[], None] = lambda: None
        self._changed = asyncio.Event()
        clock.follow(self.touch)

    def clear(self) -> None:
        """Forgets everything but the order of what follows."""
        raise NotImplementedError

    def touch(self) -> None:
        """Announces a change."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
        self.on_change()

    def next_change(self) -> Coroutine[Any, Any, object]:
        """What returns at the next change: the next after this call, also where it is awaited later."""
        return self._changed.wait()

    async def wait_for(self, predicate: Callable[[], Found], within: float) -> Found:
        """The first truthy answer of `predicate`, asked at every change. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not (found := predicate()):
                await self.next_change()
            return found

    def change(self, table: dict[str, Held], key: str, **changes: Any) -> Held:  # noqa: ANN401  # fields of what is held
        """Replaces fields of what stands in a table of this world."""
        table[key] = structs.replace(table[key], **changes)
        self.touch()
        return table[key]
