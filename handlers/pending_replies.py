"""Remember, for a while, who waits to hear how a delivery ended, and where to tell them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cachetools import TTLCache
from msgspec import Struct

_LIFE = timedelta(minutes=30)  # Slack: a response_url is good for 30 minutes
_MOST = 10_000  # people at once; beyond that the longest waiting are not told


class PendingReply(Struct, frozen=True):
    """A person waiting for a delivery, and the platform's address that reaches them alone; '' where there is none.

    `is_among_people` says that they wait in a conversation between people, into which nobody can invite a bot.
    """

    person: str
    reply_to: str
    is_among_people: bool = False


class PendingReplies:
    """Who waits for which delivery; in memory, since the addresses live for half an hour only."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin with nobody waiting."""
        self._listeners: TTLCache[str, PendingReply, datetime] = TTLCache(_MOST, _LIFE, clock)

    def add(self, delivery_id: str, listener: PendingReply) -> None:
        """Remember one; the last to ask for a delivery is the one who is told."""
        if listener.reply_to:
            self._listeners[delivery_id] = listener

    def take(self, delivery_id: str) -> PendingReply | None:
        """Give who waits for a delivery, once; None where nobody does."""
        return self._listeners.pop(delivery_id, None)
