"""Plan the weekly tips that are due at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import structlog

from scheduler import weekly
from scheduler.weekly import Schedule, ScheduleError
from store import ids
from store.database import Database
from store.deliveries import Deliveries, Delivery
from store.subscriptions import Advance, Subscription, Subscriptions

GRACE = timedelta(hours=12)
KEPT = timedelta(days=400)  # settled deliveries older than this are cleared, so missed ones are not written either
ZONE_UNKNOWN = "zone-unknown"
MISSED = "missed while the bot was down"
_AHEAD = timedelta(weeks=1)  # rows made later than this from now were made under a wrong clock
_BATCH = 1000  # subscriptions in a transaction: few enough that a command in between waits milliseconds

log = structlog.get_logger()

_deliveries = Deliveries()
_subscriptions = Subscriptions()


@dataclass(frozen=True, slots=True)
class Planned:
    """How many tips were planned, how many slots were missed, and how many a person had asked to skip."""

    planned: int = 0
    missed: int = 0
    skipped: int = 0


async def plan_due(database: Database, tips: Sequence[str], now: datetime, grace: timedelta = GRACE) -> Planned:
    """Write a delivery for every tip that is due at `now`, and move its subscription on, in the same transaction.

    `tips` are ids in file order; without any, nothing is planned and everything stays due. Slots older than `grace`
    are written as skipped. Harmless to run in several processes at once: a slot has one row.
    """
    total = Planned()
    while tips:
        async with database.write() as connection:
            due = await _subscriptions.due(connection, now, _BATCH)
            if due:
                await _deliveries.free_slots(connection, now + _AHEAD)
            rows: list[Delivery] = []
            advances: list[Advance] = []
            unplannable = 0
            for subscription in due:
                try:
                    owed, advance = _owed(subscription, tips, now, grace)
                except ScheduleError:
                    await _subscriptions.save(connection, unschedulable(subscription))
                    unplannable += 1
                    continue
                rows += owed
                advances.append(advance)
                if len(rows) > _BATCH:  # after long downtime each brings a row a week
                    break
            await _deliveries.insert_missing(connection, rows)
            await _subscriptions.advance(connection, advances)
        total = Planned(
            total.planned + sum(row.state == "planned" for row in rows),
            total.missed + sum(row.reason == MISSED for row in rows),
            total.skipped + sum(row.state == "skipped" and row.reason != MISSED for row in rows),
        )
        if len(due) < _BATCH and len(advances) + unplannable == len(due):
            break
    return total


def unschedulable(subscription: Subscription) -> Subscription:
    """Give the subscription paused, because its zone is no longer known to this machine."""
    log.warning("tips.unschedulable", subscription=subscription.id, zone=subscription.zone)
    return replace(subscription, state="paused", reason=ZONE_UNKNOWN, paused_by="", next_run_at=None)


def schedule_of(subscription: Subscription) -> Schedule:
    """Give when a subscription's tips come; ScheduleError where its zone is no longer known to this machine."""
    return _schedule(subscription.weekday, subscription.at, subscription.zone)


def _owed(
    subscription: Subscription, tips: Sequence[str], now: datetime, grace: timedelta
) -> tuple[list[Delivery], Advance]:
    """Give the rows for every slot whose moment has come, and where the subscription stands after them."""
    occasions, following = _occasions(
        schedule_of(subscription), subscription.next_run_at or now, subscription.last_slot, now
    )
    seen, cycle, last_slot = subscription.seen, subscription.cycle, subscription.last_slot
    rows: list[Delivery] = []
    for slot, moment in occasions:
        choice = weekly.next_tip(tips, seen)
        if choice is None:
            break
        last_slot = slot
        if slot == subscription.skip_slot:
            rows.append(_row(subscription, slot, choice.tip, moment, now, _skip_reason(subscription.skip_by)))
        elif now - moment > grace:
            rows.append(_row(subscription, slot, choice.tip, moment, now, MISSED))
        else:
            rows.append(_row(subscription, slot, choice.tip, moment, now))
            seen, cycle = choice.seen, cycle + choice.is_new_cycle
    return rows, Advance(subscription.id, following, seen, cycle, last_slot)


# Thousands of subscriptions share a schedule and a moment, and time zones are most of the work of planning.
@lru_cache(maxsize=4096)
def _occasions(
    schedule: Schedule, moment: datetime, last_slot: str, now: datetime
) -> tuple[tuple[tuple[str, datetime], ...], datetime]:
    """Give the slots from `moment` to `now` with their moments, and the first moment after `now`."""
    found: list[tuple[str, datetime]] = []
    if moment < now - KEPT:
        moment = weekly.next_occurrence(schedule, now - KEPT, last_slot)
    while moment <= now:
        slot = weekly.slot(schedule, moment)
        # A change of zone may have left a moment in a week that had its tip already.
        if slot > last_slot:
            found.append((slot, moment))
            last_slot = slot
        moment = weekly.next_occurrence(schedule, moment, last_slot)
    return tuple(found), moment


def _row(  # what differs from row to row
    subscription: Subscription, slot: str, tip: str, moment: datetime, now: datetime, skipped: str = ""
) -> Delivery:
    return Delivery(
        id=ids.fresh(now),
        key=f"tip:{subscription.id}:{slot}",
        kind="tip",
        platform=subscription.platform,
        workspace=subscription.workspace,
        bucket=ids.bucket(subscription.platform, subscription.workspace),
        conversation=subscription.conversation,
        subscription_id=subscription.id,
        slot=slot,
        subject=f"tip/{tip}",
        state="skipped" if skipped else "planned",
        reason=skipped,
        due_at=moment,
        not_before=moment,
        created_at=now,
        changed_at=now,
    )


def _skip_reason(person: str) -> str:
    return f"skipped by <@{person}>" if person else "skipped by the operator"


_schedule = lru_cache(maxsize=4096)(Schedule.parse)
