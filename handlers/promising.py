"""Write promises down in groups, since a transaction for each would make a crowd wait for each other's."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from handlers import promises
from handlers.promises import Promise, Wish
from store.database import Database, UnusableError, tried_again

_MOST = 500  # in one transaction
_Waiting = tuple[Wish, asyncio.Future[Promise]]


class Promises:
    """Commits together whatever was wanted while the database was busy; who wants something alone waits for nobody.

    A promise is given once it is committed. What is wanted is written even where whoever asked has gone.
    """

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        self._database = database
        self._spawn = spawn
        self._waiting: list[_Waiting] = []
        self._is_writing = False

    async def make(self, wish: Wish) -> Promise:
        """Promise it; raises what the database raised."""
        future: asyncio.Future[Promise] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, future))
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
        group: list[_Waiting] = []
        try:
            await self._write(group)
        except UnusableError as error:
            waiting, self._waiting = self._waiting, []
            _tell([*group, *waiting], error)
        except Exception:  # noqa: BLE001 # one that can't be written must not take the others along
            for one in group:
                await self._write_alone(one)

    async def _write_alone(self, one: _Waiting) -> None:
        try:
            await self._write([one])
        except Exception as error:  # noqa: BLE001 # handed to whoever wants it
            _tell([one], error)

    @tried_again
    async def _write(self, group: list[_Waiting]) -> None:
        """Write a group; an empty one becomes those that wait once it is its turn."""
        async with self._database.write() as connection:
            if not group:
                group += self._waiting[:_MOST]
                del self._waiting[:_MOST]
            made = await promises.make(connection, [wish for wish, _ in group])
        for (_, future), promise in zip(group, made, strict=True):
            if not future.done():
                future.set_result(promise)


def _tell(group: Sequence[_Waiting], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
