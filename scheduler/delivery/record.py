"""Write outcomes down in groups, since a transaction for each would cap the posts a second."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from scheduler.delivery import outcome
from scheduler.delivery.outcome import Settled
from store.database.access import Database, UnusableError
from store.deliveries.rows import Delivery

log = structlog.get_logger()
_Waiting = tuple[Settled, asyncio.Future[Delivery | None]]


class Recorder:
    """Collects outcomes for `group` seconds and commits them together; what was posted is never dropped.

    One that is said to be `alone`, with no other under way, waits for none.

    While the database can't be used it tries on every `retry` seconds, for as long as the process lives. `tasks` are
    what to wait for at the end.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], group: float = 0.02, retry: float = 1.0
    ) -> None:
        self._database = database
        self._clock = clock
        self._group = group
        self._retry = retry
        self._waiting: list[_Waiting] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def record(self, settled: Settled, *, alone: bool = False) -> Delivery | None:
        """Write one outcome down; gives the row once it is committed, None where it is no longer that lease's."""
        future: asyncio.Future[Delivery | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, future))
        if len(self._waiting) == 1:
            # A task of its own: whoever waits may be cancelled, the outcome is written all the same.
            task = asyncio.create_task(self._write_group(0.0 if alone else self._group))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await future

    async def _write_group(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        group, self._waiting = self._waiting, []
        try:
            await self._write(group)
        except Exception:  # one bad outcome must not leave the whole group unrecorded
            log.exception("delivery.group_not_recorded", count=len(group))
            for one in group:
                await self._write_alone(one)

    async def _write_alone(self, one: _Waiting) -> None:
        try:
            await self._write((one,))
        except Exception as error:  # noqa: BLE001 # handed to whoever waits for this outcome
            if not one[1].done():
                one[1].set_exception(error)

    async def _write(self, group: Sequence[_Waiting]) -> None:
        while True:
            try:
                async with self._database.write() as connection:
                    rows = await outcome.record(connection, [settled for settled, _ in group], self._clock())
                break
            except UnusableError as error:
                log.error("delivery.not_recorded", count=len(group), error=str(error))  # noqa: TRY400 # the sentence says it all
                await asyncio.sleep(self._retry)
        for row, (_, future) in zip(rows, group, strict=True):
            if not future.done():
                future.set_result(row)
