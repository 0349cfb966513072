"""Build the bot: the one place where its parts are put together."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog
from msgspec import Struct, field
from starlette.types import ASGIApp

from bot import content_loading
from bot.clock import Clock
from bot.health import Health, age
from bot.metrics import Metrics
from bot.platform import Parts, Platform
from bot.platforms import ASSISTANTS, KINDS, PROFILES
from bot.settings.checked import Settings
from bot.tasks import Tasks
from bot.web import application
from bot.web.application import Probes
from bot.web.fairness import Fairness
from bot.web.refusals import Noted
from content import library
from content.library import FaultyContent
from handlers.context import CurrentContent, HandlerContext
from handlers.delivery_cards import DeliveryHooks
from handlers.known_learners import KnownLearners
from scheduler import clock as clocks
from scheduler.delivery.dispatch import Dispatcher
from scheduler.delivery.pace import Pace
from scheduler.delivery.settings import DispatchSettings
from scheduler.heartbeats import Heartbeat
from store.database.access import Database, UnusableError

if TYPE_CHECKING:
    from scheduler.cluster import Cluster

log = structlog.get_logger()


class Timekeeper(Protocol):
    """What posts tips when they are due: the clock of one machine, or one process of a cluster."""

    @property
    def heartbeats(self) -> Mapping[str, Heartbeat]:
        """Give the heartbeats of its jobs, the one that tells most first."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run until the end of the block."""

    async def queue(self) -> Mapping[str, int]:
        """Count what waits in a queue beside the ledger, by status; nothing where there is none."""


class Bot(Struct, frozen=True):
    """The parts of a built bot that commands use; `platforms` are those that are set up, by name."""

    settings: Settings
    clock: Clock
    content: CurrentContent
    database: Database
    platforms: Mapping[str, Platform]
    dispatcher: Dispatcher
    ticker: clocks.Clock
    timekeeper: Timekeeper
    health: Health
    tasks: Tasks
    noted: Noted
    learners: KnownLearners
    _reloading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reload(self) -> bool:
        """Read the content anew; where the new is faulty the old stays, each fault is logged, and False comes back."""
        try:
            async with self._reloading:  # the last to read the files is the last to put them into use
                path, kept = self.settings.content_path, self.settings.content_cache
                read = await asyncio.to_thread(content_loading.ready, path, kept)
                self.content.library = read
        except FaultyContent as error:
            for fault in error.faults:
                log.error("content.fault", fault=str(fault))  # noqa: TRY400 # the sentence says it all
            log.error("content.kept", version=self.content.library.version)  # noqa: TRY400 # as above
            return False
        await self.plan_corrections()
        log.info("content.loaded", version=read.version, dimensions=len(read.dimensions), tips=len(read.tips))
        return True

    async def plan_corrections(self) -> None:
        """Owe posts their corrections; where the database can't be used now, the clock does it soon."""
        try:
            await self.ticker.plan_corrections()
        except UnusableError as error:
            log.error("corrections.not_planned", error=str(error))  # noqa: TRY400 # the sentence says it all
        self.dispatcher.wake()

    def web(self) -> ASGIApp:
        """Build the HTTP face: each platform's route at its path, and what an operator's tools ask."""
        routes = {one.profile: one.route for one in self.platforms.values() if one.route}
        return application.application(
            {profile.path: route for profile, route in routes.items()},
            Probes(self.health.live, self.health.ready, self.health.scrape),
            ", and ".join(profile.where for profile in routes or PROFILES[:1]),  # without one, it is Socket Mode
            _assistants(self) if self.settings.mcp else {},
            [page for platform in self.platforms.values() for page in platform.pages],
        )


@asynccontextmanager
async def build(
    settings: Settings,
    clock: Clock,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    opened: Callable[[Settings], AbstractAsyncContextManager[Database]] | None = None,
) -> AsyncIterator[Bot]:
    """Build the bot; nothing runs yet, and everything that was opened is closed at the end.

    Args:
        settings: checked.
        clock: gives the moment.
        monotonic: seconds for heartbeats.
        opened: opens the database in another way than `database_up_to_date`.

    Raises:
        FaultyContent: the content has faults.
        UnusableError: the database cannot be used, or is not migrated and may not be.
    """
    # Not drawn here, which takes as long again: `check` and `reload` do that before content comes into use.
    content = CurrentContent(library.load(settings.content_path, kept=settings.content_cache))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context((opened or database_up_to_date)(settings))
        tasks = Tasks()
        noted = Noted(database, tasks, clock)
        # What wakes and the timekeeper are built below, from what is built here.
        wakes: list[Callable[[], None]] = []
        wake = partial(_call_each, wakes)
        waits: list[Callable[[], None]] = []
        grace, wait = timedelta(hours=settings.grace_hours), partial(_call_each, waits)
        context = HandlerContext(content, database, clock, wake, tasks.spawn, grace, wait)
        stack.push_async_callback(context.opened.flush)
        kinds = (*KINDS, *((ASSISTANTS,) if settings.mcp else ()))
        metrics = Metrics(lambda: age(next(iter(timekeeper.heartbeats.values())), monotonic()), kinds)
        given = Parts(settings, context, metrics, monotonic, noted, Fairness(monotonic), tasks.start)
        platforms = {
            each.name: await stack.enter_async_context(each.built(given))
            for each in PROFILES
            if each.is_set_up(settings)
        }
        hooks = DeliveryHooks(content, {name: platform.settled for name, platform in platforms.items()})
        dispatcher = _dispatcher(settings, context, platforms, hooks)
        context.enqueuer.hand_to(dispatcher.at_once)
        ticker = _ticker(settings, context, dispatcher, hooks, monotonic)
        cluster: Cluster | None = None
        if settings.scheduler == "cluster":
            cluster = _cluster(settings, database, dispatcher, ticker, monotonic)
        wakes += [dispatcher.wake, *([cluster.wake] if cluster else ())]
        waits += [dispatcher.await_turns]
        timekeeper: Timekeeper = cluster or ticker
        health = Health(settings, content, database, timekeeper.heartbeats, metrics, platforms, tasks, monotonic, clock)
        if opened is None:  # else it may be of another version
            await context.learners.refresh()
        yield Bot(
            settings=settings,
            clock=clock,
            content=content,
            database=database,
            platforms=platforms,
            dispatcher=dispatcher,
            ticker=ticker,
            timekeeper=timekeeper,
            health=health,
            tasks=tasks,
            noted=noted,
            learners=context.learners,
        )


def _call_each(listed: Iterable[Callable[[], None]]) -> None:
    for each in listed:
        each()


def _dispatcher(
    settings: Settings, context: HandlerContext, platforms: Mapping[str, Platform], hooks: DeliveryHooks
) -> Dispatcher:
    return Dispatcher(
        context.database,
        {name: platform.messenger for name, platform in platforms.items()},
        hooks,
        clock=context.clock,
        settings=DispatchSettings(
            lease=timedelta(seconds=settings.lease_seconds),
            post_timeout=settings.lease_seconds * 3 / 4,
            grace=context.grace,
            settle_after=timedelta(seconds=settings.settling_seconds),
            pace=Pace(rate=settings.pace_per_second, burst=settings.pace_burst),
            paces={profile.name: profile.pace for profile in PROFILES if profile.pace},
        ),
    )


def _ticker(
    settings: Settings,
    context: HandlerContext,
    dispatcher: Dispatcher,
    hooks: DeliveryHooks,
    monotonic: Callable[[], float],
) -> clocks.Clock:
    return clocks.Clock(
        context.database,
        dispatcher,
        hooks,
        now=context.clock,
        monotonic=monotonic,
        tick_every=settings.tick_seconds,
        grace=context.grace,
    )


def _cluster(
    settings: Settings,
    database: Database,
    dispatcher: Dispatcher,
    ticker: clocks.Clock,
    monotonic: Callable[[], float],
) -> "Cluster":
    # Procrastinate and PostgreSQL's driver are for those who have many machines.
    from scheduler import cluster  # noqa: PLC0415 # slow

    # No longer than what a dead worker had leased: then its workspaces go on before that counts as lost.
    stalled = min(cluster.STALLED_SECONDS, settings.lease_seconds / 2)
    address = settings.database_url.reveal()
    return cluster.Cluster(database, address, dispatcher, ticker, monotonic=monotonic, stalled_after=stalled)


def _assistants(bot: Bot) -> Mapping[str, ASGIApp]:
    """Give what answers assistants, by path; nothing where that cannot be had here, and the log says why."""
    try:
        # The protocol's package is for those who switched it on.
        from bot.mcp import route, server  # noqa: PLC0415 # slow
        from bot.mcp.guard import MOST_BYTES, Guard  # noqa: PLC0415 # of what comes late
    except Exception:  # whatever is wrong with the package, tips and answers go on
        log.exception("mcp.unavailable", remedy="install the package mcp as requirements.txt has it, or unset MCP")
        return {}
    protocol = server.Protocol(bot.content, lambda: bot.clock().date(), MOST_BYTES)
    guard = Guard(bot.settings.public_url, bot.health.monotonic)
    return {route.PATH: route.McpRoute(protocol.answer, guard, bot.health.metrics.requests[ASSISTANTS])}


@asynccontextmanager
async def database_as_it_is(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, whatever its revision."""
    database = Database(settings.database_url.reveal())
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def database_up_to_date(settings: Settings) -> AsyncIterator[Database]:
    """Open the database and migrate it, or refuse in words where AUTO_MIGRATE=off and it is not of this version.

    Raises:
        UnusableError: it cannot be used.
    """
    async with database_as_it_is(settings) as database:
        if settings.auto_migrate:
            if await database.migrate():
                log.info("database.migrated")
        elif not await database.is_current():
            raise UnusableError(
                "The database is not at this version's revision and AUTO_MIGRATE=off: run `python -m bot migrate`."
            )
        yield database
