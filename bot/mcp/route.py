"""POST /mcp: assistants' requests, guarded, then answered; a fault here ends with the request it befell."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

import orjson
import structlog
from starlette.types import Message, Receive, Scope, Send

from bot.mcp.guard import MOST_BYTES, Guard
from bot.metrics import RequestMeter
from bot.web import asgi
from bot.web.asgi import RefusedError
from handlers.current_request import current_request

PATH = "/mcp"
SECONDS = 10.0  # Slack waits 60

_PARSE_ERROR, _INVALID, _INTERNAL, _REFUSED = -32700, -32600, -32603, -32000  # JSON-RPC's, the last for us to give
_CODES = {400: _PARSE_ERROR, 415: _INVALID, 500: _INTERNAL}
_LATER = {429: (b"retry-after", b"1")}

_OF_THE_BODY = frozenset({b"content-type", b"content-length", b"transfer-encoding"})

Answering = Callable[[Scope, Receive, Send], Awaitable[None]]


class McpRoute:
    """Answers POST /mcp.

    Args:
        answer: answers a request that the guard let through.
        guard: lets them through.
        meter: counts them.
        seconds: an answer may take.
    """

    def __init__(self, answer: Answering, guard: Guard, meter: RequestMeter, seconds: float = SECONDS) -> None:
        self._answer = answer
        self._seconds = seconds
        self._guard = guard
        self._meter = meter
        self._log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST; never raises."""
        request_id = asgi.reference()
        current_request.set(request_id)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        started = perf_counter()
        try:
            self._guard.admit(headers)
            body = await asgi.read_body(headers, receive, MOST_BYTES)
            if body is None:
                return
            message = self._guard.message(body)
            async with self._guard.turn():
                sent = await self._answered(scope, message, receive)
        except RefusedError as refusal:
            self._meter.count[refusal.outcome]()
            self._log.debug("mcp.refused", status=refusal.status, reason=str(refusal))
            sent = _fault(refusal.status, str(refusal))
        except Exception as error:  # noqa: BLE001 # the one error handler: everything unknown ends here, once
            self._meter.count["failed"]()
            self._log.error("mcp.failed", exc_info=error)
            sent = _fault(500, f"The fault is ours, and its reference is {request_id}.")
        else:
            self._meter.count["answered"]()
            self._meter.observe_seconds(perf_counter() - started)
            self._log.debug("mcp.answered", status=int(sent[0]["status"]))
        for part in sent:
            await send(part)

    async def _answered(self, scope: Scope, message: bytes, receive: Receive) -> list[Message]:
        """Give the whole answer: nothing of it has left when something fails."""
        sent: list[Message] = []
        given = iter(({"type": "http.request", "body": message, "more_body": False},))

        async def read() -> Message:
            return next(given, None) or await receive()

        async def keep(part: Message) -> None:
            sent.append(part)

        # The body is the message that was checked, so what was said of the one that came holds no longer.
        headers = [(name, value) for name, value in scope["headers"] if name not in _OF_THE_BODY]
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(message)).encode())]
        async with asyncio.timeout(self._seconds):
            await self._answer({**scope, "headers": headers}, read, keep)
        if not sent:
            raise RuntimeError("no answer came")
        return sent


def _fault(status: int, words: str) -> list[Message]:
    """Give an answer that says what is wrong, as JSON-RPC has it; the connection closes, for the body may be unread."""
    error = {"code": _CODES.get(status, _REFUSED), "message": words}
    body = orjson.dumps({"jsonrpc": "2.0", "id": None, "error": error})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((_LATER[status],) if status in _LATER else ()),
    ]
    return [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    ]
