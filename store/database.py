"""Open the database and hand out its transactions."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from store import schema

BUSY_SECONDS = 5.0  # how long a statement waits for another process's transaction


class UnusableError(Exception):
    """The database can't be used; says in a sentence why and what to do."""


class Database:
    """An SQLite file, given as `sqlite:///path/bot.db`; nothing is opened before the first transaction.

    Raises UnusableError for an address it can't serve, and from every method where the file can't be used. Close it:
    its connections are threads that keep the program alive.
    """

    def __init__(self, url: str) -> None:
        self.path = _path(url)
        self._engine = create_async_engine(f"sqlite+aiosqlite:///{self.path}")
        event.listen(self._engine.sync_engine, "connect", _prepare)
        event.listen(self._engine.sync_engine, "begin", _begin)
        self._writer = self._engine.execution_options(writes=True)
        # Writers of this process queue up here, in order; SQLite itself makes them poll.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        with _in_words(self.path):
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction that may write; commits at the end, rolls back on an error. Never nest it."""
        with _in_words(self.path):
            async with self._turn, self._writer.begin() as connection:
                yield connection

    async def migrate(self) -> bool:
        """Bring the tables to the newest revision, all or nothing; gives whether anything was to be done.

        Any number of processes may call it at once on an empty file: one works, the others wait and find it done.
        """
        _inspect(self.path)
        with _in_words(self.path):
            await self._switch_to_wal()
            if await self.is_current():
                return False
            async with self.write() as connection:
                if await connection.run_sync(schema.is_current):
                    return False
                try:
                    await connection.run_sync(schema.upgrade)
                except schema.ForeignRevisionError as error:
                    raise UnusableError(
                        f"The database {self.path} was written by another version of this program ({error}). "
                        "Run the newest version, or restore a backup that is as old as this one."
                    ) from error
        return True

    async def is_current(self) -> bool:
        """Say whether the tables are at the newest revision."""
        _inspect(self.path)
        async with self.read() as connection:
            return await connection.run_sync(schema.is_current)

    async def backup(self, target: Path) -> None:
        """Copy the database into a new file while it is in use, through SQLite's online backup.

        Raises UnusableError where `target` exists or can't be made.
        """
        await asyncio.to_thread(_copy, self.path, target)

    async def close(self) -> None:
        """Close all connections; a later transaction would open new ones."""
        await self._engine.dispose()

    async def _switch_to_wal(self) -> None:
        """Turn on write-ahead logging, which the file then keeps: readers and the writer don't wait for each other.

        On the driver itself, since SQLite switches outside a transaction only. Others that open the same new file wait
        for it (tried with four processes, 60 times).
        """
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute_fetchall("PRAGMA journal_mode = WAL")


def _path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The address is not repeated: it may hold a password.
        raise UnusableError("DATABASE_URL is not an address of the form sqlite:///path/bot.db.") from error
    if parsed.drivername.startswith(("postgres", "postgresql")):
        raise UnusableError("PostgreSQL is not supported yet: set DATABASE_URL to sqlite:///path/bot.db.")
    if parsed.drivername not in {"sqlite", "sqlite+aiosqlite"}:
        raise UnusableError(f"DATABASE_URL begins with {parsed.drivername}: only sqlite:///path/bot.db is supported.")
    if not parsed.database or parsed.database == ":memory:":
        raise UnusableError(
            "DATABASE_URL names no file: write sqlite:///path/bot.db (four slashes before a full path)."
        )
    return Path(parsed.database)


def _inspect(path: Path) -> None:
    """Name the two commonest faults before SQLite meets them: aiosqlite leaves a thread behind when opening fails."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) not in {_MAGIC, b""}:
                raise UnusableError(_NOT_A_DATABASE.format(path=path))
    except FileNotFoundError as error:
        if not path.absolute().parent.is_dir():
            raise UnusableError(_NO_FOLDER.format(folder=path.absolute().parent)) from error
    except OSError as error:
        raise UnusableError(f"The database {path} can't be opened: {error.strerror}.") from error


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 # SQLAlchemy's adapter around aiosqlite has no public type
    # sqlite3's default opens no transaction for a SELECT, and read-then-write loses updates: transactions are ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -16000")  # 16 MB; at the default 2 MB a large plan evicts what it wrote
    cursor.close()


def _begin(connection: Connection) -> None:
    if "is_durable" not in connection.info:
        # Once a connection, but not in _prepare: this one reads the file, and where that fails while connecting,
        # SQLAlchemy drops the connection without waiting for aiosqlite's thread.
        connection.exec_driver_sql("PRAGMA synchronous = FULL")
        connection.info["is_durable"] = True
    writes = connection.get_execution_options().get("writes", False)
    # A writer takes the lock at once: two that read first and write later could not both go on.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _copy(source: Path, target: Path) -> None:
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
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
    except BaseException:
        target.unlink()
        raise


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
