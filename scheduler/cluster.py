"""Keep time on many machines: Procrastinate on our own PostgreSQL, whose jobs only say where there is work.

The ledger alone decides what is posted; every job may be lost, and the next plan puts it back. Jobs live in a schema of
their own, named by the version of Procrastinate's tables: an upgrade makes a new one beside the old, so that two
versions of the bot can run at once, and there is nothing to migrate.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager
from psycopg import Error as PostgresError
from psycopg import sql
from sqlalchemy import text

from scheduler.clock import RECONCILE_SECONDS, Clock
from scheduler.delivery.dispatch import Dispatcher
from scheduler.heartbeats import Heartbeat
from store import ids
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue

STALLED_SECONDS = 30.0  # a worker whose heartbeat is older counts as dead; leases protect what it holds
_BEATS = 3  # heartbeats in that time
SHARE_SECONDS = 20.0  # how long one job works on its bucket before others in the queue get their turn
# Every bucket at once where this is the only process, most of them waiting for their pace, and the three other jobs:
# a bucket whose job waited for another's would make its workspaces' tips late by a share of time.
_CONCURRENCY = ids.BUCKETS + 4
# Between two looks at a bucket that is worked on, whose other workspaces' tips come due meanwhile; and for jobs, since
# nobody is told of one whose bucket has just been let go.
_LOOK_SECONDS = 0.5
_RESTART_SECONDS = 2.0  # after the database was gone
_WATCH_SECONDS = 15.0

log = structlog.get_logger()
_queue = Queue()


class Cluster:
    """One process among many that plan and deliver together; PostgreSQL only.

    `clock` plans, reconciles and cleans, each once across all processes; `dispatcher` posts what a job's bucket has
    due. `address` is libpq's form of the database's address. `heartbeats` join those of the clock for health checks.
    A worker that was silent for `stalled_after` seconds counts as dead; the same for all processes of a cluster.
    """

    def __init__(
        self,
        database: Database,
        address: str,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        monotonic: Callable[[], float],
        stalled_after: float = STALLED_SECONDS,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._monotonic = monotonic
        self._stalled_after = stalled_after
        self._schema = schema_name()
        self._app = App(
            connector=PsycopgConnector(
                conninfo=address,
                kwargs={"options": f"-c search_path={self._schema}"},
                min_size=1,
                max_size=4,
                timeout=10.0,
            ),
            # Later is as good: what was missed while nobody worked is planned by the next run all the same.
            periodic_defaults={"max_delay": 60.0},
        )
        self._register()
        self._woken = asyncio.Event()
        self.heartbeats = {"worker": Heartbeat("worker", _WATCH_SECONDS, 60.0)}

    async def prepare(self) -> None:
        """Make Procrastinate's tables where they are missing, and connect; any number of processes may call it at once.

        Raises UnusableError where the database can't be used.
        """
        async with self._database.write() as connection:
            # One at a time; the lock ends with the transaction.
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('pm-compare procrastinate'))"))
            found = await connection.scalar(
                text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name"), {"name": self._schema}
            )
            if found is None:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
                await driver.execute(
                    sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(self._schema))
                )
                await driver.execute(SchemaManager.get_schema())
                log.info("cluster.prepared", schema=self._schema)
        await self._app.open_async()

    async def close(self) -> None:
        """Close the connections that `prepare` opened."""
        await self._app.close_async()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the end of the block; jobs under way at the end finish, or are given up with their process."""
        await self.prepare()
        for heartbeat in self.heartbeats.values():
            heartbeat.start(self._monotonic())
        alarm = self._clock.alarm(partial(self._clock.plan, self.defer))
        works = (self._work, self._watch, self._defer_when_woken, alarm.run)
        tasks = [asyncio.create_task(work()) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()

    def wake(self) -> None:
        """Say that the ledger has something new; call it after the commit. Returns at once."""
        self._woken.set()

    async def defer(self, connection: AsyncConnection, buckets: Collection[int]) -> None:
        """Queue a job for each bucket that has none waiting, in the caller's transaction."""
        if not buckets:
            return
        # Procrastinate's functions name their tables without a schema.
        await connection.execute(
            text("SELECT set_config('search_path', current_setting('search_path') || ',' || :name, true)"),
            {"name": self._schema},
        )
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for bucket in sorted(buckets):  # in one order, or two transactions could wait for each other
            try:
                async with connection.begin_nested():
                    await self._app.configure_task(
                        "deliver", lock=f"bucket-{bucket}", queueing_lock=f"bucket-{bucket}", connection=driver
                    ).defer_async(bucket=bucket)
            except AlreadyEnqueued:
                continue

    async def plan(self) -> None:
        """Plan what is due, mark what a dead process left behind, and queue a job for every bucket with work.

        Every bucket, not only those planned now: so jobs that were lost come back.
        """
        await self._rescue()
        await self._clock.plan(self.defer)
        await self._dispatcher.expire_leases()
        await self._defer_due()
        await self._clock.note_planned()

    async def queue(self) -> dict[str, int]:
        """Count Procrastinate's jobs by status, for a diagnosis."""
        async with self._database.read() as connection:
            table = text(f'SELECT status, count(*) FROM "{self._schema}".procrastinate_jobs GROUP BY status')  # noqa: S608 # the name is ours
            return {str(row[0]): int(row[1]) for row in await connection.execute(table)}

    def _register(self) -> None:
        @self._app.task(name="deliver")
        async def deliver(bucket: int) -> None:
            await self._deliver(bucket)

        every = max(1, min(59, round(self._clock.tick_every)))
        jobs: tuple[tuple[str, str, Callable[[], Awaitable[object]]], ...] = (
            # croniter's sixth field is seconds.
            ("tick", f"* * * * * */{every}", self.plan),
            ("reconcile", f"*/{round(RECONCILE_SECONDS / 60)} * * * *", self._clock.reconcile),
            ("housekeeping", "17 3 * * *", self._clock.housekeep),
        )
        for name, cron, job in jobs:
            self._periodic(name, cron, job)

    def _periodic(self, name: str, cron: str, job: Callable[[], Awaitable[object]]) -> None:
        # No lock: a dead worker would hold it, and rows are locked where it matters. One waits in the queue at most.
        @self._app.periodic(cron=cron)
        @self._app.task(name=name, queueing_lock=name)
        async def run(timestamp: int) -> None:  # noqa: ARG001 # Procrastinate hands it over
            await self._clock.watched(name, job)

    async def _deliver(self, bucket: int) -> None:
        """Post what one bucket has due, at its pace, for a share of time; what is left then gets another job."""
        loop = asyncio.get_running_loop()
        until = loop.time() + SHARE_SECONDS
        while (left := until - loop.time()) > 0:
            await self._dispatcher.deliver_due(left, buckets=(bucket,))
            wait = await self._dispatcher.next_turn((bucket,))
            if wait is None or wait > until - loop.time():
                break
            await asyncio.sleep(min(wait, _LOOK_SECONDS))
        async with self._database.write() as connection:
            if bucket in await _queue.planned_buckets(connection, self._clock.now()):
                await self.defer(connection, (bucket,))

    async def _defer_due(self) -> None:
        async with self._database.write() as connection:
            await self.defer(connection, await _queue.planned_buckets(connection, self._clock.now()))

    async def _rescue(self) -> None:
        """Put jobs of dead workers back into the queue, or drop them where another waits already.

        One process at a time: two could take the same job over one after the other, while somebody works on it already.
        """
        async with self._database.write() as connection:
            # Ends with the transaction; who doesn't get it leaves the rescue to the one who has it.
            lock = text("SELECT pg_try_advisory_xact_lock(hashtext('pm-compare rescue'))")
            if not await connection.scalar(lock):
                return
            for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_after):
                log.warning("cluster.stalled", job=job.id, task=job.task_name, bucket=job.task_kwargs.get("bucket"))
                # Procrastinate raises where the job is gone: its worker was only slow, and has ended it meanwhile. That
                # must not keep this process from planning; where it is the database, planning says so.
                with suppress(ConnectorException):
                    if job.task_name != "deliver" or not await self._retried(job):
                        await self._app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)

    async def _retried(self, job: Job) -> bool:
        try:
            await self._app.job_manager.retry_job(job)
        except UniqueViolation:
            return False
        return True

    async def _defer_when_woken(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._defer_due()
            except UnusableError as error:
                # The next plan, or the next to wake us, tries again.
                log.error("cluster.database", error=str(error))  # noqa: TRY400 # the sentence says it all
            except ConnectorException as error:  # what Procrastinate makes of a database that goes while it queues
                log.error("cluster.database", error=type(error).__name__)  # noqa: TRY400 # its text may hold the address

    async def _work(self) -> None:
        """Run Procrastinate's worker, again and again: it ends when the database goes."""
        while True:
            try:
                await self._app.open_async()
                await self._app.run_worker_async(
                    concurrency=_CONCURRENCY,
                    fetch_job_polling_interval=_LOOK_SECONDS,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    shutdown_graceful_timeout=SHARE_SECONDS,
                    update_heartbeat_interval=self._stalled_after / _BEATS,
                    stalled_worker_timeout=self._stalled_after,
                )
                log.error("cluster.worker_ended")
            except (ConnectorException, PostgresError, OSError) as error:
                log.error("cluster.database", error=type(error).__name__)  # noqa: TRY400 # its text may hold the address
            except Exception:  # supervision: this process must not stand idle until somebody restarts it
                log.exception("cluster.fault")
            await asyncio.sleep(_RESTART_SECONDS)

    async def _watch(self) -> None:
        """Beat while somebody plans: this process or another."""
        while True:
            try:
                if await self._clock.is_planned():
                    self.heartbeats["worker"].beat(self._monotonic())
            except UnusableError as error:
                self.heartbeats["worker"].is_failing = True
                log.error("cluster.database", error=str(error))  # noqa: TRY400 # the sentence says it all
            await asyncio.sleep(_WATCH_SECONDS)


def schema_name() -> str:
    """Name the schema of Procrastinate's tables by the newest of its migrations: `procrastinate_03_04_00`."""
    names = (path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    newest = max(match[0] for name in names if (match := re.match(r"\d+\.\d+\.\d+", name)))
    return f"procrastinate_{newest.replace('.', '_')}"
