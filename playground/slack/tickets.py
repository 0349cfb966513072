"""What Slack hands out with an expiry: trigger_ids and response_urls."""

import secrets
from typing import Literal

from msgspec import Struct

from playground.shared.clock import EmulatorClock
from playground.slack.values import Ephemeral, Message, Place, Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


class Trigger(Struct):
    """The right to open one modal, soon."""

    user: str
    born: float
    is_used: bool = False


class ResponseUrl(Struct):
    """Where later words about one command or click go; `original` is what was clicked."""

    user: str
    channel: str
    born: float
    original: tuple[Literal["message", "ephemeral"], str] | None = None
    uses: int = 0


class Tickets:
    """Hands them out and takes them back."""

    def __init__(self, clock: EmulatorClock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}
        self._serial = 0

    def issue_trigger(self, user: str) -> str:
        """A fresh trigger_id for this person."""
        self._serial += 1
        trigger_id = f"{int(self._clock.real() * 1000)}.{self._serial}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, self._clock.elapsed())
        return trigger_id

    def use_trigger(self, trigger_id: object) -> str:
        """The person it was given to. Raises Refusal: 3 seconds, and once."""
        trigger = self._triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if self._clock.elapsed() - trigger.born > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        trigger.is_used = True
        return trigger.user

    def knows(self, ticket: object) -> bool:
        """Whether a trigger_id, or what a response_url ends with, was handed out here."""
        return isinstance(ticket, str) and (ticket in self._triggers or ticket in self._urls)

    def issue_url(self, user: str, channel: str, place: Place | None = None) -> str:
        """The token at the end of a response_url."""
        self._serial += 1
        token = f"{self._serial}-{secrets.token_urlsafe(18)}"
        original: tuple[Literal["message", "ephemeral"], str] | None = None
        if isinstance(place, Message):
            original = ("message", place.ts)
        elif isinstance(place, Ephemeral):
            original = ("ephemeral", place.ts)
        self._urls[token] = ResponseUrl(user, channel, self._clock.elapsed(), original)
        return token

    def find_url(self, token: str) -> ResponseUrl:
        """Raises Refusal: 5 uses in 30 minutes."""
        url = self._urls.get(token)
        if url is None or self._clock.elapsed() - url.born > RESPONSE_SECONDS:
            raise Refusal("expired_url", status=404)
        if url.uses >= RESPONSE_USES:
            raise Refusal("used_url", status=404)
        return url
