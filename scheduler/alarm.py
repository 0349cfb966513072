"""Plan at the moment when a tip falls due, so that none waits for the next tick."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from store.database.access import Database, UnusableError
from store.due_subscriptions import DueSubscriptions

LOOK_SECONDS = 2.0  # between two looks at most: somebody may have set tips for a moment that is near

log = structlog.get_logger()
_due_subscriptions = DueSubscriptions()


class Alarm:
    """Waits for the next moment at which a subscription is due, and has it planned then.

    It is no job, and nothing depends on it: what it misses, the next tick plans. It holds one moment, whatever the
    number of subscriptions. `rest` waits so many seconds.
    """

    def __init__(
        self,
        database: Database,
        plan: Callable[[], Awaitable[object]],
        now: Callable[[], datetime],
        rest: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._plan = plan
        self._now = now
        self._rest = rest
        self._looked_at = now()

    async def run(self) -> None:
        """Plan whenever something falls due, until cancelled."""
        while True:
            try:
                seconds = await self.ring()
            except UnusableError:  # the next tick says so
                seconds = LOOK_SECONDS
            except Exception:  # supervision: one fault must not make every tip late until a restart
                log.exception("alarm.fault")
                seconds = LOOK_SECONDS
            await self._rest(seconds)

    async def ring(self) -> float:
        """Plan if something fell due since the last time; gives in how many seconds to ask again."""
        now = self._now()
        async with self._database.read() as connection:
            # A clock that was set back, or had been ahead, must not hold all up until it is as late again.
            due = await _due_subscriptions.next_due(connection, min(self._looked_at, now))
        before, self._looked_at = self._looked_at, now
        if due is None:
            return LOOK_SECONDS
        if due <= now:
            try:
                await self._plan()
            except UnusableError:
                self._looked_at = before  # it is due yet
                raise
            return 0.0
        return min(LOOK_SECONDS, (due - now).total_seconds())
