"""The tips in the order in which a channel gets them: file order, but for those that would be too late."""

from datetime import date, timedelta

from content.library import Library
from content.model import Tip
from handlers.tips import pools
from scheduler.choosing import Choices

FIRST = date(2026, 11, 30)  # the Monday on which tips first come that the tests turn on on Monday 23 November


def received(library: Library, count: int, first: date = FIRST) -> list[Tip]:
    """Give what a channel gets that begins on a day: a tip a week, none of which is skipped or sent by hand."""
    choices, tips = Choices(pools.of(library)), list[Tip]()
    seen: tuple[str, ...] = ()
    for week in range(count):
        choice = choices.choose((), seen, "", first + timedelta(weeks=week))
        assert choice is not None
        seen = choice.seen
        tips.append(next(tip for tip in library.tips if tip.id == choice.tip))
    return tips
