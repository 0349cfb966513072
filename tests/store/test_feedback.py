"""Feedback and counts in the database: once for each form, counted up by everybody at once, and forgotten."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database.access import Database
from store.forgetting import Forgetting
from store.learning import feedback, tallies
from store.learning.feedback import Feedback
from store.learning.tallies import Tallied
from store.learning_tables import Counted, FeedbackKind, tally
from tests.store.orders import watched
from tests.store.rows import NOW


def told(id_: str, **fields: Any) -> Feedback:  # noqa: ANN401 # each takes its field's own type
    """Give what somebody told of a tip."""
    values: dict[str, Any] = {"kind": "wrong", "subject": "tip/a", "version": 3, "created_at": NOW, "words": "7, not 8"}
    return Feedback(**{"id": id_, "platform": "slack", "workspace": "T1", "conversation": "C1", **values, **fields})


async def add(database: Database, *rows: Feedback) -> list[bool]:
    """Write rows down, each in a transaction of its own."""
    added = []
    for row in rows:
        async with database.write() as connection:
            added.append(await feedback.add(connection, row))
    return added


async def every(database: Database) -> tuple[Feedback, ...]:
    """Read all rows."""
    async with database.read() as connection:
        return await feedback.listed(connection)


async def totals(connection: AsyncConnection, workspace: str, conversation: str) -> dict[Tallied, int]:
    """Read what was counted in a conversation."""
    query = select(tally).where(tally.c.workspace == workspace, tally.c.conversation == conversation)
    rows = (await connection.execute(query)).mappings()
    return {Tallied(*(row[name] for name in Tallied._fields)): row["total"] for row in rows}


async def test_a_form_that_is_sent_twice_makes_one_row(database: Database) -> None:
    """The first is kept as it is; all of it comes back."""
    first = told("a", person="U1", place="detail", source="x", closed_at=None)
    assert await add(database, first, told("a", words="again"), told("b")) == [True, False, True]
    assert await every(database) == (first, told("b"))


@pytest.mark.parametrize("kind", get_args(FeedbackKind))
async def test_every_kind_is_taken(database: Database, kind: FeedbackKind) -> None:
    """What the types name the table takes, and nothing else."""
    assert await add(database, told("a", kind=kind)) == [True]
    async with database.read() as connection:
        assert [row.kind for row in await feedback.listed(connection, kinds=(kind,), only_open=True)] == [kind]


async def test_another_kind_is_refused(database: Database) -> None:
    """A kind that nobody answers would lie in the list for ever."""
    with pytest.raises(IntegrityError):
        await add(database, told("a", kind="nice"))


async def test_closing_erases_who_waited_and_is_done_once(database: Database) -> None:
    """What was closed before keeps its version and its moment."""
    await add(database, told("a", person="U1"), told("b", person="U2"), told("c", subject="tip/b", person="U3"))
    later = NOW + timedelta(days=1)
    async with database.write() as connection:
        rows = await feedback.still_open(connection, feedback.about("tip/a"))
        assert [row.id for row in rows] == ["a", "b"]
        assert await feedback.close(connection, ["a"], 4, NOW) == 1
    async with database.write() as connection:
        assert await feedback.close(connection, ["a", "b"], 5, later) == 1
        assert await feedback.still_open(connection, feedback.with_ids(["a", "b", "none"])) == ()
    a, b, c = await every(database)
    assert (a.fixed_in, a.closed_at, a.person) == (4, NOW, "")
    assert (b.fixed_in, b.closed_at, b.person) == (5, later, "")
    assert (c.fixed_in, c.closed_at, c.person) == (0, None, "U3")


async def test_an_id_is_found_by_its_beginning(database: Database) -> None:
    """At most two, and letters that SQL reads otherwise are letters."""
    await add(database, told("abc1"), told("abc2"), told("abc3"))
    async with database.read() as connection:
        assert [row.id for row in await feedback.beginning(connection, "abc1")] == ["abc1"]
        assert len(await feedback.beginning(connection, "abc")) == 2
        assert await feedback.beginning(connection, "%b_") == ()


async def test_a_person_is_forgotten_and_their_words_stay(database: Database) -> None:
    """Theirs of this workspace; nobody is told any more."""
    rows = (told("a", person="U1"), told("b", person="U2"), told("c", person="U1", workspace="T2"))
    await add(database, *rows)
    async with database.write() as connection:
        assert await feedback.forget_person(connection, "slack", "T1", "U1") == 1
        assert await feedback.forget_person(connection, "slack", "T1", "U1") == 0
    assert [row.person for row in await every(database)] == ["", "U2", "U1"]


async def test_what_is_old_goes(database: Database) -> None:
    """Closed rows after their time, and of open ones who waits; what is open stays."""
    before = NOW - timedelta(seconds=1)
    await add(
        database,
        told("a", closed_at=before),
        told("b", closed_at=NOW),
        told("c", created_at=before, person="U1"),
        told("d", created_at=NOW, person="U1"),
    )
    async with database.write() as connection:
        assert await feedback.clear_old(connection, NOW) == 1
    assert {row.id: row.person for row in await every(database)} == {"b": "", "c": "", "d": "U1"}


async def test_it_goes_with_its_conversation_and_its_workspace(database: Database) -> None:
    """So do the counts; what belongs to others stays."""
    await add(database, told("a"), told("b", conversation="C2"), told("c", workspace="T2"))
    places = [("T1", "C1"), ("T1", "C2"), ("T2", "C1")]
    async with database.write() as connection:
        for workspace, conversation in places:
            await tallies.add(connection, "slack", workspace, conversation, "tip/a", "useful")
    async with database.write() as connection:
        await Forgetting().conversations(connection, "slack", "T1", ["C1"])
    assert [row.id for row in await every(database)] == ["b", "c"]
    async with database.write() as connection:
        await Forgetting().workspace(connection, "slack", "T1")
    assert [row.id for row in await every(database)] == ["c"]
    async with database.read() as connection:
        left = [len(await totals(connection, *place)) for place in places]
    assert left == [0, 0, 1]


COUNTED: tuple[Counted, ...] = get_args(Counted)
TALLIES = strategies.builds(
    Tallied,
    platform=strategies.just("slack"),
    workspace=strategies.just("T1"),
    conversation=strategies.sampled_from(["C1", "C2", ""]),
    subject=strategies.sampled_from(["tip/a", "dimension/risks"]),
    what=strategies.sampled_from(COUNTED),
)


@given(groups=strategies.lists(strategies.lists(TALLIES, min_size=1, max_size=8), max_size=5))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_counts_add_up(sqlite: Database, groups: list[list[Tallied]]) -> None:
    """Whatever is counted together or apart, each total is how often it was counted."""
    expected: dict[Tallied, int] = {}
    for conversation in ("C1", "C2", ""):
        async with sqlite.read() as connection:
            expected |= await totals(connection, "T1", conversation)
    for group in groups:
        async with sqlite.write() as connection:
            await tallies.add_all(connection, {one: group.count(one) for one in group})
        for one in group:
            expected[one] = expected.get(one, 0) + 1
    found: dict[Tallied, int] = {}
    for conversation in ("C1", "C2", ""):
        async with sqlite.read() as connection:
            found |= await totals(connection, "T1", conversation)
    assert found == expected


async def test_those_who_count_and_close_at_once_wait_in_one_order(server: Database) -> None:
    """Ten transactions count the same things in other orders, and two close the same row: none is given up."""
    subjects = [f"tip/{number}" for number in range(6)]
    await add(server, told("a", person="U1"))

    async def count(turn: int) -> None:
        async with server.write() as connection:
            ordered = subjects[turn % 6 :] + subjects[: turn % 6]
            await tallies.add_all(connection, {Tallied("slack", "T1", "C1", each, "useful"): 2 for each in ordered})

    async def close(now: datetime) -> int:
        async with server.write() as connection:
            rows = await feedback.still_open(connection, feedback.with_ids(["a"]))
            return await feedback.close(connection, [row.id for row in rows], 4, now)

    with watched() as orders:
        await asyncio.gather(*map(count, range(10)))
        closed = await asyncio.gather(close(NOW), close(NOW))
    assert sorted(closed) == [0, 1]
    assert orders.faults == []
    async with server.read() as connection:
        assert set((await totals(connection, "T1", "C1")).values()) == {20}
