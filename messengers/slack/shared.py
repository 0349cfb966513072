"""Do once what several ask for at the same moment, and let whoever stops waiting not break it off."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
Start = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]


class Shared:
    """What is under way, by what it is."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, ...], asyncio.Task[Any]] = {}

    async def once(self, what: tuple[str, ...], act: Callable[[], Coroutine[Any, Any, T]], start: Start) -> T:
        """Give what comes of it: of what somebody began already, or of `act`."""
        task = self._under_way.get(what)
        if task is None:
            task = self._under_way[what] = start(act())
            task.add_done_callback(partial(self._ended, what))
        found: T = await asyncio.shield(task)
        return found

    def _ended(self, what: tuple[str, ...], task: asyncio.Task[Any]) -> None:
        """Let the next who asks begin anew; where nobody waits any more, what went wrong was said by whoever tried."""
        self._under_way.pop(what, None)
        if not task.cancelled():
            task.exception()
