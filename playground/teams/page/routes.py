"""The page's side of the emulated Teams: what it shows, and a stream that says when to look again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import server
from playground.teams.outbound import Outbound
from playground.teams.page import acts, state, trouble
from playground.teams.places import Places
from playground.teams.platform import Platform

STILL_THERE = 15.0


class Page:
    """Routes for a browser; every change goes through the same verbs that tests use."""

    def __init__(
        self, places: Places, platform: Platform, outbound: Outbound, start_over: Callable[[], Awaitable[None]]
    ) -> None:
        self._platform = platform
        self._acts = acts.PageActs(places, platform, outbound, start_over)
        self._is_closed = asyncio.Event()

    def routes(self) -> list[Route]:
        """Everything under `/page/teams/`; whoever mounts them puts `emulator_guard.MIDDLEWARE` before them."""
        return [
            Route("/page/teams/state", self._state),
            Route("/page/teams/stream", self._stream),
            Route("/page/teams/possible-trouble", self._possible_trouble),
            Route("/page/teams/{act}", self._act, methods=["POST"]),
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
        return JSONResponse(trouble.possible())

    async def _stream(self, _: Request) -> Response:
        return StreamingResponse(
            self._versions(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _versions(self) -> AsyncIterator[str]:
        seen = -1
        while not self._is_closed.is_set():
            if self._platform.world.version != seen:
                seen = self._platform.world.version
                yield f"data: {seen}\n\n"
            if not await server.either(self._platform.world.next_change(), self._is_closed.wait(), STILL_THERE):
                yield ": still there\n\n"

    async def _state(self, request: Request) -> Response:
        people = self._platform.world.people
        me = people.get(str(request.query_params.get("person"))) or next(iter(people.values()), None)
        if me is None:
            return JSONResponse({"error": "nobody lives here yet"}, 404)
        return JSONResponse(state.snapshot(self._platform, me))
