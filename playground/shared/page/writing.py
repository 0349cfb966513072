"""What the page shows to whoever writes while it runs: told from outside, and streamed to each page that is open."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

STILL_THERE = 15.0


class Writing:
    """The newest of what was told; a page that opens later gets it too."""

    def __init__(self) -> None:
        self._news: Mapping[str, object] | None = None
        self._told = asyncio.Event()
        self._is_over = False

    def tell(self, news: Mapping[str, object]) -> None:
        """Shows this in place of what was told before."""
        self._news = news
        self._wake()

    def end(self) -> None:
        """No more is told: the streams end."""
        self._is_over = True
        self._wake()

    def _wake(self) -> None:
        self._told.set()
        self._told = asyncio.Event()

    def routes(self) -> list[Route]:
        """Where a page listens."""
        return [Route("/page/writing", self._stream)]

    async def _stream(self, _: Request) -> Response:
        return StreamingResponse(self._lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _lines(self) -> AsyncIterator[str]:
        seen = self._news
        yield f"event: standing\n{_data(seen)}" if seen else ": here\n\n"  # a page that has just opened stays as it is
        while not self._is_over:
            told, news = self._told, self._news
            if news is not seen:
                seen = news
                yield _data(news)
                continue
            try:
                async with asyncio.timeout(STILL_THERE):
                    await told.wait()
            except TimeoutError:
                yield ": still there\n\n"


def _data(news: Mapping[str, object] | None) -> str:
    return f"data: {json.dumps(news, separators=(',', ':'))}\n\n"
