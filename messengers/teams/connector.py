"""Call the Bot Connector, which is how anything is said in Teams: JSON over kept connections, with the bot's token."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import orjson
from yarl import URL

_JSON = "application/json"


class UnsaidError(ValueError):
    """Nothing was sent: Microsoft cannot be reached for a token or refuses the credentials, or the address is none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it says; `retry_after` is the header of that name, empty where there is none."""

    status: int
    body: bytes
    retry_after: str = ""


class Connector:
    """Sends the bot's calls, whatever address a conversation has.

    The Teams SDK's own client does no more for a call of ours than add the token; over httpx that takes five times as
    long as the call itself.
    """

    def __init__(self, session: aiohttp.ClientSession, token: Callable[[], Awaitable[str]] | None) -> None:
        """Take what sends, with its time limits, and what gives the token; None where none is to be sent."""
        self._session = session
        self._token = token

    async def get(self, url: str) -> Answer:
        """Ask for something; raises UnsaidError, and what aiohttp raises."""
        return await self._called("GET", url)

    async def post(self, url: str, said: object) -> Answer:
        """Make something, once: what may have arrived is never sent again by itself; raises as above."""
        return await self._called("POST", url, orjson.dumps(said))

    async def put(self, url: str, said: object) -> Answer:
        """Change something; raises as above."""
        return await self._called("PUT", url, orjson.dumps(said))

    async def _called(self, method: str, url: str, body: bytes | None = None) -> Answer:
        headers = {} if body is None else {"Content-Type": _JSON}
        try:
            where = URL(url, encoded=True)  # it is quoted already
            if self._token is not None:
                headers["Authorization"] = f"Bearer {await self._token()}"
        except (OSError, ValueError) as error:
            raise UnsaidError(str(error)) from error
        # A redirect would take the token elsewhere.
        call = self._session.request(method, where, data=body, headers=headers, allow_redirects=False)
        async with call as response:
            return Answer(response.status, await response.read(), response.headers.get("Retry-After", ""))
