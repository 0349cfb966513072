"""The database in a file: what SQLite is told, its backups, and its words when something is wrong."""

import asyncio
import os
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import Pool

from store import facts
from store.database import sqlite_library
from store.database.access import Database, UnusableError
from store.facts import Facts
from store.subscriptions import Subscriptions
from tests.store import rows
from tests.store.rows import NOW


def names(folder: Path) -> list[str]:
    """List a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_pragmas(sqlite: Database) -> None:
    """Every commit survives a power cut, readers don't block the writer, and foreign keys count."""
    async with sqlite.read() as connection:
        pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
        for pragma, value in pragmas.items():
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar() == value


async def test_what_made_the_tables_is_closed(tmp_path: Path) -> None:
    """A connection keeps the statements it has run; of those that make tables nobody runs one again."""
    opened: list[object] = []
    closed: list[object] = []

    def connect(connection: object, _record: object) -> None:
        opened.append(connection)

    def close(connection: object) -> None:
        closed.append(connection)

    event.listen(Pool, "connect", connect)
    event.listen(Pool, "close_detached", close)
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    try:
        assert await database.migrate()
        assert opened
        assert closed == opened
        assert await database.is_current()
    finally:
        event.remove(Pool, "connect", connect)
        event.remove(Pool, "close_detached", close)
        await database.close()


async def test_whoever_reads_while_the_tables_are_made_reads_on(tmp_path: Path) -> None:
    """Of all connections only the one that made them is closed: another would be left open, and to nobody."""
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    try:
        async with database.read() as reading:
            own = (await reading.get_raw_connection()).dbapi_connection
            assert await database.migrate()
            assert (await reading.execute(text("SELECT 1"))).scalar() == 1
        async with database.read() as again:
            assert (await again.get_raw_connection()).dbapi_connection is own
    finally:
        await database.close()


async def test_the_log_is_written_back_by_us_alone(tmp_path: Path, sqlite: Database) -> None:
    """SQLite does not do it by itself, beside the commits of other processes; the log stays small all the same."""
    for transaction in (sqlite.read, sqlite.write):
        async with transaction() as connection:
            assert (await connection.execute(text("PRAGMA wal_autocheckpoint"))).scalar() == 0
    for number in range(200):
        async with sqlite.write() as connection:
            some = [rows.subscription(f"C{number}-{channel}") for channel in range(20)]
            await Subscriptions().insert_many(connection, some)
    assert (tmp_path / "bot.db-wal").stat().st_size < 7_000_000  # all of them take 9 MB
    async with sqlite.write(many=True) as connection:
        await Subscriptions().insert_many(connection, [rows.subscription(f"C{number}") for number in range(300)])
    await all_is_written_back(tmp_path, sqlite)


async def all_is_written_back(folder: Path, sqlite: Database) -> None:
    """Expect all of the log in the file, once it has had its turn."""
    async with sqlite.write() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    assert (folder / "bot.db").stat().st_size == pages * 4096


async def test_who_wrote_does_not_wait_for_the_log(tmp_path: Path, sqlite: Database) -> None:
    """While it can't be written back: who committed goes on, even cancelled just then, and it is done afterwards."""
    hog = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    is_committed = asyncio.Event()

    def hold(*_: object) -> None:
        hog.execute("BEGIN IMMEDIATE")
        is_committed.set()

    async def write() -> str:
        async with sqlite.write(many=True) as connection:
            await Subscriptions().insert_many(connection, [rows.subscription(f"C{number}") for number in range(300)])
            event.listen(Pool, "checkin", hold, once=True)
        return "written"

    writing = asyncio.create_task(write())
    await is_committed.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    writing.cancel()
    (came,) = await asyncio.gather(writing, return_exceptions=True)
    assert came == "written"
    hog.close()
    await all_is_written_back(tmp_path, sqlite)


async def test_a_backup_is_a_whole_database(tmp_path: Path, sqlite: Database) -> None:
    """A backup taken while the bot runs opens as a database with the same rows."""
    standing = rows.subscription()
    async with sqlite.write() as connection:
        await Subscriptions().insert(connection, standing)
    async with sqlite.read():
        await sqlite.backup(tmp_path / "copy.db", NOW)
    copy = Database(f"sqlite:///{tmp_path}/copy.db")
    assert await copy.is_current()
    async with copy.read() as connection:
        assert await Subscriptions().every(connection) == (standing,)
    await copy.close()


async def test_a_backup_never_overwrites(tmp_path: Path, sqlite: Database) -> None:
    """An existing file is refused and left as it was."""
    target = tmp_path / "kept"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(UnusableError, match="exists already"):
        await sqlite.backup(target, NOW)
    assert target.read_text(encoding="utf-8") == "precious"


async def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Copying what is not a database fails in words and leaves no half a file; nor is a missing source created."""
    (tmp_path / "bot.db").write_bytes(b"not a database at all, but longer than a header" * 100)
    with pytest.raises(UnusableError, match="is not a database"):
        await Database(f"sqlite:///{tmp_path}/bot.db").backup(tmp_path / "copy.db", NOW)
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(UnusableError, match="no database at"):
        await Database(f"sqlite:///{tmp_path}/none.db").backup(tmp_path / "copy.db", NOW)
    with pytest.raises(UnusableError, match="can't be written"):
        await Database(f"sqlite:///{tmp_path}/bot.db").backup(tmp_path / "no such folder" / "copy.db", NOW)
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


async def test_something_that_is_no_file_is_named(tmp_path: Path) -> None:
    """Nor is one waited for that would never answer."""
    os.mkfifo(tmp_path / "bot.db")
    with pytest.raises(UnusableError, match="can't be opened: It is not a file"):
        await Database(f"sqlite:///{tmp_path}/bot.db").is_current()


@pytest.mark.parametrize(
    "content",
    [b"a diary\n" * 1000, b"abc", b"SQLite format 3\0" + b"and more" * 1000],
    ids=["text", "a short text", "what begins like one"],
)
async def test_something_else_in_the_file_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is not touched, and nothing goes on working on it."""
    (tmp_path / "bot.db").write_bytes(content)
    before = set(threading.enumerate())
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    for look in (database.migrate, database.is_current):
        with pytest.raises(UnusableError, match="is not a database"):
            await look()
    await database.close()
    assert names(tmp_path) == ["bot.db"]
    assert (tmp_path / "bot.db").read_bytes() == content
    left = [thread for thread in set(threading.enumerate()) - before if "connection_worker" in thread.name]
    for thread in left:
        await asyncio.to_thread(thread.join, 10)  # it has answered, and may be about to end
    assert [thread for thread in left if thread.is_alive()] == []


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
async def test_a_name_of_sqlites_own_is_refused(tmp_path: Path, sqlite: Database, ending: str) -> None:
    """A copy of that name would be taken for a part of the database beside it."""
    await sqlite.close()
    for target in (tmp_path / f"bot.db{ending}", tmp_path / f"other{ending}"):
        with pytest.raises(UnusableError, match="choose another name"):
            await sqlite.backup(target, NOW)
        with pytest.raises(UnusableError, match="choose another name"):
            Database(f"sqlite:///{target}")
    assert names(tmp_path) == ["bot.db"]


@pytest.mark.parametrize(
    ("version", "has_fault"),
    [
        ("3.6.23", False),
        ("3.7.0", True),
        ("3.40.1", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.45.0", True),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.53.0", False),
        ("4.0.0", False),
    ],
)
def test_which_libraries_have_the_fault_is_known(version: str, *, has_fault: bool) -> None:
    """SQLite's own list: mended in 3.51.3, and in two older lines."""
    assert sqlite_library.has_reset_fault(version) is has_fault


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write where it is forbidden")
async def test_a_read_only_file_is_named(tmp_path: Path, sqlite: Database) -> None:
    """A file that can be read only is said to be so."""
    await sqlite.close()
    (tmp_path / "bot.db").chmod(0o400)
    with pytest.raises(UnusableError, match="can't be"):
        async with sqlite.write() as connection:
            await Subscriptions().insert(connection, rows.subscription())


async def test_a_read_only_database_is_named(tmp_path: Path, sqlite: Database) -> None:
    """A write that SQLite refuses as read-only is put in words (here through its own switch, which holds for root)."""
    with pytest.raises(UnusableError, match="can't be written: give this user"):  # noqa: PT012 # it has to leave the transaction
        async with sqlite.write() as connection:
            await connection.execute(text("PRAGMA query_only = ON"))
            await Subscriptions().insert(connection, rows.subscription())
    assert (tmp_path / "bot.db").exists()


async def test_a_lock_that_stays_is_named(tmp_path: Path, sqlite: Database) -> None:
    """Another program that keeps the database locked is told apart from a fault."""
    hog = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    hog.execute("BEGIN IMMEDIATE")
    async with sqlite.read() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with pytest.raises(UnusableError, match="is locked"):
        async with sqlite.write() as connection:
            await connection.execute(text("SELECT 1"))
    hog.close()


async def test_a_writer_has_the_lock_from_its_first_statement(tmp_path: Path, sqlite: Database) -> None:
    """A writer has the lock from its first statement on, even one that reads: nobody else writes in between."""
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None, timeout=0)
    async with sqlite.write() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_writer_whose_first_statement_fails_gives_the_lock_back(tmp_path: Path, sqlite: Database) -> None:
    """It took the lock all the same: whoever catches the error and goes on commits, and other programs can write."""
    async with sqlite.write() as connection:
        with pytest.raises(DatabaseError):
            await connection.execute(text("INSERT INTO nothing VALUES (1)"))
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None, timeout=0)
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


async def test_a_connection_is_durable_however_it_begins(sqlite: Database) -> None:
    """A first transaction without a statement doesn't lose what is set with it."""
    async with sqlite.read():
        pass
    async with sqlite.read() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2


async def test_one_that_reads_sees_one_moment(tmp_path: Path, sqlite: Database) -> None:
    """What others commit between two of its statements is not seen before the next transaction."""
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    count = text("SELECT count(*) FROM note")
    async with sqlite.read() as connection:
        before = (await connection.execute(count)).scalar_one()
        other.execute("INSERT INTO note (name, value, at) VALUES ('other', '', 0)")
        assert (await connection.execute(count)).scalar_one() == before
    async with sqlite.read() as connection:
        assert (await connection.execute(count)).scalar_one() == before + 1
    other.close()


async def test_a_backup_knows_when_it_was_made(tmp_path: Path, sqlite: Database) -> None:
    """The copy notes it, the original does not; a copy of a copy is as old as the first."""
    assert await sqlite.backup(tmp_path / "copy.db", NOW)
    copy = Database(f"sqlite:///{tmp_path}/copy.db")
    await copy.backup(tmp_path / "again.db", NOW.replace(year=2027))
    again = Database(f"sqlite:///{tmp_path}/again.db")
    for database, expected in ((sqlite, None), (copy, NOW), (again, NOW)):
        async with database.read() as connection:
            note = (await Facts().every(connection)).get(facts.BACKUP)
        assert (note.at if note else None) == expected
        await database.close()


async def test_a_backup_of_an_older_version_says_that_it_knows_nothing(tmp_path: Path) -> None:
    """Where there is no place for the note the copy is made all the same, and whoever asked is told."""
    with sqlite3.connect(tmp_path / "bot.db") as old:
        old.execute("CREATE TABLE delivery (id)")
    old.close()
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    assert not await database.backup(tmp_path / "copy.db", NOW)
    assert (tmp_path / "copy.db").exists()


async def test_a_full_disk_is_named_and_nothing_is_half_written(sqlite: Database) -> None:
    """A disk that is full refuses the transaction; once there is room it works again."""
    async with sqlite.read() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    many = [rows.subscription(f"C{number}") for number in range(200)]
    with pytest.raises(UnusableError, match="is full: make room"):
        async with sqlite.write() as connection:
            await Subscriptions().insert_many(connection, many)
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    async with sqlite.write() as connection:
        await Subscriptions().insert_many(connection, many)
