"""Know which keys Microsoft signs requests with, and look anew for one that is not known, now and then only."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp

from bot import sessions
from messengers.teams import connector, errors

_PAUSE_SECONDS = 10.0  # between two look-ups: anybody can send a token that names a key nobody has
_TIMEOUT = aiohttp.ClientTimeout(total=5.0)


class KeysUnreachableError(Exception):
    """The keys cannot be read: whose request it is can't be told now."""


class Keys:
    """The ids of the published keys.

    Args:
        read: reads them all; KeysUnreachableError where that fails.
        monotonic: seconds.
    """

    def __init__(
        self, read: Callable[[], Awaitable[frozenset[str]]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._reading = asyncio.Lock()
        self._ids: frozenset[str] = frozenset()
        self._read_at = -_PAUSE_SECONDS
        self._failed = False

    async def publishes(self, key_id: str) -> bool:
        """Say whether a key is published.

        Raises:
            KeysUnreachableError: nobody can say.
        """
        if key_id in self._ids:
            return True
        async with self._reading:
            if key_id not in self._ids and self._monotonic() >= self._read_at + _PAUSE_SECONDS:
                self._read_at = self._monotonic()
                self._failed = True
                self._ids = await self._read()
                self._failed = False
            elif self._failed:
                raise KeysUnreachableError("Microsoft's keys could not be read a moment ago")
            return key_id in self._ids


async def read(session: aiohttp.ClientSession, url: str) -> frozenset[str]:
    """Read the ids of the keys at `url`, a JSON Web Key Set.

    Raises:
        KeysUnreachableError: it cannot be reached, or is no such set.
    """
    try:
        async with session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            response.raise_for_status()
            answer = errors.object_of(await connector.read(response)) or {}
        listed = answer["keys"]
        return frozenset(key["kid"] for key in listed if isinstance(key.get("kid"), str))
    except (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise KeysUnreachableError(f"Microsoft's keys cannot be read ({sessions.reason(error)})") from error
