"""Use SQLAlchemy's engine from the event loop: as much of its own asyncio half as is needed here.

That half, `sqlalchemy.ext.asyncio`, imports the sessions of the object mapper, and with them all of it: a twelfth of a
start, and 7 MB. What is below it, which this stands on too, is the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Dialect,
    Engine,
    Executable,
    PoolProxiedConnection,
    ScalarResult,
    Transaction,
    create_engine,
)
from sqlalchemy.util import greenlet_spawn

P = ParamSpec("P")
T = TypeVar("T")
_Row = Mapping[str, Any]


class AsyncConnection:
    """A connection of an engine whose driver waits on the event loop; SQLAlchemy says what its methods do."""

    __slots__ = ("sync_connection",)

    def __init__(self, connection: Connection) -> None:
        self.sync_connection = connection

    @property
    def dialect(self) -> Dialect:
        """Tell what kind of database it is."""
        return self.sync_connection.dialect

    async def execute(
        self, statement: Executable, parameters: _Row | Sequence[_Row] | None = None
    ) -> CursorResult[Any]:
        """Run a statement."""
        return await greenlet_spawn(self.sync_connection.execute, statement, parameters, _require_await=True)

    async def scalar(self, statement: Executable, parameters: _Row | None = None) -> Any:  # noqa: ANN401 # whatever stands there
        """Run a statement, and give the first column of its first row, None without one."""
        return (await self.execute(statement, parameters)).scalar()

    async def scalars(self, statement: Executable, parameters: _Row | None = None) -> ScalarResult[Any]:
        """Run a statement, and give the first column of its rows."""
        return (await self.execute(statement, parameters)).scalars()

    async def exec_driver_sql(
        self,
        statement: str,
        parameters: _Row | Sequence[_Row] | Sequence[tuple[Any, ...]] | tuple[Any, ...] | None = None,
    ) -> CursorResult[Any]:
        """Run a statement as it is written, with parameters in the driver's own form."""
        return await greenlet_spawn(
            self.sync_connection.exec_driver_sql, statement, parameters, None, _require_await=True
        )

    async def run_sync(self, act: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that does not wait, with the connection; what it runs waits all the same."""
        return await greenlet_spawn(partial(act, self.sync_connection, *args, **kwargs))

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """Give the pool's own connection, which has the driver's."""
        return await greenlet_spawn(_raw, self.sync_connection)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        """Open a transaction, which an error rolls back."""
        async with _transaction(self.sync_connection.begin):
            yield

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """Open a transaction within the open one, which an error rolls back alone."""
        async with _transaction(self.sync_connection.begin_nested):
            yield


class AsyncEngine:
    """An engine whose driver waits on the event loop; SQLAlchemy says what its methods do."""

    __slots__ = ("sync_engine",)

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine

    @property
    def dialect(self) -> Dialect:
        """Tell what kind of database it is."""
        return self.sync_engine.dialect

    def execution_options(self, **options: Any) -> "AsyncEngine":  # noqa: ANN401 # SQLAlchemy's, and ours
        """Give an engine with the same pool, whose connections have these options."""
        return AsyncEngine(self.sync_engine.execution_options(**options))

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Take a connection of the pool, and give it back; that is waited for, also by whoever is cancelled."""
        connection = await greenlet_spawn(self.sync_engine.connect)
        try:
            yield AsyncConnection(connection)
        finally:
            await _to_the_end(greenlet_spawn(connection.close))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Take a connection of the pool for one transaction."""
        async with self.connect() as connection, connection.begin():
            yield connection

    async def dispose(self) -> None:
        """Close the connections that are not in use."""
        await greenlet_spawn(self.sync_engine.dispose)


def create_async_engine(
    url: URL | str,
    *,
    async_creator: Callable[[], Awaitable[Any]] | None = None,
    **options: Any,  # noqa: ANN401 # SQLAlchemy's
) -> AsyncEngine:
    """Build an engine; `async_creator` opens the driver's connections in the driver's place."""
    if async_creator is not None:
        options["creator"] = lambda: _driver(engine).connect(async_creator_fn=async_creator)
    engine: Engine = create_engine(url, _is_async=True, **options)
    return AsyncEngine(engine)


def _driver(engine: Engine) -> Any:  # noqa: ANN401 # SQLAlchemy's adapter around it has no public type
    return engine.dialect.dbapi


def _raw(connection: Connection) -> PoolProxiedConnection:
    return connection.connection


@asynccontextmanager
async def _transaction(begin: Callable[[], Transaction]) -> AsyncIterator[None]:
    transaction = await greenlet_spawn(begin)
    try:
        yield
    except BaseException as error:
        # It rolls back, and says by its answer whether that settles the error: never.
        await greenlet_spawn(transaction.__exit__, type(error), error, error.__traceback__)
        raise
    await greenlet_spawn(transaction.__exit__, None, None, None)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for what must not be left half done; a cancellation that comes meanwhile is raised after it."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.done():
                raise
            cancelled = error
    if cancelled is not None:
        raise cancelled
