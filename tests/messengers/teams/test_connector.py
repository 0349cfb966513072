"""How the Bot Connector is called: with the token, where it was meant to go and nowhere else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from messengers.base import Unknown
from messengers.outcomes import UNREACHABLE
from messengers.teams import errors
from messengers.teams.connector import Connector

Heard = list[tuple[str, str, str]]  # each request's method, path as it was written, and Authorization


async def token() -> str:
    """Give a token."""
    return "t1"


async def no_token() -> str:
    """Say that Microsoft refuses the credentials."""
    raise ValueError("the secret is wrong")


@asynccontextmanager
async def serving(answer: Callable[[], web.Response]) -> AsyncIterator[tuple[str, Heard]]:
    """Answer whatever comes, and note it; gives the address."""
    heard: Heard = []

    async def handle(request: web.Request) -> web.Response:
        heard.append((request.method, request.raw_path, request.headers.get("Authorization", "")))
        return answer()

    runner = web.ServerRunner(web.Server(handle))  # type: ignore[arg-type] # it takes what web.Application takes
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", heard
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("given", "sent"), [(token, "Bearer t1"), (None, "")])
async def test_a_call_arrives_as_it_was_written(given: Callable[[], Awaitable[str]] | None, sent: str) -> None:
    """Quoted parts of an address stay quoted: another conversation's id is no path of ours."""
    path = "/v3/conversations/19:a%2F..%2Fb%21@thread.v2;messageid=1"
    async with serving(lambda: web.json_response({"id": "7"})) as (url, heard), aiohttp.ClientSession() as session:
        answer = await Connector(session, given).post(f"{url}{path}", {})
    assert (answer.status, answer.body) == (200, b'{"id": "7"}')
    assert heard == [("POST", path, sent)]


async def test_a_redirect_is_not_followed() -> None:
    """The token would go wherever it leads; whether anything was posted nobody can tell."""
    away = {"Location": "/elsewhere"}
    async with (
        serving(lambda: web.Response(status=307, headers=away)) as (url, heard),
        aiohttp.ClientSession() as session,
    ):
        outcome = await errors.ask(Connector(session, token).post(f"{url}/v3/conversations", {}))
    assert outcome == Unknown("http-307")
    assert [path for _, path, _ in heard] == ["/v3/conversations"]


@pytest.mark.parametrize("address", ["{}/v3/conversations", "http://[/v3", "ftp://127.0.0.1/v3", "nowhere"])
async def test_without_a_token_or_an_address_nothing_is_said(address: str) -> None:
    """So it may be tried again."""
    async with serving(web.Response) as (url, heard), aiohttp.ClientSession() as session:
        given = no_token if address.startswith("{}") else token
        outcome = await errors.ask(Connector(session, given).post(address.format(url), {}))
    assert outcome == UNREACHABLE
    assert heard == []
