"""Send what is written for response_urls in turn, so that a crowd of clicks takes little memory while it waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context

import structlog

log = structlog.get_logger()


class WrittenReplies:
    """Acknowledgements are faster than replies: what waits for its turn is an address here, and no task yet."""

    def __init__(
        self,
        send: Callable[[str, bytes], Awaitable[object]],
        spawn: Callable[[Coroutine[object, object, None]], None],
        most: int,
    ) -> None:
        """Take what sends to an address, what starts work that outlives its request, and how many go at once."""
        self._send = send
        self._spawn = spawn
        self._most = most
        self._under_way = 0
        self._waiting: deque[tuple[Context, str, bytes]] = deque()

    def add(self, url: str, written: bytes) -> None:
        """Send it as soon as it is its turn; what is logged of it names the request that it answers."""
        if self._under_way == self._most:
            self._waiting.append((copy_context(), url, written))
        else:
            self._under_way += 1
            self._spawn(self._sent(url, written))

    async def _sent(self, url: str, written: bytes) -> None:
        try:
            await self._send(url, written)
        except asyncio.CancelledError:
            if self._waiting:
                log.error("replies.gave_up", count=len(self._waiting))  # noqa: TRY400 # a stop is no fault
                self._waiting.clear()
            raise
        finally:
            self._next()

    def _next(self) -> None:
        if self._waiting:
            context, url, written = self._waiting.popleft()
            context.run(self._spawn, self._sent(url, written))
        else:
            self._under_way -= 1
