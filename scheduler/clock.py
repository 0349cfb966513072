"""Keep time: the jobs that make the bot speak unasked, each watched by a heartbeat."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from msgspec import Struct
from msgspec.structs import replace

from scheduler import housekeeping, planning, recovery
from scheduler.alarm import Alarm
from scheduler.delivery.dispatch import Dispatcher, Summary
from scheduler.heartbeats import Beats, Heartbeat
from scheduler.hooks import Hooks
from scheduler.learning import corrections, rounds
from scheduler.planning import Planned
from scheduler.turns import OnPlanned, Turns
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.facts import Fact, Facts

TICK_SECONDS = 15.0
RECONCILE_SECONDS = 120.0
HOUSEKEEPING_SECONDS = 86_400.0
_BATCHES = 2  # transactions of planning, after which what fell due meanwhile has its turn: less than a second
_STOP_SECONDS = 5.0  # for jobs that were told to stop

log = structlog.get_logger()
_deliveries = Deliveries()
_facts = Facts()
_HOUSEKEPT = "housekept"  # the fact that says when any process last did


class Ticked(Struct, frozen=True):
    """What one tick did: tips planned, deliveries lost to a dead process, deliveries ended."""

    planned: Planned
    lost: int
    delivered: Summary


class Clock:
    """Three jobs in memory: tick, reconcile, housekeeping; the rows they work on are in the database.

    `now` gives the moment, `monotonic` seconds for heartbeats. Any number of processes may tick on one database.
    """

    def __init__(  # noqa: PLR0913 # one composition root builds it, all by name
        self,
        database: Database,
        dispatcher: Dispatcher,
        hooks: Hooks,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        tick_every: float = TICK_SECONDS,
        grace: timedelta = planning.GRACE,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._hooks = hooks
        self.now = now
        self._monotonic = monotonic
        self.tick_every = tick_every
        self._grace = grace
        self._looked = corrections.Looked()
        self._running: set[asyncio.Task[object]] = set()
        self._beats = Beats(database, now, self._restored)
        self.heartbeats: Mapping[str, Heartbeat] = {
            heartbeat.name: heartbeat
            for heartbeat in (
                # The tick leases for 20 s at most; what it leased then takes the post's own limit, 45 s.
                Heartbeat("tick", tick_every, 90.0),
                Heartbeat("reconcile", RECONCILE_SECONDS, 60.0),
                Heartbeat("housekeeping", HOUSEKEEPING_SECONDS, 600.0),
            )
        }

    async def tick(self, lease_for: float | None = None) -> Ticked:
        """Plan what is due, mark what a dead process left behind, and deliver; leases no more after `lease_for` s."""
        planned = await self.plan()
        lost = await self._dispatcher.expire_leases()
        delivered = await self._dispatcher.deliver_due(lease_for)
        ticked = Ticked(planned, lost, delivered)
        if ticked != Ticked(Planned(), 0, Summary()):
            log.info(
                "clock.ticked",
                planned=planned.planned,
                missed=planned.missed,
                skipped=planned.skipped + delivered.skipped,
                sent=delivered.sent,
                failed=delivered.failed,
                unknown=delivered.unknown + lost,
                slowed=delivered.slowed,
            )
        return ticked

    async def plan(self, on_planned: OnPlanned | None = None) -> Planned:
        """Plan what is due, and close rounds; `on_planned` joins each transaction that plans tips.

        Notes first that the clock is alive.

        From a restored copy of the database nothing is planned before it has been looked through.
        """
        await self._recover(None)
        await self._beats.note("tick")
        planned = Planned(is_all=False)
        # In a cluster the jobs post, which are queued with what they post.
        told = Turns(joined=on_planned) if on_planned else Turns(planned=self._dispatcher.await_turns)
        turns = replace(told, pace=self._dispatcher.pace, batches=_BATCHES)
        while not planned.is_all:
            hooks = self._hooks
            planned += await planning.plan_due(
                self._database, hooks.pool(), self.now(), self._grace, dilemmas=hooks.dilemmas(), turns=turns
            )
        await rounds.close_due(self._database, self._hooks.dilemmas(), self.now())
        return planned

    async def _restored(self, since: datetime | None) -> None:
        """Look through a database that was put back to an older state while this process ran."""
        await self._recover(since or self.now())

    async def _recover(self, since: datetime | None) -> None:
        hooks = self._hooks
        await recovery.recover(self._database, hooks.pool(), self.now(), dilemmas=hooks.dilemmas(), since=since)

    async def note_planned(self) -> None:
        """Tell all processes of a cluster that planning came to its end, which its beginning does not say."""
        await self._beats.note_end("planned")

    async def is_planned(self) -> bool:
        """Say whether any process of a cluster planned, to the end, since this was last asked."""
        return await self._beats.has_moved("planned")

    async def plan_corrections(self) -> int:
        """Owe posts their corrections where content was corrected since; gives how many. From a restored copy, none."""
        return await corrections.plan(self._database, self._hooks.corrected(), self.now(), self._looked)

    async def reconcile(self) -> int:
        """Mark leases that ran out as unknown, look unknown outcomes up where that is possible, and plan corrections.

        Gives how many deliveries are unknown after that, and logs it.
        """
        await self.plan_corrections()
        await self._dispatcher.expire_leases()
        await self._dispatcher.settle_unknown()
        async with self._database.read() as connection:
            unknown = (await _deliveries.counts(connection))["unknown"]
        if unknown:
            log.warning("clock.unknown_deliveries", count=unknown)
        return unknown

    async def housekeep(self) -> housekeeping.Cleared:
        """Clear what is settled and old."""
        now = self.now()
        cleared = await housekeeping.clear_old(self._database, now)
        async with self._database.write() as connection:
            await _facts.write(connection, Fact(_HOUSEKEPT, "", now))
        log.info("clock.housekept", deliveries=cleared.deliveries, posts=cleared.posts, workspaces=cleared.workspaces)
        return cleared

    async def housekeep_daily(self) -> None:
        """Clear what is old where no process did so for a day: for who ticks by a cron of their own."""
        async with self._database.read() as connection:
            last = (await _facts.every(connection)).get(_HOUSEKEPT)
        if last is None or self.now() - last.at >= timedelta(seconds=HOUSEKEEPING_SECONDS):
            await self.housekeep()

    def scheduler(self) -> AsyncIOScheduler:
        """Give APScheduler with the three jobs, not started; each runs at once, then at its interval."""
        # It warns of every tick that is passed over while one waits for a slow platform: the heartbeat watches that.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        scheduler = AsyncIOScheduler(timezone=UTC)
        jobs: tuple[tuple[str, Callable[[], Awaitable[object]]], ...] = (
            ("tick", partial(self.tick, 20.0)),
            ("reconcile", self.reconcile),
            ("housekeeping", self.housekeep),
        )
        for name, job in jobs:
            heartbeat = self.heartbeats[name]
            scheduler.add_job(
                self.watched,
                IntervalTrigger(seconds=heartbeat.every, timezone=UTC),
                (name, job),
                id=name,
                name=name,
                coalesce=True,
                max_instances=1,
                # APScheduler's default of 1 s skips a late wake-up in silence.
                misfire_grace_time=None,
                # At once, for what a restart missed. Never a moment long past: APScheduler lists every run since then.
                next_run_time=datetime.now(UTC),
            )
        return scheduler

    def alarm(self, plan: Callable[[], Awaitable[object]]) -> Alarm:
        """Give what plans at the moments at which tips fall due, which a tick comes up to its interval after."""
        return Alarm(self._database, plan, self.now)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the jobs in the background; what the dispatcher has under way at the end, it finishes itself."""
        alarm = asyncio.create_task(self.alarm(self.plan).run())
        scheduler = self.scheduler()
        for heartbeat in self.heartbeats.values():
            heartbeat.start(self._monotonic())
        scheduler.start()
        try:
            yield
        finally:
            alarm.cancel()
            scheduler.shutdown(wait=False)
            # The shutdown itself is a callback of the loop, and cancels the jobs that are running.
            await asyncio.sleep(0)
            await asyncio.wait({alarm, *self._running}, timeout=_STOP_SECONDS)

    async def queue(self) -> Mapping[str, int]:
        """Count what waits in a queue: the ledger is all there is."""
        return {}

    async def watched(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run a job under its time limit; whoever scheduled it logs what it raises, and its heartbeat stays silent."""
        heartbeat = self.heartbeats[name]
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            async with asyncio.timeout(heartbeat.limit):
                await job()
        except asyncio.CancelledError:
            return  # only a stop cancels a job, and APScheduler would log that as a fault of the job
        except Exception:
            heartbeat.is_failing = True
            raise
        heartbeat.beat(self._monotonic())
