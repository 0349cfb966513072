"""Who wants to see their own gap, as a process knows it: read anew, and never put back by an older reading."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from handlers.known_learners import REFRESH_SECONDS, KnownLearners
from store import ids, learning_tables
from store.database.access import Database
from store.learning.learners import Learners, Person
from tests import databases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALICE: Person = ("slack", "T1", "U1")
BOB: Person = ("teams", "T1", "U1")
ALICE_TOO: Person = ("slack", "T2", "U1")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty database."""
    database = Database(databases.put(tmp_path / "bot.db"))
    yield database
    await database.close()


async def write(database: Database, person: Person) -> None:
    """Let somebody want it, as another process does."""
    async with database.write() as connection:
        await Learners().add(connection, person, NOW)


async def test_what_other_processes_write_is_known_after_the_next_reading(database: Database) -> None:
    """By platform, workspace and person; forgotten elsewhere, they are no longer known."""
    known = KnownLearners(database)
    await write(database, ALICE)
    assert ALICE not in known
    await known.refresh()
    assert ALICE in known
    assert BOB not in known
    async with database.write() as connection:
        await Learners().forget(connection, ALICE)
    await known.refresh()
    assert ALICE not in known


async def test_where_nothing_changed_only_the_newest_are_read(database: Database) -> None:
    """However many there are; who comes is read, and all are where somebody went."""
    known, read = KnownLearners(database), list[str]()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        read.append(statement)

    people: list[Person] = [("slack", "T1", f"U{number}") for number in range(5000)]  # more than are read at once
    async with database.write(many=True) as connection:
        rows = [(ids.digest(*each), *each, NOW - timedelta(days=1)) for each in people]
        named = [dict(zip(learning_tables.learner.c.keys(), row, strict=True)) for row in rows]
        await connection.execute(insert(learning_tables.learner), named)
    await write(database, BOB)
    await known.refresh()
    assert all(person in known for person in [*people, BOB])
    event.listen(Engine, "before_cursor_execute", note)
    try:
        await known.refresh()
        quiet, read[:] = [line for line in read if "learner" in line], []
        await write(database, ALICE_TOO)
        await known.refresh()
        assert ALICE_TOO in known
        async with database.write() as connection:
            await Learners().forget(connection, people[7])
            await Learners().add(connection, ALICE, NOW)  # as many as before
        await known.refresh()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(quiet) == 2
    assert "since >= " in quiet[0]
    assert "count(*)" in quiet[1]
    assert people[7] not in known
    assert ALICE in known


@given(st.lists(st.tuples(st.sampled_from(["elsewhere", "here", "refresh"]), st.booleans(), st.integers(0, 4))))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_next_reading_knows_it(tmp_path: Path, steps: list[tuple[str, bool, int]]) -> None:
    """Who comes and goes, here and elsewhere, in any order, some minutes apart."""

    async def play() -> None:
        path = tmp_path / f"{uuid4().hex}.db"
        database = Database(databases.put(path))
        known, now = KnownLearners(database), NOW
        for where, is_wanted, number in [*steps, ("refresh", True, 0)]:
            person: Person = ("slack", "T1", f"U{number}")
            now += timedelta(minutes=40)
            if where == "refresh":
                await known.refresh()
                continue
            async with database.write() as connection:
                if is_wanted:
                    await Learners().add(connection, person, now)
                else:
                    await Learners().forget(connection, person)
            if where == "here":
                (known.add if is_wanted else known.discard)(person)
        async with database.read() as connection:
            wanted = await Learners().every(connection)
        for number in range(5):
            person = ("slack", "T1", f"U{number}")
            assert (person in known) == (person in wanted)
        await database.close()

    asyncio.run(play())


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_a_reading_that_began_before_a_change_does_not_undo_it(database: Database, *, is_wanted: bool) -> None:
    """What somebody pressed here meanwhile is newer."""
    known = KnownLearners(database)
    if not is_wanted:
        await write(database, ALICE)
    reading = asyncio.create_task(known.refresh())
    await asyncio.sleep(0)  # one turn: it begins
    (known.add if is_wanted else known.discard)(ALICE)
    await reading
    assert (ALICE in known) == is_wanted


async def test_it_is_read_at_an_interval_and_again_after_trouble(tmp_path: Path) -> None:
    """One reading each time it has waited; a database that is away is no end of it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    database = Database(databases.put(folder / "bot.db"))
    await write(database, ALICE)
    await database.close()
    known, waits, go_on = KnownLearners(database), asyncio.Queue[float](), asyncio.Queue[None]()

    async def wait(seconds: float) -> None:
        waits.put_nowait(seconds)
        await go_on.get()

    folder.rename(tmp_path / "unmounted")
    reading = asyncio.create_task(known.keep_fresh(wait))
    assert await waits.get() == REFRESH_SECONDS
    go_on.put_nowait(None)
    assert await waits.get() == REFRESH_SECONDS
    assert ALICE not in known
    (tmp_path / "unmounted").rename(folder)
    go_on.put_nowait(None)
    assert await waits.get() == REFRESH_SECONDS
    assert ALICE in known
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await database.close()
