"""What one client may take of the server: an endless header, a slow request and a crowd hold up nobody else."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from bot.web import application, asgi
from bot.web.application import Check, Probes
from bot.web.asgi import Answer
from bot.web.server import Limits, Server

PATIENCE = 30.0
QUICK = Limits(request_seconds=0.2, parting_seconds=0.2)
PATHS = ["GET /healthz", "GET /", "GET /nowhere", "POST /slack/events", "POST /api/messages", "HEAD /healthz"]
FLOOD = 50_000_000  # bytes
SEVERAL = 50
PACE = 0.02  # seconds between those who ask while others are slow: without a break they would keep a core busy


@dataclass
class Serving:
    """A server on a port of its own; while `door` is closed, what was posted is answered by nobody."""

    server: Server
    port: int = 0
    door: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)  # the bodies of what was posted

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a post as both platforms' routes do."""
        try:
            body = await asgi.read_body(dict(scope["headers"]), receive)
        except asgi.RefusedError as refusal:
            await asgi.send_answer(send, Answer(refusal.status), closes=True)
            return
        if body is None:
            return
        self.heard.put_nowait(body)
        await self.door.wait()
        await asgi.send_answer(send, Answer(200, b"answered"))

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Connect until the end of the block."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def ask(self, *pieces: bytes) -> bytes:
        """Send, and read until the server closes; what it does not take any more is nobody's loss."""
        async with asyncio.timeout(PATIENCE), self.connected() as (reader, writer):
            reading = asyncio.create_task(reader.read())
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
            try:
                return await reading
            except ConnectionError:
                return b""

    async def healthz(self) -> int:
        """Ask how it is, on a connection of its own."""
        return status(await self.ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


@contextlib.asynccontextmanager
async def serving(limits: Limits | None = None) -> AsyncIterator[Serving]:
    """Serve until the end of the block."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await running.answer(scope, receive, send)

    async def ready() -> Sequence[Check]:
        return ()

    async def scrape() -> tuple[bytes, str]:
        return b"m" * 5_000_000, "text/plain"

    paths = ("/slack/events", "/api/messages")
    front = application.application(dict.fromkeys(paths, answer), Probes(lambda: (), ready, scrape))
    running = Serving(Server(front, limits, stop_seconds=1))
    running.door.set()
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    running.port = listener.getsockname()[1]
    task = asyncio.create_task(running.server.serve(sockets=[listener]))
    try:
        yield running
    finally:
        running.door.set()
        running.server.should_exit = True
        async with asyncio.timeout(PATIENCE):
            await task
        listener.close()


def status(answer: bytes) -> int:
    """Read the status of an answer, 0 where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


def head(path: str, *lines: bytes, ends: bool = True) -> bytes:
    """Make a header."""
    start = f"{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n".encode()
    return start + b"".join(line + b"\r\n" for line in lines) + (b"\r\n" if ends else b"")


def endless(path: str) -> dict[str, bytes]:
    """List what never ends, cut at a megabyte."""
    method, where = path.split(" ")
    chunked = head(f"POST {where}", b"Transfer-Encoding: chunked")
    return {
        "a value": head(path, b"X-A: " + b"a" * 1_000_000, ends=False),
        "a name": head(path, b"a" * 1_000_000, ends=False),
        "headers": head(path, *([b"X-A: a"] * 150_000), ends=False),
        "an address": f"{method} /{'a' * 1_000_000}".encode(),
        "a query": f"{path}?{'a' * 1_000_000}".encode(),
        "empty lines": b"\r\n" * 500_000,
        "an extension of a chunk": chunked + b"1;" + b"a" * 1_000_000,
        "zeros before a chunk's size": chunked + b"0" * 1_000_000,
        "trailers": chunked + b"1\r\na\r\n0\r\n" + b"X-A: a\r\n" * 150_000,
        "a trailer": chunked + b"1\r\na\r\n0\r\nX-A: " + b"a" * 1_000_000,
    }


async def test_a_header_has_32_kilobytes_on_every_route() -> None:
    """Whatever never ends is refused, in pieces of any size; what is not quite as long is served."""
    found = {}
    async with serving(Limits(parting_seconds=0.2)) as running:
        running.door.clear()
        for path in PATHS:
            for name, sent in endless(path).items():
                for size in (1_000_000, 30_000):
                    answer = await running.ask(*(sent[at : at + size] for at in range(0, len(sent), size)))
                    found[path, name, size] = status(answer)
        assert {case: got for case, got in found.items() if got != 431} == {}
        running.door.set()
        for path in PATHS:
            filling = 32_768 - len(head(path, b"X-A: ")) - 2
            whole = head(path, b"X-A: " + b"a" * filling)
            answers = [status(await running.ask(*pieces)) for pieces in ([whole], [whole[:20_000], whole[20_000:]])]
            assert answers == [answers[0]] * 2
            assert answers[0] in {200, 404}, path
            assert status(await running.ask(head(path, b"X-A: " + b"a" * (filling + 20)))) == 431


async def test_a_header_behind_another_request_is_bounded_too() -> None:
    """A short request in the same piece does not make room for a longer one behind it."""
    async with serving(Limits(parting_seconds=0.2)) as running:
        first = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        answers = await running.ask(first + head("GET /", b"X-A: " + b"a" * 33_000))
        assert answers.count(b"HTTP/1.1") <= 1
        assert b"PM Compare" not in answers


async def test_others_are_served_while_an_endless_header_comes() -> None:
    """50 MB of header, and a hundred more that do not wait for an answer: /healthz answers all the while."""
    sent = b"X-A: " + b"a" * 1_000_000
    async with serving(Limits(parting_seconds=0.2)) as running, asyncio.timeout(PATIENCE):
        flood = [running.ask(b"GET /healthz HTTP/1.1\r\n", *([sent] * (FLOOD // len(sent)))) for _ in range(3)]
        flooding = asyncio.gather(*flood)
        answers = []
        while not flooding.done():
            answers.append(await running.healthz())
        assert set(answers) == {200}
        await flooding
        assert await running.healthz() == 200


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"GET"],
        [b"GET /healthz HTTP/1.1\r\nHost: x\r\n"],
        [b"POST /slack/events HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", b"a"],
        [b"POST /api/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na"],
        [b"GET /healthz HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", b"a"],
        [b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /"],
    ],
    ids=["nothing", "method", "header", "body", "chunk", "unread-body", "second"],
)
async def test_slow_clients_are_cut(pieces: list[bytes]) -> None:
    """Fifty that never finish a request, dripping all the while, are gone soon; others are served all the while."""
    async with serving(QUICK) as running, asyncio.timeout(PATIENCE):

        async def drip() -> None:
            async with running.connected() as (reader, writer):
                for piece in pieces:
                    writer.write(piece)
                ended = asyncio.create_task(reader.read())
                with contextlib.suppress(ConnectionError):
                    while not ended.done():
                        if pieces:
                            writer.write(b"a" if b"Length" in pieces[0] else b"")
                            await writer.drain()
                        await asyncio.wait((ended,), timeout=0.05)
                with contextlib.suppress(ConnectionError):
                    await ended

        slow = asyncio.gather(*(drip() for _ in range(SEVERAL)))
        while not slow.done():
            assert await running.healthz() == 200
            await asyncio.wait((slow,), timeout=PACE)
        await slow
        assert running.heard.empty()


async def test_a_client_that_does_not_read_is_cut() -> None:
    """An answer that nobody fetches is given up."""
    async with serving(QUICK) as running, asyncio.timeout(PATIENCE):
        with socket.create_connection(("127.0.0.1", running.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            while not running.server.server_state.connections:
                assert await running.healthz() == 200
            while running.server.server_state.connections:
                assert await running.healthz() == 200
                await asyncio.sleep(PACE)


async def test_a_request_that_is_being_answered_is_not_cut() -> None:
    """The time is the client's: while it waits for us none of it passes."""
    async with serving(QUICK) as running, asyncio.timeout(PATIENCE):
        running.door.clear()
        sent = head("POST /slack/events", b"Content-Length: 1") + b"a"
        asking = asyncio.create_task(running.ask(sent))
        slow = await running.ask(b"GET /slow")  # it is cut while the other waits
        assert slow == b""
        running.door.set()
        assert status(await asking) == 200


async def test_the_crowd_has_a_bound() -> None:
    """Where there are too many connections the one whose client lets us wait longest goes; all busy, the new one."""
    async with (
        serving(Limits(connections=4)) as running,
        asyncio.timeout(PATIENCE),
        contextlib.AsyncExitStack() as stack,
    ):
        idle = [await stack.enter_async_context(running.connected()) for _ in range(4)]
        assert await running.healthz() == 200
        assert await idle[0][0].read() == b""
        running.door.clear()
        sent = head("POST /slack/events", b"Content-Length: 1") + b"a"
        asking = [asyncio.create_task(running.ask(sent)) for _ in range(4)]
        for _ in asking:
            await running.heard.get()
        assert await running.healthz() == 503
        assert {await reader.read() for reader, _ in idle} == {b""}
        running.door.set()
        assert [status(answer) for answer in await asyncio.gather(*asking)] == [200] * 4
        assert await running.healthz() == 200


async def test_requests_that_do_not_wait_for_answers_are_few() -> None:
    """Ten thousand at once on one connection are not collected; a few are answered in their order."""
    async with serving() as running, asyncio.timeout(PATIENCE):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        few = await running.ask(one * 3 + head("GET /healthz"))
        assert few.count(b"HTTP/1.1 200") == 4
        running.door.clear()
        held = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
        many = await running.ask(held * 10_000)
        assert many.count(b"HTTP/1.1 200") == 0
        assert running.heard.qsize() == 1


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (
            b"GET /healthz HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
            [200],
        ),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", [400]),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n",
            [400],
        ),
        (b"POST /slack/events HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\naa", [400]),
        (b"POST /slack/events HTTP/1.1\r\nContent-Length: -1\r\n\r\na", [400]),
        (b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", [400]),
        (b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", [400]),
        (b"GET /\xff HTTP/1.1\r\n\r\n", [400]),
        (b"GET http:// HTTP/1.1\r\n\r\n", [400]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", [400]),
    ],
)
async def test_what_is_no_request_of_ours_ends_the_connection(sent: bytes, statuses: list[int]) -> None:
    """Two lengths, another protocol, or none: one answer, and nothing behind it is taken for a request."""
    async with serving(Limits(parting_seconds=0.2)) as running:
        answer = await running.ask(sent)
        assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses
        assert running.heard.empty()
