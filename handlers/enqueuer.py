"""Write promises down in groups, once each, and hand over what may go at once."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from handlers import enqueue
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.grouping import Grouping
from scheduler.delivery.at_once import NOBODY, AtOnce
from store.database.access import Database
from store.database.connection import AsyncConnection


class Enqueuer:
    """Promises what is to be posted, together with whatever else is wanted meanwhile."""

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        self._at_once: AtOnce | None = None
        self._handover = NOBODY
        self._grouping = Grouping(database, spawn, self._make, self._handed_over)

    def hand_to(self, at_once: AtOnce) -> None:
        """Have what may go at once leased where it is promised; until this is called all of it stays planned."""
        self._at_once = at_once

    async def enqueue(self, request: EnqueueRequest) -> Enqueued:
        """Promise it; raises what the database raised."""
        return await self._grouping.written(request)

    async def _make(self, connection: AsyncConnection, wishes: Sequence[EnqueueRequest]) -> Sequence[Enqueued]:
        return await enqueue.make(connection, wishes, self._handover)

    @contextmanager
    def _handed_over(self) -> Iterator[None]:
        """Keep the handover of the one transaction that a group writes at a time."""
        if self._at_once is None:
            yield
            return
        with self._at_once.handover() as self._handover:
            yield
