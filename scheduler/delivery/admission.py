"""Say whose turn it is: as each workspace's pace has it, and as many of one workspace as leave room for the others."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from scheduler.delivery.pacing import Pacer
from scheduler.delivery.under_way import UnderWay
from store.deliveries.rows import Delivery

_AT_ONCE = 64  # rows in one lease: a process that dies leaves few whose outcome nobody knows

# Gives None where a delivery may be posted now, which then counts as gone, else the moment of its turn.
Admit = Callable[[Delivery], datetime | None]


class Admission:
    """Admits what one dispatcher posts, which has so many `places` for posts."""

    def __init__(self, pacer: Pacer, under_way: UnderWay, places: int) -> None:
        self._pacer = pacer
        self._under_way = under_way
        self._places = places

    def room(self) -> int:
        """Give how many may be leased now; none where only a few places are free."""
        # Twice the places: while some are posted and recorded, the next are leased already.
        free = 2 * self._places - len(self._under_way.posts)
        return min(free, _AT_ONCE) if free >= min(self._places / 2, _AT_ONCE) else 0

    def at(self, now: datetime) -> Admit:
        """Give what admits rows in one transaction at a moment: those that it has admitted count as under way."""
        posting: Counter[tuple[str, str]] | None = None

        def admit(row: Delivery) -> datetime | None:
            nonlocal posting
            if posting is None:  # counted with the first row: until its turn to write others may have begun
                posting = self._under_way.by_workspace()
            free = max(0.0, 1 - posting.total() / self._places)
            later = self._pacer.turn(row, now, posting[row.platform, row.workspace], free)
            posting[row.platform, row.workspace] += later is None
            return later

        return admit
