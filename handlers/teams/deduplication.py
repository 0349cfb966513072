"""Handle each activity once, however often Teams sends it, and give every copy the same answer."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from cachetools import FIFOCache

from handlers.teams.responses import Reply

_MOST = 1000  # answers kept, some kilobytes each; Teams repeats within seconds


class Deduplicator:
    """Answers by activity; in memory, since what must not happen twice after a restart is in the ledger."""

    def __init__(self, most: int = _MOST) -> None:
        """Begin with none; `most` answers are kept."""
        self._answers: FIFOCache[Hashable, asyncio.Task[Reply]] = FIFOCache(most)

    async def once(self, key: Hashable, act: Callable[[], Coroutine[Any, Any, Reply]]) -> Reply:
        """Give the answer to an activity, made once; copies that come meanwhile wait for it.

        What failed is forgotten, so that the next copy tries again.
        """
        task = self._answers.get(key)
        if task is None:
            task = self._answers[key] = asyncio.create_task(act())
            task.add_done_callback(lambda ended: self._ended(key, ended))
        # Shielded: Teams hangs up on the one that asked, and the others still wait.
        return await asyncio.shield(task)

    def _ended(self, key: Hashable, task: asyncio.Task[Reply]) -> None:
        if (task.cancelled() or task.exception() is not None) and self._answers.get(key) is task:
            del self._answers[key]
