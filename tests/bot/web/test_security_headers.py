"""What everybody else is told: nothing that a browser would load, frame, guess the type of or keep."""

from contextlib import AsyncExitStack

import pytest
from starlette.types import Send

from bot.slack.profile import PROFILE
from bot.web import application, asgi
from bot.web.asgi import Answer
from bot.web.server import Limits
from tests.bot.slack import requests as sent
from tests.bot.slack.test_guard import Inner
from tests.bot.web.asgi import Reply, call
from tests.bot.web.test_application import probes
from tests.bot.web.test_server import PATIENCE, head, serving, status

EXPECTED = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "referrer-policy": "no-referrer",
}


def secured(reply: Reply) -> dict[str, str]:
    """Give those of the headers that an answer has."""
    return {name: value for name, value in reply.headers.items() if name in EXPECTED}


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/readyz/nowhere", 404),
        ("GET", "/metrics", 200),
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("GET", "/healthz/", 404),
        ("GET", "//evil.example/%2e%2e", 404),
        ("POST", "/", 405),
        ("PUT", "/slack/events", 405),
        ("OPTIONS", "/slack/events", 405),
        ("TRACE", "/healthz", 405),
        ("NONSENSE", "/metrics", 405),
        ("NONSENSE", "/nothing", 404),
        ("POST", "/slack/events", 401),
    ],
)
async def test_every_answer_that_is_no_platforms_is_closed(method: str, path: str, found: int) -> None:
    """Pages, probes, numbers, unknown paths and methods, and what the guard refuses; none leads anywhere else."""
    app = application.application({PROFILE.path: Inner().route()}, probes())
    reply = await call(app, method, path, [(b"host", b"evil.example")])
    assert (reply.status, secured(reply)) == (found, EXPECTED)
    assert "location" not in reply.headers
    assert b"evil" not in reply.body


async def test_what_is_too_large_is_refused_with_them_too() -> None:
    """Before it is read."""
    app = application.application({PROFILE.path: Inner().route()}, probes())
    reply = await call(app, "POST", PROFILE.path, [(b"content-length", b"9999999")])
    assert (reply.status, secured(reply), reply.headers["connection"]) == (413, EXPECTED, "close")


async def test_a_platforms_answer_is_spared_them() -> None:
    """Slack and Teams read a body, and no header; people wait for it."""
    request = sent.form(sent.command())
    app = application.application({PROFILE.path: Inner(answer=Answer(200, b"risks")).route()}, probes())
    reply = await call(app, "POST", PROFILE.path, sent.headers(*request), [request[1]])
    assert (reply.body, secured(reply)) == (b"risks", {})


async def test_an_answer_may_say_otherwise_of_itself() -> None:
    """A page that needs a style of its own names it; the rest is added."""

    async def page(_scope: object, _receive: object, send: Send) -> None:
        headers = [(b"Content-Security-Policy", b"default-src 'none'; style-src 'sha256-abc'")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    reply = await call(asgi.secured(page), "GET", "/")
    assert secured(reply) == EXPECTED | {"content-security-policy": "default-src 'none'; style-src 'sha256-abc'"}


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (head("GET /healthz", b"X-A: " + b"a" * 40_000), 431),
        (head("GET /" + "a" * 40_000), 431),
        (head("GET /nothing"), 404),
        (head("get /healthz"), 400),
    ],
    ids=["none", "header", "address", "path", "method"],
)
async def test_over_the_wire(request_: bytes, found: int) -> None:
    """What never reaches the application is refused with the same headers."""
    async with serving(Limits(parting_seconds=0.2)) as running:
        answer = await running.ask(request_)
        lines = answer.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")
        assert status(answer) == found
        assert [f"{name}: {value}" for name, value in EXPECTED.items() if f"{name}: {value}" not in lines] == []
        assert not any(line.startswith("server:") for line in lines)


async def test_slow_clients_take_nobodys_place() -> None:
    """All places taken by bodies that never end, and by clients that say nothing: others are answered all the while."""
    limits = Limits(connections=8, request_seconds=PATIENCE)
    body = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na"
    async with serving(limits) as running, AsyncExitStack() as stack:
        for number in range(16):
            _, writer = await stack.enter_async_context(running.connected())
            writer.write(body if number % 2 else b"GET /heal")
            await writer.drain()
            assert await running.healthz() == 200
            whole = head("POST /slack/events", b"Content-Length: 1") + b"a"
            assert status(await running.ask(whole)) == 200
        assert len(running.server.server_state.connections) <= 8
