"""Put the Slack side of the bot together; imported only where Slack is set up."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import sessions
from bot.platform import WAITS, Parts, Profile, until_sound
from bot.settings.checked import Settings
from bot.slack import errors, sdk, socket_mode
from bot.slack.profile import PROFILE
from bot.slack.route import Apology, Reception, SlackRoute
from bot.web.application import Check
from bot.web.refusals import Refusals
from cards.compose import notices
from handlers.slack import listeners
from messengers.slack.messenger import Identity, SlackMessenger
from store.deliveries.rows import Delivery

log = structlog.get_logger()

_REQUIRED_SCOPES = ("commands", "chat:write", "reactions:read", "app_mentions:read")
_OPTIONAL = {"users:read": "people's time zones, and “workspace admins may change tips”"}
_HISTORY = {
    "channels:history": "public channels",
    "groups:history": "private channels",
    "im:history": "direct messages",
    "mpim:history": "group messages",
}


@dataclass(slots=True)
class Installation:
    """The installation in the one workspace there is; it is not known until Slack has said whose token this is."""

    messenger: SlackMessenger
    identity: Identity | None = None
    fault: str = "Slack has not been asked yet"

    @property
    def workspace(self) -> str:
        """Give the workspace's id, or '' while it is not known."""
        return self.identity.workspace if self.identity else ""

    async def ask(self) -> str:
        """Ask Slack whose token this is; gives what is wrong, in words, or ''."""
        try:
            self.identity = await self.messenger.identity("")
        except errors.FAULTS as error:
            self.fault = errors.words(error, "the token")
            return self.fault
        return ""


@dataclass(slots=True)
class SlackSide:
    """The parts of a built bot that speak to Slack.

    `is_listening` tells whether the connection of Socket Mode stands; None where there is none.
    """

    settings: Settings
    messenger: SlackMessenger
    installation: Installation
    reception: Reception
    refusals: Refusals
    route: SlackRoute | None
    settled: Callable[[Delivery], Awaitable[None]]
    look_for_removals: Callable[[], Awaitable[None]]
    is_listening: Callable[[], Awaitable[bool]] | None = None
    profile: Profile = PROFILE

    @asynccontextmanager
    async def listening(self, limit: float) -> AsyncIterator[None]:
        """Hear over Socket Mode where there is an app token."""
        settings = self.settings
        if settings.slack_app_token is None:
            yield
            return
        async with socket_mode.connected(
            settings.slack_app_token.reveal(),
            settings.slack_api_url,
            self.reception,
            proxies=settings.proxies,
            limit=limit,
        ) as connection:
            self.is_listening = connection.is_connected
            yield

    async def learn_credentials(self, waits: Sequence[float] = WAITS) -> None:
        """Ask Slack whose token this is, until it says; a token it refuses is said in words."""
        await until_sound(self.installation.ask, "slack.identity", waits)
        log.info("slack.identity", workspace=self.installation.workspace)
        await self.look_for_removals()

    async def checks(self) -> Sequence[Check]:
        """Say whether the token is known, and whether the connection of Socket Mode stands."""
        known = self.installation.identity is not None
        name = self.profile.name
        checks = [Check(name, known, "knows the token" if known else self.installation.fault, name)]
        if self.is_listening is not None:
            listens = await self.is_listening()
            detail = "connected" if listens else "not connected to Slack; the log says why"
            checks.append(Check("socket", listens, detail, name))
        return checks

    async def examined(self) -> Sequence[Check]:
        """Ask whose token this is, and look at what it was granted."""
        fault = await self.installation.ask()
        identity = self.installation.identity
        if fault or identity is None:
            return [Check(self.profile.name, ok=False, detail=fault)]
        who = f"workspace {identity.workspace}, bot user {identity.bot_user}"
        return [Check(self.profile.name, ok=True, detail=who), *_granted(identity.scopes)]


def _granted(scopes: Sequence[str]) -> Sequence[Check]:
    if not scopes:  # Slack did not say
        return ()
    missing = [scope for scope in _REQUIRED_SCOPES if scope not in scopes]
    granted = f"granted {', '.join(scopes)}"
    detail = f"missing {', '.join(missing)}; {granted}: install the app again" if missing else granted
    lacking = [f"{scope} ({use})" for scope, use in _OPTIONAL.items() if scope not in scopes]
    optional = f"not granted: {', '.join(lacking)}" if lacking else "granted"
    readable = [where for scope, where in _HISTORY.items() if scope in scopes]
    settling = (
        f"unknown outcomes are looked up in {', '.join(readable)}"
        if readable
        else "unknown outcomes wait for a person: no history scope was granted (docs/reconcile.md)"
    )
    return (
        Check("scopes", ok=not missing, detail=detail),
        Check("optional scopes", ok=True, detail=optional),
        Check("settling", ok=True, detail=settling),
    )


@asynccontextmanager
async def built(parts: Parts) -> AsyncIterator[SlackSide]:
    """Build the Slack side; nothing is sent yet, and everything that was opened is closed at the end."""
    settings, context = parts.settings, parts.context
    async with AsyncExitStack() as stack:
        session, replies = [
            await stack.enter_async_context(sessions.patient(settings.proxies, settings.client_timeout_seconds))
            for _ in range(2)
        ]
        client = sdk.client(settings.proxies, settings.slack_api_url, session, settings.slack_bot_token)

        async def client_of(_workspace: str) -> AsyncWebClient:
            return client

        messenger = SlackMessenger(client_of, replies, parts.metrics.record_web_api_call)
        installation = Installation(messenger)
        app = sdk.bolt(client, lambda: installation.identity.bot_user if installation.identity else None)
        hears = listeners.register(app, context, messenger, lambda: installation.workspace)
        apology = Apology(
            words=notices.apology_words,
            tell=lambda url, words: context.spawn(messenger.respond_words(url, words)),
            busy=notices.TOO_MANY,
        )
        reception = Reception(partial(sdk.dispatch, app), apology, parts.metrics, parts.fairness)
        refusals = Refusals(PROFILE.name, parts.metrics.record_refusal, parts.monotonic, parts.noted)
        secret = settings.slack_signing_secret  # wherever there is one, beside Socket Mode too
        route = SlackRoute(secret.reveal(), reception, refusals=refusals) if secret else None
        looks = hears.installs.look_for_removals
        yield SlackSide(settings, messenger, installation, reception, refusals, route, hears.settled, looks)
