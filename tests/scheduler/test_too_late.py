"""A tip that is too late from a day on: it comes before that local day or not at all, whichever way it is picked."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cards.reason import Cause
from messengers.base import Unknown
from scheduler import outlook, planning, recovery, weekly
from scheduler.choosing import Candidate
from scheduler.delivery.dispatch import Summary
from scheduler.outlook import Upcoming
from scheduler.planning import Planned
from scheduler.subscriptions import coming_tip
from scheduler.weekly import Schedule
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LEGAL = date(2026, 12, 2)  # a Wednesday
TIPS = {tip: Candidate("value", LEGAL if tip == "legal" else None) for tip in ("a", "b", "c", "legal")}
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago")


@pytest.fixture
def dated(ledger: Ledger) -> Ledger:
    """Give a ledger whose last tip is too late from 2 December 2026 on."""
    ledger.tips = TIPS
    return ledger


async def _subjects(ledger: Ledger) -> list[str]:
    return [row.subject.removeprefix("tip/") for row in await ledger.deliveries()]


async def _swap(ledger: Ledger, tip: str) -> None:
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        await coming_tip.swap_next(connection, standing.id, tip, tips=ledger.pool(), by="U2", now=ledger.now)


async def _send_now(ledger: Ledger) -> str:
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        extra = await coming_tip.send_now(connection, standing.id, ledger.pool(), by="U2", now=ledger.now)
    return extra.subject.removeprefix("tip/") if extra else ""


@given(
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(-70 * 24, 20 * 24),
)
def test_whatever_the_schedule_it_comes_in_time_or_not(zone: str, weekday: int, at: time, hours: int) -> None:
    """Told from any hour on, in any zone: once in the eight weeks before its local day, where they have a slot."""
    now = NOW + timedelta(hours=hours)
    schedule = Schedule(weekday, at, zone)
    moment = weekly.next_occurrence(schedule, now)
    standing = rows.subscription(zone=zone, weekday=weekday, at=schedule.at_text, next_run_at=moment)
    weeks = outlook.upcoming(standing, TIPS, now, 25)
    days = [week.at.astimezone(ZoneInfo(zone)).date() for week in weeks]
    came = [day for day, week in zip(days, weeks, strict=True) if week.tip == "legal"]
    assert all(day < LEGAL for day in came)
    assert bool(came) == (days[0] < LEGAL)


async def test_what_is_foretold_comes(dated: Ledger) -> None:
    """Planning, twice a day, and the outlook agree, through a skip, quiet dates and a new cycle."""
    dated.now = NOW - 9 * WEEK
    standing = rows.subscription(
        next_run_at=dated.now, skip_slot="2026-W41", quiet_dates=("2026-10-14",), weekday=2, zone="Pacific/Kiritimati"
    )
    await dated.add(standing)
    foretold = outlook.upcoming(standing, TIPS, dated.now, 14)
    for _ in range(14 * 14):
        await dated.plan()
        dated.now += DAY / 2
    came = [(row.slot, row.due_at, row.subject.removeprefix("tip/"), row.reason) for row in await dated.deliveries()]
    assert came[:14] == [(week.slot, week.at, week.tip, week.skipped) for week in foretold]
    assert [week.tip for week in foretold if week.is_early][:3] == ["legal"] * 3  # the first two of them fell out


@pytest.mark.parametrize(
    ("zone", "moment", "tip"),
    [
        ("Pacific/Kiritimati", datetime(2026, 12, 1, 9, tzinfo=UTC), "legal"),  # Tuesday 23:00 there
        ("Pacific/Kiritimati", datetime(2026, 12, 1, 10, tzinfo=UTC), "a"),  # Wednesday 00:00
        ("Pacific/Pago_Pago", datetime(2026, 12, 2, 10, tzinfo=UTC), "legal"),  # Tuesday 23:00
        ("Pacific/Pago_Pago", datetime(2026, 12, 2, 11, tzinfo=UTC), "a"),  # Wednesday 00:00
    ],
)
async def test_the_local_day_counts(dated: Ledger, zone: str, moment: datetime, tip: str) -> None:
    """Where it is Wednesday already it is too late, and where it is Tuesday still it is not; sent by hand as well."""
    local = moment.astimezone(ZoneInfo(zone))
    where: dict[str, Any] = {"zone": zone, "weekday": local.weekday(), "at": f"{local:%H:%M}", "next_run_at": moment}
    await dated.add(
        rows.subscription("C1", **where), rows.subscription("C2", **where | {"next_run_at": NOW + 9 * WEEK})
    )
    dated.now = moment
    await dated.plan()
    assert await _subjects(dated) == [tip]
    standing = await dated.subscription("C2")
    async with dated.database.write() as connection:
        extra = await coming_tip.send_now(connection, standing.id, TIPS, by="U2", now=moment)
    assert extra is not None
    assert extra.subject == f"tip/{tip}"


async def test_a_chosen_tip_whose_day_has_come_gives_way(dated: Ledger) -> None:
    """It was chosen in time and then skipped: the order goes on, and the choice is forgotten."""
    await dated.add(rows.subscription(next_run_at=NOW + WEEK))
    await _swap(dated, "legal")
    standing = await dated.subscription()
    async with dated.database.write() as connection:
        skipping = await coming_tip.skip_next(connection, standing.id, by="U2", now=NOW)
    assert [week.tip for week in outlook.upcoming(skipping, TIPS, NOW, 3)] == ["legal", "a", "b"]
    for _ in range(2):
        dated.pass_time(weeks=1)
        await dated.plan()
    assert await _subjects(dated) == ["legal", "a"]
    assert [row.state for row in await dated.deliveries()] == ["skipped", "planned"]
    assert (await dated.subscription()).next_tip == ""


async def test_a_chosen_tip_wins_over_an_early_one(dated: Ledger) -> None:
    """Somebody wanted it; the early one comes next, if there is time."""
    await dated.add(rows.subscription(next_tip="c"))
    for _ in range(3):
        await dated.plan()
        dated.pass_time(weeks=1)
    assert await _subjects(dated) == ["c", "legal", "a"]


async def test_what_would_be_too_late_is_not_offered(dated: Ledger) -> None:
    """The list is that of the day on which the next tip comes, and the sentence says what is wrong."""
    standing = rows.subscription(weekday=3, next_run_at=NOW + 3 * DAY)  # Thursday 26 November
    assert outlook.pool(standing, TIPS, outlook.next_day(standing, NOW)) == ("a", "b", "c", "legal")
    skipping = replace(standing, skip_slot="2026-W48")
    assert outlook.next_day(skipping, NOW) == date(2026, 12, 3)
    assert outlook.pool(skipping, TIPS, outlook.next_day(skipping, NOW)) == ("a", "b", "c")
    await dated.add(skipping)
    with pytest.raises(ValueError, match="days before 2 December 2026, and the next one comes later"):
        await _swap(dated, "legal")
    await _swap(dated, "c")
    assert (await dated.subscription()).next_tip == "c"


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({}, date(2026, 11, 23)),
        ({"quiet_dates": ("2026-11-23",)}, date(2026, 11, 30)),
        ({"state": "paused", "next_run_at": None}, date(2026, 11, 23)),
        ({"state": "paused", "next_run_at": None, "zone": "Pacific/Auckland"}, date(2026, 11, 23)),
        ({"state": "paused", "next_run_at": None, "paused_until": NOW + WEEK}, date(2026, 11, 30)),
        ({"zone": "Mars/Phobos"}, date(2026, 11, 23)),
    ],
)
def test_the_day_of_the_next_tip(fields: dict[str, Any], day: date) -> None:
    """The first that has a tip; today's, by the clocks where tips come, where none is planned."""
    assert outlook.next_day(rows.subscription(**fields), NOW) == day


async def test_all_topics_where_the_chosen_ones_are_too_late(dated: Ledger) -> None:
    """A channel that chose what has passed gets the rest; where all of all has passed it gets none, and goes on."""
    dated.tips = TIPS | {"legal": Candidate("risks", LEGAL)}
    await dated.add(rows.subscription(dimensions=("risks",)))
    for _ in range(3):
        await dated.plan()
        dated.pass_time(weeks=1)
    assert await _subjects(dated) == ["legal", "legal", "a"]
    dated.tips = {"legal": Candidate("risks", LEGAL)}
    assert await dated.plan() == Planned()
    standing = await dated.subscription()
    assert (standing.next_run_at, standing.last_slot) == (dated.now + WEEK, "2026-W50")
    assert await _send_now(dated) == ""
    assert outlook.upcoming(standing, dated.pool(), dated.now) == ()


async def test_a_tip_sent_by_hand(dated: Ledger) -> None:
    """Early on the day before, even where tips are paused; the order on the day itself."""
    dated.now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    await dated.add(rows.subscription(state="paused", next_run_at=None, next_tip="legal"))
    standing = await dated.subscription()
    dated.now += DAY
    assert await _send_now(dated) == "a"
    assert (await dated.subscription()).next_tip == ""
    assert outlook.choice(standing, TIPS, LEGAL - DAY) != outlook.choice(standing, TIPS, LEGAL)


async def test_what_was_planned_in_time_and_is_posted_late_gives_way(dated: Ledger) -> None:
    """Within the grace, but on the next day: another tip is posted, and this one does not count as seen."""
    late = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    await dated.add(rows.subscription(weekday=1, at="23:30", next_run_at=late))
    dated.now = late
    await dated.plan()
    assert await _subjects(dated) == ["legal"]
    dated.pass_time(hours=1)
    assert await dated.dispatcher().deliver_due() == Summary(sent=1)
    assert await _subjects(dated) == ["a"]
    assert (await dated.subscription()).seen == ("a",)


@pytest.mark.parametrize(("seconds", "tip"), [(61, "legal"), (60, "a")])
async def test_no_lease_reaches_into_its_day(dated: Ledger, seconds: int, tip: str) -> None:
    """What is leased a moment before midnight could be posted after it."""
    dated.now = datetime(2026, 12, 2, tzinfo=UTC) - timedelta(seconds=seconds)
    await dated.add(rows.subscription(weekday=1, at="23:58", next_run_at=dated.now))
    await dated.plan()
    assert await dated.dispatcher(lease=timedelta(seconds=60)).deliver_due() == Summary(sent=1)
    assert await _subjects(dated) == [tip]


async def test_what_nobody_knows_is_not_sent_again_too_late(dated: Ledger) -> None:
    """A person asks for it again once its day has come: the next tip goes in its place."""
    await dated.add(rows.subscription())
    await dated.plan()
    dated.messenger.script.append(Unknown("the answer was lost"))
    assert await dated.dispatcher().deliver_due() == Summary(unknown=1)
    row = await dated.delivery()
    assert row.subject == "tip/legal"
    dated.now = datetime(2026, 12, 2, tzinfo=UTC)
    async with dated.database.write() as connection:
        assert await coming_tip.send_again(connection, row.id, by="U2", now=dated.now) is not None
    assert await dated.dispatcher().deliver_due() == Summary(sent=1)
    assert await _subjects(dated) == ["a"]
    assert (await dated.subscription()).seen == ("a",)


async def test_where_nothing_can_take_its_place_it_is_skipped(dated: Ledger) -> None:
    """With the reason that there is no tip."""
    dated.tips = {"legal": Candidate("value", LEGAL)}
    dated.now = datetime(2026, 12, 1, 23, 59, 50, tzinfo=UTC)
    await dated.add(rows.subscription(weekday=1, at="23:59", next_run_at=dated.now))
    await dated.plan()
    assert await dated.dispatcher().deliver_due() == Summary(skipped=1)
    assert (await dated.delivery()).reason == Cause.NO_TIPS


async def test_a_restored_database(dated: Ledger) -> None:
    """What came due since the copy was made is of each slot's own day."""
    await dated.add(rows.subscription("C1"), rows.subscription("C2", weekday=2, next_run_at=NOW + 9 * DAY))
    dated.pass_time(weeks=4)
    await recovery.recover(dated.database, TIPS, dated.now, dilemmas={}, since=NOW)
    assert [(row.conversation, row.subject.removeprefix("tip/")) for row in await dated.deliveries()] == [
        ("C1", "legal"),
        ("C1", "a"),
        ("C2", "a"),  # Wednesday 2 December
        ("C1", "b"),
        ("C2", "b"),
        ("C1", "c"),
        ("C2", "c"),
        ("C1", "a"),
    ]


def test_slots_that_were_too_late_for_the_grace() -> None:
    """Each names the tip of its own day; none of them is seen."""
    standing = rows.subscription(weekday=2, next_run_at=NOW - 5 * DAY)  # Wednesday 18 November
    missed, moved = planning.overdue(standing, TIPS, NOW + 3 * WEEK, planning.GRACE, Cause.MISSED_WHILE_HELD)
    assert [row.subject for row in missed] == ["tip/legal", "tip/legal", "tip/a", "tip/a"]
    assert moved.seen == ()


def test_the_outlook_says_which_comes_early() -> None:
    """Before its place, for its day: not where it has that place anyway."""
    weeks = outlook.upcoming(rows.subscription(), TIPS, NOW, 2)
    assert weeks == (Upcoming("2026-W48", NOW, "legal", is_early=True), Upcoming("2026-W49", NOW + WEEK, "a"))
