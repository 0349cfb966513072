"""A platform's side of the page: what it shows, what one does there, and a stream that says when to look again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import server
from playground.shared.page.acts import PageActs
from playground.shared.platform import Platform
from playground.shared.values import Json

STILL_THERE = 15.0
Somebody = TypeVar("Somebody")


class Page(Generic[Somebody]):
    """Routes for a browser; every change goes through the same verbs that tests use."""

    def __init__(
        self,
        at: str,
        platform: Platform,
        acts: PageActs[Somebody],
        snapshot: Callable[[Somebody], Json],
        beside: Sequence[Route] = (),
    ) -> None:
        """Serves below the path `at`; `snapshot` is everything one person's page needs, `beside` goes before acts."""
        self._at = at
        self._platform = platform
        self._acts = acts
        self.snapshot = snapshot
        self._beside = beside
        self._is_closed = asyncio.Event()

    def routes(self) -> list[Route]:
        """Whoever mounts them puts `guard.MIDDLEWARE` before them."""
        return [
            Route(f"{self._at}state", self._state),
            Route(f"{self._at}stream", self._stream),
            Route(f"{self._at}possible-trouble", self._possible_trouble),
            *self._beside,
            Route(f"{self._at}{{act}}", self._act, methods=["POST"]),
        ]

    def open(self) -> None:
        """Lets streams run."""
        self._is_closed.clear()

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        self._is_closed.set()

    async def _act(self, request: Request) -> Response:
        status, body = await self._acts.do(str(request.path_params["act"]), await request.body())
        return JSONResponse(body, status)

    async def _possible_trouble(self, _: Request) -> Response:
        return JSONResponse(self._acts.drawer.possible())

    async def _stream(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._versions(), media_type="text/event-stream", headers=headers)

    async def _versions(self) -> AsyncIterator[str]:
        world, seen = self._platform.world, -1
        while not self._is_closed.is_set():
            if world.version != seen:
                seen = world.version
                yield f"data: {seen}\n\n"
            if not await server.either(world.next_change(), self._is_closed.wait(), STILL_THERE):
                yield ": still there\n\n"

    async def _state(self, request: Request) -> Response:
        people = self._acts.people
        asked = str(request.query_params.get(self._acts.named))
        me = people.get(asked) or next(iter(people.values()), None)
        if me is None:
            return JSONResponse({"error": "nobody lives here yet"}, 404)
        return JSONResponse(self.snapshot(me))
