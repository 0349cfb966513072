"""The fault run moves the bots' clock to what unknown rows wait for, and never past the grace of an open one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.faults import passing
from bench.faults.passing import Row, Terms
from scheduler import planning
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.deliveries.unknown import Unsettled
from tests import databases
from tests.store import rows as ledger

DUE = 1_000_000.0  # when all were due
GRACE = planning.GRACE.total_seconds()
TERMS = Terms(rested=6.0, spare=240.0)
NOW = DUE + 100


def unknown(**fields: Any) -> Row:  # noqa: ANN401 # each takes its field's own type
    """Give a row whose outcome was lost 20 s after it was due."""
    return replace(Row("unknown", DUE, DUE + 20), **fields)


def test_time_passes_until_an_unknown_row_may_be_looked_up_again() -> None:
    """One that was looked up in vain comes again after as long as it had been unknown by then, six hours at most."""
    assert passing.moment([unknown(changed_at=NOW)], NOW, TERMS) == NOW + 6
    assert passing.moment([unknown(looked_at=DUE + 90)], NOW, TERMS) == DUE + 90 + 70
    assert passing.moment([unknown(lease_until=NOW + 3)], NOW, TERMS) == NOW + 3
    late = DUE + 9 * 3600.0
    assert passing.moment([unknown(changed_at=DUE, looked_at=late)], late, TERMS) == late + 6 * 3600


def test_no_time_passes_where_none_is_waited_for() -> None:
    """All may be looked up already, none is unknown, or the one that is was never tried: then only a person knows."""
    waits = unknown(looked_at=DUE + 90)
    for rows in ([unknown(), unknown()], [replace(waits, state="planned")], [replace(waits, attempt=0)], []):
        assert passing.moment(rows, NOW, TERMS) == NOW


def test_those_that_come_soon_after_the_first_come_with_it() -> None:
    """Each step is a restart: two minutes are waited for the others, or once more as long as for the first."""
    for waits, step in (((0, 119, 121), 119), ((20, 119, 121), 119), ((100, 199, 201), 199), ((300, 601, 700), 300)):
        rows = [unknown(changed_at=NOW + wait - TERMS.rested) for wait in waits]
        assert passing.moment(rows, NOW, TERMS) == NOW + step
        assert passing.moment(rows[::-1], NOW, TERMS) == NOW + step


@pytest.mark.parametrize("state", ["planned", "sending"])
def test_no_time_passes_beyond_the_grace_of_an_open_row(state: Any) -> None:  # noqa: ANN401 # a Literal of states
    """It would end as skipped: then the unknown one waits for its time to go by, or for the open one to end."""
    last = DUE + GRACE - TERMS.spare
    now, open_ = last - 1000, Row(state, DUE, NOW)
    waits = unknown(due_at=now, changed_at=now - 3000, looked_at=now - 500)  # for 2,000 s more
    assert passing.moment([waits], now, TERMS) == now + 2000
    assert passing.moment([waits, open_], now, TERMS) == last
    assert passing.moment([waits, open_], last + 10, TERMS) == last + 10


def test_none_waits_for_the_next_beyond_its_own_grace() -> None:
    """Looked up first by itself, an unknown row that is missing can be posted yet."""
    now = DUE + GRACE - TERMS.spare - 1000
    first, after = (unknown(changed_at=now + wait - TERMS.rested) for wait in (900.0, 1500.0))
    assert passing.moment([first, after], now, TERMS) == now + 1000
    assert passing.moment([unknown(changed_at=now + 1200)], now, TERMS) == now + 1206


seconds = st.floats(0, 3 * GRACE)
moments = seconds.map(lambda passed: DUE + passed)
anything = st.builds(
    Row,
    st.sampled_from(["planned", "sending", "unknown"]),
    moments,
    moments,
    st.none() | moments,
    st.none() | moments,
    st.integers(0, 3),
)


@given(st.lists(anything, max_size=8), moments, st.floats(0, 500))
def test_whatever_the_rows_are_no_open_one_comes_too_late(rows: list[Row], now: float, spare: float) -> None:
    """The clock never goes back, and a step ends within the grace of every open row, less what is spared."""
    moment = passing.moment(rows, now, Terms(6.0, spare))
    assert moment >= now
    for row in rows:
        if row.state != "unknown" and moment > now:
            assert moment <= row.due_at + GRACE - spare


waits = st.lists(seconds.map(lambda wait: unknown(changed_at=DUE + wait / 10)), min_size=1, max_size=8)


@given(waits, st.booleans())
def test_however_often_looks_are_in_vain(rows: list[Row], has_open: bool) -> None:  # noqa: FBT001 # given's is by position
    """Step by step, with looks that never find anything: beside an open row the clock stops within its grace."""
    now, open_ = DUE + GRACE / 4, [Row("planned", DUE, DUE)] if has_open else []
    for _ in range(200):
        rows = [
            replace(row, looked_at=now) if (look := passing.next_look(row, TERMS)) is None or look <= now else row
            for row in rows
        ]
        now = passing.moment([*rows, *open_], now, TERMS)
    last = DUE + GRACE - TERMS.spare
    assert now == last if has_open else now > last


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"looked_at": 50.0},
        {"looked_at": 300.0},
        {"changed_at": 400.0, "looked_at": 50.0},
        {"lease_until": 700.0},
        {"not_before": 800.0},
        {"looked_at": 13 * 3600.0},
    ],
)
async def test_it_is_when_the_bots_look(tmp_path: Path, fields: dict[str, float]) -> None:
    """The moment read from the ledger is the first at which their own query lists the row."""
    start = ledger.NOW
    columns: dict[str, Any] = {"state": "unknown", "attempt": 1, "changed_at": start + timedelta(seconds=20)}
    row = ledger.delivery(**(columns | {name: start + timedelta(seconds=wait) for name, wait in fields.items()}))
    address = databases.put(tmp_path / "bot.db")
    database = Database(address)
    try:
        async with database.write() as connection:
            await Deliveries().insert_missing(connection, [row, ledger.delivery("share:2", state="sent")])
        (read,) = passing.unsettled(address)
        moment = passing.next_look(read, TERMS)
        assert moment is not None
        async with database.read() as connection:
            for wait, is_due in ((-0.01, False), (0.01, True)):
                at = datetime.fromtimestamp(moment + wait, UTC)
                due = await Unsettled().due(connection, at, timedelta(seconds=TERMS.rested), 10, ["slack"])
                assert (len(due) == 1) is is_due
    finally:
        await database.close()
