"""Say who goes first of what is due: whoever waits for an answer, then the clock's tips, then what mends itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
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


def in_turns(rows: Sequence[Delivery], under_way: Mapping[tuple[str, str], int]) -> list[Delivery]:
    """Put what is due in order: by rank, and within it each workspace's first before anybody's second.

    Those that a workspace has `under_way` count as had. So whoever has few is not held up where the machine cannot post
    as fast as all workspaces' paces together would let it.
    """
    had = Counter(under_way)
    turns: list[tuple[int, int, Delivery]] = []
    for row in rows:
        turns.append((_ORDER.index(rank(row)), had[row.platform, row.workspace], row))
        had[row.platform, row.workspace] += 1
    return [row for *_, row in sorted(turns, key=itemgetter(0, 1))]
