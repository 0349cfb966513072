"""What went over the wire between an emulator and the bot lately: in memory alone, and read when somebody looks."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from playground.shared.clock import EmulatorClock
from playground.shared.values import EMPTY

MOST = 200  # exchanges
LONGEST = 256 * 1024  # bytes of a body that are kept


class Exchange(Struct):
    """One request and its answer; `status` is None where none came. Bodies are raw: nothing is read before it is shown.

    `at` is the shown time in unix seconds, `seconds` what the answer took in real time.
    """

    number: int
    at: float
    is_from_bot: bool
    method: str
    path: str
    name: str
    headers: Mapping[str, str]
    request: bytes
    status: int | None = None
    answer: bytes = b""
    answer_kind: str = ""
    seconds: float = field(default=0.0)


class Wire:
    """Keeps the last exchanges, and wakes whoever watches at each new one."""

    def __init__(self, clock: EmulatorClock, most: int = MOST) -> None:
        self._clock = clock
        self._kept: deque[Exchange] = deque(maxlen=most)
        self._count = 0
        self._changed = asyncio.Event()

    @property
    def oldest(self) -> int:
        """The number of the oldest exchange that is kept; where none is, the next one's."""
        return self._kept[0].number if self._kept else self._count + 1

    def after(self, number: int) -> list[Exchange]:
        """The exchanges that came after this one, oldest first."""
        return [each for each in self._kept if each.number > number]

    def find(self, number: int) -> Exchange | None:
        """The exchange of this number; None where it is kept no more."""
        return next((each for each in self._kept if each.number == number), None)

    def clear(self) -> None:
        """Forgets all of them; numbers go on."""
        self._kept.clear()
        self._wake()

    def next_change(self) -> Coroutine[Any, Any, object]:
        """What returns at the next change: the next after this call, also where it is awaited later."""
        return self._changed.wait()

    @contextmanager
    def asking(self, method: str, path: str, body: bytes, headers: Mapping[str, str] = EMPTY) -> Iterator[Exchange]:
        """One request to the bot; whoever reads the answer notes it on what this gives."""
        exchange = Exchange(0, self._clock.now(), False, method, path, "", dict(headers), body[:LONGEST])  # noqa: FBT003  # a struct
        with self._timed(exchange):
            yield exchange

    async def answering(self, request: Request, name: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """One call of the bot, which `answer` answers."""
        exchange = Exchange(
            0,
            self._clock.now(),
            True,  # noqa: FBT003  # a struct
            request.method,
            request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            name,
            dict(request.headers),
            (await request.body())[:LONGEST],
        )
        with self._timed(exchange):
            response = await answer()
            exchange.status = response.status_code or None
            exchange.answer = bytes(response.body)
            exchange.answer_kind = response.media_type or ""
            return response

    @contextmanager
    def _timed(self, exchange: Exchange) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            exchange.seconds = time.perf_counter() - started
            exchange.answer = exchange.answer[:LONGEST]
            self._count += 1
            exchange.number = self._count
            self._kept.append(exchange)
            self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
