"""Whatever people change in whatever order: one tip a week, none on a quiet date, none lost without a reason."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cards.reason import QuietDate
from scheduler import planning, quiet_dates, weekly
from scheduler.choosing import Candidate
from scheduler.subscriptions import coming_tip, pausing
from scheduler.subscriptions.reschedule import reschedule
from scheduler.weekly import Schedule
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.subscriptions import Subscription, Subscriptions
from tests.store import rows
from tests.store.rows import NOW

TIPS = dict.fromkeys("abcde", Candidate("value"))
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago")
DATES = tuple(date(2026, 11, 23) + timedelta(days=day) for day in range(70))
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """Let time pass, then tick."""

    hours: int


@dataclass(frozen=True, slots=True)
class Change:
    """Change day and hour, and the zone where one is named."""

    weekday: int
    hour: int
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Want no tip on these dates, nor on a country's holidays."""

    dates: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Skip the next, or take that back."""

    back: bool


Step = Pass | Change | Quiet | Skip

passing = st.builds(Pass, st.sampled_from((1, 5, 11, 30, 70, 200)))
moving = st.builds(Change, st.integers(0, 6), st.integers(0, 23))
migrating = st.builds(Change, st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES))
spans = st.lists(
    st.one_of(
        st.sampled_from(DATES).map(str), st.sampled_from(DATES[:-9]).map(lambda day: f"{day}/{day + timedelta(days=9)}")
    ),
    max_size=4,
    unique=True,
).map(tuple)
silencing = st.builds(Quiet, spans, st.sampled_from(("", "DE", "US", "JP")))
skipping = st.builds(Skip, st.booleans())


class Walk:
    """One conversation after another in one database, each walked through its steps."""

    def __init__(self, database: Database, runner: asyncio.Runner) -> None:
        self._database = database
        self._runner = runner
        self._names = count()

    def through(self, zone: str, steps: list[Step]) -> list[Delivery]:
        """Walk a new conversation through these steps; gives its rows in the order in which they were due."""
        return self._runner.run(self._through(zone, steps))

    async def _through(self, zone: str, steps: list[Step]) -> list[Delivery]:
        schedule = Schedule(0, time(9), zone)
        standing = rows.subscription(
            f"C{next(self._names)}", zone=zone, next_run_at=weekly.next_occurrence(schedule, NOW)
        )
        async with self._database.write() as connection:
            await Subscriptions().insert(connection, standing)
        now, known = NOW, set[str]()
        for step in [*steps, *(Pass(24) for _ in range(8))]:
            before = await self._standing(standing)
            match step:
                case Pass(hours):
                    now += timedelta(hours=hours)
                    await planning.plan_due(self._database, TIPS, now)
                    for row in await self._rows(standing):
                        if row.id not in known:
                            _check(before, row, now)
                            known.add(row.id)
                case _:
                    await self._steer(before, step, now)
        async with self._database.write() as connection:  # later walks do not plan it again
            await pausing.turn_off(connection, standing.id, by="", now=now)
        return await self._rows(standing)

    async def _steer(self, standing: Subscription, step: Change | Quiet | Skip, now: datetime) -> None:
        async with self._database.write() as connection:
            match step:
                case Change(weekday, hour, zone):
                    schedule = Schedule(weekday, time(hour), zone or standing.zone)
                    await reschedule(connection, standing.id, schedule, by="U1", now=now)
                case Quiet(dates, country):
                    await coming_tip.set_quiet(connection, standing.id, dates, country, by="U1", now=now)
                case Skip(back=True):
                    await coming_tip.keep_next(connection, standing.id, by="U1", now=now)
                case Skip():
                    await coming_tip.skip_next(connection, standing.id, by="U1", now=now)
        changed = await self._standing(standing)
        assert changed.next_run_at is not None
        assert changed.next_run_at > now or changed.next_run_at == standing.next_run_at

    async def _standing(self, standing: Subscription) -> Subscription:
        async with self._database.read() as connection:
            found = await Subscriptions().by_id(connection, standing.id)
        assert found is not None
        return found

    async def _rows(self, standing: Subscription) -> list[Delivery]:
        async with self._database.read() as connection:
            found = await Deliveries().of_subscription(connection, standing.id, 1000)
        return sorted(found, key=lambda row: row.due_at)


def _check(subscription: Subscription, row: Delivery, now: datetime) -> None:
    """Hold a row, just planned, against what the subscription wanted at that moment."""
    why = quiet_dates.why(subscription, row.due_at.astimezone(ZoneInfo(subscription.zone)).date())
    assert row.due_at <= now
    if row.state == "planned":
        assert why == ""
        assert row.slot != subscription.skip_slot
        assert now - row.due_at <= planning.GRACE
    else:
        assert row.reason
        assert (row.reason == str(QuietDate(why))) == bool(why and row.slot != subscription.skip_slot)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Give a database to walk in."""
    with asyncio.Runner() as runner:
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('walks')}/bot.db")
        runner.run(database.migrate())
        yield Walk(database, runner)
        runner.run(database.close())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ZONES), st.lists(st.one_of(passing, moving, silencing, skipping), max_size=14))
def test_every_week_has_its_tip_or_its_reason(walk: Walk, zone: str, steps: list[Step]) -> None:
    """Days and hours change, dates are quiet, tips are skipped: each local week has one row, none is left out."""
    past = walk.through(zone, steps)
    weeks = [_monday(row.slot) for row in past]
    assert all(after - before == WEEK for before, after in pairwise(weeks))
    # The first occurrence is next Monday's at the latest, since its own week is not over.
    assert not weeks or weeks[0] - _monday("2026-W48") <= WEEK
    _check_order(past)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ZONES), st.lists(st.one_of(passing, migrating, silencing), max_size=14))
def test_no_move_around_the_world_gives_a_week_two_tips(walk: Walk, zone: str, steps: list[Step]) -> None:
    """A zone in which the week is another one may pass over a week, but never gives one two tips."""
    past = walk.through(zone, steps)
    weeks = [_monday(row.slot) for row in past]
    assert len(set(weeks)) == len(weeks)
    moves = sum(isinstance(step, Change) for step in steps)
    passed_over = sum((after - before) // WEEK - 1 for before, after in pairwise(weeks))
    assert passed_over <= moves
    _check_order(past)


def _check_order(past: list[Delivery]) -> None:
    """Check that what was skipped came later: tips in file order, none twice before all have come."""
    told = [row.subject.removeprefix("tip/") for row in past if row.state == "planned"]
    assert told == [tip for _, tip in zip(told, [*TIPS] * len(told), strict=False)]


def _monday(slot: str) -> datetime:
    year, week = slot.split("-W")
    return datetime.fromisocalendar(int(year), int(week), 1)


@given(st.data())
def test_the_old_moment_is_kept_where_the_new_one_has_passed(data: st.DataObject) -> None:
    """This week's tip is unsent: a day that is past keeps the old moment this week, one to come is taken at once."""
    zone = ZoneInfo(data.draw(st.sampled_from(ZONES)))
    monday = datetime(2026, 11, 23, tzinfo=zone)
    old_at, new_at = (
        monday + timedelta(days=data.draw(st.integers(0, 6)), hours=data.draw(st.integers(0, 23))) for _ in range(2)
    )
    now = monday + timedelta(minutes=data.draw(st.integers(0, 7 * 24 * 60 - 2)))
    if old_at <= now:
        return  # due, or sent
    new = Schedule(new_at.weekday(), new_at.time(), zone.key)
    moment = weekly.rescheduled(new, old_at, "2026-W47", now)
    assert moment == (new_at if new_at > now else old_at)
    assert weekly.rescheduled(replace(new, zone=zone.key), old_at + WEEK, "2026-W48", now) == new_at + WEEK
