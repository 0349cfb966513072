"""The activities the servers are measured with: what the Bot Connector sends, with its token."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bench import wrk

CLIENT, TENANT = "6a1c4a3e-0000-4000-8000-00000000b017", "6a1c4a3e-0000-4000-8000-0000000000aa"
SECRET = "bench"  # noqa: S105 # opens nothing
KEY_ID, ISSUER = "bench-key", "https://api.botframework.com"
NUMBER = "000000000001"  # stands where each request has a number of its own, as long as this
CHAT = "000000000002"  # and this where it has one of a few: a person's, their chat's and their tenant's
CHATS = 1_000

_DAY = 86_400
_PERSON = {
    "id": f"29:1bench-{CHAT}",
    "name": "Alice",
    "aadObjectId": f"6a1c4a3e-0000-4000-8000-{CHAT}",
}
_CLIENT_INFO = {
    "locale": "en-GB",
    "country": "GB",
    "platform": "Web",
    "timezone": "Europe/London",
    "type": "clientInfo",
}


@dataclass(frozen=True, slots=True)
class Load(wrk.Load):
    """What the Bot Connector sends; the same bytes again would be Teams' own retry, so a number goes in."""

    token: str = ""
    path = "/api/messages"

    def headers(self, now: float) -> Mapping[str, str]:
        """Give the connector's headers, with its token, whose time is its own."""
        del now
        return {
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json; charset=utf-8",
        }


class Connector:
    """The Bot Connector's side of trust: its key, the keys it publishes, and a token that is good for a day.

    A token serves for many activities, as the real ones do, which are good for an hour.
    """

    def __init__(self, service_url: str) -> None:
        self.service_url = service_url
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_numbers()
        self.keys = json.dumps(
            {
                "keys": [
                    {
                        "kty": "RSA",
                        "use": "sig",
                        "alg": "RS256",
                        "kid": KEY_ID,
                        "n": _number(public.n),
                        "e": _number(public.e),
                        "endorsements": ["msteams"],
                    }
                ]
            }
        )
        now = int(time.time())  # whole seconds, as RFC 7519 allows others and the SDK does not
        claims = {"iss": ISSUER, "aud": CLIENT, "serviceurl": service_url, "nbf": now - 300, "exp": now + _DAY}
        self.token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": KEY_ID})

    def message(self, text: str) -> Load:
        """Give a message to the bot, from one of many people, each in a tenant of their own."""
        body = {
            **self._activity("message"),
            "text": text,
            "textFormat": "plain",
            "attachments": [{"contentType": "text/html", "content": f"<p>{text}</p>"}],
        }
        return self._load(f"message {text}", f"the message “{text}” (with its answer posted)", body, posts_back=True)

    def click(self, data: Mapping[str, Any]) -> Load:
        """Give a click on a button of a card, whose Action.Execute carries `data`."""
        action = {"type": "Action.Execute", "title": "Skills", "verb": "pm-compare", "data": dict(data)}
        body = {
            **self._activity("invoke"),
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "replyToId": "1795000000000",
        }
        return self._load("click", "a click on a card's button (Action.Execute)", body, answers_with_card=True)

    def _activity(self, kind: str) -> dict[str, Any]:
        """Give what every activity has. Teams' pace is one a conversation and a tenant: there are many of both."""
        tenant = f"6a1c4a3e-0000-4000-9000-{CHAT}"
        return {
            "type": kind,
            "id": f"f:{NUMBER}",
            "timestamp": "2026-11-23T09:00:00.000Z",
            "localTimestamp": "2026-11-23T09:00:00.000+00:00",
            "localTimezone": "Europe/London",
            "locale": "en-GB",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": _PERSON,
            "conversation": {"conversationType": "personal", "tenantId": tenant, "id": f"a:1bench-{CHAT}"},
            "recipient": {"id": f"28:{CLIENT}", "name": "PM Compare"},
            "entities": [_CLIENT_INFO],
            "channelData": {"tenant": {"id": tenant}},
        }

    def _load(self, name: str, title: str, body: Mapping[str, Any], **kind: bool) -> Load:
        return Load(name, title, json.dumps(body, ensure_ascii=False).encode(), token=self.token, **kind)


def numbered(message: bytes, number: int) -> bytes:
    """Put a number into a request, as bench/load.lua does."""
    width = len(NUMBER)
    found = message.replace(NUMBER.encode(), f"{number:0{width}}".encode())
    return found.replace(CHAT.encode(), f"{number % CHATS:0{width}}".encode())


def unsigned_token() -> str:
    """Give the token a bot gets to post with; whoever gets it here looks at its length of life only."""
    claims = {"iss": ISSUER, "aud": ISSUER, "appid": CLIENT, "exp": int(time.time()) + _DAY}
    return jwt.encode(claims, "nobody checks this key, which is long enough", algorithm="HS256")


def _number(value: int) -> str:
    length = (value.bit_length() + 7) // 8
    return base64.urlsafe_b64encode(value.to_bytes(length, "big")).rstrip(b"=").decode()
