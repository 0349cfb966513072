"""Keep what a dispatcher has under way: leases, posts and news are tasks of their own, which no caller cancels."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from store.deliveries.rows import Delivery

T = TypeVar("T")


class UnderWay:
    """The tasks of one dispatcher, and how many posts each workspace has under way."""

    def __init__(self) -> None:
        # By row and attempt: one that was sent again elsewhere may be out twice, under two leases.
        self._posts: dict[tuple[str, int], asyncio.Task[Delivery | None]] = {}
        self._others: set[asyncio.Task[Any]] = set()
        self.by_workspace: Counter[tuple[str, str]] = Counter()

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start what is no post."""
        task = asyncio.create_task(work)
        self._others.add(task)
        task.add_done_callback(self._others.discard)
        return task

    def begin_post(self, row: Delivery, work: Coroutine[Any, Any, Delivery | None]) -> asyncio.Task[Delivery | None]:
        """Start the post of a delivery; `end_post` is its last act."""
        self._posts[row.id, row.attempt] = task = asyncio.create_task(work)
        self.by_workspace[row.platform, row.workspace] += 1
        return task

    def end_post(self, row: Delivery) -> None:
        """Forget a post that has ended."""
        place = (row.platform, row.workspace)
        del self._posts[row.id, row.attempt]
        self.by_workspace[place] -= 1
        if not self.by_workspace[place]:
            del self.by_workspace[place]

    def is_posting(self, row: Delivery) -> bool:
        """Say whether this very attempt is under way."""
        return (row.id, row.attempt) in self._posts

    @property
    def posts(self) -> tuple[asyncio.Task[Delivery | None], ...]:
        """The posts under way."""
        return tuple(self._posts.values())

    @property
    def deliveries(self) -> list[str]:
        """The ids of the deliveries under way, sorted."""
        return sorted(row_id for row_id, _ in self._posts)

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        """All that has not ended."""
        return tuple(task for task in (*self._others, *self._posts.values()) if not task.done())
