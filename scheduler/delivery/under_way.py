"""Keep what a dispatcher has under way: leases, posts and news are tasks of their own, which no caller cancels."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from store.deliveries.rows import Delivery

T = TypeVar("T")
_GIVE_BACK_SECONDS = 0.5  # to write down which posts have not begun

log = structlog.get_logger()


class UnderWay:
    """The tasks of one dispatcher, each with the delivery that it posts, if it is a post.

    Once it `is_over`, no post begins any more: what was leased for one goes back.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._tasks: dict[asyncio.Task[Any], Delivery | None] = {}
        self._sending: dict[asyncio.Task[Any], Delivery] = {}

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

    @contextmanager
    def sending(self, row: Delivery) -> Iterator[None]:
        """Open it around what may reach the platform: before, nothing was sent, and after it the outcome is known."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 # whatever awaits is in one; tells mypy
        self._sending[task] = row
        try:
            yield
        finally:
            del self._sending[task]

    async def end(self, others: Callable[[], tuple[asyncio.Task[Any], ...]], limit: float) -> None:
        """Wait for everything, and for `others`, at most `limit` seconds; then give up the posts that have begun.

        Those that have not are given back, while there is a little more time for it.
        """

        def pending() -> tuple[asyncio.Task[Any], ...]:
            return (*self.tasks, *(task for task in others() if not task.done()))

        if not (left := await _waited_for(pending, limit)):
            return
        self.is_over = True
        for task in self._sending:
            task.cancel()
        log.error("delivery.gave_up", count=len(left), deliveries=sorted(row.id for row in self._sending.values()))
        if left := await _waited_for(pending, _GIVE_BACK_SECONDS):
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    def is_posting(self, row: Delivery) -> bool:
        """Say whether this very attempt is under way: one that was sent again elsewhere may be out twice."""
        return any((one.id, one.attempt) == (row.id, row.attempt) for one in self.posts.values())

    def by_workspace(self) -> Counter[tuple[str, str]]:
        """Count the posts under way to each workspace."""
        return Counter((row.platform, row.workspace) for row in self.posts.values())


async def _waited_for(
    pending: Callable[[], tuple[asyncio.Task[Any], ...]], seconds: float
) -> tuple[asyncio.Task[Any], ...]:
    """Wait until nothing is pending, what is begun meanwhile too, or for so many seconds; gives what is left."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (tasks := pending()) and (left := until - loop.time()) > 0:
        await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
    return tasks
