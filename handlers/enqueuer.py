"""Write promises down in groups, once each."""

from collections.abc import Callable, Coroutine
from typing import Any

from handlers import enqueue
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.grouping import Grouping
from store.database.access import Database


class Enqueuer:
    """Promises what is to be posted, together with whatever else is wanted meanwhile."""

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        self._grouping = Grouping(database, spawn, enqueue.make)

    async def enqueue(self, request: EnqueueRequest) -> Enqueued:
        """Promise it; raises what the database raised."""
        return await self._grouping.written(request)
