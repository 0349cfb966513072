"""POST /mcp as assistants meet it: the protocol's own client, what it refuses, and what it keeps from the rest."""

import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from bot import app, logs
from bot import clock as timing
from bot.mcp import route
from bot.mcp.guard import MOST_BYTES, Allowance, Guard
from bot.mcp.route import McpRoute
from bot.mcp.tools import INSTRUCTIONS, TOOLS
from bot.metrics import Metrics
from bot.settings.checked import Settings
from bot.web import application, asgi
from bot.web.asgi import Answer
from content import library
from content.library import Library
from handlers.context import CurrentContent
from playground.slack.emulator import SlackEmulator
from tests import databases, ready
from tests.bot.web.asgi import Reply, call
from tests.bot.web.test_application import probes
from tests.cli.program import PATIENCE, environment, run_forked, serving, typed
from tests.content import decks

if TYPE_CHECKING:
    from bot.mcp.server import Protocol

HEADERS = ((b"content-type", b"application/json"), (b"accept", b"application/json, text/event-stream"))
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def asking(name: str, **arguments: object) -> dict[str, object]:
    """Give the message that calls a tool."""
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def today() -> date:
    """Give the day it is."""
    return timing.real().date()


def protocol(read: Library, day: Callable[[], date] = today) -> "Protocol":
    """Speak the protocol on some content."""
    from bot.mcp.server import Protocol  # noqa: PLC0415 # slow, and whoever only finds the tests needs none of it

    return Protocol(CurrentContent(read), day, MOST_BYTES)


class Door:
    """POST /mcp without a bot behind it; `now` is what its clock shows, in seconds."""

    def __init__(
        self,
        answer: Callable[[Scope, Receive, Send], Awaitable[None]],
        allowance: Allowance | None = None,
        site: str = "",
        seconds: float = route.SECONDS,
    ) -> None:
        self.now = 0.0
        self.metrics = Metrics(lambda: 0.0, ["mcp"])
        guard = Guard(site, lambda: self.now, allowance)
        answering = McpRoute(answer, guard, self.metrics.requests["mcp"], seconds)
        self._app = application.application({}, probes(), beside={route.PATH: answering})

    async def post(self, *pieces: bytes, headers: Sequence[tuple[bytes, bytes]] = HEADERS) -> Reply:
        """Send one request, its body in pieces."""
        return await call(self._app, "POST", route.PATH, headers, pieces)

    async def ask(self, message: object) -> Reply:
        """Send one message."""
        return await self.post(orjson.dumps(message))

    def counted(self, outcome: str) -> float:
        """Say how many requests ended so."""
        name, labels = "pm_compare_requests_total", {"kind": "mcp", "outcome": outcome}
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def door(shipped_content: Library) -> Door:
    """Give a door to the shipped content."""
    return Door(protocol(shipped_content).answer, Allowance(burst=10_000))


def refusal(reply: Reply) -> str:
    """Read why a request was refused, as JSON-RPC says it."""
    said = reply.json()
    assert (said["jsonrpc"], said["id"], type(said["error"]["code"])) == ("2.0", None, int)
    return str(said["error"]["message"])


# --- with the protocol's own client, against a running bot


@pytest.mark.long
async def test_a_client_of_the_protocol_is_answered_by_a_running_bot(tmp_path: Path) -> None:
    """Both ways to begin: the tools are there, read-only, and each answers in words, values and blocks."""
    from mcp.client import Client  # noqa: PLC0415 # as above
    from mcp.shared.exceptions import MCPError  # noqa: PLC0415 # as above

    async with SlackEmulator(furnished=True) as slack, serving(tmp_path, slack, MCP="on") as bot:
        assert slack.request_url is not None
        address = slack.request_url.replace("/slack/events", route.PATH)
        for mode in ("legacy", "auto"):
            async with asyncio.timeout(PATIENCE), Client(address, mode=mode) as client:
                assert client.instructions == INSTRUCTIONS
                listed = {tool.name: tool for tool in (await client.list_tools()).tools}
                assert set(listed) == set(TOOLS)
                for tool in listed.values():
                    assert tool.annotations is not None
                    assert tool.annotations.read_only_hint
                    assert tool.meta == {"slack": {"supportsBlockKit": True}}
                given = ("dimension", "risks"), ("words", "who decides"), ("id", ""), ("word", "eval"), ("name", "")
                for name, (argument, words) in zip(TOOLS, given, strict=True):
                    told = await client.call_tool(name, {argument: words} if words else {})  # checks it by its schema
                    assert not told.is_error
                    assert told.structured_content
                    assert told.meta is not None
                    assert told.meta["slack"]["blocks"]
                    assert [part.type for part in told.content] == ["text"]
                missed = await client.call_tool("compare", {"dimension": "zzz"})
                assert missed.is_error
                with pytest.raises(MCPError, match="There is no such tool"):
                    await client.call_tool("delete", {})
        answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare risks")
        assert answer.ephemeral is not None
        async with aiohttp.request("GET", address) as got:
            assert got.status == 405
        async with aiohttp.request("GET", address.replace(route.PATH, "/metrics")) as got:
            assert 'pm_compare_requests_total{kind="mcp",outcome="answered"}' in await got.text()
        assert "Traceback" not in bot.text


@pytest.mark.long
async def test_off_unless_it_is_switched_on(tmp_path: Path) -> None:
    """Without the setting there is no such path, no such series, and the package is not even imported."""
    shown = (
        "import os\n"
        "from bot import logs\n"
        "logs.configure('info', 'json')\n"
        "async def say(environ):\n"
        "    async with app.build(Settings.read(environ, None), clock.real) as bot:\n"
        "        from tests.bot.web.asgi import call\n"
        "        reply = await call(bot.web(), 'POST', '/mcp')\n"
        "        body, _ = bot.health.metrics.render()\n"
        "        has = sorted(name for name in ('mcp', 'mcp_types', 'httpx2', 'bot.mcp') if sys.modules.get(name))\n"
        "        print(reply.status, b'\"mcp\"' in body, *has)\n"
        "asyncio.run(say(os.environ))\n"
        "sys.modules['mcp'] = None\n"  # as where it is not installed
        "asyncio.run(say({**os.environ, 'MCP': 'on'}))\n"
    )
    databases.put(tmp_path / "bot.db")
    done = await asyncio.to_thread(ready.ended, ready.SERVES, shown, folder=tmp_path, environ=environment(tmp_path))
    off, missing = done.stdout.splitlines()
    assert off == "404 False"
    assert missing.startswith("404 True bot.mcp")
    assert "mcp.unavailable" in done.stderr
    assert "install the package mcp" in done.stderr


async def test_it_is_there_where_it_is_switched_on(tmp_path: Path) -> None:
    """The path, the series, and the modules that are looked for above, under the names that they have."""
    databases.put(tmp_path / "bot.db")
    async with app.build(Settings.read(environment(tmp_path, MCP="on"), None), timing.real) as bot:
        assert (await call(bot.web(), "POST", route.PATH)).status == 415
        assert b'"mcp"' in bot.health.metrics.render()[0]
        assert {"mcp", "mcp_types", "httpx2", "bot.mcp"} <= sys.modules.keys()


async def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    """It is on or off."""
    ended = await run_forked(tmp_path, "serve", MCP="yes")
    assert ended.code != 0
    assert "MCP" in ended.err


def test_doctor_says_that_it_is_on(tmp_path: Path) -> None:
    """Only where it is."""
    line = "ok    mcp: POST /mcp answers assistants"
    assert line in typed(tmp_path, "doctor", MCP="on").out.splitlines()
    assert "mcp" not in typed(tmp_path, "doctor").out


# --- what is refused


@pytest.mark.parametrize(
    ("pieces", "announced"),
    [([b"x" * (MOST_BYTES + 1)], b""), ([b"{"], str(MOST_BYTES + 1).encode()), ([b"x" * 40_000] * 4, b"")],
    ids=["found", "announced", "in pieces"],
)
async def test_too_large(door: Door, pieces: Sequence[bytes], announced: bytes) -> None:
    """More than 64 kB is 413, and read no further."""
    headers = (*HEADERS, (b"content-length", announced)) if announced else HEADERS
    reply = await door.post(*pieces, headers=headers)
    assert (reply.status, reply.headers["connection"]) == (413, "close")
    assert "64000 bytes" in refusal(reply)
    assert reply.reads <= 2
    assert door.counted("too_large") == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 30_000, b'{"a":' * 10_000, b"[{}]"])
async def test_rubbish(door: Door, body: bytes) -> None:
    """What is no message is 400."""
    reply = await door.post(body)
    assert reply.status == 400
    assert refusal(reply)
    assert (door.counted("malformed"), door.counted("answered")) == (1, 0)


@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0")},
        optional={
            "id": st.none() | st.integers() | st.text() | st.floats(),
            "method": st.sampled_from(["tools/call", "tools/list", "initialize", "ping", "nope"]) | st.text(),
            "params": st.none()
            | st.lists(st.text(), max_size=2)
            | st.fixed_dictionaries(
                {}, optional={"name": st.sampled_from(sorted(TOOLS)) | st.text(), "_meta": st.text()}
            ),
        },
    ).map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_anything_may_be_sent(door: Door, body: bytes) -> None:
    """Whatever comes is answered or refused, never with a fault of ours."""
    reply = await door.post(body)
    assert reply.status in {200, 202, 400, 404}
    assert door.counted("failed") == 0


@pytest.mark.parametrize("words", ["\ud800", "\0", "\U0001f600" * 9, "*a* <!channel> & `b`", "\u202e"])
async def test_any_character_may_be_searched(door: Door, words: str) -> None:
    """Half a pair and NUL too, which no answer can hold."""
    reply = await door.post(json.dumps(asking("search", words=f"users {words}")).encode())
    assert reply.status == 200
    assert not reply.json()["result"]["isError"]
    assert "\0" not in reply.json()["result"]["structuredContent"]["words"]


async def test_what_is_not_json_is_refused(door: Door) -> None:
    """A form, which a page of another site may send without being asked, is 415."""
    reply = await door.post(b"{}", headers=[(b"content-type", b"text/plain")])
    assert reply.status == 415
    assert refusal(reply)
    charset = [(b"content-type", b"Application/JSON; charset=utf-8"), HEADERS[1]]
    assert (await door.post(orjson.dumps(LIST), headers=charset)).status == 200


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("https://bot.example.org", b"https://bot.example.org", 200),
        ("https://bot.example.org", b"https://bot.example.org.evil.net", 403),
        ("https://bot.example.org", b"null", 403),
        ("", b"http://127.0.0.1:3000", 403),
    ],
)
async def test_a_page_of_another_site_is_refused(
    shipped_content: Library, site: str, origin: bytes, status: int
) -> None:
    """Browsers name the page that asks; only our own may."""
    door = Door(protocol(shipped_content).answer, site=site)
    reply = await door.post(orjson.dumps(LIST), headers=[*HEADERS, (b"origin", origin)])
    assert reply.status == status
    assert door.counted("outsider") == (status == 403)


async def test_too_many_are_refused_for_a_while(shipped_content: Library) -> None:
    """So many at first, then so many a second; a refused one costs nothing more and says when to come again."""
    door = Door(protocol(shipped_content).answer, Allowance(burst=3, per_second=2))
    assert [(await door.ask(LIST)).status for _ in range(5)] == [200, 200, 200, 429, 429]
    door.now += 1
    assert [(await door.ask(LIST)).status for _ in range(3)] == [200, 200, 429]
    door.now += 1000
    assert [(await door.ask(LIST)).status for _ in range(4)] == [200, 200, 200, 429]
    reply = await door.ask(LIST)
    assert (reply.headers["retry-after"], reply.reads) == ("1", 0)
    assert "too many requests" in refusal(reply)
    assert door.counted("too_many") == 5


async def test_few_are_answered_at_once() -> None:
    """Two are answered and one waits; a fourth is refused; who waited is answered as soon as one is done."""
    free, begun = asyncio.Event(), asyncio.Semaphore(0)
    answering = most = 0

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal answering, most
        answering += 1
        most = max(most, answering)
        begun.release()
        await free.wait()
        answering -= 1
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    door = Door(answer, Allowance(together=2, waiting=1))
    held = [asyncio.create_task(door.ask(LIST)) for _ in range(3)]
    for _ in range(2):
        await begun.acquire()
    reply = await door.ask(LIST)
    assert (reply.status, reply.headers["retry-after"]) == (429, "1")
    free.set()
    assert [(await one).status for one in held] == [202] * 3
    assert most == 2
    assert (await door.ask(LIST)).status == 202


async def test_who_has_gone_is_not_answered(door: Door) -> None:
    """A client that hangs up before its request is whole costs nothing."""
    reply = await door.post(headers=HEADERS)
    assert (reply.status, door.counted("answered"), door.counted("failed")) == (0, 0, 0)


# --- faults of ours


async def test_a_fault_is_told_with_its_reference_and_ends_there(shipped_content: Library) -> None:
    """Content that cannot be drawn, a protocol that raises, hangs or says nothing: the next request is answered."""
    lines = io.BytesIO()
    logs.configure("info", "json", stream=lines)

    async def raises(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("secret words")

    async def hangs(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        pass

    async def half(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    def no_day() -> date:
        raise RuntimeError("no day")

    try:
        for answer in (raises, hangs, silent, half):
            door = Door(answer, seconds=0.01)
            replies = [await door.ask(LIST) for _ in range(2)]
            assert [reply.status for reply in replies] == [500, 500]
            assert door.counted("failed") == 2
            said = refusal(replies[0])
            assert "secret" not in said
            assert said.split()[-1].rstrip(".") in lines.getvalue().decode()
        door = Door(protocol(shipped_content, no_day).answer)
        result = (await door.ask(asking("tip"))).json()["result"]
        assert result["isError"]
        reference = result["content"][0]["text"].split("reference ")[1].rstrip(".")
        assert reference in lines.getvalue().decode()
        assert (await door.ask(LIST)).status == 200
    finally:
        logs.configure("warning", "json")


async def test_no_word_that_was_asked_is_logged(shipped_content: Library) -> None:
    """Neither at the lowest level nor of requests that make no sense."""
    lines = io.BytesIO()
    logs.configure("debug", "json", stream=lines)
    try:
        door = Door(protocol(shipped_content).answer)
        await door.ask(asking("search", words="marzipan"))
        await door.ask(asking("marzipan"))
        await door.ask({"jsonrpc": "2.0", "method": "marzipan", "params": ["marzipan"]})
        await door.ask({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"marzipan": 1}})
        await door.post(b"marzipan")
    finally:
        logs.configure("warning", "json")
    said = lines.getvalue().decode()
    assert said.count("mcp.answered") == 4
    assert said.count("mcp.refused") == 1
    assert "marzipan" not in said


# --- with a bot


async def test_what_is_served_follows_the_content_in_use(tmp_path: Path) -> None:
    """After the files are read anew the same address tells the new text, and nothing of it needs the database."""
    environ = environment(tmp_path, MCP="on", CONTENT_PATH=str(decks.written(tmp_path)))
    async with app.build(Settings.read(environ, None), timing.real) as bot:
        front = bot.web()
        await bot.database.close()
        (tmp_path / "bot.db").unlink()

        async def told(message: object) -> str:
            return (await call(front, "POST", route.PATH, HEADERS, [orjson.dumps(message)])).body.decode()

        assert "Taste & smell" in await told(LIST)
        assert "Malty and strong" in await told(asking("compare", dimension="taste"))
        changed = tmp_path / "changed"
        changed.mkdir()
        name = next(name for name, text in decks.FILES.items() if "Malty and strong" in text)
        bot.content.library = library.load(decks.written(changed, {name: ("Malty and strong", "Dark and strong")}))
        assert "Dark and strong" in await told(asking("compare", dimension="taste"))


async def test_a_crowd_of_assistants_holds_up_nobody_else() -> None:
    """While all that may be are being answered, and more are refused, a platform's requests are answered."""
    free = asyncio.Event()

    async def hangs(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await free.wait()

    async def platform(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asgi.send_answer(send, Answer(200))

    metrics = Metrics(lambda: 0.0, ["mcp"])
    answering = McpRoute(hangs, Guard("", lambda: 0.0), metrics.requests["mcp"])
    front = application.application({"/slack/events": platform}, probes(), beside={route.PATH: answering})
    crowd = [asyncio.create_task(call(front, "POST", route.PATH, HEADERS, [orjson.dumps(LIST)])) for _ in range(300)]
    replies = [await call(front, "POST", "/slack/events") for _ in range(20)]
    assert [reply.status for reply in replies] == [200] * 20
    assert (await call(front, "GET", "/healthz")).status == 200
    free.set()
    assert {(await one).status for one in crowd} == {429, 500}
