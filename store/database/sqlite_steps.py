"""Run a statement on SQLite's thread in one step, and what begins its transaction with it.

aiosqlite takes four steps for a statement. Under load each waits for two rounds of the event loop, which is most of
what an answer from the database takes.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite
from msgspec import Struct

_CHUNK = 64  # aiosqlite's own default; we read whole results


class _Result(Struct, frozen=True):
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
    """aiosqlite's connection with such cursors; a transaction begins with its first statement."""

    _settings: tuple[str, ...] = ()  # of the connection, not run yet
    _begins = ""  # the transaction; not run yet
    _is_reading = False
    _is_over = True  # the transaction has ended, or its end is on the way to the thread

    def begin(self, statement: str, *settings: str, is_reading: bool) -> None:
        """Say what begins the next transaction; it is run in one step with the first statement, if there is one.

        `settings` are the connection's, and run before it: now, or with the next one if this has no statement.
        """
        self._settings += settings
        self._begins, self._is_reading, self._is_over = statement, is_reading, False

    @property
    def is_open(self) -> bool:
        """Whether statements can be run."""
        return self._running and self._connection is not None

    async def _connect(self) -> "Connection":
        """Open the file, and where that fails or whoever wanted it has stopped, end the thread before anybody goes on.

        aiosqlite's own leaves it running: it told a loop that had ended, and left open what it opened.
        """
        opened = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((opened, self._connector))
        cancelled = await _ended(opened)
        error = opened.exception()
        if error is None:
            self._connection = opened.result()
        if (wrong := cancelled or error) is not None:
            if ending := self.stop():  # it closes what was opened
                cancelled = await _ended(ending)
            raise cancelled or wrong
        return self

    async def create_function(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 # whatever SQLAlchemy says of one
        """Do without SQLAlchemy's `regexp` and `floor`, a step each when a connection opens: nothing asks for them."""

    def cursor(self) -> Any:  # noqa: ANN401 # what aiosqlite gives is both awaited and entered
        """Give a cursor; nothing has to be done for it yet."""
        return _at_once(_Cursor(self))

    async def commit(self) -> None:
        """Commit; the end of one that only read is not waited for: what comes next on the thread comes after it."""
        if self._is_over:
            await super().commit()
        elif self._begins:
            self._begins = ""  # nothing has been run
        elif self._is_reading:
            self._tx.put_nowait((None, self._conn.commit))
        else:
            await super().commit()
        self._is_over = True

    async def rollback(self) -> None:
        """Roll back where there is anything to: SQLAlchemy asks for it whenever a connection comes back."""
        self._begins = ""
        if not self._is_over and self.in_transaction:
            await super().rollback()
        self._is_over = True

    async def step(self, statement: str, parameters: Sequence[Any], *, many: bool) -> _Result:
        """Run a statement on the connection's thread, from its cursor's making to its closing."""
        begins = (*self._settings, self._begins) if self._begins else ()
        try:
            result: _Result = await self._execute(_run, self._conn, begins, statement, parameters, many)  # type: ignore[no-untyped-call] # aiosqlite's own
        except Exception:
            if begins and self.in_transaction:  # what began it did not fail: somebody has to end it
                self._settings, self._begins = (), ""
            raise
        if begins:
            self._settings, self._begins = (), ""
        return result


async def opened(path: str, check: Callable[[], None], settings: Sequence[str]) -> Connection:
    """Open a file, with what is set before anything is read; its thread ends with the program, whatever becomes of it.

    sqlite3's default opens no transaction for a SELECT, and read-then-write loses updates: transactions are ours.
    `check` is called on the thread, with the file open and nothing of it read: it raises what keeps it from being used.
    """

    def connected() -> sqlite3.Connection:
        made = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            check()
            for each in settings:
                made.execute(each).close()
        except BaseException:
            made.close()
            raise
        return made

    connection = Connection(connected, _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 # as SQLAlchemy does with those it makes itself
    await connection
    return connection


async def _ended(future: "asyncio.Future[Any]") -> asyncio.CancelledError | None:
    """Wait for a future to its end, also when cancelled meanwhile, which is given."""
    cancelled = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    return cancelled


async def _at_once(cursor: _Cursor) -> _Cursor:
    return cursor


def _run(  # handed over by place
    connection: sqlite3.Connection,
    begins: Sequence[str],
    statement: str,
    parameters: Sequence[Any],
    many: bool,  # noqa: FBT001 # as above
) -> _Result:
    if begins and connection.in_transaction:  # the end of one that only read failed, and nobody waited for it
        connection.rollback()
    for each in begins:
        connection.execute(each)
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
