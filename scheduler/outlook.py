"""Tell what the coming weeks will bring to a conversation, and which tips may come next."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from scheduler import planning, quiet_dates, weekly
from scheduler.choosing import Candidates, Choice, Choices
from scheduler.learning import dilemma_weeks
from scheduler.planning import GRACE
from scheduler.subscriptions import states
from scheduler.weekly import ScheduleError
from store.subscriptions import Subscription

_MOMENT = timedelta(seconds=1)
_TWO_YEARS = 2 * 53  # weeks in which a tip is looked for that no quiet date keeps away


class Upcoming(Struct, frozen=True):
    """What a coming week brings: `tip` at `at`, or, where `skipped` says why, nothing: the tip stays for later.

    `is_early` says that it comes before its place in file order, as it would be too late there. Where `is_dilemma`, a
    dilemma comes, and the tip stays for later.
    """

    slot: str
    at: datetime
    tip: str
    skipped: str = ""
    is_early: bool = False
    is_dilemma: bool = False


def next_day(subscription: Subscription, now: datetime, *, has_dilemmas: bool = True) -> date:
    """Give the local day on which the next tip comes, passing over weeks without; today's where none is planned.

    `has_dilemmas` says whether the content holds any: without, every week brings a tip.
    """
    coming = _coming(subscription, now, _TWO_YEARS)
    planned = (
        day
        for slot, _, day in coming
        if planning.unwanted(subscription, slot, day) is None
        and not (has_dilemmas and dilemma_weeks.is_one(subscription, slot))
    )
    return next(planned, None) or states.local_day(subscription, now)


def choice(subscription: Subscription, tips: Candidates, day: date) -> Choice | None:
    """Choose the tip that a subscription gets on a local day: the one somebody chose, or the next; None without."""
    return Choices(tips).choose(subscription.dimensions, subscription.seen, subscription.next_tip, day)


def pool(subscription: Subscription, tips: Candidates, day: date) -> tuple[str, ...]:
    """List the tips that may come next, on a local day, in file order: those of its dimensions that this cycle lacks.

    Where it has brought all, those of the next cycle; never the one that came last, if there is another.
    """
    drawn = Choices(tips).drawn(subscription.dimensions, day).tips
    left = tuple(tip for tip in drawn if tip not in subscription.seen)
    return left or tuple(tip for tip in drawn if tip != subscription.seen[-1]) or drawn


def upcoming(
    subscription: Subscription, tips: Candidates, now: datetime, count: int = 5, *, has_dilemmas: bool = True
) -> tuple[Upcoming, ...]:
    """Tell what the next `count` weeks will bring; nothing while tips are off, or paused without an end.

    `has_dilemmas` says whether the content holds any: without, every week brings a tip. A week whose tip is due and not
    planned yet is the first of them.
    """
    found: list[Upcoming] = []
    choices = Choices(tips)
    standing = subscription
    for slot, moment, day in _coming(subscription, now, count):
        chosen = choices.choose(standing.dimensions, standing.seen, standing.next_tip, day)
        if chosen is None:
            break
        unwanted = planning.unwanted(subscription, slot, day)
        is_dilemma = has_dilemmas and unwanted is None and dilemma_weeks.is_one(standing, slot)
        found.append(Upcoming(slot, moment, chosen.tip, str(unwanted or ""), chosen.is_early, is_dilemma))
        if unwanted is None and not is_dilemma:
            standing = replace(standing, seen=chosen.seen, next_tip="")
    return tuple(found)


def next_wanted(subscription: Subscription, now: datetime) -> str:
    """Give the slot of the next tip, passing over quiet dates; '' where none comes within two years.

    Raises ScheduleError where this machine does not know the zone (any more).
    """
    states.schedule_of(subscription)
    coming = _coming(subscription, now, _TWO_YEARS)
    return next((slot for slot, _, day in coming if not quiet_dates.why(subscription, day)), "")


def first_moment(subscriptions: Sequence[Subscription], now: datetime) -> datetime | None:
    """Give the first moment at which something comes to any of these, passing over weeks without, or None."""
    found = []
    for one in subscriptions:
        coming = _coming(one, now, _TWO_YEARS)
        wanted = (moment for slot, moment, day in coming if planning.unwanted(one, slot, day) is None)
        if (moment := next(wanted, None)) is not None:
            found.append(moment)
    return min(found, default=None)


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
