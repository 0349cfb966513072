"""Stand in for a Slack that takes 50 ms to answer every chat.postMessage: `python -m bench.scale.stub_slow PORT`."""

import asyncio
import sys

from starlette.types import Receive, Scope, Send

from bench import asgi
from bench.slack import loads

SECONDS = 0.05


class SlowSlack:
    """Answers `ok` after a while, with a message's ts of its own each time."""

    def __init__(self) -> None:
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await asgi.take_body(receive)
        if not scope["path"].endswith("/chat.postMessage"):
            await asgi.send_answer(send, b'{"ok":true}')
            return
        await asyncio.sleep(SECONDS)
        self._count += 1
        await asgi.send_answer(
            send, f'{{"ok":true,"channel":"{loads.ROOM}","ts":"1795000000.{self._count:06}"}}'.encode()
        )


if __name__ == "__main__":
    asgi.serve(SlowSlack(), sys.argv[1], lifespan="off")
