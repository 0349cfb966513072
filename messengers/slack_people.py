"""Know of a person what changing tips depends on: whether they run the workspace, or have left it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from messengers.slack_codes import code_of

_KEPT = 300.0  # seconds; who is made an admin now may change tips five minutes later
_MOST = 2_000  # people, oldest go first
_TIMEOUT = 2.0  # seconds; somebody waits for an answer that can do without


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a workspace; `zone` is their IANA time zone, '' where Slack names none."""

    is_admin: bool
    is_gone: bool
    zone: str = ""


class People:
    """Asks users.info (`users:read`), and remembers the answers for five minutes."""

    def __init__(
        self, client: Callable[[str], Awaitable[AsyncWebClient]], monotonic: Callable[[], float], most: int = _MOST
    ) -> None:
        self._client = client
        self._most = most
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Person]] = {}
        self._closed: dict[str, float] = {}  # workspaces that did not grant users:read, and until when that is believed

    async def find(self, workspace: str, person: str) -> Person | None:
        """Give what is known of a person; None where Slack may not be asked, does not know them, or takes too long."""
        now = self._monotonic()
        until, known = self._known.get((workspace, person), (now, None))
        if until > now:
            return known
        if self._closed.get(workspace, now) > now:
            return None
        client = await self._client(workspace)
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer = await client.users_info(user=person)
        except SlackApiError as error:
            if code_of(error) == "missing_scope":
                self._closed[workspace] = now + _KEPT
            return None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError):
            return None  # the last two: slack_sdk on an answer that is not JSON, or not an object
        user = answer.get("user")
        if not isinstance(user, Mapping):
            return None
        found = Person(
            is_admin=bool(user.get("is_admin") or user.get("is_owner")),
            is_gone=bool(user.get("deleted")),
            zone=str(user.get("tz") or ""),
        )
        self._known.pop((workspace, person), None)
        while len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[workspace, person] = (now + _KEPT, found)
        return found
