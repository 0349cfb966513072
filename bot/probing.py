"""Ask the bot in this container how it is, for the Dockerfile's HEALTHCHECK: `python -m bot.probing`."""

import http.client
import os
import sys
from pathlib import Path

from bot.settings.reader import Reader

_SECONDS = 4.0  # Docker gives up after 5
_OK = 200
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 # where nobody listens: to be told apart


def probe(host: str, port: int) -> str:
    """Ask /healthz where the bot listens; gives what is wrong, '' where all is well.

    No proxy stands between, whatever the environment says: it is the same machine.
    """
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"no answer from {host}, port {port}: {error}"
    finally:
        connection.close()
    return "" if answer.status == _OK else f"HTTP {answer.status}: {body}"


if __name__ == "__main__":
    _reader = Reader(os.environ, Path(".env"))
    sys.exit(probe(_reader.host("HOST"), _reader.port("PORT")) or 0)
