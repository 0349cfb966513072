"""Serve HTTP so that no client holds up the others: what one may send is bounded before any framework sees it.

By themselves uvicorn and httptools collect a header however long it is, join its pieces again and again, and wait for
ever for the rest of a request.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from bot.web import asgi
from bot.web.joined import JoinedWrites

_SECURITY = b"".join(b"%b: %b\r\n" % header for header in asgi.SECURITY_HEADERS)
_LOOKS_EVERY = 5  # of uvicorn's ticks of 0.1 s
_REASONS = {
    400: b"the request cannot be read",
    431: b"the request's header is too large",
    503: b"too many connections",
}


class Limits(Struct, frozen=True):
    """How much one client may take.

    `head_bytes` is for the request line with all headers, and as much again for what stands between and behind the
    pieces of a body. `request_seconds` is how long a request may take to arrive whole, and how long a client may leave
    its answer unread; `parting_seconds` how long one that was refused has to read why. `connections` are held at once,
    and `pipelined` requests of one connection wait for the answer to another.
    """

    head_bytes: int = 32_768  # Slack's and Teams' are 1 to 3 kB
    request_seconds: float = 10.0  # Slack gives up after 3 s, Teams after 10 to 15
    parting_seconds: float = 1.0
    connections: int = 800  # many systems let a process have 1,024 files; the rest is for Slack, Teams and the database
    pipelined: int = 8  # no proxy and no platform sends even two


class _Config(uvicorn.Config):
    """uvicorn's settings, with our limits."""

    limits: Limits


class Server(uvicorn.Server):
    """uvicorn with our limits, and without its signal handlers: they would end the process with work in flight."""

    def __init__(self, app: ASGIApp, limits: Limits | None = None, *, stop_seconds: float | None = None) -> None:
        """Serve `app`; at the end requests in flight have `stop_seconds`, None for as long as they take."""
        config = _Config(
            app,
            loop="uvloop",
            http=_Connection,
            ws="none",  # whatever asks for a WebSocket would go on under a protocol without limits
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=None if stop_seconds is None else max(1, round(stop_seconds)),
        )
        config.limits = limits or Limits()
        # It warns of each request that cannot be read: anybody sends those, as many as they like.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        super().__init__(config)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever serves."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Look now and then for clients that take too long."""
        if counter % _LOOKS_EVERY == 0:
            now = asyncio.get_running_loop().time()
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, _Connection):
                    connection.end_if_late(now)
        return await super().on_tick(counter)


class _Connection(HttpToolsProtocol):
    """One client's connection, of HTTP/1.1.

    `since` is when the client's turn began, to send or to read; 0.0 while the turn is ours. `_unread` counts the bytes
    since the parser last got on: through a header, or into a body.
    """

    def __init__(
        self,
        config: _Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._most = config.limits.head_bytes
        self.since = 0.0
        self._unread = 0
        self._is_busy = False  # a request has begun, and has not come whole yet
        self._is_uncounted = False  # its header began behind another request, in the same piece
        self._is_over = False  # it was refused
        self._is_deaf = False  # what follows is not HTTP/1.1
        self._status = 400  # what is said of a request that the parser gives up

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Take a connection; where there are too many, in place of the one whose client lets us wait longest."""
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type] # all that uvicorn asks of it
        self.since = self.loop.time()
        if len(self.connections) > self._limits.connections:
            waiting = [
                one for one in self.connections if isinstance(one, _Connection) and one.is_waiting and one != self
            ]
            if waiting:
                min(waiting, key=lambda one: one.since or self.since).abort()
            else:
                self._refuse(503)

    @property
    def is_waiting(self) -> bool:
        """Say whether it is the client's turn."""
        return bool(self.since) or self.cycle is None or self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Hand what came to the parser, no more at a time than a header may have.

        A request that comes whole, as nearly all do, takes one look more than uvicorn's own.
        """
        if self._is_over or self._is_deaf:
            return
        if not self.since or self.timeout_keep_alive_task is not None:  # the first of a request
            self.since = self.loop.time()
        if self._unread + len(data) <= self._most:
            self._read(data)
            return
        rest = memoryview(data)
        while rest and not self._is_over and not self._is_deaf and not self.transport.is_closing():
            room = self._most - self._unread
            self._read(bytes(rest[:room]))
            rest = rest[room:]

    def _read(self, piece: bytes) -> None:
        self._unread += len(piece)
        HttpToolsProtocol.data_received(self, piece)
        cycle = self.cycle
        if self._is_over:
            return
        if cycle is None or cycle.scope is not self.scope:  # in a header
            if self._unread >= self._most:
                self._refuse(431)
        elif self._is_uncounted and self._head_size() > self._most:
            self._refuse(431)
        elif cycle.more_body:  # in a body; what is no part of it counts on
            if self._unread >= self._most:
                self._refuse(431)
        else:  # whole: it is our turn
            self._is_busy = self._is_uncounted = False
            self._unread = 0
            self.since = 0.0

    # --- what the parser finds

    def on_message_begin(self) -> None:
        """Begin a request; behind another one, look whether that was as it should be, and not one too many."""
        if self._is_busy:
            if self._is_uncounted and self._head_size() > self._most:
                self._status = 431
                raise ValueError(_REASONS[431])
            if len(self.pipeline) >= self._limits.pipelined:
                raise ValueError("too many requests before an answer")
            self._is_uncounted = True
            self._unread = 0
        self._is_busy = True
        HttpToolsProtocol.on_message_begin(self)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._unread = 0
        HttpToolsProtocol.on_body(self, body)

    # --- what becomes of the answer

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self.since = self.loop.time()
        super().pause_writing()

    # --- the end

    def end_if_late(self, now: float) -> None:
        """End the connection if the client's turn has taken too long."""
        limit = self._limits.parting_seconds if self._is_over else self._limits.request_seconds
        if not self.since and self.is_waiting:  # the answer has left since we last looked
            self.since = now
        if self.since and now - self.since > limit:
            self.abort()

    def shutdown(self) -> None:
        """Finish what is in flight, and wait for nobody who was refused."""
        if self._is_over:
            self.abort()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 # uvicorn's signature
        """Refuse what the parser gave up, without quoting it."""
        if not self._is_over:
            self._refuse(self._status)

    def _unsupported_upgrade_warning(self) -> None:
        """Answer this request and read nothing more: what follows is taken for another protocol, which we don't speak.

        uvicorn would say so in the log, and anybody may ask.
        """
        self._is_deaf = True
        self.cycle.keep_alive = False

    def _refuse(self, status: int) -> None:
        """Say no, and read nothing more. What still comes is thrown away for a moment.

        Closing at once would reset the connection, and take the answer away from a client that is still sending.
        """
        self._is_over = True
        self.since = self.loop.time()
        self._unset_keepalive_if_required()
        if self.pipeline or (self.cycle is not None and self.cycle.response_started != self.cycle.response_complete):
            self.abort()  # another answer is under way
            return
        if self.cycle is not None and not self.cycle.response_complete:
            # Whoever waits for the rest of this request is told that there is none, and what they answer goes nowhere.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.is_closing():
            return
        reason = _REASONS[status]
        self.transport.write(
            b"%bcontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n%b\r\n%b"
            % (STATUS_LINE[status], len(reason), _SECURITY, reason)
        )
        self.transport.write_eof()

    def abort(self) -> None:
        """End the connection at once, whatever is under way."""
        self._is_over = True
        self.since = 0.0
        self.connections.discard(self)
        self.transport.abort()

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)  # `: ` and a line's end
