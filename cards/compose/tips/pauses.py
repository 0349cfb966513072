"""Compose which pauses kept tips away."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from cards.compose import phrases
from cards.compose.phrases import rich
from cards.model import TextBlock
from content.inline import Rich


class Pause(Struct, frozen=True):
    """One pause in which a tip would have come, for drawing: who paused (`''` is the operator), and from when on.

    `end` is when it ended; None while it goes on, which it does until `until`, where that is known.
    """

    by: str
    start: datetime
    end: datetime | None = None
    until: datetime | None = None


def kept_away(pauses: Sequence[Pause], zone: str) -> tuple[TextBlock, ...]:
    """Say why nothing came, a line for each pause; nothing without any."""
    lines = [rich("\n" if number else "", _line(one, zone)) for number, one in enumerate(pauses)]
    return (TextBlock(tuple(part for line in lines for part in line)),) if lines else ()


def _line(one: Pause, zone: str) -> Rich:
    start = phrases.past(one.start, zone)
    who = rich(" tips were paused by ", phrases.person(one.by))
    if one.end is not None:
        when = rich(", from ", start, " until ", phrases.past(one.end, zone), ".")
    elif one.until is not None:
        when = rich(" on ", start, ", and are until ", phrases.past(one.until, zone), ".")
    else:
        when = rich(" on ", start, ", and are until somebody presses Resume.")
    return rich(phrases.strong("No tip came:"), who, when)
