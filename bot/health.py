"""Say how the running bot is: what /healthz, /readyz and /metrics report."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from bot.metrics import Metrics
from bot.platform import Platform
from bot.settings.checked import Settings
from bot.tasks import Tasks
from bot.web import application
from bot.web.application import Check
from handlers.context import CurrentContent
from scheduler import outlook
from scheduler.heartbeats import Heartbeat
from store.database.access import Database, UnusableError
from store.deliveries.rows import Deliveries
from store.subscriptions import Subscriptions

T = TypeVar("T")

_LOOKED_AT = 50  # subscriptions, the next ones: some may fall on a quiet day

log = structlog.get_logger()


class Health(Struct, frozen=True):
    """Looks at the parts of a bot; `heartbeats` are those of its timekeeper, `monotonic` gives their seconds.

    `clock` gives the moment, aware.
    """

    settings: Settings
    content: CurrentContent
    database: Database
    heartbeats: Mapping[str, Heartbeat]
    metrics: Metrics
    platforms: Mapping[str, Platform]
    tasks: Tasks
    monotonic: Callable[[], float]
    clock: Callable[[], datetime]

    def live(self) -> Sequence[Check]:
        """Say whether the clock comes round in time, without waiting for anything."""
        if self.settings.scheduler == "off":
            return (Check("clock", ok=True, detail="SCHEDULER=off: the clock runs elsewhere"),)
        now = self.monotonic()
        late = [name for name, heartbeat in self.heartbeats.items() if heartbeat.is_late(now)]
        detail = f"last {self._first.name} {age(self._first, now):.0f} s ago"
        if late:
            detail = f"{' and '.join(late)} did not come to an end in time; {detail}"
        return (Check("clock", ok=not late, detail=detail),)

    async def ready(self) -> Sequence[Check]:
        """Say whether the bot can do its work: database, content, each platform."""
        # Anybody may read this: paths and ids stay in the log, and in `doctor`.
        checks = [
            await self._apart(self._database_check()),
            Check("content", ok=True, detail=f"version {self.content.library.version}"),
        ]
        if failing := [name for name, heartbeat in self.heartbeats.items() if heartbeat.is_failing]:
            detail = f"{' and '.join(failing)} failed; the log says why, and it is tried again"
            checks.append(Check("clock", ok=False, detail=detail))
        told = [await platform.checks() for platform in self.platforms.values()]
        checks += [check for row in zip_longest(*told) for check in row if check]  # everybody's credentials first
        # Told, and green all the same: bot/web/refusals.py says why.
        checks += [
            Check(f"{name} requests", ok=True, detail=platform.refusals.words, platform=name)
            for name, platform in self.platforms.items()
            if platform.refusals.words
        ]
        return checks

    async def _database_check(self) -> Check:
        try:
            current = await self.database.is_current()
        except UnusableError as error:
            log.error("ready.database", error=str(error))  # noqa: TRY400 # the sentence says it all
            return Check("database", ok=False, detail="cannot be used; the log says why")
        return Check("database", current, "migrated" if current else "run `python -m bot migrate`")

    async def scrape(self) -> tuple[bytes, str]:
        """Give the metrics, counted anew where the database answers in time."""
        try:
            async with asyncio.timeout(application.PROBE_SECONDS):
                await self._apart(self._count())
        except TimeoutError:
            log.error("metrics.database", error=f"no answer within {application.PROBE_SECONDS:g} s")  # noqa: TRY400 # as above
        return self.metrics.render()

    async def _count(self) -> None:
        try:
            async with self.database.read() as connection:
                counts = await Deliveries().counts(connection)
                coming = await Subscriptions().coming(connection, _LOOKED_AT)
        except UnusableError as error:
            log.error("metrics.database", error=str(error))  # noqa: TRY400 # as above
            return
        self.metrics.record_deliveries({str(state): count for state, count in counts.items()})
        due = outlook.first_moment(coming, self.clock())
        # Whoever was not looked at comes later than the last of those that were.
        last = coming[-1].next_run_at if len(coming) == _LOOKED_AT else None
        first = min(filter(None, (due, last)), default=None)
        self.metrics.record_next_tip(first.timestamp() if first else None)

    async def _apart(self, work: Coroutine[Any, Any, T]) -> T:
        """Do what cannot be cancelled at once, a statement of SQLite, so that whoever waits for it may give up."""
        return await asyncio.shield(self.tasks.start(work))

    @property
    def _first(self) -> Heartbeat:
        return next(iter(self.heartbeats.values()))


def age(heartbeat: Heartbeat, now: float) -> float:
    """Tell how many seconds before `now` a job last finished, or was first expected; 0 where it was not."""
    if heartbeat.started is None:
        return 0.0
    return now - max(heartbeat.started, heartbeat.last_finished or 0.0)
