"""Write what many want at once in groups, since a transaction for each would make a crowd wait for each other's."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

from store.database.access import ConflictError, Database, HeldError, UnusableError, tried_again
from store.database.connection import AsyncConnection

_MOST = 500  # in one transaction
_STOPPING = "The bot stopped before it could write this down: ask again."

Wanted = TypeVar("Wanted")
Given = TypeVar("Given")


class Grouping(Generic[Wanted, Given]):
    """Commits together whatever was wanted while the database was busy; who wants something alone waits for nobody.

    `write` writes a group down, and gives an answer for each, in order. An answer is given once it is committed. What
    is wanted is written even where whoever asked has gone. `around` is opened around each transaction and the answers
    that follow it, and hears of its error.
    """

    def __init__(
        self,
        database: Database,
        spawn: Callable[[Coroutine[Any, Any, object]], None],
        write: Callable[[AsyncConnection, Sequence[Wanted]], Awaitable[Sequence[Given]]],
        around: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._database = database
        self._spawn = spawn
        self._write = write
        self._around = around
        self._waiting: list[tuple[Wanted, asyncio.Future[Given]]] = []
        self._is_writing = False

    async def written(self, wanted: Wanted) -> Given:
        """Write it down; raises what the database raised."""
        future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        if not self._is_writing:
            self._is_writing = True
            self._spawn(self._write_all())
        return await future

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write_group()
        finally:
            self._is_writing = False

    async def _write_group(self) -> None:
        group: list[tuple[Wanted, asyncio.Future[Given]]] = []
        try:
            try:
                await self._commit(group)
            except Exception as error:
                if len(group) < 2 or _is_everybodys(error):  # noqa: PLR2004 # one has been written alone
                    raise
                # One that can't be written must not take the others along.
                while group:
                    await self._write_first(group)
        except Exception as error:  # noqa: BLE001 # handed to whoever wants it
            if not group or _is_everybodys(error):
                group += self._waiting
                self._waiting.clear()
            _tell(group, error)
        except BaseException:
            _tell([*group, *self._waiting], UnusableError(_STOPPING))
            self._waiting.clear()
            raise

    async def _write_first(self, group: list[tuple[Wanted, asyncio.Future[Given]]]) -> None:
        """Write the first of a group alone, and take it out; raises what is not its own fault."""
        try:
            await self._commit(group[:1])
        except Exception as error:
            if _is_everybodys(error):
                raise
            _tell(group[:1], error)
        del group[0]

    @tried_again
    async def _commit(self, group: list[tuple[Wanted, asyncio.Future[Given]]]) -> None:
        """Write a group; an empty one becomes those that wait once it is its turn."""
        with self._around():
            async with self._database.write() as connection:
                if not group:
                    group += self._waiting[:_MOST]
                    del self._waiting[:_MOST]
                given = await self._write(connection, [wanted for wanted, _ in group])
            for (_, future), answer in zip(group, given, strict=True):
                if not future.done():
                    future.set_result(answer)


def _is_everybodys(error: Exception) -> bool:
    """Say whether nothing can be written at all, whoever wants it."""
    return isinstance(error, UnusableError) and not isinstance(error, (ConflictError, HeldError))


def _tell(group: Sequence[tuple[object, asyncio.Future[Given]]], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
