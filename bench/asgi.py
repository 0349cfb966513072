"""The least an ASGI app needs to answer, for the stubs and the servers that the bot is compared with."""

from typing import Any

import uvicorn
from starlette.types import Receive, Send

_JSON = b"application/json; charset=utf-8"


async def take_body(receive: Receive) -> bytes:
    """Read a request's body to its end."""
    body: bytes = b""
    while True:
        message = await receive()
        body = body + message["body"] if body else message["body"]
        if not message.get("more_body"):
            return body


async def send_answer(send: Send, body: bytes, content_type: bytes = _JSON) -> None:
    """Answer with a 200."""
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(app: Any, port: str, **more: Any) -> None:  # noqa: ANN401 # any ASGI app, and settings of uvicorn
    """Serve on loopback with the bot's own server and settings."""
    settings = {"loop": "uvloop", "http": "httptools", "access_log": False, "log_level": "warning", **more}
    uvicorn.run(app, host="127.0.0.1", port=int(port), **settings)
