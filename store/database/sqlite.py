"""Serve the database from an SQLite file."""

import asyncio
import errno
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import SQLAlchemyError

from store import facts
from store.database import sqlite_backup, sqlite_steps
from store.database.backend import Kind, UnusableError
from store.database.connection import AsyncConnection, close_all, create_async_engine
from store.database.sqlite_words import IN_USE, NO_FOLDER, NOT_A_DATABASE, OWN_ENDINGS, OWN_NAME, in_words

# What a connection keeps of the file; at so little a large plan would evict what it wrote, and gets more.
_KIBIBYTES, _KIBIBYTES_FOR_MANY = 1_000, 16_000
_CONNECTIONS = 15  # each is a thread; none is opened before it is wanted, or closed and opened again
BUSY_SECONDS = 5.0  # how long a statement waits for another process's transaction
_SETTINGS = (  # of each connection; none of them reads the file
    f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 0",  # SqliteBackend._write_back says why
)
_SWITCH_SECONDS = 0.02  # between two tries to switch a new file, or to let go of an old one
_PAGES = 1000  # of the write-ahead log, 4 MB, until it is written back: SQLite's own measure
_FEWEST, _FIRST, _MOST = 10, 100, 1000  # commits until then, as far as the last ones tell
_SMALLEST_PAGE = 512  # bytes; a database has one at least, or is empty


_Identity = tuple[int, int]  # of a file, whatever its name: its device and inode


class SqliteBackend:
    """An SQLite file in WAL mode; see `Database`."""

    kind: Kind = "sqlite"

    def __init__(self, url: URL) -> None:
        self._path = _path(url)
        self.path: Path | None = self._path
        self._engine = create_async_engine(
            f"sqlite+aiosqlite:///{self._path}",
            async_creator=self._opened,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_use_lifo=True,  # few of them work where few are wanted
            hide_parameters=True,  # a fault must not show in the log what people typed
        )
        event.listen(self._engine.sync_engine, "begin", _begin)
        self._writer = self._engine.execution_options(writes=True)
        self._planner = self._engine.execution_options(writes=True, kibibytes=_KIBIBYTES_FOR_MANY)
        # Writers of this process queue up here, in order; SQLite itself makes them poll.
        self._turn = asyncio.Lock()
        self._known: _Identity | None = None  # which file is in use, and has its note where it replaced another
        self._wanted: _Identity | None = None  # which one connections may open; any, where that is not known
        self._open: WeakSet[sqlite_steps.Connection] = WeakSet()
        self._waited: tuple[_Identity, float] | None = None  # for the readers of what this file replaced, until when
        self._commits, self._due = 0, _FIRST  # since the log was written back, and until it is again
        self._back: asyncio.Task[None] | None = None  # which writes it back

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        with in_words(self._path):
            if _identity(self._path) != self._known:
                async with self._turn:
                    await self._look()
            async with self._engine.connect() as connection:
                yield connection  # a transaction begins by itself with its first statement
                await _commit(connection)  # what comes to no commit is rolled back

    @asynccontextmanager
    async def write(self, *, many: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction that may write; `many` rows get more memory."""
        with in_words(self._path):
            await self._written_back()
            async with self._turn:
                await self._look()
                async with (self._planner if many else self._writer).connect() as connection:
                    yield connection
                    await _commit(connection)  # as above
                self._commits += 1
                # Beside whoever wrote: they may be cancelled, and a thread that is writing back must not be left alone.
                if (many or self._commits >= self._due) and (self._back is None or self._back.done()):
                    self._back = asyncio.create_task(self._write_back())

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Open the one transaction that may write: others wait for it anyway.

        Its connection is closed afterwards: it would keep each table's statement, and what it read and wrote, 0.7 MB.
        """
        async with self.write() as connection:
            yield connection
            # From the pool, which closes what is not its own; the connections of others stay as they are.
            await connection.run_sync(lambda own: own.detach())

    def inspect(self) -> None:
        """Name what the path tells before SQLite meets it: aiosqlite leaves a thread behind if opening fails.

        The path alone. SQLite's locks are POSIX's: they go from the whole process when any descriptor of the file is
        closed (sqlite.org/howtocorrupt.html, 2.2), and the next program to leave removes the write-ahead log from under
        us. So nothing here or elsewhere opens a database's files but SQLite, which also says what is in them.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            if not self._path.absolute().parent.is_dir():
                raise UnusableError(NO_FOLDER.format(folder=self._path.absolute().parent)) from error
            return
        except OSError as error:
            raise UnusableError(f"The database {self._path} can't be opened: {error.strerror}.") from error
        if not stat.S_ISREG(found.st_mode):
            what = os.strerror(errno.EISDIR) if stat.S_ISDIR(found.st_mode) else "It is not a file"
            raise UnusableError(f"The database {self._path} can't be opened: {what}.")
        if not os.access(self._path, os.R_OK):
            raise UnusableError(f"The database {self._path} can't be opened: {os.strerror(errno.EACCES)}.")
        # Of what has been overwritten SQLite sees nothing as long as the log holds the same pages.
        if 0 < found.st_size < _SMALLEST_PAGE:
            raise UnusableError(NOT_A_DATABASE.format(path=self._path))

    async def _write_back(self) -> None:
        """Write the write-ahead log back into the file, while nobody writes in any process.

        SQLite would do so by itself after a commit, beside the commits of other processes. Up to 3.51.2 these can meet
        in such a way that later commits are lost (sqlite.org/wal.html, "The WAL-Reset Bug"): not while somebody holds
        the one lock without which nobody starts the log anew. What was committed stands, whether this succeeds or not.
        """
        async with self._turn:
            if _identity(self._path) != self._known:
                return
            with suppress(SQLAlchemyError, sqlite3.Error):
                async with self._writer.begin() as connection:
                    await connection.exec_driver_sql("SELECT 1")  # it begins with a statement
                    pages = await asyncio.to_thread(_checkpointed, self._path, self._known)
                self._due = min(max(self._commits * _PAGES // max(pages, 1), _FEWEST), _MOST)
                self._commits = 0

    async def _written_back(self) -> None:
        """Wait until the log has been written back, where that has begun."""
        if self._back is not None and not self._back.done():
            await asyncio.wait({self._back})

    async def _opened(self) -> sqlite_steps.Connection:
        connection = await sqlite_steps.opened(str(self._path.absolute()), self._check, _SETTINGS)
        self._open.add(connection)
        return connection

    def _check(self) -> None:
        """Let no connection have a file that took the place of another meanwhile: it would read the other's log."""
        if self._wanted is not None and _identity(self._path) != self._wanted:
            raise UnusableError(IN_USE.format(path=self._path))

    async def _let_go(self, found: _Identity) -> None:
        """Close the connections to a file that another one has replaced.

        Its write-ahead log still lies beside the new one, and SQLite would play it into that: it is written back first
        to where it belongs. (SQLite itself leaves it, where the file of a closing connection has been moved.) That
        takes one of these connections, since another would open the new file, and nobody who reads through them:
        whoever does has time to end, all who come meanwhile wait as long together, and then get UnusableError; the next
        transaction tries again.
        """
        now = asyncio.get_running_loop().time
        if self._waited is None or self._waited[0] != found:
            self._waited = found, now() + BUSY_SECONDS
        pool: Any = self._engine.sync_engine.pool
        while pool.checkedout():
            if now() > self._waited[1]:
                raise UnusableError(IN_USE.format(path=self._path))
            await asyncio.sleep(_SWITCH_SECONDS)
        for driver in [each for each in self._open if each.is_open][:1]:
            ((is_busy, *_),) = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if is_busy:  # another program reads what it would take away
                raise sqlite3.OperationalError("database is locked")
        await close_all(self._engine)
        self._waited = None

    async def prepare(self) -> None:
        """Turn on write-ahead logging, which the file then keeps: readers and the writer don't wait for each other.

        On the driver itself, since SQLite switches outside a transaction only. Others that open the same new file wait
        for it; where one of them is switching it SQLite itself does not, since whoever has read it might wait for ever.
        """
        with in_words(self._path):
            async with self._turn:
                await self._look()
            async with self._engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                until = asyncio.get_running_loop().time() + BUSY_SECONDS
                while not await _switched(driver):
                    if asyncio.get_running_loop().time() > until:
                        raise sqlite3.OperationalError("database is locked")
                    await asyncio.sleep(_SWITCH_SECONDS)

    async def backup(self, target: Path, now: datetime) -> bool:
        """Copy the file through SQLite's online backup; gives whether the copy could note when it was made."""
        return await asyncio.to_thread(sqlite_backup.back_up, self._path, target, now)

    async def close(self) -> None:
        """Close all connections, those in use when they come back."""
        await self._written_back()
        await close_all(self._engine)

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
            await self._let_go(found)
            self._wanted = found
            async with self._writer.begin() as connection:
                await connection.run_sync(_note_restored, self._path.stat().st_mtime)
        self._known = self._wanted = found


async def _commit(connection: AsyncConnection) -> None:
    try:
        await connection.commit()
    except BaseException:
        await connection.rollback()  # SQLAlchemy leaves that out at the end: it would rest in the pool with its lock
        raise


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise UnusableError(
            "DATABASE_URL names no file: write sqlite:///path/bot.db (four slashes before a full path)."
        )
    if url.database.endswith(OWN_ENDINGS):
        raise UnusableError(OWN_NAME.format(path=url.database))
    return Path(url.database)


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def _switched(driver: Any) -> bool:  # noqa: ANN401 # aiosqlite's connection, which SQLAlchemy calls Any
    try:
        await driver.execute_fetchall("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin(connection: Connection) -> None:
    settings = []
    if "is_durable" not in connection.info:
        # Once a connection, but not among _SETTINGS: both read the file, and it may be locked.
        settings.append("PRAGMA synchronous = FULL")
        connection.info["is_durable"] = True
    options = connection.get_execution_options()
    kibibytes, writes = options.get("kibibytes", _KIBIBYTES), options.get("writes", False)
    if connection.info.get("kibibytes") != kibibytes:
        settings.append(f"PRAGMA cache_size = -{kibibytes}")
        connection.info["kibibytes"] = kibibytes
    # A writer takes the lock at once: two that read first and write later could not both go on.
    driver: Any = connection.connection.driver_connection
    driver.begin("BEGIN IMMEDIATE" if writes else "BEGIN", *settings, is_reading=not writes)


def _note_restored(connection: Connection, made: float) -> None:
    if connection.execute(text(sqlite_backup.HAS_NOTES)).scalar():
        connection.execute(text(sqlite_backup.NOTE), {"name": facts.BACKUP, "at": made})


def _checkpointed(path: Path, known: _Identity | None) -> int:
    """Write the log back through a connection of its own, since the pool's would take turns; gives how long it was.

    It is another file's where that took the place of ours while the lock was waited for: it is let be.
    """
    with closing(sqlite_backup.existing(path)) as connection:
        if _identity(path) != known:
            return 0
        pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        return pages
