"""A platform's side of the page: what it shows, what one does there, and a stream that says when to look again."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import server
from playground.shared.page.acts import PageActs
from playground.shared.values import Json

STILL_THERE = 15.0


class Page:
    """Routes for a browser; every change goes through the same verbs that tests use."""

    def __init__(self, at: str, acts: PageActs[Any], snapshot: Callable[[Any, Any], Json]) -> None:
        """Below the path `at`; `snapshot` of the platform is everything that one person's page needs."""
        self._at = at
        self._acts = acts
        self._platform = acts.platform
        self._snapshot = snapshot

    def routes(self, beside: Sequence[Route] = ()) -> list[Route]:
        """Whoever mounts them puts `guard.MIDDLEWARE` before them; acts take any name, so `beside` goes before."""
        return [
            Route(f"{self._at}state", self._state),
            Route(f"{self._at}stream", self._stream),
            Route(f"{self._at}possible-trouble", self._possible_trouble),
            *beside,
            Route(f"{self._at}{{act}}", self._act, methods=["POST"]),
        ]

    async def _act(self, request: Request) -> Response:
        status, body = await self._acts.do(str(request.path_params["act"]), await request.body())
        return JSONResponse(body, status)

    async def _possible_trouble(self, _: Request) -> Response:
        return JSONResponse(self._acts.drawer.possible())

    async def _stream(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._versions(), media_type="text/event-stream", headers=headers)

    async def _versions(self) -> AsyncIterator[str]:
        world, is_closing, seen = self._platform.world, self._platform.is_closing, -1
        while not is_closing.is_set():
            if world.version != seen:
                seen = world.version
                yield f"data: {seen}\n\n"
            if not await server.either(world.next_change(), is_closing.wait(), STILL_THERE):
                yield ": still there\n\n"

    async def _state(self, request: Request) -> Response:
        people = self._platform.world.people
        asked = str(request.query_params.get(self._acts.named))
        me = people.get(asked) or next(iter(people.values()), None)
        if me is None:
            return JSONResponse({"error": "nobody lives here yet"}, 404)
        return JSONResponse(self._snapshot(self._platform, me))
