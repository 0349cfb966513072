"""Serve the database from an SQLite file."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from store import database_sqlite_steps, notes
from store.database_base import Kind, UnusableError

# What a connection keeps of the file; at so little a large plan would evict what it wrote, and gets more.
_KIBIBYTES, _KIBIBYTES_FOR_MANY = 1_000, 16_000
BUSY_SECONDS = 5.0  # how long a statement waits for another process's transaction


class File:
    """An SQLite file in WAL mode; see `Database`."""

    kind: Kind = "sqlite"

    def __init__(self, url: URL) -> None:
        self._path = _path(url)
        self.path: Path | None = self._path
        self._engine = create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            async_creator=partial(database_sqlite_steps.opened, str(self._path.absolute())),
        )
        event.listen(self._engine.sync_engine, "connect", _prepare)
        event.listen(self._engine.sync_engine, "begin", _begin)
        self._writer = self._engine.execution_options(writes=True)
        self._planner = self._engine.execution_options(writes=True, kibibytes=_KIBIBYTES_FOR_MANY)
        # Writers of this process queue up here, in order; SQLite itself makes them poll.
        self._turn = asyncio.Lock()
        self._known: tuple[int, int] | None = None  # which file our connections have open

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        with _in_words(self._path):
            if _identity(self._path) != self._known:
                async with self._turn:
                    await self._look()
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self, *, many: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction that may write; `many` rows get more memory."""
        with _in_words(self._path):
            async with self._turn:
                await self._look()
                async with (self._planner if many else self._writer).begin() as connection:
                    yield connection

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction that may write: others wait for it anyway."""
        async with self.write() as connection:
            yield connection

    def inspect(self) -> None:
        """Name the two commonest faults before SQLite meets them: aiosqlite leaves a thread behind if opening fails."""
        try:
            with self._path.open("rb") as file:
                if file.read(len(_MAGIC)) not in {_MAGIC, b""}:
                    raise UnusableError(_NOT_A_DATABASE.format(path=self._path))
        except FileNotFoundError as error:
            if not self._path.absolute().parent.is_dir():
                raise UnusableError(_NO_FOLDER.format(folder=self._path.absolute().parent)) from error
        except OSError as error:
            raise UnusableError(f"The database {self._path} can't be opened: {error.strerror}.") from error

    async def _let_go(self) -> None:
        """Close the connections to a file that another one has replaced.

        Its write-ahead log still lies beside the new one, and SQLite would play it into that: it is written back first
        to where it belongs. (SQLite itself leaves it, where the file of a closing connection has been moved.)
        """
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        await self._engine.dispose()

    async def prepare(self) -> None:
        """Turn on write-ahead logging, which the file then keeps: readers and the writer don't wait for each other.

        On the driver itself, since SQLite switches outside a transaction only. Others that open the same new file wait
        for it (tried with four processes, 60 times).
        """
        with _in_words(self._path):
            async with self._turn:
                await self._look()
            async with self._engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute_fetchall("PRAGMA journal_mode = WAL")

    async def backup(self, target: Path, now: datetime) -> bool:
        """Copy the file through SQLite's online backup; gives whether the copy could note when it was made."""
        return await asyncio.to_thread(_copy, self._path, target, now)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def _look(self) -> None:
        """Refuse while the file our connections have open has been moved away; follow where another took its place.

        An open connection would go on with the file that nobody finds any more. Another file in its place is a backup
        that somebody put there, so it gets a backup's note: nothing is posted from it before it has been looked through
        (scheduler/recovery.py). Only in a writer's turn, so that nothing is being written meanwhile.
        """
        found = _identity(self._path)
        if found == self._known:
            return
        if self._known is not None:
            if found is None:
                raise UnusableError(f"The database {self._path} is not there any more: put it back.")
            await self._let_go()
            async with self._writer.begin() as connection:
                await connection.run_sync(_note_restored, self._path.stat().st_mtime)
        self._known = found


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise UnusableError(
            "DATABASE_URL names no file: write sqlite:///path/bot.db (four slashes before a full path)."
        )
    return Path(url.database)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 # SQLAlchemy's adapter around aiosqlite has no public type
    # sqlite3's default opens no transaction for a SELECT, and read-then-write loses updates: transactions are ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{_KIBIBYTES}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if "is_durable" not in connection.info:
        # Once a connection, but not in _prepare: this one reads the file, and where that fails while connecting,
        # SQLAlchemy drops the connection without waiting for aiosqlite's thread.
        connection.exec_driver_sql("PRAGMA synchronous = FULL")
        connection.info["is_durable"] = True
    options = connection.get_execution_options()
    kibibytes, writes = options.get("kibibytes", _KIBIBYTES), options.get("writes", False)
    if connection.info.get("kibibytes", _KIBIBYTES) != kibibytes:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{kibibytes}")
        connection.info["kibibytes"] = kibibytes
    # A writer takes the lock at once: two that read first and write later could not both go on.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _note_restored(connection: Connection, made: float) -> None:
    if connection.execute(text(_HAS_NOTES)).scalar():
        connection.execute(text(_NOTE), {"name": notes.BACKUP, "at": made})


def _copy(source: Path, target: Path, now: datetime) -> bool:
    if not source.is_file():
        raise UnusableError(f"There is no database at {source} to copy.")
    try:
        target.open("xb").close()
    except FileExistsError as error:
        raise UnusableError(f"{target} exists already: a backup never overwrites. Name a new file.") from error
    except OSError as error:
        raise UnusableError(f"{target} can't be written: {error.strerror}.") from error
    try:
        # mode=rw: a source that vanished must fail, not be created empty.
        with (
            _in_words(source),
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            original.backup(copy)
            has_notes = copy.execute(_HAS_NOTES).fetchone() is not None
            if has_notes:
                copy.execute(_NOTE, {"name": notes.BACKUP, "at": now.timestamp()})
            return has_notes
    except BaseException:
        target.unlink()
        raise


_HAS_NOTES = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'note'"
# A copy of a restored copy that nobody looked through is as old as the first.
_NOTE = "INSERT INTO note (name, value, at) VALUES (:name, '', :at) ON CONFLICT DO NOTHING"
_MAGIC = b"SQLite format 3\0"
_NO_FOLDER = "The folder {folder} of the database does not exist: create it, or name another."
_NOT_A_DATABASE = "{path} is not a database, or it is damaged: name another, or restore a backup."
_LOCKED = "The database {path} is locked by another program for too long: close what else has it open."
_SENTENCES = (
    ("unable to open database", "The database {path} can't be opened: may this user read and write there?"),
    ("readonly database", "The database {path} can't be written: give this user write access to it and its folder."),
    ("not a database|malformed", _NOT_A_DATABASE),
    ("disk is full", "The disk of the database {path} is full: make room."),
    ("disk I/O error", "The disk of the database {path} failed: check the disk, then restore a backup if need be."),
    ("is locked", _LOCKED),
    ("no such (table|column)", "The database {path} is empty or from an older version: run `python -m bot migrate`."),
    (
        "moved to another",
        "The database {path} was moved to another: stop this bot, and set DATABASE_URL to the new one.",
    ),
)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not path.absolute().parent.is_dir():
            raise UnusableError(_NO_FOLDER.format(folder=path.absolute().parent)) from error
        for pattern, sentence in _SENTENCES:
            if re.search(pattern, str(cause)):
                raise UnusableError(sentence.format(path=path)) from error
        raise
