"""Stand in for Slack's Web API and response_url while others are measured: answer at once, and count.

`python -m bench.slack.stub PORT`. GET /counts tells how often each path was posted to, GET /last/PATH what was last.
"""

import json
import sys
from collections import Counter

from starlette.types import Receive, Scope, Send

from bench import asgi
from bench.slack import loads
from playground.slack import payloads
from playground.slack.world import BOT_USER, TEAM

LAST = "/last"
FIRST_POST = 1_795_000_000  # the n-th chat.postMessage gets the ts f"{FIRST_POST}.{n:06}"


class StubSlack:
    """Answers `ok` to everything; whose token it is, who is a member and a message's ts are all that a bot reads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._last: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await asgi.take_body(receive)
        path: str = scope["path"]
        if path == "/counts":
            await asgi.send_answer(send, json.dumps(self._counts).encode())
            return
        if path.startswith(LAST):
            await asgi.send_answer(send, self._last.get(path.removeprefix(LAST), b""))
            return
        self._counts[path] += 1
        self._last[path] = body
        answer: dict[str, object] = {"ok": True}
        match path:
            case "/api/auth.test":
                answer |= {"team_id": TEAM, "user_id": BOT_USER, "bot_id": "B0001", "url": "https://x/"}
            case "/api/users.info":
                answer |= {"user": payloads.person(loads.WORLD, loads.ALICE, 0)}
            case "/api/chat.postMessage":
                answer |= {"channel": loads.ROOM, "ts": f"{FIRST_POST}.{self._counts[path]:06}"}
        await asgi.send_answer(send, json.dumps(answer).encode())


if __name__ == "__main__":
    asgi.serve(StubSlack(), sys.argv[1], lifespan="off")
