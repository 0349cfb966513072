"""Give a subscription as it is once it is on, or paused, and when its tips come."""

from datetime import UTC, date, datetime
from functools import lru_cache

import structlog
from msgspec.structs import replace

from cards.reason import Cause, Reason
from scheduler import weekly
from scheduler.weekly import Schedule, ScheduleError
from store import history
from store.due_subscriptions import Due
from store.history import Change, Entry
from store.subscriptions import Subscription

log = structlog.get_logger()


def turned_on(subscription: Subscription, now: datetime, since: datetime | None = None) -> Subscription:
    """Give the subscription as it is once on: the next moment lies after `since` (now), in a week that had no tip yet.

    Raises ScheduleError where this machine does not know its zone (any more).
    """
    schedule = schedule_of(subscription)
    last_slot = weekly.plausible_slot(schedule, subscription.last_slot, now)
    return replace(
        subscription,
        state="on",
        reason="",
        paused_by="",
        paused_until=None,
        next_run_at=weekly.next_occurrence(schedule, since or now, last_slot),
        last_slot=last_slot,
    )


def paused(subscription: Subscription, reason: Reason, *, by: str = "", until: datetime | None = None) -> Subscription:
    """Give the subscription paused by a person, or by ourselves (''), until a moment or until somebody ends it."""
    return replace(subscription, state="paused", reason=str(reason), paused_by=by, paused_until=until, next_run_at=None)


def stopped(subscription: Subscription, reason: Reason, now: datetime) -> Change:
    """Give the subscription paused by ourselves, with its line of history."""
    return paused(subscription, reason), Entry(now, history.BOT, "stopped", str(reason))


def unschedulable(subscription: Subscription, now: datetime) -> Change:
    """Give the subscription stopped, because its zone is no longer known to this machine."""
    log.warning("tips.unschedulable", subscription=subscription.id, zone=subscription.zone)
    return stopped(subscription, Cause.ZONE_UNKNOWN, now)


def schedule_of(subscription: Subscription | Due) -> Schedule:
    """Give when a subscription's tips come; ScheduleError where its zone is no longer known to this machine."""
    return _schedule(subscription.weekday, subscription.at, subscription.zone)


def local_day(subscription: Subscription, moment: datetime) -> date:
    """Give the date of a moment where a subscription's tips come; UTC's where this machine does not know its zone."""
    try:
        return weekly.local_date(schedule_of(subscription), moment)
    except ScheduleError:  # the next tick says so
        return moment.astimezone(UTC).date()


# Thousands of subscriptions share a schedule.
_schedule = lru_cache(maxsize=4096)(Schedule.parse)
