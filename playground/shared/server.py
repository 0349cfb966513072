"""Serving the emulator on loopback, inside the running event loop, with connections that can be cut."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Coroutine
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

GRACE = 1.0


class Server:
    """No signal handlers and no ticking, unlike uvicorn's own: it lives in other people's processes."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        if not is_loopback(host):
            raise ValueError(f"the playground listens on loopback only, not on {host}")
        self._app = app
        self._host = host
        self._port = port
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}

    async def start(self) -> int:
        """The port it listens on."""
        config = uvicorn.Config(
            self._with_transports, interface="asgi3", lifespan="off", proxy_headers=False, log_config=None
        )
        config.load()
        transports = self._transports

        class Protocol(HttpToolsProtocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
                super().connection_made(transport)
                self.access_log = False  # the bot may share this process and its log
                if self.client is not None:
                    transports[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    transports.pop(self.client, None)
                super().connection_lost(exc)

        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        sock = socket.socket(family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # asyncio leaves Nagle's algorithm on for a socket made like this: an answer would wait 40 ms for its body.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock.bind((self._host, self._port))
        except OSError:
            sock.close()
            raise
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Protocol(config=config, server_state=self._state, app_state={}), sock=sock
        )
        self._port = int(sock.getsockname()[1])
        return self._port

    async def stop(self) -> None:
        """Lets running answers finish for a moment, then closes every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        running = list(self._state.tasks)
        if running:
            _, late = await asyncio.wait(running, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for transport in list(self._transports.values()):
            transport.abort()
        self._server = None

    async def _with_transports(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["emulator_transports"] = self._transports
        with contextlib.suppress(ConnectionAbortedError):
            await self._app(scope, receive, send)


class _Cut(Response):
    """Ends the TCP connection with a reset, and says nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope["emulator_transports"].get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()
        del send
        await receive()  # until the server notices that it is gone


def cut(_: Request) -> Response:
    """An answer that is no answer."""
    return _Cut(status_code=0)  # no status ever comes


def is_loopback(host: str) -> bool:
    """Whether `host` (a name, or an address with or without brackets) means this machine alone."""
    bare = host.strip("[]")
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


async def either(one: Coroutine[Any, Any, object], other: Coroutine[Any, Any, object], seconds: float) -> bool:
    """Wait until one of the two is done, and say whether one was in time; the other one ends here, whatever happens."""
    waiting = [asyncio.ensure_future(each) for each in (one, other)]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    return bool(done)
