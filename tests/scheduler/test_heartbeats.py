"""Signs of life in the database, and what they betray: a database put back to an older state."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from scheduler.clock import Clock
from scheduler.heartbeats import Beats, count_of
from store.database.access import Database
from store.facts import Fact, Facts
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """Give a migrated database of either kind."""
    database = Database(address)
    yield database
    await database.close()


async def note(database: Database) -> Fact:
    """Give the note of the tick as it stands."""
    async with database.read() as connection:
        return (await Facts().every(connection))["tick"]


async def put_back(database: Database, count: int, at: datetime = NOW) -> None:
    """Put the note back to an older state, or take it away."""
    async with database.write() as connection:
        if count:
            await Facts().write(connection, Fact("tick", f"{count} other:1", at))
        else:
            await Facts().forget(connection, "tick")


async def test_processes_count_on_together(database: Database) -> None:
    """However they take turns, and however their clocks differ, nobody takes it for a restored copy."""
    alarms: list[datetime | None] = []

    async def alarmed(since: datetime | None) -> None:
        alarms.append(since)

    ahead = Beats(database, lambda: NOW + timedelta(hours=1), alarmed)
    behind = Beats(database, lambda: NOW, alarmed)
    for beats in (ahead, behind, behind, ahead, behind):
        await beats.note("tick")
    assert (count_of(await note(database)), alarms) == (5, [])
    assert (await note(database)).at == NOW


async def test_other_processes_see_it_move(database: Database) -> None:
    """Whoever watches is told once for each time anybody ticked."""
    beats, watcher = Beats(database, lambda: NOW, None), Beats(database, lambda: NOW, None)
    assert not await watcher.has_moved("tick")
    await beats.note("tick")
    assert [await watcher.has_moved("tick") for _ in range(2)] == [True, False]


@pytest.mark.parametrize("count", [2, 0])
async def test_an_older_state_is_noticed(database: Database, count: int) -> None:
    """A count below our own last one means that the database was put back, or emptied; told once, then counted on."""
    alarms: list[datetime | None] = []

    async def alarmed(since: datetime | None) -> None:
        alarms.append(since)

    beats = Beats(database, lambda: NOW, alarmed)
    for _ in range(4):
        await beats.note("tick")
    await put_back(database, count, NOW - timedelta(days=1))
    await beats.note("tick")
    await beats.note("tick")
    assert alarms == [NOW - timedelta(days=1) if count else None]
    assert count_of(await note(database)) == count + 2


async def test_what_could_not_be_looked_through_is_tried_again(database: Database) -> None:
    """Where looking through fails, the next beat begins with it, and nothing counts on before."""
    alarms: list[datetime | None] = []

    async def alarmed(since: datetime | None) -> None:
        alarms.append(since)
        if len(alarms) == 1:
            raise ConnectionError

    beats = Beats(database, lambda: NOW, alarmed)
    for _ in range(3):
        await beats.note("tick")
    await put_back(database, 1)
    with pytest.raises(ConnectionError):
        await beats.note("tick")
    assert count_of(await note(database)) == 1
    await beats.note("tick")
    assert (len(alarms), count_of(await note(database))) == (2, 2)


async def test_a_clock_doubts_what_may_have_been_posted(ledger: Ledger) -> None:
    """The note goes back under a running clock: what was due becomes unknown instead of being posted again."""
    clock = Clock(
        ledger.database,
        ledger.dispatcher(),
        ledger,
        now=lambda: ledger.now,
        monotonic=lambda: 0.0,
    )
    for _ in range(3):
        await clock.tick()
    await put_back(ledger.database, 1, NOW - timedelta(hours=2))
    await ledger.add(rows.subscription("C1"))
    await clock.tick()
    assert [(row.state, row.reason) for row in await ledger.deliveries()] == [("unknown", "restored from a backup")]
    assert ledger.messenger.sent == []
    assert (await ledger.subscription()).next_run_at == NOW + timedelta(weeks=1)
