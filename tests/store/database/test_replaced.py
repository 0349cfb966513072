"""The database's file goes away, or another takes its place, while the bot runs."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import Pool

from store import facts
from store.database import sqlite as backend
from store.database.access import Database, UnusableError
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
    tmp_path: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They see the old file to their end, and their connection is closed; of its log nothing gets into the new one."""
    monkeypatch.setattr(backend, "BUSY_SECONDS", 0.05)
    await with_a_copy(tmp_path, sqlite)
    closed: list[object] = []

    def close(connection: object, _record: object) -> None:
        closed.append(connection)

    event.listen(Pool, "close", close)
    try:
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
    finally:
        event.remove(Pool, "close", close)
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


async def test_an_empty_file_in_its_place_is_an_empty_database(tmp_path: Path, sqlite: Database) -> None:
    """What has no tables says so."""
    (tmp_path / "new.db").touch()
    (tmp_path / "new.db").replace(tmp_path / "bot.db")
    assert not await sqlite.is_current()
    assert await sqlite.migrate()
