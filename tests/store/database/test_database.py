"""The database of either kind: its transactions, its migrations, and its words when something is wrong."""

import asyncio

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from store import tables
from store.database import migrate
from store.database.access import Database, UnusableError
from store.subscriptions import Subscriptions
from tests import ready
from tests.store import rows

MIGRATE = """
import asyncio, sys
async def main():
    database = Database(sys.argv[1])
    print(await database.migrate())
    await database.close()
asyncio.run(main())
"""


async def test_three_processes_may_start_at_once_on_an_empty_database(empty: str) -> None:
    """However many processes find an empty database at the same moment, one migrates it and all come up."""
    programs = [asyncio.to_thread(ready.ended, ready.DATABASES, MIGRATE, empty) for _ in range(3)]
    ended = await asyncio.gather(*programs)
    assert [each.returncode for each in ended] == [0, 0, 0], [each.stderr for each in ended]
    assert sorted(each.stdout.strip() for each in ended) == ["False", "False", "True"]
    database = Database(empty)
    assert await database.is_current()
    await database.close()


async def test_migrating_again_does_nothing(database: Database) -> None:
    """A database at the newest revision is left alone."""
    assert await database.is_current()
    assert not await database.migrate()


async def test_a_new_database_is_not_current(empty: str) -> None:
    """A database without tables is known as such, and a query on it says what to run."""
    database = Database(empty)
    assert not await database.is_current()
    with pytest.raises(UnusableError, match="python -m bot migrate"):
        async with database.read() as connection:
            await Subscriptions().every(connection)
    await database.close()


async def test_a_database_of_a_newer_version_is_refused_in_words(database: Database) -> None:
    """An older program does not touch a newer database."""
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnusableError, match="another version"):
        await database.migrate()


async def test_concurrent_read_then_write_loses_nothing(address: str, database: Database) -> None:
    """Transactions that read first and write later lose no update, over several connections and processes too."""
    other = Database(address)
    subscriptions = Subscriptions()
    standing = rows.subscription(cycle=0)
    async with database.write() as connection:
        await subscriptions.insert(connection, standing)

    async def increment(through: Database) -> None:
        async with through.write() as connection:
            found = await subscriptions.by_id(connection, standing.id)
            assert found is not None
            await connection.execute(text("UPDATE subscription SET cycle = :new"), {"new": found.cycle + 1})

    await asyncio.gather(*(increment(through) for through in (database, other) * 10))
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT cycle FROM subscription"))).scalar() == 20
    await other.close()


async def test_an_error_rolls_back(database: Database) -> None:
    """What a failed transaction wrote is not there."""
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the error has to leave the transaction
        async with database.write() as connection:
            await Subscriptions().insert(connection, rows.subscription())
            raise ZeroDivisionError
    async with database.read() as connection:
        assert await Subscriptions().every(connection) == ()


async def test_whoever_reads_while_it_is_closed_reads_on(database: Database, closed: list[object]) -> None:
    """Their connection is closed when it comes back, not left to the garbage collector; the next one is kept."""
    async with database.read() as reading:
        own = (await reading.get_raw_connection()).dbapi_connection
        await database.close()
        assert (await reading.execute(text("SELECT 1"))).scalar() == 1
        assert own not in closed
    assert closed[-1] is own
    found = set()
    for _ in range(2):
        async with database.read() as connection:
            found.add((await connection.get_raw_connection()).dbapi_connection)
    assert len(found) == 1
    assert closed[-1] is own


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://user:secret@host/name", "begins with mysql"),
        ("postgresql+asyncpg://user:secret@host/name", "begins with postgresql"),
        ("postgresql://user:secret@host", "names no database"),
        ("postgresql://user:secret@host:port/name", "not an address of the form"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("secret", "not an address of the form"),
    ],
)
def test_addresses_it_cannot_serve(url: str, words: str) -> None:
    """An address of another kind is refused at once, in a sentence that never repeats a password."""
    with pytest.raises(UnusableError, match=words) as caught:
        Database(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_sqlite_needs_nothing_of_postgresql() -> None:
    """Who stays with SQLite loads neither the driver nor SQLAlchemy's half for PostgreSQL."""
    program = (
        "from store.database.access import Database; import store.deliveries.rows, store.history, store.copying;"
        "Database('sqlite:///bot.db');"
        "print([name for name in sys.modules if 'psycopg' in name or 'dialects.postgresql' in name])"
    )
    ended = ready.ended(ready.SERVES, program)
    assert ended.stdout.strip() == "[]", ended.stderr


def test_the_newest_revision_is_the_one_that_is_looked_for() -> None:
    """A migration that is added must be named as the newest, or no database would ever count as current."""
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_heads() == [migrate.NEWEST]


async def test_a_fault_does_not_show_what_people_typed(database: Database) -> None:
    """A refused row is logged without its values; PostgreSQL has words of its own, which are another matter."""
    await database.migrate()
    statement = insert(tables.note).values(name="quokka", value=None, at=None)
    with pytest.raises(IntegrityError) as caught:
        async with database.write() as connection:
            await connection.execute(statement)
    assert "quokka" not in str(caught.value).replace(str(caught.value.orig), "")
