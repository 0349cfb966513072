"""A bot small enough to read at a glance: it stands for the real one and says what it was sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tests.listening import listening


@dataclass
class Heard:
    """One request as it came."""

    headers: dict[str, str]
    raw: bytes
    form: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    event: dict[str, Any] = field(default_factory=dict)


Reply = Callable[[Heard], Awaitable[Response]]


async def _say_nothing(_: Heard) -> Response:
    return Response()


class EchoBot:
    """Keeps everything in `heard`, and answers with whatever `reply` makes."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.reply: Reply = _say_nothing
        self.metrics = ""
        self.url = ""
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._news = asyncio.Event()

    async def until(self, is_wanted: Callable[[Heard], object], within: float = 20.0) -> Heard:
        """The newest request that is wanted, waited for: the emulator itself need not change by it.

        Raises TimeoutError after `within` seconds.
        """
        async with asyncio.timeout(within):
            while not (found := [each for each in self.heard if is_wanted(each)]):
                self._news.clear()
                await self._news.wait()
        return found[-1]

    def answers(self, body: object = None, *, status: int = 200) -> None:
        """The same answer from now on: JSON, text, or nothing."""

        async def reply(_: Heard) -> Response:
            if body is None:
                return Response(status_code=status)
            return PlainTextResponse(body, status) if isinstance(body, str) else JSONResponse(body, status)

        self.reply = reply

    async def _hear(self, request: Request) -> Response:
        heard = Heard(dict(request.headers), await request.body())
        if request.headers["content-type"].startswith("application/json"):
            heard.event = json.loads(heard.raw)
        else:
            heard.form = dict(parse_qsl(heard.raw.decode(), keep_blank_values=True))
            heard.payload = json.loads(heard.form.get("payload", "{}"))
        self.heard.append(heard)
        self._news.set()
        return await self.reply(heard)

    async def _metrics(self, _: Request) -> Response:
        return PlainTextResponse(self.metrics)

    async def __aenter__(self) -> Self:
        """Listens on a free port."""
        routes = [Route("/slack/events", self._hear, methods=["POST"]), Route("/metrics", self._metrics)]
        config = uvicorn.Config(Starlette(routes=routes), lifespan="off", log_level="critical")
        config.load()
        sock = listening()
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}/slack/events"
        self._server = await asyncio.get_running_loop().create_server(
            lambda: HttpToolsProtocol(config=config, server_state=self._state, app_state={}), sock=sock
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops, whatever is still running."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        for task in list(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
