"""Stand in for the Bot Connector while others are measured: answer at once, and note what was posted.

`python -m bench.teams.stub PORT KEYS_FILE`. GET /posts tells how often something was posted, and when each of the last
100 came, by conversation, on this machine's monotonic clock; GET /last gives the last activity.
"""

import json
import sys
import time
from pathlib import Path
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from bench import asgi
from bench.teams import loads
from playground.teams.keys import ISSUER

_NOTED = 100


class TeamsStub:
    """Publishes the keys, gives out tokens, and takes every post."""

    def __init__(self, url: str, keys: bytes) -> None:
        self._keys = keys
        self._metadata = json.dumps(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{url}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        ).encode()
        self._token = json.dumps(
            {"token_type": "Bearer", "expires_in": 86_400, "access_token": loads.unsigned_token()}
        ).encode()
        self._posts, self._last = 0, b"{}"
        self._times: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await asgi.take_body(receive)
        path: str = scope["path"]
        match scope["method"], path.rpartition("/")[2]:
            case "GET", "posts":
                await asgi.send_answer(send, json.dumps({"count": self._posts, "times": self._times}).encode())
            case "GET", "last":
                await asgi.send_answer(send, self._last)
            case "GET", "openidconfiguration":
                await asgi.send_answer(send, self._metadata)
            case "GET", "keys":
                await asgi.send_answer(send, self._keys)
            case "POST", "token":
                await asgi.send_answer(send, self._token)
            case "POST", "activities":
                if b'"suggestedActions"' not in body:  # what follows an answer, where there is time, is none
                    self._posts, self._last = self._posts + 1, body
                    self._note(unquote(path.split("/")[-2]))
                await asgi.send_answer(send, b'{"id":"%d"}' % (1_795_000_000_000 + self._posts))
            case _:
                await asgi.send_answer(send, b"{}")

    def _note(self, conversation: str) -> None:
        if len(self._times) >= _NOTED:
            del self._times[next(iter(self._times))]
        self._times[conversation] = time.monotonic()


if __name__ == "__main__":
    here = f"http://127.0.0.1:{sys.argv[1]}"
    asgi.serve(TeamsStub(here, Path(sys.argv[2]).read_bytes()), sys.argv[1], lifespan="off")
