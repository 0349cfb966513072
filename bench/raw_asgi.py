"""The ceiling: an ASGI app that looks at nothing and answers always the same, on the bot's own server.

`python -m bench.raw_asgi PORT CARD_FILE`. A form with a command gets the card; everything else an empty 200.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

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


class RawAsgi:
    """The constant answer."""

    def __init__(self, card: bytes) -> None:
        self._card = card

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 # ASGI's signature
        """Answer one request."""
        body = await take_body(receive)
        await send_answer(send, self._card if b"&command=" in body else b"")


if __name__ == "__main__":
    uvicorn.run(
        RawAsgi(Path(sys.argv[2]).read_bytes()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
    )
