"""Remember, for a while, who waits to hear how a delivery ended, and where to tell them."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

_LIFE = timedelta(minutes=30)  # Slack: a response_url is good for 30 minutes
_MOST = 10_000  # people at once; beyond that the longest waiting are not told


@dataclass(frozen=True, slots=True)
class PendingReply:
    """A person waiting for a delivery, and the platform's address that reaches them alone.

    `is_among_people` says that they wait in a conversation between people, into which nobody can invite a bot.
    """

    person: str
    response_url: str
    since: datetime
    is_among_people: bool = False


class PendingReplies:
    """Who waits for which delivery; in memory, since the addresses live for half an hour only."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._listeners: OrderedDict[str, PendingReply] = OrderedDict()

    def add(
        self, delivery_id: str, person: str, response_url: str, now: datetime, *, is_among_people: bool = False
    ) -> None:
        """Remember one; the last to ask for a delivery is the one who is told."""
        if not response_url:
            return
        self._listeners.pop(delivery_id, None)
        self._listeners[delivery_id] = PendingReply(person, response_url, now, is_among_people)
        while len(self._listeners) > _MOST or next(iter(self._listeners.values())).since < now - _LIFE:
            self._listeners.popitem(last=False)

    def take(self, delivery_id: str) -> PendingReply | None:
        """Give who waits for a delivery, once; None where nobody does."""
        return self._listeners.pop(delivery_id, None)
