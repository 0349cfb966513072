"""Slack's side of Socket Mode, written by hand: the address of a connection, and envelopes over it."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

PATIENCE = 30.0  # seconds


class SocketSlack:
    """Listens on loopback; `token_error` refuses the app token, `broken` addresses lead nowhere before one works.

    Each of `unreadable` (status, body) answers one question of the Web API before it is answered properly. Where it
    `is_silent`, nothing that the bot sends is heard or answered, not even that it closes the connection.
    """

    def __init__(
        self,
        *,
        token_error: str = "",
        broken: int = 0,
        unreadable: Sequence[tuple[int, str]] = (),
        is_silent: bool = False,
    ) -> None:
        self.token_error = token_error
        self.broken = broken
        self.unreadable = list(unreadable)
        self.is_silent = is_silent
        self.socket_host = ""  # of the connections' address, where it is not this one's
        self.posting = asyncio.Event()  # set once a chat.postMessage has come; none is ever answered
        self.asked: list[str] = []  # the authorization of each apps.connections.open
        self.connections: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()  # whatever the bot sends
        self._count = 0
        self._ended = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.api_url = ""

    async def connection(self) -> web.WebSocketResponse:
        """Wait for the bot's next connection."""
        async with asyncio.timeout(PATIENCE):
            return await self.connections.get()

    async def send(self, socket: web.WebSocketResponse, kind: str, payload: object, **more: object) -> str:
        """Send an envelope, and give its id."""
        self._count += 1
        envelope = f"envelope-{self._count}"
        body = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True, **more}
        await socket.send_json(body)
        return envelope

    async def answer(self) -> dict[str, Any]:
        """Wait for what the bot sends next."""
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def _open(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.get("Authorization", ""))
        if self.unreadable:
            return self._unreadable()
        if self.token_error:
            return web.json_response({"ok": False, "error": self.token_error})
        path = "socket"
        if self.broken:
            self.broken -= 1
            path = "nowhere"
        host = self.socket_host or request.host
        return web.json_response({"ok": True, "url": f"ws://{host}/{path}?ticket={len(self.asked)}"})

    async def _test(self, _request: web.Request) -> web.Response:
        if self.unreadable:
            return self._unreadable()
        return web.json_response({"ok": True, "team_id": "T0001", "user_id": "U0BOT", "url": "https://x.slack.com/"})

    def _unreadable(self) -> web.Response:
        status, body = self.unreadable.pop(0)
        return web.Response(status=status, text=body, content_type="application/json")

    async def _post(self, _request: web.Request) -> web.Response:
        self.posting.set()
        await self._ended.wait()
        return web.json_response({"ok": False, "error": "fatal_error"})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        await self.connections.put(socket)
        if self.is_silent:
            await self._ended.wait()
            return socket
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self.heard.put(message.json())
        return socket

    async def __aenter__(self) -> Self:
        """Listen."""
        application = web.Application()
        application.router.add_post("/api/apps.connections.open", self._open)
        application.router.add_post("/api/auth.test", self._test)
        application.router.add_post("/api/chat.postMessage", self._post)
        application.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.api_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._ended.set()
        if self._runner is not None:
            await self._runner.cleanup()
