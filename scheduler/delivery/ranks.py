"""Say who goes first of what is due: whoever waits for an answer, then the clock's tips, then what mends itself."""

from typing import Literal

from store.deliveries.rows import Delivery
from store.tables import LAST

Rank = Literal["asked", "planned", "mended"]
_ORDER: tuple[Rank, ...] = ("asked", "planned", "mended")


def rank(row: Delivery) -> Rank:
    """Give a delivery's rank: a tip that somebody asked for is an answer, and nobody waits for a correction."""
    if row.kind in LAST:
        return "mended"
    is_weekly = row.kind == "tip" or (row.kind == "round" and row.subscription_id is not None)
    return "planned" if is_weekly and not row.is_asked_for else "asked"


def order(row: Delivery) -> int:
    """Give a number by which what is due is sorted."""
    return _ORDER.index(rank(row))
