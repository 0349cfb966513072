"""Call the Bot Connector, which is how anything is said in Teams: JSON over kept connections, with the bot's token."""

from collections.abc import Awaitable, Callable

import aiohttp
import orjson
from msgspec import Struct
from yarl import URL

_JSON = "application/json"
_UNAUTHORIZED = 401
LARGEST = 1_000_000  # bytes of an answer, unpacked; of those we ask for, 100 members are some 50,000


class UnsaidError(ValueError):
    """Nothing was sent: Microsoft cannot be reached for a token or refuses the credentials, or the address is none."""


class Answer(Struct, frozen=True):
    """What came back, whatever it says.

    `body` is empty where it is longer than anything that is asked for; `retry_after` is the header of that name, empty
    where there is none.
    """

    status: int
    body: bytes
    retry_after: str = ""


class Connector:
    """Sends the bot's calls, whatever address a conversation has.

    The Teams SDK's own client does no more for a call of ours than add the token; over httpx that takes five times as
    long as the call itself.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: Callable[[], Awaitable[str]] | None,
        doubt: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take what sends, with its time limits, and what gives the token; None where none is to be sent.

        `doubt` is told a token that was refused.
        """
        self._session = session
        self._token = token
        self._doubt = doubt

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
        token = ""
        try:
            where = _address(url)
            if self._token is not None:
                token = await self._token()
                headers["Authorization"] = f"Bearer {token}"
        except (OSError, ValueError) as error:
            raise UnsaidError(str(error)) from error
        # A redirect would take the token elsewhere.
        call = self._session.request(method, where, data=body, headers=headers, allow_redirects=False)
        async with call as response:
            if response.status == _UNAUTHORIZED:
                self._doubt(token)
            return Answer(response.status, await read(response), response.headers.get("Retry-After", ""))


def _address(url: str) -> URL:
    """Take an address that is quoted already; ValueError where nobody can be called there.

    aiohttp finds some of that out late, with errors that say nothing of whether the call was made.
    """
    where = URL(url, encoded=True)
    host = where.raw_host or ""
    host.encode("idna")  # as looking for it does: a part of it may be empty, or too long
    is_one = where.scheme in {"https", "http"} and host and where.port and not where.raw_fragment and url.isascii()
    if not is_one or where.user is not None or where.password is not None:
        raise ValueError("no address that can be called")
    return where


async def read(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer; empty where it would fill the memory: a few bytes may unpack to any number.

    Raises:
        aiohttp.ClientError, OSError: the rest of it does not come.
    """
    read = bytearray()
    async for some in response.content.iter_any():
        read += some
        if len(read) > LARGEST:
            response.close()
            return b""
    return bytes(read)
