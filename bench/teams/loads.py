"""The activities the servers are measured with: what the Bot Connector sends, with its token."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from bench import wrk
from playground.shared.clock import EmulatorClock
from playground.teams.keys import ISSUER
from playground.teams.payloads import Activities
from playground.teams.platform import Platform
from playground.teams.rates import Rates
from playground.teams.values import BOT, Conversation, Message, Person

CLIENT, TENANT = "6a1c4a3e-0000-4000-8000-00000000b017", "6a1c4a3e-0000-4000-8000-0000000000aa"
SECRET = "bench"  # noqa: S105 # opens nothing
NUMBER = "000000000001"  # stands where each request has a number of its own, as long as this
CHAT = "000000000002"  # and this where it has one of a few: a person's, their chat's and their tenant's
CHATS = 1_000

_DAY = 86_400
_PERSON = Person(f"6a1c4a3e-0000-4000-8000-{CHAT}", f"29:1bench-{CHAT}", "Alice", "Europe/London", "en-GB")
_TENANT = f"6a1c4a3e-0000-4000-9000-{CHAT}"  # Teams' pace is one a conversation and a tenant: there are many of both


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

    def __init__(self, url: str) -> None:
        clock = EmulatorClock()
        platform = Platform(
            clock, Rates(clock, is_enforced=False), client_id=CLIENT, client_secret=SECRET, tenant_id=_TENANT
        )
        platform.url = url
        self._activities = Activities(platform)
        self._chat = platform.world.add_conversation(Conversation(f"a:1bench-{CHAT}", "personal", "Alice"))
        self.service_url = platform.service_url
        self.keys = json.dumps(platform.keys.published())
        self.token = platform.keys.token(self.service_url, expires_in=_DAY)

    def message(self, text: str) -> Load:
        """Give a message to the bot, from one of many people, each in a tenant of their own."""
        said = Message(f"f:{NUMBER}", self._chat.id, _PERSON.id, 0.0, text)
        body = self._activities.message(_PERSON, self._chat, said, mentions=False)
        return self._load(f"message {text}", f"the message “{text}” (with its answer posted)", body, posts_back=True)

    def click(self, data: Mapping[str, Any]) -> Load:
        """Give a click on a button of a card, whose Action.Execute carries `data`."""
        action = {"type": "Action.Execute", "title": "Skills", "verb": "pm-compare", "data": dict(data)}
        value = {"action": action, "trigger": "manual"}
        card = Message("1795000000000", self._chat.id, BOT, 0.0)
        body = self._activities.invoke(_PERSON, card, "adaptiveCard/action", value) | {"id": f"f:{NUMBER}"}
        return self._load("click", "a click on a card's button (Action.Execute)", body, answers_with_card=True)

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
