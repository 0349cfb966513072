"""Ask Slack for a new token in place of one that ends, once for all processes.

Slack (docs.slack.dev, "Using token rotation"): a token ends after 12 hours, and is not ended by asking for another. A
refresh token is "designed to be used once", and revoked "after a short grace period" once it was. So who asks has the
turn, written in the row, and no transaction is open meanwhile. Where the answer is lost on the way, the same refresh
token is tried again at once, within that grace, and later until the token's end. Only where Slack says that it knows it
no longer is it given up; the former token serves until its end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import aiohttp
import structlog
from cachetools import LRUCache
from msgspec import Struct
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from messengers.outcomes import retry_after
from messengers.slack.errors import NOTHING_SAID, SLOW_DOWN, code_of
from messengers.slack.installations import Token
from messengers.slack.sealing import Seals
from store import installations as rows
from store.database.access import Database, UnusableError
from store.installations import Stored

log = structlog.get_logger()

AHEAD = timedelta(hours=2)  # as slack_sdk's own rotator: time enough for whatever is in the way to pass
_TURN = timedelta(seconds=75)  # longer than asking and the writing after it take
_REQUEST, _ASKING = 20.0, 35.0  # seconds: for one answer, and until it is asked for no more in this turn
_LOST = (0.5, 2.0)  # seconds before it is asked for again: Slack's grace is short
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 900.0  # seconds between two tries that fail
_WRITES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between tries to write down what Slack gave
_COUNTED = 10_000  # places whose tries are counted
# The refresh token is no good, and will not be: all else passes, or is the operator's to mend.
_FINAL = frozenset(
    {"invalid_refresh_token", "invalid_grant", "authorization_not_found", "account_inactive", "token_revoked"}
)


class AppSecrets(Struct, frozen=True):
    """The Slack app's client id and client secret."""

    client_id: str
    client_secret: Token

    def header(self) -> str:
        """Give them as Slack takes them beside a body; slack_sdk's own way is one that aiohttp gives up."""
        return aiohttp.encode_basic_auth(self.client_id, self.client_secret.reveal())


class _Fresh(Struct, frozen=True):
    token: Token
    refresh_token: Token
    seconds: float | None


class _Final(Struct, frozen=True):
    code: str


class _Later(Struct, frozen=True):
    reason: str
    seconds: float = 0.0
    is_limit: bool = False
    is_lost: bool = False  # Slack may have used the refresh token up


class Rotation:
    """Renews tokens in the database; what is remembered of them is its caller's."""

    def __init__(
        self,
        database: Database,
        seals: Seals,
        app: AppSecrets,
        client: AsyncWebClient,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what it needs; `client` has no token, and `sleep` waits between tries to write."""
        self._database = database
        self._seals = seals
        self._app = app
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._failed: LRUCache[str, int] = LRUCache(_COUNTED)
        self._quiet_until: datetime | None = None

    def is_asked_to_wait(self, now: datetime) -> bool:
        """Say whether Slack asked for less: then nothing is renewed ahead of time."""
        return self._quiet_until is not None and now < self._quiet_until

    async def renew(self, seen: Stored) -> Stored | None:
        """Ask for new tokens unless somebody does, or did; gives the row as it is then, None where there is none.

        What could not be renewed stays as it was, and is tried again later, by whoever looks for what is due.

        Raises:
            SealedError: no key opens its refresh token.
        """
        if not seen.refresh_token:
            return seen
        refresh_token = self._seals.open(seen.refresh_token, seen.place)
        now = self._clock()
        async with self._database.write() as connection:
            is_ours = await rows.lease(connection, seen, now, now + _TURN)
            current = await rows.of_place(connection, seen.place)
        if not is_ours or current is None:
            return current
        match await self._ask_until_told(refresh_token):
            case _Fresh() as fresh:
                self._failed.pop(seen.place, None)
                return await self._written(current, fresh)
            case _Final(code):
                log.error(
                    "slack.token.final", place=seen.place, code=code, then="an owner has to install the app again"
                )
                return await self._written(current, None)
            case _Later() as later:
                return await self._postponed(current, later)

    async def put_off(self, seen: Stored, seconds: float) -> None:
        """Let nobody try a row for some seconds."""
        async with self._database.write() as connection:
            await rows.postpone(connection, seen, self._clock() + timedelta(seconds=seconds))

    async def _ask_until_told(self, refresh_token: str) -> _Fresh | _Final | _Later:
        """Ask, and again at once where the answer was lost: then the refresh token may have been used."""
        lost = _Later("the answer was lost")
        with suppress(TimeoutError):
            async with asyncio.timeout(_ASKING):
                for wait in (*_LOST, None):
                    told = await self._ask(refresh_token)
                    if wait is None or not (isinstance(told, _Later) and told.is_lost):
                        return told
                    lost = told
                    log.warning("slack.token.answer_lost", reason=told.reason)
                    await self._sleep(wait)
        return lost

    async def _ask(self, refresh_token: str) -> _Fresh | _Final | _Later:
        try:
            async with asyncio.timeout(_REQUEST):
                answer = await self._client.api_call(
                    "oauth.v2.access",
                    data={"grant_type": "refresh_token", "refresh_token": refresh_token},
                    headers={"Authorization": self._app.header()},
                )
        except SlackApiError as error:
            return _refused(error)
        except NOTHING_SAID as error:
            return _Later(type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return _Later(type(error).__name__, is_lost=True)
        except (ValueError, AttributeError) as error:
            # ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object
            return _Later(type(error).__name__)
        token, fresh, seconds = (answer.get(name) for name in ("access_token", "refresh_token", "expires_in"))
        if not isinstance(token, str) or not token or answer.get("token_type", "bot") != "bot":
            return _Later("an answer without a token of the bot")
        ends = float(seconds) if isinstance(seconds, int | float) else None
        return _Fresh(Token(token), Token(fresh if isinstance(fresh, str) else ""), ends)

    async def _written(self, seen: Stored, fresh: _Fresh | None) -> Stored | None:
        """Write down what Slack gave, or that it gives no more; what it gave is lost with it, so it is tried again."""
        for wait in (*_WRITES, None):
            try:
                return await self._write(seen, fresh)
            except UnusableError:
                if wait is None:
                    log.exception("slack.token.lost", place=seen.place)
                    raise
                await self._sleep(wait)
        raise AssertionError  # the last of them gives or raises

    async def _write(self, seen: Stored, fresh: _Fresh | None) -> Stored | None:
        now = self._clock()
        ends = now + timedelta(seconds=fresh.seconds) if fresh and fresh.seconds is not None else None
        while True:
            async with self._database.write() as connection:
                current = await rows.of_place(connection, seen.place)
                if current is None or not self._is_the_same(current, seen):
                    return current
                changed = replace(
                    current,
                    token=self._seals.seal(fresh.token.reveal()) if fresh else current.token,
                    refresh_token=self._seals.seal(fresh.refresh_token.reveal()) if fresh else "",
                    expires_at=ends if fresh else current.expires_at,
                    refreshing_until=None,
                    changed_at=now,
                )
                # Encrypted anew in between, the row holds other texts: it is read again.
                if await rows.renew(connection, current, changed.token, changed.refresh_token, changed.expires_at, now):
                    return changed

    def _is_the_same(self, current: Stored, seen: Stored) -> bool:
        """Say whether a row still holds the token that was seen, whatever its encryption: nobody came in between."""
        return current.installed_at == seen.installed_at and self._seals.open(
            current.token, current.place
        ) == self._seals.open(seen.token, seen.place)

    async def _postponed(self, seen: Stored, later: _Later) -> Stored | None:
        tries = self._failed.get(seen.place, 0)
        self._failed[seen.place] = tries + 1
        seconds = max(min(_FIRST_WAIT * 2**tries, _LONGEST_WAIT), later.seconds)
        log.warning("slack.token.later", place=seen.place, reason=later.reason, seconds=seconds)
        if later.is_limit:
            self._quiet_until = self._clock() + timedelta(seconds=later.seconds)
        await self.put_off(seen, seconds)
        return seen


def _refused(error: SlackApiError) -> _Final | _Later:
    code = code_of(error)
    status = getattr(error.response, "status_code", None) or 0
    if status == 429 or code in SLOW_DOWN:  # noqa: PLR2004 # HTTP's own number
        headers: Mapping[str, str] = getattr(error.response, "headers", {}) or {}
        return _Later(code or "ratelimited", retry_after(headers.get("Retry-After", ""), _FIRST_WAIT), is_limit=True)
    return _Final(code) if code in _FINAL else _Later(code or f"http {status}")
