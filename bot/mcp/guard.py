"""The guard of assistants' requests: few, small and well-formed, or refused before the protocol's package reads them.

Nobody signs them and nobody is asked who they are: so all that is bounded is bounded for all together.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
from msgspec import Struct

from bot.web import asgi, text
from bot.web.asgi import RefusedError

MOST_BYTES = 64_000  # a call is less than 1 kB
_JSON = b"application/json"


class Allowance(Struct, frozen=True):
    """How many requests may come: `burst` at first, and then so many a second; one call of a tool is two to four.

    `together` are answered at once and `waiting` wait for their turn. An answer waits for nothing, so a turn is short.
    """

    burst: float = 100.0
    per_second: float = 10.0
    together: int = 4
    waiting: int = 60


class Guard:
    """Lets requests of assistants through.

    Args:
        site: our own address in the internet, '' where it is not known.
        monotonic: seconds.
        allowance: of all that come together.
    """

    def __init__(self, site: str, monotonic: Callable[[], float], allowance: Allowance | None = None) -> None:
        self._site = site.encode()
        self._monotonic = monotonic
        self._allowance = allowance or Allowance()
        self._left = self._allowance.burst
        self._counted_at = monotonic()
        self._inside = 0
        self._turns = asyncio.Semaphore(self._allowance.together)

    def admit(self, headers: dict[bytes, bytes]) -> None:
        """Look at what comes before the body.

        Raises:
            RefusedError: 403 a web page of somebody else's sent it, 415 it is not JSON, 429 there are too many.
        """
        origin = headers.get(b"origin", self._site)
        if origin != self._site:
            # The protocol demands it: a page that somebody opens must not reach a bot of their own network.
            raise RefusedError(403, "outsider", "the request comes from a web page of another site")
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _JSON:
            raise RefusedError(415, "malformed", "the content type is not application/json")
        now = self._monotonic()
        refilled = self._left + (now - self._counted_at) * self._allowance.per_second
        self._left, self._counted_at = min(refilled, self._allowance.burst), now
        if self._left < 1:
            raise RefusedError(429, "too_many", "too many requests; try again in a second")
        self._left -= 1

    def message(self, body: bytes) -> bytes:
        """Give the one message that the body is, without characters that no answer could hold.

        Raises:
            RefusedError: 413 it is too large, 400 it is no JSON object.
        """
        if len(body) > MOST_BYTES:
            raise asgi.too_large(MOST_BYTES)
        message = text.storable(body)
        try:
            parsed = orjson.loads(message)
        except ValueError as error:
            raise RefusedError(400, "malformed", "the body is not JSON") from error
        if type(parsed) is not dict:
            raise RefusedError(400, "malformed", "the body is not one JSON-RPC message")
        return message

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn to answer, which lasts until the end of the block.

        Raises:
            RefusedError: 429 as many are waiting as may.
        """
        if self._inside >= self._allowance.together + self._allowance.waiting:
            raise RefusedError(429, "too_many", "too many requests at once; try again in a second")
        self._inside += 1
        try:
            async with self._turns:
                yield
        finally:
            self._inside -= 1
