"""The ceiling: an ASGI app that looks at nothing and answers always the same, on the bot's own server.

`python -m bench.slack.raw_asgi PORT CARD_FILE`. A form with a command gets the card; everything else an empty 200.
"""

import sys
from pathlib import Path

from starlette.types import Receive, Scope, Send

from bench import asgi


class RawAsgi:
    """The constant answer."""

    def __init__(self, card: bytes) -> None:
        self._card = card

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 # ASGI's signature
        """Answer one request."""
        body = await asgi.take_body(receive)
        await asgi.send_answer(send, self._card if b"&command=" in body else b"")


if __name__ == "__main__":
    asgi.serve(RawAsgi(Path(sys.argv[2]).read_bytes()), sys.argv[1], lifespan="off", server_header=False)
