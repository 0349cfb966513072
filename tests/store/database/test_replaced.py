"""The database's file goes away, or another takes its place, while the bot runs."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from store import facts
from store.database import sqlite as backend
from store.database import sqlite_backup
from store.database.access import Database, UnusableError
from store.database.sqlite_steps import Connection
from store.facts import Fact, Facts
from store.subscriptions import Subscriptions
from tests.store import rows
from tests.store.rows import NOW


async def with_a_copy(folder: Path, sqlite: Database) -> None:
    """Copy the file, and write more into the database than the copy has."""
    await sqlite.close()
    shutil.copy(folder / "bot.db", folder / "copy.db")
    async with sqlite.write() as connection:
        await Subscriptions().insert(connection, rows.subscription())


async def test_a_file_that_is_gone_for_a_while(tmp_path: Path, sqlite: Database) -> None:
    """While the file is away every transaction says so, and none goes on with what nobody finds; then it works."""
    (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
    for transaction in (sqlite.read, sqlite.write):
        with pytest.raises(UnusableError, match="not there any more: put it back"):
            async with transaction():
                raise AssertionError("there is no file")
    with pytest.raises(UnusableError, match="put it back"):
        await sqlite.is_current()
    assert not (tmp_path / "bot.db").exists()
    (tmp_path / "elsewhere.db").rename(tmp_path / "bot.db")
    async with sqlite.write() as connection:
        await Subscriptions().insert(connection, rows.subscription())
    assert await sqlite.is_current()


async def test_another_file_in_its_place_is_a_backup(tmp_path: Path, sqlite: Database) -> None:
    """A copy that is put in place of the file is used from then on, and noted as one, whoever made it."""
    await with_a_copy(tmp_path, sqlite)
    (tmp_path / "copy.db").replace(tmp_path / "bot.db")
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()
        assert facts.BACKUP in await Facts().every(connection)
    async with sqlite.write() as connection:
        await Facts().write(connection, Fact("tick", "1", NOW))
    other = Database(f"sqlite:///{tmp_path}/bot.db")
    async with other.read() as connection:
        assert "tick" in await Facts().every(connection)
    await other.close()


async def test_who_reads_while_another_file_takes_its_place_reads_on(
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch, closed: list[object]
) -> None:
    """They see the old file to their end, and their connection is closed; of its log nothing gets into the new one."""
    monkeypatch.setattr(backend, "BUSY_SECONDS", 0.05)
    await with_a_copy(tmp_path, sqlite)
    closed.clear()
    async with sqlite.read() as reading:
        own = (await reading.get_raw_connection()).dbapi_connection
        (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
        (tmp_path / "copy.db").rename(tmp_path / "bot.db")
        with pytest.raises(UnusableError, match="while the old one was being read"):
            await sqlite.is_current()
        assert len(await Subscriptions().every(reading)) == 1
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()
    assert closed == [own]
    with sqlite3.connect(tmp_path / "elsewhere.db") as old:
        assert old.execute("SELECT count(*) FROM subscription").fetchone() == (1,)
    old.close()


async def test_the_new_file_is_used_once_nobody_reads_the_old_one(tmp_path: Path, sqlite: Database) -> None:
    """Whoever comes meanwhile waits, and needs not ask again."""
    await with_a_copy(tmp_path, sqlite)

    async def found() -> int:
        async with sqlite.read() as connection:
            return len(await Subscriptions().every(connection))

    async with sqlite.read() as reading:
        (tmp_path / "copy.db").replace(tmp_path / "bot.db")
        finding = asyncio.create_task(found())
        for _ in range(20):
            assert len(await Subscriptions().every(reading)) == 1
        assert not finding.done()
    assert await finding == 0


async def test_a_log_that_another_program_reads_is_not_played_into_the_new_file(
    tmp_path: Path, sqlite: Database
) -> None:
    """It can't be taken away then: nothing is opened before the other program lets go."""
    await with_a_copy(tmp_path, sqlite)
    async with sqlite.read() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM subscription").fetchone()
    (tmp_path / "copy.db").replace(tmp_path / "bot.db")
    with pytest.raises(UnusableError, match="locked by another program"):
        await sqlite.is_current()
    other.execute("COMMIT")
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()
    other.close()


async def test_whoever_is_cancelled_meanwhile_leaves_it_whole(
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old connections are closed all the same, and the next who comes has the new file."""
    monkeypatch.setattr(backend, "BUSY_SECONDS", 0.05)
    await with_a_copy(tmp_path, sqlite)
    async with sqlite.read() as one, sqlite.read() as other:
        assert [len(await Subscriptions().every(each)) for each in (one, other)] == [1, 1]
    close, begun, closed = Connection.close, asyncio.Event(), list[Connection]()

    async def noted(connection: Connection) -> None:
        begun.set()
        await close(connection)
        closed.append(connection)

    monkeypatch.setattr(Connection, "close", noted)
    (tmp_path / "copy.db").replace(tmp_path / "bot.db")
    asking = asyncio.create_task(sqlite.is_current())
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(closed) == 2
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()


async def test_all_who_come_while_it_is_read_wait_together(
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one after the other, each for as long as the one before."""
    await with_a_copy(tmp_path, sqlite)
    loop, sleep = asyncio.get_running_loop(), asyncio.sleep
    began = now = loop.time()

    async def slept(seconds: float) -> None:
        nonlocal now
        now += seconds
        await sleep(0)

    async with sqlite.read() as reading:
        assert len(await Subscriptions().every(reading)) == 1
        (tmp_path / "copy.db").replace(tmp_path / "bot.db")
        monkeypatch.setattr(loop, "time", lambda: now)
        monkeypatch.setattr(asyncio, "sleep", slept)
        told = await asyncio.gather(*(sqlite.is_current() for _ in range(6)), return_exceptions=True)
        monkeypatch.undo()
        assert [type(each) for each in told] == [UnusableError] * 6
        assert now - began < backend.BUSY_SECONDS * 1.1


async def test_a_connection_that_finds_another_file_leaves_it_alone(
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the place of ours just before it was opened, and the log of ours lies beside it."""
    await with_a_copy(tmp_path, sqlite)
    connect = sqlite3.connect

    def late(*args: Any, **kwargs: Any) -> sqlite3.Connection:  # noqa: ANN401 # as sqlite3 takes them
        if (tmp_path / "copy.db").exists():
            (tmp_path / "copy.db").replace(tmp_path / "bot.db")
        connection: sqlite3.Connection = connect(*args, **kwargs)
        return connection

    async with sqlite.read() as reading:
        assert len(await Subscriptions().every(reading)) == 1
        monkeypatch.setattr(sqlite3, "connect", late)
        with pytest.raises(UnusableError, match="Trying again may work"):
            async with sqlite.read() as connection:
                await Subscriptions().every(connection)
    async with sqlite.read() as connection:
        assert await Subscriptions().every(connection) == ()
    assert await sqlite.is_current()


async def test_the_log_is_not_written_back_into_another_file(
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the place of ours while the lock for that was waited for."""
    await with_a_copy(tmp_path, sqlite)
    (tmp_path / "old.db").hardlink_to(tmp_path / "bot.db")
    existing = sqlite_backup.existing

    def late(path: Path) -> sqlite3.Connection:
        (tmp_path / "copy.db").replace(tmp_path / "bot.db")
        return existing(path)

    monkeypatch.setattr(sqlite_backup, "existing", late)
    async with sqlite.write(many=True) as connection:
        await Facts().write(connection, Fact("tick", "1", NOW))
    async with sqlite.write() as connection:  # which waits until it has been written back
        assert await Subscriptions().every(connection) == ()
    with sqlite3.connect(tmp_path / "old.db") as old:
        assert old.execute("SELECT count(*) FROM subscription").fetchone() == (1,)
    old.close()


async def test_what_cannot_be_committed_keeps_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where readers keep out writers, as in a file that SQLite's shell made, a commit fails; then others may go on."""
    path = tmp_path / "bot.db"
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    other.execute("CREATE TABLE word (said)")
    monkeypatch.setattr(backend, "_SETTINGS", ("PRAGMA busy_timeout = 1",))
    database = Database(f"sqlite:///{path}")
    other.execute("BEGIN")
    other.execute("SELECT * FROM word").fetchall()
    with pytest.raises(UnusableError, match="locked by another program"):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO word VALUES ('hello')"))
    other.execute("COMMIT")
    other.execute("INSERT INTO word VALUES ('mine')")
    assert other.execute("SELECT said FROM word").fetchall() == [("mine",)]
    other.close()
    await database.close()


async def test_an_empty_file_in_its_place_is_an_empty_database(tmp_path: Path, sqlite: Database) -> None:
    """What has no tables says so."""
    (tmp_path / "new.db").touch()
    (tmp_path / "new.db").replace(tmp_path / "bot.db")
    assert not await sqlite.is_current()
    assert await sqlite.migrate()
