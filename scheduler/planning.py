"""Plan the weekly tips that are due at a moment."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler import quiet_dates, weekly
from scheduler.weekly import Choice, Schedule, ScheduleError
from store import history, ids
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.history import Entry, History, Line
from store.subscriptions import Advance, Due, Subscription, Subscriptions

GRACE = timedelta(hours=12)
KEPT = timedelta(days=400)  # settled deliveries older than this are cleared, so missed ones are not written either
ZONE_UNKNOWN = "zone-unknown"
MISSED = "missed while the bot was down"
QUIET = "quiet: "  # begins the reason of a tip that fell on a day on which none is wanted; then which day that is
_AHEAD = timedelta(weeks=1)  # rows made later than this from now were made under a wrong clock
_BATCH = 1000  # subscriptions in a transaction: few enough that a command in between waits milliseconds

log = structlog.get_logger()

_MOMENT = timedelta(seconds=1)
_deliveries = Deliveries()
_history = History()
_subscriptions = Subscriptions()


@dataclass(frozen=True, slots=True)
class Planned:
    """How many tips were planned, how many slots were missed, how many not wanted, and how many pauses ended."""

    planned: int = 0
    missed: int = 0
    skipped: int = 0
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What a coming week brings: `tip` at `at`, or, where `skipped` says why, nothing: the tip stays for later."""

    slot: str
    at: datetime
    tip: str
    skipped: str = ""


# Joins the transaction that plans: it is given the buckets of the workspaces whose tips were planned.
OnPlanned = Callable[[AsyncConnection, Collection[int]], Awaitable[None]]


async def plan_due(
    database: Database,
    tips: Mapping[str, str],
    now: datetime,
    grace: timedelta = GRACE,
    on_planned: OnPlanned | None = None,
) -> Planned:
    """Write a delivery for every tip that is due at `now`, and move its subscription on, in the same transaction.

    `tips` are ids in file order, each with its dimension; without any, nothing is planned and everything stays due.
    Pauses that end by now end first. Slots older than `grace` are written as skipped, and so are those that somebody
    wants skipped and those on quiet dates. Harmless to run in several processes at once: a slot has one row.
    """
    total, many = Planned(), False
    while tips:
        async with database.write(many=many) as connection:
            resumed = await _resume_due(connection, now)
            due = await _subscriptions.due(connection, now, _BATCH)
            if due:
                await _deliveries.free_slots(connection, now + _AHEAD)
            choices = _Choices(tips)
            rows: list[Delivery] = []
            advances: list[Advance] = []
            unplannable: list[str] = []
            for subscription in due:
                try:
                    owed, advance = _owed(subscription, choices, now, grace)
                except ScheduleError:
                    unplannable.append(subscription.id)
                    continue
                rows += owed
                advances.append(advance)
                if len(rows) > _BATCH:  # after long downtime each brings a row a week
                    break
            await _deliveries.insert_missing(connection, rows)
            await _subscriptions.advance(connection, advances)
            await _stop_unplannable(connection, unplannable, now)
            if on_planned is not None:
                await on_planned(connection, {row.bucket for row in rows if row.state == "planned"})
        total = Planned(
            total.planned + sum(row.state == "planned" for row in rows),
            total.missed + sum(row.reason == MISSED for row in rows),
            total.skipped + sum(row.state == "skipped" and row.reason != MISSED for row in rows),
            total.resumed + resumed,
        )
        many = len(due) == _BATCH
        is_all = len(due) < _BATCH and len(advances) + len(unplannable) == len(due)
        if is_all and resumed < _BATCH:
            break
    return total


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


def overdue(
    subscription: Subscription, tips: Mapping[str, str], now: datetime, grace: timedelta, reason: str
) -> tuple[tuple[Delivery, ...], Subscription]:
    """Give the rows of its slots that are too late for `grace`, skipped for `reason`, and it moved on to those left.

    Raises ScheduleError where this machine does not know its zone (any more).
    """
    if not tips or subscription.next_run_at is None or now - subscription.next_run_at <= grace:
        return (), subscription
    due = Due._make(getattr(subscription, name) for name in Due._fields)
    rows, advance = _owed(due, _Choices(tips), now - grace - _MOMENT, timedelta(0))
    moved = {field: getattr(advance, field) for field in Advance.__dataclass_fields__ if field != "id"}
    missed = (replace(row, reason=reason) if row.reason == MISSED else row for row in rows)
    return tuple(missed), replace(subscription, **moved)


def unschedulable(subscription: Subscription) -> Subscription:
    """Give the subscription paused, because its zone is no longer known to this machine."""
    log.warning("tips.unschedulable", subscription=subscription.id, zone=subscription.zone)
    return replace(subscription, state="paused", reason=ZONE_UNKNOWN, paused_by="", paused_until=None, next_run_at=None)


def schedule_of(subscription: Subscription | Due) -> Schedule:
    """Give when a subscription's tips come; ScheduleError where its zone is no longer known to this machine."""
    return _schedule(subscription.weekday, subscription.at, subscription.zone)


def choice(subscription: Subscription, tips: Mapping[str, str]) -> Choice | None:
    """Choose the tip that a subscription gets next: the one somebody chose, or the next in file order; None without."""
    return _Choices(tips).choose(subscription.dimensions, subscription.seen, subscription.next_tip)


def pool(subscription: Subscription, tips: Mapping[str, str]) -> tuple[str, ...]:
    """List the tips that may come next, in file order: those of its dimensions that this cycle has not brought yet.

    Where it has brought all, those of the next cycle; never the one that came last, if there is another.
    """
    drawn = _drawn(tips, subscription.dimensions)
    left = tuple(tip for tip in drawn if tip not in subscription.seen)
    return left or tuple(tip for tip in drawn if tip != subscription.seen[-1]) or drawn


def upcoming(
    subscription: Subscription, tips: Mapping[str, str], now: datetime, count: int = 5
) -> tuple[Upcoming, ...]:
    """Tell what the next `count` weeks will bring; nothing while tips are off, or paused without an end.

    A week whose tip is due and not planned yet is the first of them.
    """
    found: list[Upcoming] = []
    choices = _Choices(tips)
    standing = subscription
    for slot, moment, day in _coming(subscription, now, count):
        chosen = choices.choose(standing.dimensions, standing.seen, standing.next_tip)
        if chosen is None:
            break
        skipped = _unwanted(subscription, slot, day)
        found.append(Upcoming(slot, moment, chosen.tip, skipped))
        if not skipped:
            standing = replace(standing, seen=chosen.seen, next_tip="")
    return tuple(found)


def next_wanted(subscription: Subscription, now: datetime) -> str:
    """Give the slot of the next tip, passing over quiet dates; '' where none comes within two years.

    Raises ScheduleError where this machine does not know the zone (any more).
    """
    schedule_of(subscription)
    coming = _coming(subscription, now, 2 * 53)
    return next((slot for slot, _, day in coming if not quiet_dates.why(subscription, day)), "")


def _coming(subscription: Subscription, now: datetime, count: int) -> Iterator[tuple[str, datetime, date]]:
    """Give the next slots with their moments and local dates; none where it is known that no tip comes."""
    since = subscription.next_run_at or subscription.paused_until
    try:
        schedule = schedule_of(subscription)
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
            yield slot, moment, _local_date(schedule, moment)
            last_slot = slot
            count -= 1
        moment = weekly.next_occurrence(schedule, moment, last_slot)


async def _resume_due(connection: AsyncConnection, now: datetime) -> int:
    """End the pauses that were to end by now, at most a batch of them; gives how many."""
    waking = await _subscriptions.waking(connection, now, _BATCH)
    lines: list[Line] = []
    for standing in waking:
        try:
            # From the pause's own end on: what came due since, while the bot was down, is planned or told as missed.
            resumed = turned_on(standing, now, (standing.paused_until or now) - _MOMENT)
            lines.append((resumed, Entry(now, history.BOT, "resumed")))
        except ScheduleError:
            lines.append((unschedulable(standing), Entry(now, history.BOT, "stopped", ZONE_UNKNOWN)))
    await _stop(connection, lines)
    return len(waking)


async def _stop(connection: AsyncConnection, lines: Sequence[Line]) -> None:
    """Write what the bot changed by itself, with its lines of history."""
    await _subscriptions.save_many(connection, [changed for changed, _ in lines])
    await _history.add_all(connection, lines)


async def _stop_unplannable(connection: AsyncConnection, subscription_ids: Sequence[str], now: datetime) -> None:
    """Pause those whose zone has gone from this machine."""
    if subscription_ids:
        found = await _subscriptions.by_ids(connection, subscription_ids)
        stopped = Entry(now, history.BOT, "stopped", ZONE_UNKNOWN)
        await _stop(connection, [(unschedulable(one), stopped) for one in found.values()])


class _Choices:
    """Chooses tips for one batch of subscriptions, most of which have seen the same ones."""

    def __init__(self, tips: Mapping[str, str]) -> None:
        self._tips = tips
        self._drawn: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._chosen: dict[tuple[tuple[str, ...], tuple[str, ...], str], Choice | None] = {}

    def choose(self, dimensions: tuple[str, ...], seen: tuple[str, ...], wanted: str) -> Choice | None:
        """Choose the next tip of these dimensions, or the `wanted` one, whatever its dimension."""
        key = (dimensions, seen, wanted)
        if key not in self._chosen:
            if dimensions not in self._drawn:
                self._drawn[dimensions] = _drawn(self._tips, dimensions)
            self._chosen[key] = weekly.next_tip(self._drawn[dimensions], seen, wanted)
        return self._chosen[key]


def _drawn(tips: Mapping[str, str], dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """List the tips of these dimensions in file order; all of them where it names none, or none of them has a tip."""
    drawn = tuple(tip for tip, dimension in tips.items() if dimension in dimensions)
    return drawn or tuple(tips)


def _owed(subscription: Due, choices: _Choices, now: datetime, grace: timedelta) -> tuple[list[Delivery], Advance]:
    """Give the rows for every slot whose moment has come, and where the subscription stands after them."""
    occasions, following = _occasions(schedule_of(subscription), subscription.next_run_at, subscription.last_slot, now)
    seen, cycle, last_slot = subscription.seen, subscription.cycle, subscription.last_slot
    wanted = subscription.next_tip
    rows: list[Delivery] = []
    for slot, moment, day in occasions:
        chosen = choices.choose(subscription.dimensions, seen, wanted)
        if chosen is None:
            break
        last_slot = slot
        if skipped := _unwanted(subscription, slot, day) or (MISSED if now - moment > grace else ""):
            rows.append(_row(subscription, slot, chosen.tip, moment, now, skipped))
        else:
            rows.append(_row(subscription, slot, chosen.tip, moment, now))
            seen, cycle, wanted = chosen.seen, cycle + chosen.is_new_cycle, ""
    return rows, Advance(subscription.id, following, seen, cycle, last_slot, wanted)


def _unwanted(subscription: Subscription | Due, slot: str, day: date) -> str:
    """Say why a slot's tip is not wanted, '' where it is."""
    if slot == subscription.skip_slot:
        return _skip_reason(subscription.skip_by)
    if (
        subscription.quiet_dates or subscription.quiet_country
    ):  # few have any, and this is asked by the hundred thousand
        why = quiet_dates.why(subscription, day)
        return QUIET + why if why else ""
    return ""


# Thousands of subscriptions share a schedule and a moment, and time zones are most of the work of planning.
@lru_cache(maxsize=4096)
def _occasions(
    schedule: Schedule, moment: datetime, last_slot: str, now: datetime
) -> tuple[tuple[tuple[str, datetime, date], ...], datetime]:
    """Give the slots from `moment` to `now` with their moments and local dates, and the first moment after `now`."""
    found: list[tuple[str, datetime, date]] = []
    if moment < now - KEPT:
        moment = weekly.next_occurrence(schedule, now - KEPT, last_slot)
    while moment <= now:
        slot = weekly.slot(schedule, moment)
        # A change of zone may have left a moment in a week that had its tip already.
        if slot > last_slot:
            found.append((slot, moment, _local_date(schedule, moment)))
            last_slot = slot
        moment = weekly.next_occurrence(schedule, moment, last_slot)
    return tuple(found), moment


def _local_date(schedule: Schedule, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(schedule.zone)).date()


def _row(  # what differs from row to row
    subscription: Due, slot: str, tip: str, moment: datetime, now: datetime, skipped: str = ""
) -> Delivery:
    return Delivery(
        id=ids.fresh(now),
        key=f"tip:{subscription.id}:{slot}",
        kind="tip",
        platform=subscription.platform,
        workspace=subscription.workspace,
        bucket=_bucket(subscription.platform, subscription.workspace),
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
_bucket = lru_cache(maxsize=4096)(ids.bucket)


async def plan_restored(connection: AsyncConnection, tips: Mapping[str, str], now: datetime, reason: str) -> int:
    """Write every tip that came due by `now` as one of unknown outcome, in the caller's transaction; gives how many.

    For a database that was restored from a backup: they may have been posted, and count as seen. Those that nobody
    wanted are skipped, as ever; nothing is late.
    """
    total = 0
    while await _resume_due(connection, now):
        pass
    choices = _Choices(tips)
    while due := await _subscriptions.due(connection, now, _BATCH):
        rows: list[Delivery] = []
        advances: list[Advance] = []
        unplannable: list[str] = []
        for subscription in due:
            try:
                owed, advance = _owed(subscription, choices, now, KEPT + _AHEAD)
            except ScheduleError:
                unplannable.append(subscription.id)
                continue
            rows += [replace(row, state="unknown", reason=reason) if row.state == "planned" else row for row in owed]
            advances.append(advance)
        await _deliveries.insert_missing(connection, rows)
        await _subscriptions.advance(connection, advances)
        await _stop_unplannable(connection, unplannable, now)
        total += sum(row.state == "unknown" for row in rows)
    return total
