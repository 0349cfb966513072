"""Give examples of what only a channel decides: its settings and how its tips are doing."""

from datetime import UTC, datetime, timedelta

from cards.compose.tips import coming
from cards.compose.tips import doctor as tips_doctor
from cards.compose.tips.doctor import PastChange, PastTip
from cards.compose.tips.state import Coming, TipsState
from cards.model import Card
from content.library import Library

_PERSON, _CHANNEL = "U0ALICE00", "C0LEARN00"
_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_NEXT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def settings(library: Library) -> TipsState:
    """Give the state of a channel whose tips are on."""
    tip = library.tips[0] if library.tips else None
    return TipsState(
        _CHANNEL,
        "on",
        0,
        "09:00",
        "Europe/Paris",
        owner=_PERSON,
        next_at=_NEXT,
        next_tip=tip,
        is_owner=True,
        viewer=_PERSON,
    )


def upcoming(library: Library) -> Card:
    """Give what comes next in that channel."""
    weeks = [Coming(_NEXT + timedelta(weeks=week), tip.title) for week, tip in enumerate(library.tips[:5])]
    return coming.upcoming(settings(library), weeks)


def history(library: Library) -> Card:
    """Give who changed what in that channel."""
    actions = ("resumed", "paused", "began")
    changes = [PastChange(_NOW - timedelta(days=day), _PERSON, action) for day, action in enumerate(actions)]
    return tips_doctor.history(settings(library), changes)


def doctor(library: Library) -> Card:
    """Give the doctor's card of a channel that has seen everything."""
    states = ("sent", "failed", "skipped", "unknown", "planned")
    past = tuple(PastTip(_NOW, "Give every answer a way out", state, "is_archived", "d" * 32) for state in states)
    return tips_doctor.doctor(settings(library), past, _NOW)
