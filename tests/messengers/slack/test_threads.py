"""Where a reply stands: only Slack's own word that it is elsewhere takes it back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from messengers.base import Address, Outcome, Posted, Refused
from messengers.slack.messenger import SlackMessenger
from tests.messengers.conftest import CARD

ROOT, REPLY = "1.1", "1.2"


@asynccontextmanager
async def slack(message: object) -> AsyncIterator[tuple[SlackMessenger, list[str]]]:
    """Give a messenger whose posts are answered with this `message`, and which methods it calls."""
    called: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        called.append(request.path.removeprefix("/"))
        said: dict[str, Any] = {"ok": True, "channel": "C1", "ts": REPLY}
        return web.json_response(said if message is None else said | {"message": message})

    application = web.Application()
    application.router.add_post("/{method}", answer)
    async with TestServer(application, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", str(server.make_url("/")), session=session, retry_handlers=[])

        async def client_of(_: str) -> AsyncWebClient:
            return client

        yield SlackMessenger(client_of, session, lambda _method, _ending: None), called


async def replied(message: object) -> tuple[Outcome, list[str]]:
    """Reply in the thread, and give what came of it."""
    async with slack(message) as (messenger, called):
        return await messenger.post(Address("slack", "T1", "C1", ROOT), CARD, "d1"), called


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        {"ts": REPLY},
        {"ts": REPLY, "thread_ts": None},
        {"ts": REPLY, "thread_ts": ""},
        {"ts": REPLY, "thread_ts": 1.1},
        {"ts": REPLY, "thread_ts": ROOT},
        "posted",
    ],
)
async def test_a_reply_stays_where_slack_does_not_say_otherwise(message: object) -> None:
    """An answer that leaves the thread out is no reason to delete what was posted, nor to give its post up."""
    assert await replied(message) == (Posted(REPLY), ["chat.postMessage"])


@pytest.mark.parametrize("thread", [REPLY, "9.9"])
async def test_a_reply_that_slack_put_elsewhere_is_taken_back(thread: str) -> None:
    """It would stand where nobody asked for it."""
    outcome, called = await replied({"ts": REPLY, "thread_ts": thread})
    assert outcome == Refused("cannot_reply_to_message", "thread")
    assert called == ["chat.postMessage", "chat.delete"]
