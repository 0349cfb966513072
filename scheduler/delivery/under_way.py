"""Keep what a dispatcher has under way: leases, posts and news are tasks of their own, which no caller cancels."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from store.deliveries.rows import Delivery

T = TypeVar("T")


class UnderWay:
    """The tasks of one dispatcher, each with the delivery that it posts, if it is a post."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Any], Delivery | None] = {}

    def begin(self, work: Coroutine[Any, Any, T], row: Delivery | None = None) -> asyncio.Task[T]:
        """Start something; `row` is the delivery that it posts."""
        task = asyncio.create_task(work)
        self._tasks[task] = row
        task.add_done_callback(self._tasks.pop)
        return task

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        """All that has not ended."""
        return tuple(task for task in self._tasks if not task.done())

    @property
    def posts(self) -> dict[asyncio.Task[Any], Delivery]:
        """The posts that have not ended, each with its delivery."""
        return {task: row for task, row in self._tasks.items() if row is not None and not task.done()}

    def is_posting(self, row: Delivery) -> bool:
        """Say whether this very attempt is under way: one that was sent again elsewhere may be out twice."""
        return any((one.id, one.attempt) == (row.id, row.attempt) for one in self.posts.values())

    def by_workspace(self) -> Counter[tuple[str, str]]:
        """Count the posts under way to each workspace."""
        return Counter((row.platform, row.workspace) for row in self.posts.values())
