"""Send what is written for response_urls in turn, so that a crowd of clicks takes little memory while it waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context

import structlog

from handlers.current_request import current_request

log = structlog.get_logger()


class WrittenReplies:
    """Acknowledgements are faster than replies: what waits for its turn is an address here, and no task yet.

    Thousands may wait: an address and its request's id are one string, for a request's context is four times as large.
    Nothing else of that context is there when it is sent.
    """

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
        # In step with each other.
        self._addresses: deque[str] = deque()
        self._written: deque[bytes] = deque()

    def add(self, url: str, written: bytes) -> None:
        """Send it as soon as it is its turn; what is logged of it names the request that it answers."""
        if self._under_way == self._most:
            self._addresses.append(f"{current_request.get()}\n{url}")
            self._written.append(written)
        else:
            self._under_way += 1
            self._spawn(self._sent(url, written))

    async def _sent(self, url: str, written: bytes) -> None:
        try:
            await self._send(url, written)
        except asyncio.CancelledError:
            if self._addresses:
                log.error("replies.gave_up", count=len(self._addresses))  # noqa: TRY400 # a stop is no fault
                self._addresses.clear()
                self._written.clear()
            raise
        finally:
            self._next()

    def _next(self) -> None:
        if self._addresses:
            request, _, url = self._addresses.popleft().partition("\n")
            context = Context()  # not that of the reply which made room
            context.run(current_request.set, request)
            context.run(self._spawn, self._sent(url, self._written.popleft()))
        else:
            self._under_way -= 1
