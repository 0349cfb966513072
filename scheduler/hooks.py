"""Say what the scheduler needs of the layers above it, which hand it one object for all of that."""

from collections.abc import Mapping
from typing import Protocol

from cards.model import Card, Edition
from scheduler.choosing import Candidates
from scheduler.learning.round_rows import Playable
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription


class GoneError(LookupError):
    """What a delivery is about has gone from the content since it was planned: it is skipped."""


class NotYetError(LookupError):
    """What a delivery is to show is newer than this process's content: another process, or a later one, shows it."""


class Hooks(Protocol):
    """What is posted, as it is at that moment, and who hears how it ended."""

    def pool(self) -> Candidates:
        """Give today's tips in file order."""
        ...

    def dilemmas(self) -> Mapping[str, Playable]:
        """Give the dilemmas that rounds may be about, by id, as they are today."""
        ...

    def corrected(self) -> Mapping[str, Edition]:
        """Give the subjects (`tip/way-out`) that were ever corrected, each with its edition now."""
        ...

    def draw(self, delivery: Delivery, subscription: Subscription | None) -> Card:
        """Draw a delivery's card; `subscription` is the one it belongs to, if any.

        Raises GoneError where its content has gone, NotYetError where it has not come yet.
        """
        ...

    async def settled(self, delivery: Delivery) -> None:
        """Hear how a delivery ended, once that is written."""
        ...
