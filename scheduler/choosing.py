"""Choose which tip comes next."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

EARLY = timedelta(weeks=8)  # eight slots before a tip's day: skips, quiet dates and a pause leave one of them
_LAST_OF_CYCLE_BEFORE = "~"  # content ids are lower-case letters, digits and hyphens


class Candidate(Struct, frozen=True):
    """What is asked of a tip that may come: its dimension, and the local day from which on it would be too late."""

    dimension: str
    before: date | None = None

    def is_too_late(self, day: date) -> bool:
        """Say whether it may not come any more on a local day."""
        return self.before is not None and day >= self.before

    @property
    def early_from(self) -> date | None:
        """Give the day from which on it comes before the others, None where it is never too late."""
        if self.before is None:
            return None
        return self.before - min(EARLY, self.before - date.min)


Candidates = Mapping[str, Candidate]  # ids in file order


class Choice(Struct, frozen=True):
    """The tip that comes next: its id, what has been seen once it is planned, and whether a new cycle begins.

    `is_early` says that it comes before its place in file order, as it would be too late there.
    """

    tip: str
    seen: tuple[str, ...]
    is_new_cycle: bool
    is_early: bool = False


class Drawn(Struct, frozen=True):
    """The tips that are drawn from, in file order, and those of them that come early, the nearest date first."""

    tips: tuple[str, ...]
    early: tuple[str, ...] = ()


class Choices:
    """Chooses among `tips` for many subscriptions, most of them alike.

    Of a day only its period counts: which tips are too late by then, and which come early, changes on few days.
    """

    def __init__(self, tips: Candidates) -> None:
        self._tips = tips
        days = {day for tip in tips.values() if tip.before for day in (tip.early_from, tip.before) if day}
        self._periods = sorted(days)  # the days on which they begin, but the first
        self._drawn: dict[tuple[tuple[str, ...], int], Drawn] = {}
        self._chosen: dict[tuple[tuple[str, ...], tuple[str, ...], str, int], Choice | None] = {}

    def choose(self, dimensions: tuple[str, ...], seen: tuple[str, ...], wanted: str, day: date) -> Choice | None:
        """Choose the tip of these dimensions that comes on a local day, or the `wanted` one, if it is one of them."""
        key = (dimensions, seen, wanted, bisect_right(self._periods, day))
        if key not in self._chosen:
            self._chosen[key] = next_tip(self.drawn(dimensions, day), seen, wanted)
        return self._chosen[key]

    def drawn(self, dimensions: tuple[str, ...], day: date) -> Drawn:
        """List the tips of these dimensions that are not too late on a local day.

        Where it names no dimension, or none of them has such a tip, those of all dimensions.
        """
        key = (dimensions, bisect_right(self._periods, day))
        if key not in self._drawn:
            left = {id_: tip for id_, tip in self._tips.items() if tip.before is None or not tip.is_too_late(day)}
            drawn = {id_: tip for id_, tip in left.items() if tip.dimension in dimensions} or left
            dated = {id_: tip.early_from for id_, tip in drawn.items() if tip.before is not None}
            early = [id_ for id_, begins in dated.items() if begins is not None and begins <= day]
            early.sort(key=lambda id_: drawn[id_].before or date.max)  # those of one day stay in file order
            self._drawn[key] = Drawn(tuple(drawn), tuple(early))
        return self._drawn[key]


def next_tip(drawn: Drawn, seen: Sequence[str], wanted: str = "") -> Choice | None:
    """Choose the next tip for a subscription that has `seen` some, or None without tips.

    The first that comes early, or else in file order, of those not seen in this cycle; when all are seen a new cycle
    begins. Never the one that came last, if there is another. Ids that are not drawn (any more) are passed over.
    `wanted` comes in place of that order, if it is drawn.
    """
    last = seen[-1].removeprefix(_LAST_OF_CYCLE_BEFORE) if seen else ""
    unseen = [tip for tip in drawn.tips if tip not in seen]
    is_new_cycle = not unseen
    pool = unseen or list(drawn.tips)
    in_order = next((tip for tip in pool if tip != last), pool[0] if pool else None)
    if in_order is None:
        return None
    chosen = next((tip for tip in drawn.early if tip in pool and tip != last), in_order)
    is_early = chosen != in_order
    if wanted and wanted in drawn.tips:
        chosen, is_early = wanted, False
    before = (_LAST_OF_CYCLE_BEFORE + last,) if is_new_cycle and last else () if is_new_cycle else tuple(seen)
    return Choice(chosen, (*without(before, chosen), chosen), is_new_cycle, is_early)


def without(seen: Sequence[str], tip: str) -> tuple[str, ...]:
    """Give `seen` with one tip put back into the pool, because it was not delivered."""
    return tuple(other for other in seen if other != tip)
