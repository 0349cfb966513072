"""How the Bot Connector is called: with the token, where it was meant to go and nowhere else."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import pytest
from aiohttp import web

from messengers.base import Unknown
from messengers.outcomes import UNREACHABLE
from messengers.teams import errors
from messengers.teams.connector import Answer, Connector

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


@pytest.mark.parametrize(
    "address",
    [
        *("{}/v3/conversations", "http://[/v3", "ftp://127.0.0.1/v3", "nowhere", "", "//127.0.0.1/v3", "https:///v3"),
        *(
            "http://a:b@127.0.0.1/v3",
            "http://a@127.0.0.1/v3",
            "http://127.0.0.1:99999/v3",
            "http://127.0.0.1/v3/\u00e9",
        ),
        *("http://127.0.0.1#/v3", "http://a..test/v3", f"http://{'a' * 64}.test/v3", "http://\ud800/v3"),
    ],
)
async def test_without_a_token_or_an_address_nothing_is_said(address: str) -> None:
    """So it may be tried again."""
    async with serving(web.Response) as (url, heard), aiohttp.ClientSession() as session:
        given = no_token if address.startswith("{}") else token
        outcome = await errors.ask(Connector(session, given).post(address.format(url), {}))
    assert outcome == UNREACHABLE
    assert heard == []


async def test_an_answer_that_begins_with_a_mark_of_order_is_read() -> None:
    """Some of Microsoft's services begin a text with a mark of its byte order."""
    async with (
        serving(lambda: web.Response(body=b'\xef\xbb\xbf{"id": "7"}')) as (url, _),
        aiohttp.ClientSession() as session,
    ):
        answer = await errors.ask(Connector(session, token).post(f"{url}/v3/conversations", {}))
    assert isinstance(answer, Answer)
    assert errors.body(answer) == {"id": "7"}


@pytest.mark.parametrize(("kilobytes", "kept"), [(900, 900_000), (1_100, 0), (20_000, 0)])
async def test_an_answer_without_end_is_not_read_to_its_end(kilobytes: int, kept: int) -> None:
    """A few bytes may unpack to more than the memory holds; what the status says counts all the same."""
    packed = gzip.compress(b"x" * kilobytes * 1_000)
    answered = partial(web.Response, status=201, body=packed, headers={"Content-Encoding": "gzip"})
    async with serving(answered) as (url, heard), aiohttp.ClientSession() as session:
        connector = Connector(session, token)
        answers = [await errors.ask(connector.post(f"{url}/v3/conversations", {})) for _ in range(2)]
    assert [(one.status, len(one.body)) for one in answers if isinstance(one, Answer)] == [(201, kept)] * 2
    assert len(heard) == 2


@pytest.mark.parametrize(("status", "doubted"), [(401, ["t1"]), (403, []), (200, [])])
async def test_a_token_that_is_refused_is_told_to_whoever_gave_it(status: int, doubted: list[str]) -> None:
    """So that a second try shows another one; what is refused for another reason says nothing of the token."""
    heard: list[str] = []
    async with serving(partial(web.Response, status=status)) as (url, _), aiohttp.ClientSession() as session:
        await errors.ask(Connector(session, token, heard.append).post(f"{url}/v3/conversations", {}))
    assert heard == doubted
