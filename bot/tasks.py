"""Run work that outlives its request: supervised while it runs, drained at a stop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger()


class Tasks:
    """Background tasks: a fault in one is logged once, and none is forgotten at a stop."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Start a coroutine; the event loop alone would keep no reference to it."""
        self.start(work)

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a coroutine whose task the caller needs: to cancel it, or for what it gives."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def drain(self, limit: float) -> None:
        """Wait at most `limit` seconds for what is under way and for what that starts, then give up on the rest.

        How much was given up is logged.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        while self._running:
            _, left = await asyncio.wait(self._running, timeout=max(0.0, end - loop.time()))
            if left:
                for task in left:
                    task.cancel()
                log.error("tasks.gave_up", count=len(left))
                await asyncio.wait(left)
                return

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task.failed", task=task.get_name(), exc_info=error)
