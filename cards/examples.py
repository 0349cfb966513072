"""Give examples of what only a channel decides: its settings and how its tips are doing."""

from datetime import UTC, datetime

from cards import compose_tips
from cards.compose_tips import PastTip, TipsState
from cards.model import Card
from content.library import Library

_PERSON, _CHANNEL = "U0ALICE00", "C0LEARN00"
_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_NEXT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def settings(library: Library) -> TipsState:
    """Give the state of a channel whose tips are on."""
    tip = library.tips[0] if library.tips else None
    return TipsState(_CHANNEL, "on", 0, "09:00", "Europe/Paris", owner=_PERSON, next_at=_NEXT, next_tip=tip)


def doctor(library: Library) -> Card:
    """Give the doctor's card of a channel that has seen everything."""
    states = ("sent", "failed", "skipped", "unknown", "planned")
    past = tuple(PastTip(_NOW, "Give every answer a way out", state, "is_archived", "d" * 32) for state in states)
    return compose_tips.doctor(settings(library), past, _NOW)
