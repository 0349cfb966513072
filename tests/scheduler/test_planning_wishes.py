"""Planning what people asked for: topics, quiet days, a pause that ends; and telling them what is to come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cards.reason import Cause
from scheduler import outlook
from scheduler.choosing import Candidate
from scheduler.outlook import Upcoming
from scheduler.planning import Planned
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

WEEK = timedelta(weeks=1)
TOPICS = {"a": Candidate("value"), "b": Candidate("risks"), "c": Candidate("value"), "d": Candidate("skills")}


async def _plan_weeks(ledger: Ledger, weeks: int) -> list[str]:
    for _ in range(weeks):
        await ledger.plan()
        ledger.pass_time(weeks=1)
    return [row.subject.removeprefix("tip/") for row in await ledger.deliveries() if row.state == "planned"]


@pytest.mark.parametrize(
    ("dimensions", "told"),
    [
        (("risks", "skills"), "bdbdb"),
        (("value",), "acaca"),
        (("mission",), "abcda"),  # about which there is no tip: all of them
        (("mission", "skills"), "ddddd"),
        ((), "abcda"),
    ],
)
async def test_a_channel_hears_of_its_own_topics(ledger: Ledger, dimensions: tuple[str, ...], told: str) -> None:
    """In file order, round and round; all of them where none is named, or none of those has a tip."""
    ledger.tips = TOPICS
    await ledger.add(rows.subscription(dimensions=dimensions))
    assert "".join(await _plan_weeks(ledger, 5)) == told


async def test_a_chosen_tip_that_has_gone_gives_way(ledger: Ledger) -> None:
    """File order goes on, and the choice is forgotten."""
    await ledger.add(rows.subscription(next_tip="gone"))
    assert await _plan_weeks(ledger, 2) == ["a", "b"]
    assert (await ledger.subscription()).next_tip == ""


async def test_a_chosen_tip_waits_through_a_skip(ledger: Ledger) -> None:
    """A week without a tip does not use up the choice."""
    await ledger.add(rows.subscription(next_tip="c", skip_slot="2026-W48"))
    await ledger.plan()
    assert (await ledger.subscription()).next_tip == "c"
    ledger.pass_time(weeks=1)
    assert await _plan_weeks(ledger, 2) == ["c", "a"]


async def test_no_tip_on_a_quiet_date(ledger: Ledger) -> None:
    """The week has a row that says why; the tip stays in the pool and comes a week later."""
    await ledger.add(
        rows.subscription("C1", quiet_dates=("2026-11-20/2026-11-23",)),
        rows.subscription("C2", quiet_country="JP"),  # 23 November is a holiday there
        rows.subscription("C3", quiet_dates=("2026-11-24",), quiet_country="DE"),
    )
    assert await ledger.plan() == Planned(planned=1, skipped=2)
    ledger.pass_time(weeks=1)
    await ledger.plan()
    rows_of = {
        name: [(row.state, row.reason, row.subject) for row in await ledger.deliveries() if row.conversation == name]
        for name in ("C1", "C2")
    }
    assert rows_of == {
        "C1": [("skipped", "quiet: quiet date", "tip/a"), ("planned", "", "tip/a")],
        "C2": [("skipped", "quiet: Labor Thanksgiving Day (JP)", "tip/a"), ("planned", "", "tip/a")],
    }


async def test_the_local_date_counts(ledger: Ledger) -> None:
    """On Monday 00:30 in Kiritimati it is still Sunday in Greenwich: Monday's list is asked."""
    moment = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    where = {"zone": "Pacific/Kiritimati", "at": "00:30", "next_run_at": moment}
    await ledger.add(
        rows.subscription("C1", quiet_dates=("2026-11-22",), **where),
        rows.subscription("C2", quiet_dates=("2026-11-23",), **where),
    )
    ledger.now = moment
    assert await ledger.plan() == Planned(planned=1, skipped=1)
    assert {row.conversation: row.state for row in await ledger.deliveries()} == {"C1": "planned", "C2": "skipped"}


async def test_a_skip_comes_before_a_quiet_date_and_that_before_a_missed_one(ledger: Ledger) -> None:
    """The reason is the one people chose themselves."""
    await ledger.add(
        rows.subscription(quiet_dates=("2026-11-23/2026-11-30",), skip_slot="2026-W48", skip_by="U2"),
    )
    ledger.pass_time(weeks=3)
    assert await ledger.plan() == Planned(planned=1, missed=1, skipped=2)
    assert [row.reason for row in await ledger.deliveries()] == [
        "skipped by U2",
        "quiet: quiet date",
        Cause.MISSED,
        "",
    ]


async def test_a_pause_ends_by_itself(ledger: Ledger) -> None:
    """At its end, in the same tick as this week's tip, with a line that says the bot did it."""
    end = NOW - timedelta(hours=9)
    await ledger.add(
        rows.subscription("C1", state="paused", reason="person", paused_by="U2", paused_until=end, next_run_at=None),
        rows.subscription("C2", state="paused", reason="person", paused_until=NOW + timedelta(1), next_run_at=None),
        rows.subscription("C3", state="paused", reason="not_in_channel", next_run_at=None),
    )
    assert await ledger.plan() == Planned(planned=1, resumed=1)
    after = await ledger.subscription("C1")
    assert (after.state, after.reason, after.paused_by, after.paused_until) == ("on", "", "", None)
    assert after.next_run_at == NOW + WEEK
    assert await ledger.history() == [("bot", "resumed", "")]
    assert [(await ledger.subscription(name)).state for name in ("C2", "C3")] == ["paused", "paused"]
    assert await ledger.plan() == Planned()


async def test_a_pause_that_ends_at_a_tips_own_moment_lets_it_come(ledger: Ledger) -> None:
    """“Until Monday 09:00” means that Monday 09:00 is on."""
    await ledger.add(rows.subscription(state="paused", reason="person", paused_until=NOW, next_run_at=None))
    assert await ledger.plan() == Planned(planned=1, resumed=1)


async def test_what_came_due_after_a_pause_while_the_bot_was_down_is_told(ledger: Ledger) -> None:
    """The weeks since the pause's end have rows: missed, and this week's planned."""
    await ledger.add(rows.subscription(state="paused", reason="person", paused_until=NOW, next_run_at=None))
    ledger.pass_time(weeks=2)
    assert await ledger.plan() == Planned(planned=1, missed=2, resumed=1)


async def test_a_pause_never_gives_a_week_a_second_tip(ledger: Ledger) -> None:
    """This week had its tip before the pause."""
    await ledger.add(
        rows.subscription(
            state="paused", reason="person", paused_until=NOW, next_run_at=None, last_slot="2026-W48", seen=("a",)
        )
    )
    assert await ledger.plan() == Planned(resumed=1)
    assert (await ledger.subscription()).next_run_at == NOW + WEEK


async def test_a_pause_in_a_zone_that_has_gone_stays_paused(ledger: Ledger) -> None:
    """With the reason, and without an end: a person has to choose another zone."""
    await ledger.add(rows.subscription(state="paused", zone="Mars/Phobos", paused_until=NOW, next_run_at=None))
    await ledger.plan()
    after = await ledger.subscription()
    assert (after.state, after.reason, after.paused_until) == ("paused", Cause.ZONE_UNKNOWN, None)
    assert await ledger.history() == [("bot", "stopped", Cause.ZONE_UNKNOWN)]


async def test_more_pauses_than_a_batch_end_in_one_call(ledger: Ledger) -> None:
    """However many end at once."""
    paused = (
        rows.subscription(f"C{number}", state="paused", paused_until=NOW, next_run_at=None) for number in range(1100)
    )
    await ledger.add(*paused)
    assert await ledger.plan() == Planned(planned=1100, resumed=1100)


async def test_an_idle_tick_reads_no_table(ledger: Ledger) -> None:
    """Both questions of a tick are answered from their index, however many rows there are."""
    async with ledger.database.read() as connection:
        for question, index in (
            ("paused_until <= 1 AND state = 'paused' ORDER BY paused_until", "ix_subscription_paused_until"),
            ("next_run_at <= 1 AND state = 'on' ORDER BY next_run_at", "ix_subscription_due"),
        ):
            plan = await connection.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM subscription WHERE {question}"))  # noqa: S608 # the two questions above
            assert [row.detail for row in plan] == [
                f"SEARCH subscription USING INDEX {index} ({question.split()[0]}<?)"
            ]


def test_what_is_to_come() -> None:
    """The next weeks in order: what was chosen, what is skipped and why, and then file order."""
    standing = rows.subscription(
        next_tip="c", skip_slot="2026-W49", skip_by="U2", quiet_dates=("2026-12-07",), seen=("a",), last_slot="2026-W47"
    )
    assert outlook.upcoming(standing, TOPICS, NOW - timedelta(days=1)) == (
        Upcoming("2026-W48", NOW, "c"),
        Upcoming("2026-W49", NOW + WEEK, "b", "skipped by U2"),
        Upcoming("2026-W50", NOW + 2 * WEEK, "b", "quiet: quiet date"),
        Upcoming("2026-W51", NOW + 3 * WEEK, "b"),
        Upcoming("2026-W52", NOW + 4 * WEEK, "d"),
    )


async def test_what_is_to_come_is_what_comes(ledger: Ledger) -> None:
    """Each week brings what was foretold, holidays and topics and new cycles included."""
    ledger.tips = TOPICS
    await ledger.add(rows.subscription(quiet_country="DE", weekday=4, dimensions=("value", "risks"), next_tip="c"))
    # Next moment: Friday of that week.
    standing = await ledger.subscription()
    foretold = outlook.upcoming(standing, TOPICS, NOW, 20)
    ledger.pass_time(weeks=0)
    for _ in range(20 * 7):
        await ledger.plan()
        ledger.pass_time(days=1)
    came = [
        Upcoming(row.slot, row.due_at, row.subject.removeprefix("tip/"), row.reason)
        for row in await ledger.deliveries()
    ]
    assert came[:20] == list(foretold)
    assert sum(bool(week.skipped) for week in foretold) >= 3  # Christmas, New Year, Good Friday


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({"state": "off", "next_run_at": None}, None),
        ({"state": "starting", "next_run_at": None}, None),
        ({"state": "paused", "next_run_at": None}, None),
        ({"zone": "Mars/Phobos"}, None),
        ({"state": "paused", "next_run_at": None, "paused_until": NOW + timedelta(days=10)}, NOW + 2 * WEEK),
        ({"state": "paused", "next_run_at": None, "paused_until": NOW + WEEK}, NOW + WEEK),
        ({}, NOW),
        ({"next_run_at": NOW - WEEK}, NOW),  # long missed
        ({"next_run_at": NOW - timedelta(hours=11), "weekday": 4}, NOW - timedelta(hours=11)),  # due, not planned yet
    ],
)
def test_when_the_next_one_comes(fields: dict[str, Any], first: datetime | None) -> None:
    """Nothing while tips are off or paused without an end; else from the next moment, or the pause's end, on."""
    weeks = outlook.upcoming(rows.subscription(**fields), TOPICS, NOW, 3)
    assert [week.at for week in weeks[:1]] == ([first] if first else [])
    assert outlook.upcoming(rows.subscription(**fields), {}, NOW, 3) == ()


@pytest.mark.parametrize(
    ("seen", "dimensions", "left"),
    [
        ((), (), "abcd"),
        (("a", "c"), (), "bd"),
        (("a", "c"), ("value",), "a"),  # a new cycle, not with the one that came last
        (("d",), ("skills",), "d"),
        (("b",), ("value", "risks"), "ac"),
    ],
)
def test_which_tips_may_come_next(seen: tuple[str, ...], dimensions: tuple[str, ...], left: str) -> None:
    """Those of its topics that this cycle has not brought yet, in file order."""
    standing = rows.subscription(seen=seen, dimensions=dimensions)
    assert "".join(outlook.pool(standing, TOPICS, NOW.date())) == left
    choice = outlook.choice(standing, TOPICS, NOW.date())
    assert choice is not None
    assert choice.tip == left[0]
    assert outlook.pool(standing, {}, NOW.date()) == ()
