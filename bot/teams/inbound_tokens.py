"""Tell whether a request comes from Microsoft: the SDK's check of its token, kept from being asked too much."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol

import jwt
import structlog
from cachetools import FIFOCache

from bot.teams.signing_keys import Keys, KeysUnreachableError
from bot.web.asgi import Cause, RefusedError

log = structlog.get_logger()

_LONGEST_TOKEN = 8_192  # Microsoft's are about 1,200 characters
_REMEMBERED_SECONDS = 300.0  # a key that Microsoft takes back stops counting after that
_MOST = 4_096  # tokens: Microsoft uses one for each region for about an hour
_THREADS = 4
_LAST_MOMENT = 2.0**40  # seconds since 1970, in 30,000 years: beyond numbers that a clock can be compared to
_CHECK_SECONDS = 8.0  # Teams gives up after 10 to 15 s


class Validator(Protocol):
    """The SDK's InboundActivityTokenValidator."""

    async def validate_token(self, raw_token: str, service_url: str | None = None) -> dict[str, Any]:
        """Give the token's claims; jwt.PyJWTError where it is wrong."""
        ...


class Callers:
    """Lets those through whom Microsoft vouches for; a token that has passed is remembered for five minutes at most.

    Args:
        validator: the SDK's check. It reads keys over the network and blocks while it does, so it runs in `threads`.
        keys: which keys there are. Tokens signed with others never reach the validator, which would look for them.
        threads: a few of its own: a check that hangs must not hold up what others do in threads.
        audience: our client id.
        issuer: who signs in this cloud.
        other_issuers: who signs in Microsoft's other clouds, to tell when this bot stands in the wrong one.
        now: real time in seconds since the epoch, also where the program's own clock is shifted; tokens go by it.
    """

    def __init__(  # noqa: PLR0913 # one caller, all but three by name
        self,
        validator: Validator,
        keys: Keys,
        threads: ThreadPoolExecutor,
        *,
        audience: str,
        issuer: str,
        other_issuers: Collection[str] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._validator = validator
        self._keys = keys
        self._threads = threads
        self._audiences = (audience, f"api://{audience}", f"api://botid-{audience}")  # those that the SDK accepts
        self._issuer = issuer
        self._other_issuers = tuple(other_issuers)  # a claim may be anything, and not all of that can be hashed
        self._now = now
        self._passed: FIFOCache[bytes, float] = FIFOCache(_MOST)

    async def check(self, authorization: bytes, service_url: str) -> None:
        """Check the token of a request whose answers would go to `service_url`.

        Raises:
            RefusedError: 401 no token, or none that Microsoft gave out for this bot and this address; 503 nobody can
                tell at the moment.
        """
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not token or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise _unsigned("the token is missing")
        mark = hashlib.sha256(b"%b %b" % (token, service_url.encode("utf-8", "surrogatepass"))).digest()
        if self._now() < self._passed.get(mark, 0.0):
            return
        raw = token.decode()
        key_id = self._examine(raw)
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                if not await self._keys.publishes(key_id):
                    raise _unsigned("the token is signed with a key that Microsoft does not publish")
                claims = await asyncio.get_running_loop().run_in_executor(
                    self._threads, self._validate, raw, service_url
                )
        except (KeysUnreachableError, TimeoutError, jwt.PyJWKClientConnectionError) as error:
            log.error("teams.keys", fault=str(error) or "no answer in time")  # noqa: TRY400 # the sentence says it all
            raise RefusedError(503, "failed", "whose token it is cannot be told at the moment") from error
        except jwt.PyJWTError as error:
            # Raised only once the signature is found right: by Microsoft's clock, the token is good.
            is_time = isinstance(error, jwt.ExpiredSignatureError | jwt.ImmatureSignatureError)
            reason = "the token is not Microsoft's, not for this bot, or not for this serviceUrl"
            raise _unsigned(reason, "clock" if is_time else None) from error
        self._remember(mark, claims)

    async def fault(self) -> str:
        """Say why the keys that tokens are checked with cannot be read; '' where they can."""
        try:
            await self._keys.publishes("")
        except KeysUnreachableError as error:
            return str(error)
        return ""

    def _examine(self, token: str) -> str:
        """Refuse what the SDK would pass on to other checks, or ask keys for; gives the id of the key."""
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except Exception as error:  # PyJWT raises what it likes over a token that anybody may have written
            raise _unsigned("the token is none") from error
        # The SDK takes Entra's tokens too, of agents in any tenant, and these name no serviceUrl.
        if claims.get("iss") != self._issuer or claims.get("aud") not in self._audiences:
            raise _unsigned("the token is not Microsoft's, or not for this bot", self._cause(claims))
        # The SDK asks for no end, and fails over claims of other types than Microsoft's.
        if not _is_moment(claims.get("exp")) or not all(_is_moment(claims.get(name, 0)) for name in ("nbf", "iat")):
            raise _unsigned("the token does not say when it ends")
        if type(claims.get("serviceurl")) is not str:
            raise _unsigned("the token is for no serviceUrl")
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str):
            raise _unsigned("the token is not signed as Microsoft signs")
        return key_id

    def _cause(self, claims: Mapping[str, Any]) -> Cause | None:
        """Tell what would be wrong here if a token of another issuer or audience was Microsoft's after all."""
        if claims.get("iss") == self._issuer:
            return "audience"
        return "cloud" if claims.get("iss") in self._other_issuers and claims.get("aud") in self._audiences else None

    def _validate(self, token: str, service_url: str) -> dict[str, Any]:
        return asyncio.run(self._validator.validate_token(token, service_url))

    def _remember(self, mark: bytes, claims: dict[str, Any]) -> None:
        self._passed[mark] = min(self._now() + _REMEMBERED_SECONDS, float(claims["exp"]))


@asynccontextmanager
async def checking(
    validator: Validator,
    keys: Keys,
    *,
    audience: str,
    issuer: str,
    other_issuers: Collection[str] = (),
    now: Callable[[], float] = time.time,
) -> AsyncIterator[Callers]:
    """Keep threads for the check until the end of the block."""
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="teams-token")
    try:
        yield Callers(validator, keys, threads, audience=audience, issuer=issuer, other_issuers=other_issuers, now=now)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _is_moment(claim: object) -> bool:
    return type(claim) in {int, float} and 0 <= claim < _LAST_MOMENT  # type: ignore[operator] # a number, as was just seen


def _unsigned(reason: str, cause: Cause | None = None) -> RefusedError:
    return RefusedError(401, "unsigned", reason, cause)
