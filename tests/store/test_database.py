"""The database: its transactions, its migrations, its backups, and its words when something is wrong."""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store import schema
from store.database import Database, UnusableError
from store.subscriptions import Subscriptions
from store.tables import metadata
from tests.store import rows

ROOT = Path(__file__).parents[2]
MIGRATE = """
import asyncio, sys
from store.database import Database
async def main():
    database = Database(sys.argv[1])
    sys.stdin.readline()
    print(await database.migrate())
    await database.close()
asyncio.run(main())
"""


async def test_migrations_make_the_tables_the_code_uses(database: Database) -> None:
    """The migrations and store/tables.py describe the same tables."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_three_processes_may_start_at_once_on_an_empty_file(tmp_path: Path) -> None:
    """However many processes find an empty database at the same moment, one migrates it and all come up."""
    url = f"sqlite:///{tmp_path}/bot.db"
    programs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, url, cwd=ROOT, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    answers = await asyncio.gather(*(program.communicate(b"go\n") for program in programs))
    assert [program.returncode for program in programs] == [0, 0, 0], [error.decode() for _, error in answers]
    assert sorted(answer.decode().strip() for answer, _ in answers) == ["False", "False", "True"]
    database = Database(url)
    assert await database.is_current()
    await database.close()


async def test_migrating_again_does_nothing(database: Database) -> None:
    """A database at the newest revision is left alone."""
    assert await database.is_current()
    assert not await database.migrate()


async def test_a_new_file_is_not_current(tmp_path: Path) -> None:
    """A file without tables is known as such, and a query on it says what to run."""
    database = Database(f"sqlite:///{tmp_path}/bot.db")
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


async def test_pragmas(database: Database) -> None:
    """Every commit survives a power cut, readers don't block the writer, and foreign keys count."""
    async with database.read() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value


async def test_concurrent_read_then_write_loses_nothing(tmp_path: Path, database: Database) -> None:
    """Transactions that read first and write later run one after the other, over several connections too."""
    other = Database(f"sqlite:///{tmp_path}/bot.db")
    standing = rows.subscription(cycle=0)
    async with database.write() as connection:
        await Subscriptions().insert(connection, standing)

    async def increment(through: Database) -> None:
        async with through.write() as connection:
            read = (await connection.execute(text("SELECT cycle FROM subscription"))).scalar_one()
            await connection.execute(text("UPDATE subscription SET cycle = :new"), {"new": read + 1})

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


async def test_a_backup_is_a_whole_database(tmp_path: Path, database: Database) -> None:
    """A backup taken while the bot runs opens as a database with the same rows."""
    standing = rows.subscription()
    async with database.write() as connection:
        await Subscriptions().insert(connection, standing)
    async with database.read():
        await database.backup(tmp_path / "copy.db")
    copy = Database(f"sqlite:///{tmp_path}/copy.db")
    assert await copy.is_current()
    async with copy.read() as connection:
        assert await Subscriptions().every(connection) == (standing,)
    await copy.close()


async def test_a_backup_never_overwrites(tmp_path: Path, database: Database) -> None:
    """An existing file is refused and left as it was."""
    target = tmp_path / "kept"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(UnusableError, match="exists already"):
        await database.backup(target)
    assert target.read_text(encoding="utf-8") == "precious"


async def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Copying what is not a database fails in words and leaves no half a file; nor is a missing source created."""
    (tmp_path / "bot.db").write_bytes(b"not a database at all, but longer than a header" * 100)
    with pytest.raises(UnusableError, match="is not a database"):
        await Database(f"sqlite:///{tmp_path}/bot.db").backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(UnusableError, match="no database at"):
        await Database(f"sqlite:///{tmp_path}/none.db").backup(tmp_path / "copy.db")
    with pytest.raises(UnusableError, match="can't be written"):
        await Database(f"sqlite:///{tmp_path}/bot.db").backup(tmp_path / "no such folder" / "copy.db")
    assert not (tmp_path / "no such folder").exists()


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The folder is not made in silence: a typing error would hide a whole database."""
    database = Database(f"sqlite:///{tmp_path}/missing/bot.db")
    with pytest.raises(UnusableError, match="missing of the database does not exist"):
        await database.migrate()
    await database.close()


async def test_a_database_that_is_a_folder_is_named(tmp_path: Path) -> None:
    """A path that can't be a file is refused in words."""
    with pytest.raises(UnusableError, match="can't be opened: Is a directory"):
        await Database(f"sqlite:///{tmp_path}").migrate()


async def test_something_else_in_the_file_is_named(tmp_path: Path) -> None:
    """A file that is no database is not touched."""
    (tmp_path / "bot.db").write_bytes(b"a diary\n" * 1000)
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    with pytest.raises(UnusableError, match="is not a database"):
        await database.migrate()
    await database.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write where it is forbidden")
async def test_a_read_only_file_is_named(tmp_path: Path, database: Database) -> None:
    """A file that can be read only is said to be so."""
    await database.close()
    (tmp_path / "bot.db").chmod(0o400)
    with pytest.raises(UnusableError, match="can't be"):
        async with database.write() as connection:
            await Subscriptions().insert(connection, rows.subscription())


async def test_a_read_only_database_is_named(tmp_path: Path, database: Database) -> None:
    """A write that SQLite refuses as read-only is put in words (here through its own switch, which holds for root)."""
    with pytest.raises(UnusableError, match="can't be written: give this user"):  # noqa: PT012 # it has to leave the transaction
        async with database.write() as connection:
            await connection.execute(text("PRAGMA query_only = ON"))
            await Subscriptions().insert(connection, rows.subscription())
    assert (tmp_path / "bot.db").exists()


async def test_a_lock_that_stays_is_named(tmp_path: Path, database: Database) -> None:
    """Another program that keeps the database locked is told apart from a fault."""
    hog = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    hog.execute("BEGIN IMMEDIATE")
    async with database.read() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with pytest.raises(UnusableError, match="is locked"):
        async with database.write():
            raise AssertionError("the lock was given twice")
    hog.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://user:secret@host/name", "PostgreSQL is not supported yet"),
        ("postgres://user:secret@host/name", "PostgreSQL is not supported yet"),
        ("mysql://user:secret@host/name", "begins with mysql"),
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


def test_the_newest_revision_is_the_one_that_is_looked_for() -> None:
    """A migration that is added must be named as the newest, or no database would ever count as current."""
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.NEWEST]
