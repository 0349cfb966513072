"""Plan the weekly tips that are due at a moment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import asdict, replace

from cards.reason import Cause, QuietDate, Reason, SkippedBy
from scheduler import quiet_dates, weekly
from scheduler.choosing import Candidates, Choices
from scheduler.learning.dilemma_weeks import DilemmaWeeks
from scheduler.learning.round_rows import Playable
from scheduler.subscriptions import states
from scheduler.turns import Crowd, Turns
from scheduler.weekly import Schedule, ScheduleError
from store import history, ids
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.due_subscriptions import Advance, Due, DueSubscriptions
from store.history import Change, Entry, History
from store.learning.rounds import Round, Rounds
from store.subscriptions import Subscription, Subscriptions

GRACE = timedelta(hours=12)
KEPT = timedelta(days=400)  # settled deliveries older than this are cleared, so missed ones are not written either
_AHEAD = timedelta(weeks=1)  # rows made later than this from now were made under a wrong clock
_BATCH = 1000  # subscriptions in a transaction: few enough that a command in between waits milliseconds
_MOMENT = timedelta(seconds=1)

_deliveries = Deliveries()
_due_subscriptions = DueSubscriptions()
_history = History()
_subscriptions = Subscriptions()
_rounds = Rounds()
_NO_DILEMMAS: Mapping[str, Playable] = {}
_NO_WEEKS = DilemmaWeeks()
_Asked = tuple[Delivery, Round]  # a round that somebody's week asks, and the tally on its post


class Planned(Struct, frozen=True):
    """How many tips were planned, how many slots were missed, how many not wanted, and how many pauses ended."""

    planned: int = 0
    missed: int = 0
    skipped: int = 0
    resumed: int = 0
    is_all: bool = True  # else there is more

    def __add__(self, other: "Planned") -> "Planned":
        """Put two together, the second being the later."""
        missed, skipped = self.missed + other.missed, self.skipped + other.skipped
        return Planned(self.planned + other.planned, missed, skipped, self.resumed + other.resumed, other.is_all)


async def plan_due(
    database: Database,
    tips: Candidates,
    now: datetime,
    grace: timedelta = GRACE,
    dilemmas: Mapping[str, Playable] = _NO_DILEMMAS,
    turns: Turns | None = None,
) -> Planned:
    """Write a delivery for every tip that is due at `now`, and move its subscription on, in the same transaction.

    Where more are due than one transaction takes, all workspaces' first tips are planned before their second ones.

    Without `tips`, nothing is planned and everything stays due. Pauses that end by now end first. Slots older than
    `grace` are written as skipped, and so are those that somebody wants skipped and those on quiet dates. Where a
    channel wants it, every fourth week brings one of the `dilemmas` as a round, and the tip stays for later.
    Harmless to run in several processes at once: a slot has one row.
    """
    total, crowd, turns = Planned(), Crowd(database, now, _BATCH), turns or Turns()
    batches = 0
    while tips and not crowd.is_held_by_others:
        choices = Choices(tips)  # for each batch: it remembers every history that it has chosen for
        among = await crowd.next()
        async with database.write(many=bool(among)) as connection:
            resumed = await _resume_due(connection, now)
            due = await _due_subscriptions.due(connection, now, _BATCH, among)
            if due:
                await _deliveries.free_slots(connection, now + _AHEAD)
            weeks = await _dilemma_weeks(connection, due, dilemmas)
            batch = _batch(due, choices, now, grace, weeks)
            batch = replace(batch, rows=[turns.spread(row, now) for row in batch.rows])
            await _write(connection, batch, now)
            await turns.joined(connection, {row.bucket for row in batch.rows if row.state == "planned"})
        if batch.rows:
            turns.planned()
        crowd.note(among, len(due))
        missed = sum(row.reason == Cause.MISSED for row in batch.rows)
        skipped = sum(row.state == "skipped" for row in batch.rows) - missed
        total += Planned(sum(row.state == "planned" for row in batch.rows), missed, skipped, resumed)
        if not among and len(due) < _BATCH and batch.is_all and resumed < _BATCH:
            break
        batches += 1
        if batches == turns.batches:
            return replace(total, is_all=False)
    return total


async def _dilemma_weeks(
    connection: AsyncConnection, due: Sequence[Due], dilemmas: Mapping[str, Playable]
) -> DilemmaWeeks:
    """Find what was asked where dilemmas are wanted: few channels want them, and nothing is asked for the others."""
    wanted = [one.id for one in due if one.dilemmas]
    if not wanted or not dilemmas:
        return _NO_WEEKS
    return DilemmaWeeks(dilemmas, await _rounds.asked_of(connection, wanted))


async def plan_restored(connection: AsyncConnection, tips: Candidates, now: datetime) -> int:
    """Write every tip that came due by `now` as one of unknown outcome, in the caller's transaction; gives how many.

    For a database that was restored from a backup: they may have been posted, and count as seen. Those that nobody
    wanted are skipped, as ever; nothing is late.
    """
    total = 0
    while await _resume_due(connection, now):
        pass
    choices = Choices(tips)
    while due := await _due_subscriptions.due(connection, now, _BATCH):
        batch = _batch(due, choices, now, KEPT + _AHEAD)
        rows = [
            replace(row, state="unknown", reason=str(Cause.RESTORED)) if row.state == "planned" else row
            for row in batch.rows
        ]
        await _write(connection, replace(batch, rows=rows), now)
        total += sum(row.state == "unknown" for row in rows)
    return total


def overdue(
    subscription: Subscription, tips: Candidates, now: datetime, grace: timedelta, reason: Reason
) -> tuple[tuple[Delivery, ...], Subscription]:
    """Give the rows of its slots that are too late for `grace`, skipped for `reason`, and it moved on to those left.

    Raises ScheduleError where this machine does not know its zone (any more).
    """
    if not tips or subscription.next_run_at is None or now - subscription.next_run_at <= grace:
        return (), subscription
    due = Due._make(getattr(subscription, name) for name in Due._fields)
    rows, advance, _ = _owed(due, Choices(tips), now - grace - _MOMENT, timedelta(0))
    moved = {name: value for name, value in asdict(advance).items() if name != "id"}
    missed = (replace(row, reason=str(reason)) if row.reason == Cause.MISSED else row for row in rows)
    return tuple(missed), replace(subscription, **moved)


def unwanted(subscription: Subscription | Due, slot: str, day: date) -> Reason | None:
    """Say why a slot's tip is not wanted, None where it is."""
    if slot == subscription.skip_slot:
        return SkippedBy(subscription.skip_by)
    if (
        subscription.quiet_dates or subscription.quiet_country
    ):  # few have any, and this is asked by the hundred thousand
        why = quiet_dates.why(subscription, day)
        return QuietDate(why) if why else None
    return None


async def _resume_due(connection: AsyncConnection, now: datetime) -> int:
    """End the pauses that were to end by now, at most a batch of them; gives how many."""
    waking = await _due_subscriptions.waking(connection, now, _BATCH)
    changes: list[Change] = []
    for standing in waking:
        try:
            # From the pause's own end on: what came due since, while the bot was down, is planned or told as missed.
            resumed = states.turned_on(standing, now, (standing.paused_until or now) - _MOMENT)
            changes.append((resumed, Entry(now, history.BOT, "resumed")))
        except ScheduleError:
            changes.append(states.unschedulable(standing, now))
    await _change(connection, changes)
    return len(waking)


async def _change(connection: AsyncConnection, changes: Sequence[Change]) -> None:
    """Write what the bot changed by itself, with its lines of history."""
    await _subscriptions.save_many(connection, [changed for changed, _ in changes])
    await _history.add_all(connection, changes)


class _Batch(Struct, frozen=True):
    """Rows to write, subscriptions to move on, and those to stop; `is_all` says that no others were due."""

    rows: list[Delivery]
    advances: list[Advance]
    unplannable: list[str]
    is_all: bool
    asked: list[_Asked]


def _batch(
    due: Sequence[Due], choices: Choices, now: datetime, grace: timedelta, weeks: DilemmaWeeks = _NO_WEEKS
) -> _Batch:
    rows: list[Delivery] = []
    advances: list[Advance] = []
    unplannable: list[str] = []
    asked: list[_Asked] = []
    for subscription in due:
        try:
            owed, advance, round_ = _owed(subscription, choices, now, grace, weeks)
        except ScheduleError:  # its zone has gone from this machine
            unplannable.append(subscription.id)
            continue
        rows += owed
        advances.append(advance)
        asked += [round_] if round_ else []
        if len(rows) > _BATCH:  # after long downtime each brings a row a week
            break
    return _Batch(rows, advances, unplannable, len(advances) + len(unplannable) == len(due), asked)


async def _write(connection: AsyncConnection, batch: _Batch, now: datetime) -> None:
    await _deliveries.insert_missing(connection, [*batch.rows, *(tally for tally, _ in batch.asked)])
    await _due_subscriptions.advance(connection, batch.advances)
    if batch.asked:
        await _rounds.add(connection, [round_ for _, round_ in batch.asked])
    if batch.unplannable:
        found = await _subscriptions.by_ids(connection, batch.unplannable)
        await _change(connection, [states.unschedulable(one, now) for one in found.values()])


def _owed(
    subscription: Due, choices: Choices, now: datetime, grace: timedelta, weeks: DilemmaWeeks = _NO_WEEKS
) -> tuple[list[Delivery], Advance, _Asked | None]:
    """Give the rows for every slot whose moment has come, and where the subscription stands after them.

    Where one of them asks a dilemma, its round comes with it, and the tally on that.
    """
    schedule = states.schedule_of(subscription)
    occasions, following = _occasions(schedule, subscription.next_run_at, subscription.last_slot, now)
    seen, cycle, last_slot = subscription.seen, subscription.cycle, subscription.last_slot
    wanted = subscription.next_tip
    rows: list[Delivery] = []
    asked: _Asked | None = None
    for slot, moment, day in occasions:
        chosen = choices.choose(subscription.dimensions, seen, wanted, day)
        if chosen is None:  # all there are would be too late
            break
        last_slot = slot
        skipped = unwanted(subscription, slot, day) or (Cause.MISSED if now - moment > grace else None)
        dilemma = weeks.planned(subscription, slot, moment, now) if skipped is None and asked is None else None
        if dilemma is not None:
            (post, tally), round_ = dilemma
            rows.append(post)
            asked = tally, round_
            continue
        rows.append(_row(subscription, slot, chosen.tip, moment, now, skipped))
        if skipped is None:
            seen, cycle, wanted = chosen.seen, cycle + chosen.is_new_cycle, ""
    return rows, Advance(subscription.id, following, seen, cycle, last_slot, wanted), asked


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
            found.append((slot, moment, weekly.local_date(schedule, moment)))
            last_slot = slot
        moment = weekly.next_occurrence(schedule, moment, last_slot)
    return tuple(found), moment


def _row(  # what differs from row to row
    subscription: Due, slot: str, tip: str, moment: datetime, now: datetime, skipped: Reason | None
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
        state="planned" if skipped is None else "skipped",
        reason="" if skipped is None else str(skipped),
        due_at=moment,
        not_before=moment,
        created_at=now,
        changed_at=now,
    )


_bucket = lru_cache(maxsize=4096)(ids.bucket)
