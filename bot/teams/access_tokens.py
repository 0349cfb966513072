"""Get the tokens the bot shows Microsoft when it sends, and keep each until shortly before it expires."""

import asyncio
import time
from collections.abc import Callable, Mapping

import aiohttp
from msgspec import Struct

from bot import sessions
from bot.settings.reader import Secret
from bot.settings.registration import BY_OUR_NAMES, Named
from messengers.teams import connector, errors

_EARLY_SECONDS = 300.0  # Entra: a token lives for an hour or more; a new one is asked for before the old one ends
_SHORTEST_LIFE = 10.0  # seconds, whatever the answer says: no request for each message
_DOUBT_SECONDS = 60.0  # a token that is refused is not replaced sooner: it may be the bot that is, in one tenant
_PAUSE_SECONDS = 5.0  # what went wrong is not tried again sooner, however many messages wait for a token
_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_OK = 200
_REFUSALS = range(400, 500)
_TOO_MANY = 429


class TokenRefusedError(ValueError):
    """Microsoft refuses the credentials, in words; trying again changes nothing until a person does."""


class TokenUnreachableError(OSError):
    """Microsoft's token service does not answer, or not as it should; trying again later may help."""


class Credentials(Struct, frozen=True):
    """What a bot's registration consists of, and where it is shown (`https://login…/TENANT/oauth2/v2.0/token`).

    `named` are the variables that it was read from, to say which of them is wrong.
    """

    url: str
    client_id: str
    secret: Secret
    scope: str
    named: Named = BY_OUR_NAMES


class Tokens:
    """One token at a time, shared by everything that sends.

    Args:
        session: makes the request.
        credentials: what is shown for it.
        monotonic: seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._credentials = credentials
        self._monotonic = monotonic
        self._asking = asyncio.Lock()
        self._token = ""
        self._given_at = self._good_until = 0.0
        self._is_doubted = False
        self._failed: TokenRefusedError | TokenUnreachableError | None = None
        self._failed_at = 0.0

    @property
    def fault(self) -> str:
        """Say why there is no token, '' where there is one."""
        if self._token and self._monotonic() < self._good_until:
            return ""
        return str(self._failed) if self._failed else "Microsoft has not been asked yet"

    async def current(self) -> str:
        """Give a token that is good for a while.

        Raises:
            TokenRefusedError: the credentials are wrong.
            TokenUnreachableError: the service cannot be reached, or answers unreadably.
        """
        if self._is_good(self._monotonic()):
            return self._token
        async with self._asking:
            now = self._monotonic()
            if self._is_good(now):  # somebody else asked meanwhile
                return self._token
            if self._failed and now < self._failed_at + _PAUSE_SECONDS:
                raise type(self._failed)(str(self._failed))  # a new one: a traceback would grow with each raise
            try:
                self._token, life = await self._ask()
            except (TokenRefusedError, TokenUnreachableError) as error:
                self._failed, self._failed_at, self._good_until = error, self._monotonic(), 0.0
                raise
            self._given_at = self._monotonic()
            self._good_until = self._given_at + max(life - _EARLY_SECONDS, min(life, _SHORTEST_LIFE))
            self._failed, self._is_doubted = None, False
            return self._token

    def doubt(self, token: str) -> None:
        """Hear that a token was refused: the next call asks for another, if this one is a minute old.

        It may have ended unnoticed: the monotonic clock of a machine that is suspended stands, and a life goes on.
        """
        if token == self._token and self._monotonic() >= self._given_at + _DOUBT_SECONDS:
            self._is_doubted = True

    def _is_good(self, now: float) -> bool:
        return now < self._good_until and not self._is_doubted

    async def _ask(self) -> tuple[str, float]:
        shown = self._credentials
        form = {
            "grant_type": "client_credentials",
            "client_id": shown.client_id,
            "client_secret": shown.secret.reveal(),
            "scope": shown.scope,
        }
        try:
            async with self._session.post(shown.url, data=form, timeout=_TIMEOUT, allow_redirects=False) as response:
                status = response.status
                answer = errors.object_of(await connector.read(response))
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            raise TokenUnreachableError(
                f"Microsoft's token service cannot be reached ({sessions.reason(error)})"
            ) from error
        if answer is None:
            raise TokenUnreachableError(f"Microsoft's token service answered unreadably (HTTP {status})")
        token, life = answer.get("access_token"), answer.get("expires_in")
        if status == _OK and isinstance(token, str) and token and isinstance(life, int | float):
            return token, float(life)
        if status in _REFUSALS and status != _TOO_MANY:
            raise TokenRefusedError(_refusal(answer, shown.named))
        raise TokenUnreachableError(f"Microsoft's token service answered unreadably (HTTP {status})")


def _refusal(answer: Mapping[str, object], named: Named) -> str:
    """Say what Entra refused: its code, and which setting it is about; its own sentences quote ids and addresses."""
    codes = answer.get("error_codes")
    number = str(codes[0]) if isinstance(codes, list) and codes else ""
    code = str(answer.get("error", "unknown"))[:60] + (f", AADSTS{number}" if number else "")
    advice = _ADVICE.get(number, "").format(id=named.client_id, secret=named.client_secret, tenant=named.tenant_id)
    return f"Microsoft refused the credentials ({code}){advice}"


# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_ADVICE = {
    "7000215": ": {secret} is wrong; copy the secret's value, not its id",
    "7000222": ": {secret} has expired; make a new one",
    "700016": ": no registration has {id} in this tenant",
    "90002": ": there is no tenant {tenant} in this cloud",
}
