"""Whom the bot lets in: what the SDK is asked about each token, and for how long its word counts."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.teams.inbound_tokens import Callers, checking
from bot.teams.signing_keys import Keys, KeysUnreachableError
from bot.web.asgi import RefusedError

AUDIENCE, ISSUER, HERE = "the-client", "https://api.botframework.com", "https://smba.example.com/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def bearer(*, kid: object = "known", algorithm: str = "RS256", **claims: object) -> bytes:
    """Make an Authorization header as Microsoft does."""
    said = {"iss": ISSUER, "aud": AUDIENCE, "serviceurl": HERE, "exp": 10_000.0, **claims}
    key = KEY if algorithm == "RS256" else "s" * 32
    token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else {})
    return b"Bearer " + token.encode()


class Sdk:
    """The SDK's check: it counts what it is asked and gives the claims, or raises `wrong`."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.wrong: Exception | None = None
        self.keys_are_there = True
        self.now = 1000.0
        self.callers: Callers

    async def validate_token(self, raw_token: str, service_url: str | None = None) -> dict[str, Any]:
        """Check one token."""
        self.asked.append(service_url)
        if self.wrong:
            raise self.wrong
        claims: dict[str, Any] = jwt.decode(raw_token, options={"verify_signature": False})
        return claims

    async def read(self) -> frozenset[str]:
        """Read the published keys."""
        if not self.keys_are_there:
            raise KeysUnreachableError("gone")
        return frozenset({"known"})

    async def refused(self, authorization: bytes, service_url: str = HERE) -> int:
        """Give the status a request is refused with, 0 where it is let in."""
        try:
            await self.callers.check(authorization, service_url)
        except RefusedError as error:
            return error.status
        return 0


@pytest.fixture
async def sdk() -> AsyncIterator[Sdk]:
    """Give the check, with the bot's own before it."""
    running = Sdk()
    async with checking(running, Keys(running.read), audience=AUDIENCE, issuer=ISSUER, now=lambda: running.now) as (
        running.callers
    ):
        yield running


async def test_a_passed_token_is_asked_about_every_five_minutes(sdk: Sdk) -> None:
    """Microsoft uses one token for many requests; for another address it is another question."""
    token = bearer()
    for _ in range(10):
        assert await sdk.refused(token) == 0
    assert sdk.asked == [HERE]
    assert await sdk.refused(token, "https://other.example.com/") == 0
    assert sdk.asked == [HERE, "https://other.example.com/"]
    sdk.now += 299
    assert await sdk.refused(token) == 0
    assert len(sdk.asked) == 2
    sdk.now += 1
    assert await sdk.refused(token) == 0
    assert len(sdk.asked) == 3


async def test_a_token_counts_no_longer_than_it_lives(sdk: Sdk) -> None:
    """One that ends in ten seconds is asked about again then."""
    token = bearer(exp=sdk.now + 10)
    assert await sdk.refused(token) == 0
    sdk.now += 10
    sdk.wrong = jwt.ExpiredSignatureError("over")
    assert await sdk.refused(token) == 401
    assert len(sdk.asked) == 2


async def test_a_refused_token_is_not_remembered(sdk: Sdk) -> None:
    """Neither as good nor as bad."""
    token = bearer()
    sdk.wrong = jwt.InvalidSignatureError("forged")
    assert await sdk.refused(token) == 401
    assert await sdk.refused(token) == 401
    sdk.wrong = None
    assert await sdk.refused(token) == 0
    assert len(sdk.asked) == 3


NUMBERS: tuple[object, ...] = ("10000", None, [10_000], {}, True, -1, float("nan"), float("inf"), 10**400, 2.0**60)


@pytest.mark.parametrize(
    "claims",
    [
        *({"exp": number} for number in NUMBERS),
        *({name: number} for name in ("nbf", "iat") for number in NUMBERS if number is not None),
        *({"serviceurl": url} for url in ([HERE], {"0": HERE}, None, 1, "")),
    ],
)
async def test_a_token_says_when_it_ends_and_for_which_address(sdk: Sdk, claims: dict[str, object]) -> None:
    """The SDK takes one that never ends, and fails over claims of other types."""
    left_out = [name for name, claim in claims.items() if claim is None]
    token = jwt.encode(
        {
            name: claim
            for name, claim in {"iss": ISSUER, "aud": AUDIENCE, "serviceurl": HERE, "exp": 10_000, **claims}.items()
            if name not in left_out
        },
        KEY,
        algorithm="RS256",
        headers={"kid": "known"},
    )
    refused = await sdk.refused(b"Bearer " + token.encode())
    assert refused == (0 if claims == {"serviceurl": ""} else 401)  # the SDK compares it with the activity's
    assert sdk.asked == ([HERE] if refused == 0 else [])


@pytest.mark.parametrize("inside", [b"[" * 4_000, b"null", b"[]", b'"x"', b"\xff", b"9" * 5_000, b'{"kid": 1}'])
async def test_what_is_inside_a_token_may_be_anything(sdk: Sdk, inside: bytes) -> None:
    """Anybody can write one."""
    part = base64.urlsafe_b64encode(inside).rstrip(b"=")
    good, _, rest = bearer().removeprefix(b"Bearer ").partition(b".")
    for token in (b"%b.%b" % (part, rest), b"%b.%b.%b" % (good, part, rest.partition(b".")[2])):
        assert await sdk.refused(b"Bearer " + token) == 401
    assert sdk.asked == []


@pytest.mark.parametrize(
    "authorization",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic YTpi",
        b"Bearer not.a.token",
        b"Bearer \xff\xfe",
        b"Bearer " + b"a" * 8_193,
        bearer(iss="https://login.microsoftonline.com/x/v2.0"),
        bearer(aud="somebody-else"),
        bearer(aud=["the-client"]),
        bearer(kid=None),
        bearer(kid="unknown"),
        bearer(algorithm="HS256"),
    ],
    ids=["none", "scheme", "empty", "basic", "words", "bytes", "long", "iss", "aud", "auds", "no-kid", "kid", "alg"],
)
async def test_what_cannot_be_microsofts_never_reaches_the_sdk(sdk: Sdk, authorization: bytes) -> None:
    """It is refused here; the SDK would ask for keys for some of these."""
    assert await sdk.refused(authorization) == 401
    assert sdk.asked == []


async def test_who_it_is_cannot_be_told_while_no_keys_are_read(sdk: Sdk) -> None:
    """503, so that Teams tries again: 401 would call Microsoft a forger."""
    sdk.keys_are_there = False
    assert await sdk.refused(bearer()) == 503
    assert await sdk.callers.fault() != ""
    assert sdk.asked == []


async def test_keys_that_the_sdk_cannot_read_are_no_forgery_either(sdk: Sdk) -> None:
    """As above, one step later."""
    sdk.wrong = jwt.PyJWKClientConnectionError("no answer")
    assert await sdk.refused(bearer()) == 503
    sdk.wrong = None
    assert await sdk.refused(bearer()) == 0
    assert await sdk.callers.fault() == ""
