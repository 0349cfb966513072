"""Put the Teams side of the bot together; imported only where Teams is set up."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext

import aiohttp
import structlog
from msgspec import Struct
from starlette.routing import Route

from bot import sessions
from bot.platform import WAITS, Parts, Profile, until_sound
from bot.settings.checked import Settings
from bot.teams import credentials, inbound_tokens, sdk, signing_keys
from bot.teams.access_tokens import TokenRefusedError, Tokens, TokenUnreachableError
from bot.teams.inbound_tokens import Callers
from bot.teams.profile import PROFILE
from bot.teams.route import Hearing, TeamsRoute
from bot.teams.signing_keys import Keys
from bot.teams.tenant import Tenants
from bot.web.application import Check
from bot.web.refusals import Refusals
from handlers.teams import responses
from handlers.teams.listeners import TeamsHandlers
from messengers.teams.connector import Connector
from messengers.teams.messenger import TeamsMessenger
from store.deliveries.rows import Delivery

log = structlog.get_logger()


class TeamsSide(Struct, frozen=True):
    """The parts of a built bot that speak to Teams.

    `callers` and `tokens` are None where nobody signs anything (TEAMS_ALLOW_UNSIGNED).
    """

    messenger: TeamsMessenger
    tokens: Tokens | None
    callers: Callers | None
    tenants: Tenants
    client_id: str
    refusals: Refusals
    route: TeamsRoute
    settled: Callable[[Delivery], Awaitable[None]]
    profile: Profile = PROFILE

    def listening(self, limit: float) -> AbstractAsyncContextManager[None]:  # noqa: ARG002 # the protocol's
        """Hear nothing more: all that Teams has to say is posted to the route."""
        return nullcontext()

    async def ask_for_token(self) -> str:
        """Ask for a token, or take the one there is; gives what is wrong, in words, or ''."""
        if self.tokens:
            try:
                await self.tokens.current()
            except (TokenRefusedError, TokenUnreachableError) as error:
                return str(error)
        return ""

    @property
    def pages(self) -> Sequence[Route]:
        """Give none: nobody comes here with a browser."""
        return ()

    async def keep_fresh(self) -> None:
        """Do nothing: its tokens are renewed when they are used."""

    async def learn_credentials(self, waits: Sequence[float] = WAITS) -> None:
        """Ask for a token until there is one; credentials that Microsoft refuses are said in words."""
        await until_sound(self.ask_for_token, "teams.token", waits)
        log.info("teams.token", signed=self.tokens is not None)

    async def checks(self) -> Sequence[Check]:
        """Say whether there is a token to send with, and how many tenants are served."""
        fault = self.tokens.fault if self.tokens else ""
        name = self.profile.name
        return [
            Check(name, not fault, fault or "has a token", name),
            Check("teams tenants", ok=True, detail=self.tenants.count, platform=name),
        ]

    async def examined(self) -> Sequence[Check]:
        """Ask for a token, and for the keys that requests are checked with; name the tenants that are served."""
        fault = await self.ask_for_token()
        signed = (
            f"app {self.client_id}, a token was given" if self.tokens else "TEAMS_ALLOW_UNSIGNED=on: nothing is signed"
        )
        checks = [Check(self.profile.name, ok=not fault, detail=fault or signed)]
        if self.callers:
            fault = await self.callers.fault()
            detail = fault or "the keys that requests are checked with can be read"
            checks.append(Check("teams keys", ok=not fault, detail=detail))
        return [*checks, Check("teams tenants", ok=True, detail=self.tenants.words)]


@asynccontextmanager
async def built(parts: Parts) -> AsyncIterator[TeamsSide]:
    """Build the Teams side; nothing is sent yet, and everything that was opened is closed at the end."""
    settings, context = parts.settings, parts.context
    async with AsyncExitStack() as stack:
        tokens: Tokens | None = None
        callers: Callers | None = None
        if settings.teams_allow_unsigned:
            log.warning("teams.unsigned", host=settings.host)
        else:
            session = await stack.enter_async_context(sessions.opened(settings.proxies))
            tokens = Tokens(session, credentials.of(settings), parts.monotonic)
            callers = await stack.enter_async_context(_callers(settings, session, parts.monotonic))
        sending = await stack.enter_async_context(
            sessions.patient(settings.proxies, settings.client_timeout_seconds, cookie_jar=aiohttp.DummyCookieJar())
        )
        messenger = TeamsMessenger(
            Connector(sending, tokens.current, tokens.doubt) if tokens else Connector(sending, None),
            context.database,
            parts.metrics.record_web_api_call,
            bot_id=settings.teams_client_id,
            now=context.clock,
            monotonic=parts.monotonic,
        )
        hears = TeamsHandlers(context, messenger, bot_id=settings.teams_client_id)
        named = settings.teams_named.client_id
        refusals = Refusals(PROFILE.name, parts.metrics.record_refusal, parts.monotonic, parts.noted, named)
        # Where nobody signs, whoever develops here may call their tenant what they like.
        tenants = Tenants(settings.teams_allowed_tenants if callers else (), settings.teams_tenant_id)
        hearing = Hearing(hears.hear, responses.apology, responses.busy)
        route = TeamsRoute(callers, tenants, hearing, parts.metrics, refusals, parts.fairness)
        yield TeamsSide(messenger, tokens, callers, tenants, settings.teams_client_id, refusals, route, hears.settled)


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
