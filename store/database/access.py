"""Open the database and hand out its transactions."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from store.database import backend, sqlite
from store.database.backend import Backend, ConflictError, HeldError, Kind, UnusableError
from store.database.connection import AsyncConnection

__all__ = ["ConflictError", "Database", "HeldError", "Kind", "UnusableError", "tried_again"]

P = ParamSpec("P")
T = TypeVar("T")
_PAUSE, _LONGEST_PAUSE = 0.01, 0.25  # seconds between tries but the first two, each twice as long as the one before
_AGAIN_SECONDS = 1.5  # after which nothing is begun again: Slack waits 3 s, and finding a deadlock takes PostgreSQL one


class Database:
    """An SQLite file, `sqlite:///path/bot.db`, or PostgreSQL, `postgresql://user@host/name`.

    Nothing is opened before the first transaction. Raises UnusableError for an address it can't serve, and from every
    method where the database can't be used. Close it: the connections to a file are threads that keep the program
    alive. `kind` says which it is, `path` is the file, None for PostgreSQL.
    """

    def __init__(self, url: str) -> None:
        self._side = _side(_parsed(url))
        self.kind: Kind = self._side.kind
        self.path: Path | None = self._side.path

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        return self._side.read()

    def write(self, *, many: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may write; commits at the end, rolls back on an error. Never nest it.

        `many` says that it is one of several large ones, for which more memory is well spent.

        What it reads through the store's methods nobody else changes before it ends: on SQLite writers take turns, on
        PostgreSQL these methods lock the rows they read.
        """
        return self._side.write(many=many)

    async def migrate(self) -> bool:
        """Bring the tables to the newest revision, all or nothing; gives whether anything was to be done.

        Any number of processes may call it at once on an empty database: one works, the others wait and find it done.
        """
        self._side.inspect()
        await self._side.prepare()
        if await self._is_current():
            return False
        async with self._side.migration() as connection:
            if await connection.run_sync(backend.is_current):
                return False
            await connection.run_sync(backend.upgrade)
        return True

    async def is_current(self) -> bool:
        """Say whether the tables are at the newest revision; UnusableError where they have been moved elsewhere."""
        self._side.inspect()
        return await self._is_current()

    async def _is_current(self) -> bool:
        async with self._side.read() as connection:
            return await connection.run_sync(backend.is_current)

    async def backup(self, target: Path, now: datetime) -> bool:
        """Copy the database into a new file while it is in use; the copy notes that it is one, made at `now`.

        SQLite: through its online backup; PostgreSQL: through pg_dump, as SQL. Gives False where the tables are of an
        older version, which has no place for the note. Raises UnusableError where `target` exists or can't be made.
        """
        return await self._side.backup(target, now)

    async def close(self) -> None:
        """Close all connections, those in use when they come back; a later transaction would open new ones."""
        await self._side.close()


def tried_again(act: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Call a function again where its transaction was given up for another's (`ConflictError`), while there is time.

    At once, and then after pauses: who holds a row for long would be asked for it a thousand times.

    For functions that do nothing before their first transaction is committed that must not be done twice. Rows are
    taken in one order (store/locking.py), so that it should not happen; what did not foresee that is no person's fault.
    """

    @wraps(act)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        until, pause = asyncio.get_running_loop().time() + _AGAIN_SECONDS, 0.0
        while True:
            try:
                return await act(*args, **kwargs)
            except ConflictError:
                if asyncio.get_running_loop().time() + pause > until:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause or _PAUSE, _LONGEST_PAUSE)

    return call


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # Neither the address is repeated nor the error that quotes it: there may be a password in it.
        raise UnusableError(
            "DATABASE_URL is not an address of the form sqlite:///path/bot.db or postgresql://user@host/name."
        ) from None


def _side(url: URL) -> Backend:
    match url.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            return sqlite.SqliteBackend(url)
        case "postgres" | "postgresql" | "postgresql+psycopg":
            # SQLAlchemy's half for PostgreSQL and the driver are a tenth of a start, and SQLite needs neither.
            from store.database import postgres  # noqa: PLC0415 # slow

            return postgres.PostgresBackend(url)
        case other:
            raise UnusableError(
                f"DATABASE_URL begins with {other}: only sqlite:///path/bot.db and postgresql://user@host/name are "
                "supported."
            )
