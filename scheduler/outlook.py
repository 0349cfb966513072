"""Tell what the coming weeks will bring to a conversation, and which tips may come next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler import planning, quiet_dates, weekly
from scheduler.planning import GRACE
from scheduler.subscriptions import states
from scheduler.weekly import Choice, Choices, ScheduleError
from store.subscriptions import Subscription

_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What a coming week brings: `tip` at `at`, or, where `skipped` says why, nothing: the tip stays for later."""

    slot: str
    at: datetime
    tip: str
    skipped: str = ""


def choice(subscription: Subscription, tips: Mapping[str, str]) -> Choice | None:
    """Choose the tip that a subscription gets next: the one somebody chose, or the next in file order; None without."""
    return Choices(tips).choose(subscription.dimensions, subscription.seen, subscription.next_tip)


def pool(subscription: Subscription, tips: Mapping[str, str]) -> tuple[str, ...]:
    """List the tips that may come next, in file order: those of its dimensions that this cycle has not brought yet.

    Where it has brought all, those of the next cycle; never the one that came last, if there is another.
    """
    drawn = Choices(tips).drawn(subscription.dimensions)
    left = tuple(tip for tip in drawn if tip not in subscription.seen)
    return left or tuple(tip for tip in drawn if tip != subscription.seen[-1]) or drawn


def upcoming(
    subscription: Subscription, tips: Mapping[str, str], now: datetime, count: int = 5
) -> tuple[Upcoming, ...]:
    """Tell what the next `count` weeks will bring; nothing while tips are off, or paused without an end.

    A week whose tip is due and not planned yet is the first of them.
    """
    found: list[Upcoming] = []
    choices = Choices(tips)
    standing = subscription
    for slot, moment, day in _coming(subscription, now, count):
        chosen = choices.choose(standing.dimensions, standing.seen, standing.next_tip)
        if chosen is None:
            break
        unwanted = planning.unwanted(subscription, slot, day)
        found.append(Upcoming(slot, moment, chosen.tip, str(unwanted or "")))
        if unwanted is None:
            standing = replace(standing, seen=chosen.seen, next_tip="")
    return tuple(found)


def next_wanted(subscription: Subscription, now: datetime) -> str:
    """Give the slot of the next tip, passing over quiet dates; '' where none comes within two years.

    Raises ScheduleError where this machine does not know the zone (any more).
    """
    states.schedule_of(subscription)
    coming = _coming(subscription, now, 2 * 53)
    return next((slot for slot, _, day in coming if not quiet_dates.why(subscription, day)), "")


def _coming(subscription: Subscription, now: datetime, count: int) -> Iterator[tuple[str, datetime, date]]:
    """Give the next slots with their moments and local dates; none where it is known that no tip comes."""
    since = subscription.next_run_at or subscription.paused_until
    try:
        schedule = states.schedule_of(subscription)
    except ScheduleError:  # the next tick says so
        return
    if since is None or subscription.state not in {"on", "paused"}:
        return
    last_slot = subscription.last_slot
    if since.year >= weekly.LAST_YEAR:  # paused until nearly the end of the calendar, as some once were: no tip comes
        return
    # What is later than the grace is missed, and comes no more.
    moment = weekly.next_occurrence(schedule, max(since, now - GRACE) - _MOMENT, last_slot)
    if subscription.next_run_at is not None and subscription.next_run_at >= now - GRACE:
        moment = subscription.next_run_at  # after a change it need not be one of the schedule's own
    while count:
        slot = weekly.slot(schedule, moment)
        if slot > last_slot:
            yield slot, moment, weekly.local_date(schedule, moment)
            last_slot = slot
            count -= 1
        moment = weekly.next_occurrence(schedule, moment, last_slot)
