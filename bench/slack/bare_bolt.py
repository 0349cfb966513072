"""What the bot is compared with: Bolt as its guide shows it, one listener a kind, a ready-made card.

`python -m bench.slack.bare_bolt PORT CARD_FILE API_URL`. Bolt's own request verification is on and its
middleware is the default one; it remembers nothing and looks nothing up.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench import asgi
from bench.slack import loads

_JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json; charset=utf-8"}
_ANY = re.compile("")


def application(card: str, api_url: str) -> Starlette:
    """Build it; `card` is the answer to the command, and what a button's response_url gets."""
    ready_made = card.encode()
    session: list[aiohttp.ClientSession] = []
    posts: set[asyncio.Task[None]] = set()
    app = AsyncApp(
        client=AsyncWebClient(token="xoxb-bench", base_url=api_url),  # noqa: S106 # opens nothing
        signing_secret=loads.SECRET,
        process_before_response=True,
    )

    async def post(url: str) -> None:
        # One session for all, as a careful author does it: Bolt's own `respond` opens a new one for each message.
        async with session[0].post(url, data=ready_made, headers={"content-type": "application/json"}) as answer:
            await answer.read()

    @app.command("/pm-compare")
    async def command() -> BoltResponse:
        return BoltResponse(status=200, body=card, headers=_JSON)

    @app.action(_ANY)
    async def press(body: dict[str, Any]) -> BoltResponse:
        task = asyncio.create_task(post(body["response_url"]))
        posts.add(task)
        task.add_done_callback(posts.discard)
        return BoltResponse(status=200, body="")

    @app.event("reaction_added")
    async def reaction() -> BoltResponse:
        return BoltResponse(status=200, body="")

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as opened:  # as many as the bot has
            session.append(opened)
            yield

    return Starlette(
        routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz)], lifespan=lifespan
    )


if __name__ == "__main__":
    asgi.serve(
        application(Path(sys.argv[2]).read_text(encoding="utf-8"), sys.argv[3]), sys.argv[1], server_header=False
    )
