"""A platform's side of the page: what it shows, what one does there, and a stream of what has changed."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.shared import server
from playground.shared.page import changes, wire
from playground.shared.page.acts import PageActs
from playground.shared.page.changes import Changes, Seen

STILL_THERE = 15.0
AGAIN = 1000  # milliseconds until a browser asks again after a break


class Page:
    """Routes for a browser; every change goes through the same verbs that tests use."""

    def __init__(self, at: str, acts: PageActs[Any], seen: Seen) -> None:
        """Below the path `at`; `seen` is what one person's page shows of the platform."""
        self._at = at
        self._acts = acts
        self._platform = acts.platform
        self._seen = seen

    def routes(self, beside: Sequence[Route] = ()) -> list[Route]:
        """Whoever mounts them puts `guard.MIDDLEWARE` before them; acts take any name, so `beside` goes before."""
        return [
            Route(f"{self._at}state", self._state),
            Route(f"{self._at}stream", self._stream),
            Route(f"{self._at}possible-trouble", self._possible_trouble),
            *wire.routes(self._at, self._platform),
            *beside,
            Route(f"{self._at}{{act}}", self._act, methods=["POST"]),
        ]

    async def _act(self, request: Request) -> Response:
        status, body = await self._acts.do(str(request.path_params["act"]), await request.body())
        return JSONResponse(body, status)

    async def _possible_trouble(self, _: Request) -> Response:
        return JSONResponse(self._acts.drawer.possible())

    async def _stream(self, request: Request) -> Response:
        asked = str(request.query_params.get(self._acts.named))
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._told(asked), media_type="text/event-stream", headers=headers)

    async def _told(self, asked: str) -> AsyncIterator[str]:
        """Everything first, then only what has changed; after a break the browser asks for a new stream."""
        world, is_closing, seen = self._platform.world, self._platform.is_closing, -1
        told = Changes(self._seen)
        while not is_closing.is_set():
            me = self._person(asked)
            if world.version != seen and me is not None:
                is_first, seen = seen < 0, world.version
                for news in told.first(self._platform, me) if is_first else [told.since(self._platform, me)]:
                    yield f"data: {json.dumps(news, separators=(',', ':'))}\nretry: {AGAIN}\n\n"
            elif not await server.either(world.next_change(), is_closing.wait(), STILL_THERE):
                yield ": still there\n\n"

    async def _state(self, request: Request) -> Response:
        me = self._person(str(request.query_params.get(self._acts.named)))
        if me is None:
            return JSONResponse({"error": "nobody lives here yet"}, 404)
        return JSONResponse(changes.whole(self._seen, self._platform, me))

    def _person(self, asked: str) -> Any:  # noqa: ANN401  # each platform's own
        people = self._platform.world.people
        return people.get(asked) or next(iter(people.values()), None)
