"""Find the pauses in which a tip would have come."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from cards.compose.tips.pauses import Pause
from scheduler import quiet_dates, weekly
from scheduler.subscriptions import states
from scheduler.weekly import ScheduleError
from store.history import Entry
from store.subscriptions import Subscription

ENTRIES = 50  # lines of history that are looked through
_SHOWN = 3
_ENDING = {"resumed", "began", "off"}


def that_kept_away(
    subscription: Subscription, entries: Sequence[Entry], slots: Collection[str], now: datetime
) -> tuple[Pause, ...]:
    """List the last pauses in which a tip would have come, newest first; `entries` are the history, newest first.

    `slots` are the weeks of which something is told already. What the schedule was meanwhile is not known: the one
    there is now counts.
    """
    found = _pauses(entries, now)
    kept = (one for one in reversed(found) if _keeps_away(subscription, one, slots, now))
    return tuple(one for one, _ in zip(kept, range(_SHOWN), strict=False))


def _pauses(entries: Sequence[Entry], now: datetime) -> list[Pause]:
    """Give what people paused, oldest first; a pause whose end was changed is one, by who began it."""
    found: list[Pause] = []
    standing: Pause | None = None
    for entry in reversed(entries):
        if standing is not None and standing.until is not None and standing.until <= entry.at:
            found.append(replace(standing, end=standing.until))
            standing = None
        if entry.action == "paused":
            standing = replace(standing or Pause(entry.person, entry.at), until=_moment(entry.detail))
        elif standing is not None and entry.action in _ENDING:
            found.append(replace(standing, end=entry.at))
            standing = None
    if standing is not None:
        is_over = standing.until is not None and standing.until <= now
        found.append(replace(standing, end=standing.until) if is_over else standing)
    return found


def _moment(detail: str) -> datetime | None:
    try:
        return datetime.fromisoformat(detail)
    except ValueError:
        return None


def _keeps_away(subscription: Subscription, one: Pause, slots: Collection[str], now: datetime) -> bool:
    """Say whether a tip would have come meanwhile, in a week that none is told of."""
    try:
        schedule = states.schedule_of(subscription)
    except ScheduleError:  # which is why none comes, and is said
        return False
    moment = weekly.next_occurrence(schedule, one.start)
    while moment < (one.end or now):
        day = weekly.local_date(schedule, moment)
        if weekly.slot(schedule, moment) not in slots and not quiet_dates.why(subscription, day):
            return True
        moment = weekly.next_occurrence(schedule, moment)
    return False
