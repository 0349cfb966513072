"""What the bot is compared with: Bolt as its guide shows it, one listener a kind, a ready-made card.

`python -m bench.slack.bare_bolt PORT CARD_FILE API_URL DATABASE`. Bolt's own request verification is on and its
middleware is the default one; it looks nothing up, and remembers nothing but votes, each with one INSERT into a file.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import aiosqlite
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
_VOTE, _ANY = re.compile("^vote"), re.compile("")
_TABLE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # as ours: what is acknowledged is on the disk
    "CREATE TABLE IF NOT EXISTS vote (round TEXT, person TEXT, choice INTEGER, PRIMARY KEY (round, person))",
)


def application(card: str, api_url: str, database: str) -> Starlette:
    """Build it; `card` answers the command, and is what a button's response_url gets; votes go into `database`."""
    ready_made = card.encode()
    session: list[aiohttp.ClientSession] = []
    file: list[aiosqlite.Connection] = []
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

    @app.action(_VOTE)
    async def vote(body: dict[str, Any]) -> BoltResponse:
        round_id, _, choice = body["actions"][0]["value"].rpartition(":")
        await file[0].execute_fetchall(
            "INSERT OR REPLACE INTO vote VALUES (?, ?, ?)", (round_id, body["user"]["id"], int(choice))
        )
        return BoltResponse(status=200, body="")

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
            async with aiosqlite.connect(database, isolation_level=None) as connection:  # every INSERT is committed
                for statement in _TABLE:
                    await connection.execute_fetchall(statement)
                file.append(connection)
                yield

    return Starlette(
        routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz)], lifespan=lifespan
    )


if __name__ == "__main__":
    asgi.serve(
        application(Path(sys.argv[2]).read_text(encoding="utf-8"), *sys.argv[3:]), sys.argv[1], server_header=False
    )
