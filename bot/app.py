"""Build the bot: the one place where its parts are put together."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp

from bot import content_loading, sessions
from bot.clock import Clock
from bot.health import Health, SlackSide, age
from bot.metrics import Metrics
from bot.settings.checked import Settings
from bot.slack import errors
from bot.slack.guard import GuardedRequest
from bot.slack.route import Apology, Reception, SlackRoute
from bot.tasks import Tasks
from bot.web import application as web
from bot.web.application import Probes
from bot.web.asgi import Answer
from bot.web.refusals import Noted, Refusals
from cards.compose import notices
from cards.model import Card
from content import library
from content.library import FaultyContent
from handlers import delivery_cards
from handlers.context import CurrentContent, HandlerContext
from handlers.slack import listeners as slack
from handlers.slack.payload import PLATFORM
from messengers.base import Messenger
from messengers.slack.messenger import SlackMessenger
from scheduler import clock as clocks
from scheduler.delivery.dispatch import Dispatcher, DispatchSettings
from scheduler.delivery.pacing import TEAMS, Pace
from scheduler.heartbeats import Heartbeat
from store.database.access import Database, UnusableError
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription

if TYPE_CHECKING:
    from bot.teams.side import TeamsSide

log = structlog.get_logger()

_IDENTITY_WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries to reach Slack at the start; the last one repeats


class Timekeeper(Protocol):
    """What makes the bot speak unasked: the clock of one machine, or one process of a cluster."""

    @property
    def heartbeats(self) -> Mapping[str, Heartbeat]:
        """Give its signs of life, the one that tells most first."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep time until the end of the block."""

    async def queue(self) -> Mapping[str, int]:
        """Count what waits in a queue beside the ledger, by status; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Bot:
    """The parts of a built bot that commands use."""

    settings: Settings
    clock: Clock
    content: CurrentContent
    database: Database
    dispatcher: Dispatcher
    ticker: clocks.Clock
    metrics: Metrics
    slack: SlackSide
    reception: Reception
    messenger: SlackMessenger
    tasks: Tasks
    look_for_removals: Callable[[], Awaitable[None]]
    health: Health
    timekeeper: Timekeeper
    teams: "TeamsSide | None"
    refusals: Refusals
    noted: Noted

    async def reload(self) -> bool:
        """Read the content anew; where the new is faulty the old stays, each fault is logged, and False comes back."""
        try:
            read = await asyncio.to_thread(content_loading.load, self.settings.content_path)
        except FaultyContent as error:
            for fault in error.faults:
                log.error("content.fault", fault=str(fault))  # noqa: TRY400 # the sentence says it all
            log.error("content.kept", version=self.content.library.version)  # noqa: TRY400 # as above
            return False
        self.content.library = read
        log.info("content.loaded", version=read.version, dimensions=len(read.dimensions), tips=len(read.tips))
        return True

    def web(self) -> ASGIApp:
        """Build the HTTP face: POST /slack/events where a signing secret is, POST /api/messages where Teams is."""
        secret = self.settings.slack_signing_secret
        return web.application(
            slack=SlackRoute(secret.reveal(), self.reception, refusals=self.refusals) if secret else None,
            teams=self.teams.route() if self.teams else None,
            probes=Probes(self.health.live, self.health.ready, self.health.scrape),
        )

    def credentials(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Give the work of asking each platform whether our credentials are good, until it says."""
        slack_side = [self.learn_identity()] if self.settings.slack_transport != "none" else []
        return (*slack_side, *([self.teams.learn_credentials()] if self.teams else []))

    async def learn_identity(self, waits: Sequence[float] = _IDENTITY_WAITS) -> None:
        """Ask Slack whose token this is, until it says; a token it refuses is said once, in words."""
        tries = 0
        while self.slack.identity is None:
            try:
                self.slack.identity = await self.messenger.identity("")
            except errors.FAULTS as error:
                self.slack.fault = errors.words(error, "the token")
            else:
                log.info("slack.identity", workspace=self.slack.identity.workspace)
                await self.look_for_removals()
                return
            log.error("slack.identity", fault=self.slack.fault)
            await asyncio.sleep(waits[min(tries, len(waits) - 1)])
            tries += 1


@asynccontextmanager
async def build(
    settings: Settings,
    clock: Clock,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    opened: Callable[[Settings], Awaitable[Database]] | None = None,
) -> AsyncIterator[Bot]:
    """Build the bot; nothing runs yet, and everything that was opened is closed at the end.

    Args:
        settings: checked.
        clock: gives the moment.
        monotonic: seconds for heartbeats.
        opened: opens the database in another way than `open_database`.

    Raises:
        FaultyContent: the content has faults.
        UnusableError: the database cannot be used, or is not migrated and may not be.
    """
    # Not drawn here, which takes as long again: `check` and `reload` do that before content comes into use.
    current = CurrentContent(library.load(settings.content_path))
    grace = timedelta(hours=settings.grace_hours)
    tasks = Tasks()
    side = SlackSide()
    async with AsyncExitStack() as stack:
        database = await (opened or open_database)(settings)
        stack.push_async_callback(database.close)
        session, replies = [
            await stack.enter_async_context(sessions.patient(settings.proxies, settings.client_timeout_seconds))
            for _ in range(2)
        ]
        client = sessions.slack_client(settings.proxies, settings.slack_api_url, session, settings.slack_bot_token)

        async def client_of(_workspace: str) -> AsyncWebClient:
            return client

        # The timekeeper is built below, from what is built here.
        metrics = Metrics(lambda: age(next(iter(timekeeper.heartbeats.values())), monotonic()))
        noted = Noted(database, tasks, clock)
        refusals = Refusals(PLATFORM, metrics.record_refusal, monotonic, noted)
        messenger = SlackMessenger(client_of, replies, metrics.record_web_api_call)
        messengers: dict[str, Messenger] = {PLATFORM: messenger} if settings.slack_transport != "none" else {}
        teams_side: TeamsSide | None = None
        if settings.serves_teams:
            # Its SDK takes as long to import as all the rest, and only those who serve Teams need it.
            from bot.teams import side as teams  # noqa: PLC0415 # slow

            teams_side = await stack.enter_async_context(
                teams.built(settings, database, metrics, clock, monotonic, noted)
            )
            messengers[teams.PLATFORM] = teams_side.messenger

        def draw(delivery: Delivery, subscription: Subscription | None) -> Card:
            return delivery_cards.draw(current.library, delivery, subscription)

        def tips() -> Mapping[str, str]:
            return {tip.id: tip.dimension for tip in current.library.tips}

        async def tell(delivery: Delivery) -> None:
            await settled[delivery.platform](delivery)

        dispatcher = Dispatcher(
            database,
            messengers,
            draw=draw,
            tips=tips,
            clock=clock,
            on_settled=tell,
            settings=DispatchSettings(
                lease=timedelta(seconds=settings.lease_seconds),
                post_timeout=settings.lease_seconds * 3 / 4,
                grace=grace,
                settle_after=timedelta(seconds=settings.settling_seconds),
                pace=Pace(rate=settings.pace_per_second, burst=settings.pace_burst),
                paces={"teams": TEAMS},
            ),
        )

        def wake() -> None:
            for one in wakes:
                one()

        wakes: list[Callable[[], None]] = [dispatcher.wake]
        context = HandlerContext(current, database, clock, wake, tasks.spawn, grace)
        app = _bolt(client, side)
        hears, events = slack.register(
            app, context, messenger, lambda: side.identity.workspace if side.identity else ""
        )
        settled = {PLATFORM: hears.settled}
        if teams_side:
            settled[teams_side.platform] = teams_side.hear(context).settled
        ticker = clocks.Clock(
            database,
            dispatcher,
            tips=tips,
            now=clock,
            monotonic=monotonic,
            tick_every=settings.tick_seconds,
            grace=grace,
        )
        timekeeper: Timekeeper = ticker
        if settings.scheduler == "cluster":
            # Procrastinate and PostgreSQL's driver are for those who have many machines.
            from scheduler.cluster import STALLED_SECONDS, Cluster  # noqa: PLC0415 # slow

            address = settings.database_url.reveal()
            # No longer than what a dead worker had leased: then its workspaces go on before that counts as lost.
            stalled = min(STALLED_SECONDS, settings.lease_seconds / 2)
            timekeeper = cluster = Cluster(
                database, address, dispatcher, ticker, monotonic=monotonic, stalled_after=stalled
            )
            wakes.append(cluster.wake)
        health = Health(
            settings,
            current,
            database,
            timekeeper.heartbeats,
            metrics,
            side,
            tasks,
            monotonic,
            teams_side,
            (refusals, *((teams_side.refusals,) if teams_side else ())),
        )

        async def receive(request: GuardedRequest) -> Answer:
            return await dispatch(app, request)

        apology = Apology(
            words=notices.apology_words,
            tell=lambda url, words: tasks.spawn(messenger.respond_words(url, words)),
        )
        reception = Reception(receive, apology, metrics)
        yield Bot(
            settings,
            clock,
            current,
            database,
            dispatcher,
            ticker,
            metrics,
            side,
            reception,
            messenger,
            tasks,
            events.look_for_removals,
            health,
            timekeeper,
            teams_side,
            refusals,
            noted,
        )


async def open_database(settings: Settings) -> Database:
    """Open the database and bring it up to date, or refuse in words where AUTO_MIGRATE=off.

    Raises:
        UnusableError: it cannot be used.
    """
    database = Database(settings.database_url.reveal())
    try:
        if settings.auto_migrate:
            if await database.migrate():
                log.info("database.migrated")
        elif not await database.is_current():
            raise UnusableError(  # noqa: TRY301 # closed below, like whatever else goes wrong here
                "The database is not at this version's revision and AUTO_MIGRATE=off: run `python -m bot migrate`."
            )
    except BaseException:
        await database.close()
        raise
    return database


async def dispatch(app: AsyncApp, request: GuardedRequest) -> Answer:
    """Hand a guarded request to Bolt, already parsed, and give its answer.

    Bolt's mode "socket_mode" means no more than this: the body comes as an object and is not parsed again.
    """
    headers: dict[str, str | Sequence[str]] = {"x-slack-retry-num": str(request.retry)} if request.retry else {}
    response = await app.async_dispatch(AsyncBoltRequest(body=request.body, mode="socket_mode", headers=headers))
    return Answer(response.status, response.body.encode(), response.headers["content-type"][0])


def _bolt(client: AsyncWebClient, side: SlackSide) -> AsyncApp:
    """Build Bolt's app: the guard has verified already, and who we are is asked once, not for every request."""
    logger = logging.getLogger("slack_bolt")
    # Set, not inherited: Bolt asks for the logger's own level, and with none it writes debug lines for every request.
    logger.setLevel(logging.ERROR)

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        known = side.identity
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=client.token,
            bot_user_id=known.bot_user if known else None,
        )

    app = AsyncApp(
        name="pm-compare",  # without one it looks through the sources of all that called it
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=logger,
    )
    # Only now: at its birth Bolt warns that `authorize` makes the token useless, which is what it is for.
    logger.setLevel(logging.WARNING)
    return app
