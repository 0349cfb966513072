"""Who wants to see their own gap, as a process knows it: read anew, and never put back by an older reading."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.known_learners import REFRESH_SECONDS, KnownLearners
from store.database.access import Database
from store.learning.learners import Learners, Person
from tests import databases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALICE: Person = ("slack", "T1", "U1")
BOB: Person = ("teams", "T1", "U1")


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
