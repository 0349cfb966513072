"""Stand in for a Slack that takes a while to answer every chat.postMessage, 50 ms unless told otherwise.

`python -m bench.scale.stub_slow PORT [SECONDS]`. When posts to channels named PROBE… arrived is told at `/arrivals`.
"""

import asyncio
import json
import re
import sys
import time

from starlette.types import Receive, Scope, Send

from bench import asgi
from bench.slack import loads

SECONDS = 0.05
_PROBE = re.compile(rb"\bPROBE\d+\b")


class SlowSlack:
    """Answers `ok` after a while, with a message's ts of its own each time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._count = 0
        self._arrived: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await asgi.take_body(receive)
        if scope["path"] == "/arrivals":
            await asgi.send_answer(send, json.dumps({"posts": self._count, **self._arrived}).encode())
            return
        if not scope["path"].endswith("/chat.postMessage"):
            await asgi.send_answer(send, b'{"ok":true}')
            return
        if probe := _PROBE.search(body):
            self._arrived.setdefault(probe[0].decode(), time.time())
        await asyncio.sleep(self._seconds)
        self._count += 1
        await asgi.send_answer(
            send, f'{{"ok":true,"channel":"{loads.ROOM}","ts":"1795000000.{self._count:06}"}}'.encode()
        )


if __name__ == "__main__":
    asgi.serve(SlowSlack(*map(float, sys.argv[2:3])), sys.argv[1], lifespan="off")
