"""Put the Teams side of the bot together; imported only where Teams is set up, since its SDK doubles the start."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import structlog

from bot import sessions
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings.checked import Settings
from bot.teams import inbound_tokens, sdk, signing_keys
from bot.teams.access_tokens import Credentials, TokenRefusedError, Tokens, TokenUnreachableError
from bot.teams.inbound_tokens import Callers
from bot.teams.route import Hearing, TeamsRoute
from bot.teams.signing_keys import Keys
from bot.teams.tenant import Tenant
from bot.web.refusals import Noted, Refusals
from handlers.context import HandlerContext
from handlers.teams import responses
from handlers.teams.listeners import TeamsHandlers
from messengers.teams.messenger import TeamsMessenger
from store.database.access import Database

log = structlog.get_logger()

PLATFORM = "teams"
_WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries to get a token at the start; the last one repeats


@dataclass(slots=True)
class TeamsSide:
    """The parts of a built bot that speak to Teams; it hears once it has been given a context.

    `callers` and `tokens` are None where nobody signs anything (TEAMS_ALLOW_UNSIGNED).
    """

    messenger: TeamsMessenger
    tokens: Tokens | None
    callers: Callers | None
    client_id: str
    tenant_id: str
    metrics: Metrics
    refusals: Refusals
    hears: TeamsHandlers = field(init=False)
    platform: str = PLATFORM

    def hear(self, context: HandlerContext) -> TeamsHandlers:
        """Begin to hear."""
        self.hears = TeamsHandlers(context, self.messenger, bot_id=self.client_id)
        return self.hears

    def route(self) -> TeamsRoute:
        """Give what answers POST /api/messages."""
        # Where nobody signs, whoever develops here may call their tenant what they like.
        tenant = Tenant(self.tenant_id if self.callers else "")
        return TeamsRoute(
            self.callers, tenant, Hearing(self.hears.hear, responses.apology), self.metrics, self.refusals
        )

    @property
    def fault(self) -> str:
        """Say why nothing can be sent at the moment; '' where it can."""
        return self.tokens.fault if self.tokens else ""

    async def ask_for_token(self) -> str:
        """Ask for a token, or take the one there is; gives what is wrong, in words, or ''."""
        if self.tokens:
            try:
                await self.tokens.current()
            except (TokenRefusedError, TokenUnreachableError) as error:
                return str(error)
        return ""

    async def learn_credentials(self, waits: Sequence[float] = _WAITS) -> None:
        """Ask for a token until there is one; credentials that Microsoft refuses are said in words."""
        tries = 0
        while fault := await self.ask_for_token():
            log.error("teams.token", fault=fault)
            await asyncio.sleep(waits[min(tries, len(waits) - 1)])
            tries += 1
        log.info("teams.token", signed=self.tokens is not None)


@asynccontextmanager
async def built(
    settings: Settings,
    database: Database,
    metrics: Metrics,
    clock: Clock,
    monotonic: Callable[[], float],
    noted: Noted,
) -> AsyncIterator[TeamsSide]:
    """Build the Teams side; nothing is sent yet, and everything that was opened is closed at the end."""
    async with AsyncExitStack() as stack:
        tokens: Tokens | None = None
        callers: Callers | None = None
        if settings.teams_allow_unsigned:
            log.warning("teams.unsigned", host=settings.host)
        else:
            session = await stack.enter_async_context(sessions.opened(settings.proxies))
            tokens = Tokens(session, _credentials(settings), monotonic)
            callers = await stack.enter_async_context(_callers(settings, session, monotonic))
        api = await stack.enter_async_context(sdk.client(settings, tokens))
        messenger = TeamsMessenger(
            api, database, metrics.record_web_api_call, bot_id=settings.teams_client_id, now=clock, monotonic=monotonic
        )
        refusals = Refusals(PLATFORM, metrics.record_refusal, monotonic, noted)
        yield TeamsSide(
            messenger, tokens, callers, settings.teams_client_id, settings.teams_tenant_id, metrics, refusals
        )


def _credentials(settings: Settings) -> Credentials:
    if settings.teams_client_secret is None:  # the settings were checked: the three belong together
        raise AssertionError("Teams without a secret")
    cloud = sdk.cloud(settings)
    return Credentials(
        url=f"{cloud.login_endpoint}/{settings.teams_tenant_id}/oauth2/v2.0/token",
        client_id=settings.teams_client_id,
        secret=settings.teams_client_secret,
        scope=cloud.bot_scope,
    )


@asynccontextmanager
async def _callers(
    settings: Settings, session: aiohttp.ClientSession, monotonic: Callable[[], float]
) -> AsyncIterator[Callers]:
    cloud = sdk.cloud(settings)
    url = sdk.keys_url(cloud)
    keys = Keys(lambda: signing_keys.read(session, url), monotonic)
    async with inbound_tokens.checking(
        sdk.validator(settings),
        keys,
        audience=settings.teams_client_id,
        issuer=cloud.token_issuer,
        other_issuers=sdk.issuers() - {cloud.token_issuer},
    ) as callers:
        yield callers
