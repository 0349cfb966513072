"""Run each statement on SQLite's thread in one step: aiosqlite takes four, and under load each waits for its turn."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiosqlite

_CHUNK = 64  # aiosqlite's own default; we read whole results


@dataclass(frozen=True, slots=True)
class _Result:
    """What a statement left behind."""

    description: Any
    rows: Sequence[Any]
    lastrowid: int | None
    rowcount: int


_NONE = _Result(None, (), None, -1)


class _Cursor:
    """As much of a cursor as SQLAlchemy asks for; what it hands out was fetched with the statement itself."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._result = _NONE

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "_Cursor":
        """Run a statement, and fetch what it finds."""
        self._result = await self._connection.step(statement, parameters, many=False)
        return self

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> "_Cursor":
        """Run a statement for each of many sets of parameters."""
        self._result = await self._connection.step(statement, parameters, many=True)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """Give the rows."""
        return self._result.rows

    async def close(self) -> None:
        """Do nothing: the real cursor was closed in the same step."""

    @property
    def description(self) -> Any:  # noqa: ANN401 # the DB-API's own
        """Describe the columns; None for a statement that finds nothing."""
        return self._result.description

    @property
    def lastrowid(self) -> int | None:
        """Give the DB-API's `lastrowid`."""
        return self._result.lastrowid

    @property
    def rowcount(self) -> int:
        """Give how many rows were changed."""
        return self._result.rowcount


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with such cursors."""

    def cursor(self) -> Any:  # noqa: ANN401 # what aiosqlite gives is both awaited and entered
        """Give a cursor; nothing has to be done for it yet."""
        return _at_once(_Cursor(self))

    async def rollback(self) -> None:
        """Roll back where there is anything to: SQLAlchemy asks for it whenever a connection comes back."""
        if self.in_transaction:
            await super().rollback()

    async def step(self, statement: str, parameters: Sequence[Any], *, many: bool) -> _Result:
        """Run a statement on the connection's thread, from its cursor's making to its closing."""
        result: _Result = await self._execute(_run, self._conn, statement, parameters, many)  # type: ignore[no-untyped-call] # aiosqlite's own
        return result


async def opened(path: str) -> Connection:
    """Open a file; its thread ends with the program, whatever becomes of the connection."""
    connection = Connection(lambda: sqlite3.connect(path, check_same_thread=False), _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 # as SQLAlchemy does with those it makes itself
    await connection
    return connection


async def _at_once(cursor: _Cursor) -> _Cursor:
    return cursor


def _run(connection: sqlite3.Connection, statement: str, parameters: Sequence[Any], many: bool) -> _Result:  # noqa: FBT001 # handed over by place
    cursor = connection.cursor()
    try:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return _Result(cursor.description, rows, cursor.lastrowid, cursor.rowcount)
    finally:
        cursor.close()
