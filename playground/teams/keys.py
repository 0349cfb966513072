"""The emulator's tokens: those the connector shows to the bot, and those the bot shows to the connector."""

import functools
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from playground.shared.clock import EmulatorClock
from playground.shared.values import Json

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
LIFE = 3600.0  # seconds, as Microsoft's
FRESH = 600.0  # seconds that a token shown to the bot has left at least
KEY_BITS = 2048


class SigningKey:
    """One RSA key, as it is published."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        self.id = hashlib.sha256(self._public["n"].encode()).hexdigest()[:20]

    def published(self) -> Json:
        """A JSON Web Key. Microsoft's say which channels they may vouch for."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "x5t": self.id,
            "n": self._public["n"],
            "e": self._public["e"],
            "endorsements": ["msteams", "directline", "webchat"],
        }


@functools.cache
def _first() -> SigningKey:
    """The key that each emulator of this process begins with: making one takes a tenth of a second."""
    return SigningKey()


class Keys:
    """Signs activities as the connector does; the clock is the real one, since the bot checks by it."""

    def __init__(self, clock: EmulatorClock, client_id: str) -> None:
        self._clock = clock
        self._client_id = client_id
        self._signing = _first()
        self._shown = ("", "", 0.0)

    def published(self) -> Json:
        """The JSON Web Key Set."""
        return {"keys": [self._signing.published()]}

    def rotate(self) -> None:
        """A new key from now on; the old one is no longer published."""
        self._signing = SigningKey()
        self._shown = ("", "", 0.0)

    def bearer(self, service_url: str) -> str:
        """The token shown with activities; Microsoft uses one for about an hour."""
        url, token, until = self._shown
        if url != service_url or self._clock.real() > until - FRESH:
            token = self.token(service_url)
            self._shown = (service_url, token, self._clock.real() + LIFE)
        return token

    def token(
        self,
        service_url: str | None,
        *,
        issuer: str = ISSUER,
        audience: str | None = None,
        expires_in: float = LIFE,
        key: SigningKey | None = None,
        kid: str | None = None,
    ) -> str:
        """One that is right, or wrong in the respects that are given; `service_url` None leaves that claim out."""
        now = self._clock.real()
        signing = key or self._signing
        claims: dict[str, Any] = {
            "iss": issuer,
            "aud": audience or self._client_id,
            "nbf": int(now - 300),
            "exp": int(now + expires_in),
        }
        if service_url is not None:
            claims["serviceurl"] = service_url
        named = kid or signing.id
        return jwt.encode(claims, signing.private, algorithm="RS256", headers={"kid": named, "x5t": named})


class BotTokens:
    """Gives out the tokens that the bot shows when it calls, as Entra's token endpoint does."""

    def __init__(self, clock: EmulatorClock, *, client_id: str, client_secret: str, tenant_id: str) -> None:
        self._clock = clock
        self._client_id = client_id
        self._client_secret = client_secret
        self._tenant_id = tenant_id
        self._given: dict[str, float] = {}
        self.works = True

    def revoke(self) -> None:
        """Takes back every token."""
        self._given.clear()

    def is_good(self, token: str) -> bool:
        """Whether it was given out and has not expired."""
        return self._given.get(token, 0.0) > self._clock.elapsed()

    def answer(self, tenant: str, raw: bytes) -> tuple[int, Json]:
        """HTTP status and body for one request. Codes: entra/identity-platform/reference-error-codes."""
        form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        if tenant != self._tenant_id:
            return _refused(400, "invalid_request", 90002, "Tenant not found.")
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", 70003, "The grant type is not supported.")
        if form.get("client_id") != self._client_id:
            return _refused(400, "unauthorized_client", 700016, "Application was not found in the directory.")
        if not self.works:
            return _refused(401, "invalid_client", 7000222, "The provided client secret keys are expired.")
        if form.get("client_secret") != self._client_secret:
            return _refused(401, "invalid_client", 7000215, "Invalid client secret provided.")
        if form.get("scope") != SCOPE:
            return _refused(400, "invalid_scope", 70011, "The provided value for scope is not valid.")
        token = self._token()
        self._given[token] = self._clock.elapsed() + LIFE
        return 200, {"token_type": "Bearer", "expires_in": int(LIFE), "access_token": token}

    def _token(self) -> str:
        """A JSON Web Token, as Entra's are, since clients look into it; the emulator believes those it gave out."""
        now = int(self._clock.real())
        claims = {
            "aud": ISSUER,
            "iss": f"https://sts.windows.net/{self._tenant_id}/",
            "appid": self._client_id,
            "tid": self._tenant_id,
            "nbf": now,
            "exp": now + int(LIFE),
            "uti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, secrets.token_bytes(32), algorithm="HS256")


def _refused(status: int, error: str, number: int, words: str) -> tuple[int, Json]:
    return status, {"error": error, "error_description": f"AADSTS{number}: {words}", "error_codes": [number]}
