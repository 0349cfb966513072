"""Calls an ASGI application as a server does, without a server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Reply:
    """What came back; `reads` is how many pieces of the body the application asked for."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reads: int = 0

    def json(self) -> Any:  # noqa: ANN401 # JSON is anything
        """Read the body."""
        return orjson.loads(self.body)


async def call(app: ASGIApp, method: str, path: str, headers: Headers = (), pieces: Sequence[bytes] = (b"",)) -> Reply:
    """Send one request, its body in `pieces`; an application that asks for more is told that the client has gone."""
    reply = Reply()

    async def receive() -> dict[str, Any]:
        reply.reads += 1
        if reply.reads > len(pieces):
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces[reply.reads - 1], "more_body": reply.reads < len(pieces)}

    async def send(message: Any) -> None:  # noqa: ANN401 # ASGI messages are open dicts
        if message["type"] == "http.response.start":
            assert reply.status == 0, "answered twice"
            reply.status = message["status"]
            reply.headers = {name.decode().lower(): value.decode() for name, value in message.get("headers", ())}
        else:
            reply.body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": list(headers),
        "server": ("127.0.0.1", 3000),
        "client": ("127.0.0.1", 50000),
        "state": {},
    }
    await app(scope, receive, send)
    return reply
