"""Put the Slack side of the bot together; imported only where Slack is set up."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Protocol

from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot import sessions
from bot.platform import WAITS, Parts, Profile
from bot.settings.checked import Settings
from bot.slack import sdk
from bot.slack.guard import GuardedRequest
from bot.slack.one_workspace import Installation
from bot.slack.profile import PROFILE
from bot.slack.route import Apology, Reception, SlackRoute
from bot.slack.sdk import Dispatch
from bot.web.application import Check
from bot.web.asgi import Answer
from bot.web.refusals import Refusals
from cards.compose import notices
from handlers.slack import listeners
from handlers.slack.installs import Installs, SlackInstalls
from messengers.slack.messenger import SlackMessenger
from store.deliveries.rows import Delivery


class Workspaces(Protocol):
    """Whom the bot serves on Slack: one workspace by its token, or all that installed it."""

    def home(self) -> str:
        """Give the workspace that is spoken for, '' while that is not known."""

    @property
    def pages(self) -> Sequence[Route]:
        """Give the pages that people open in a browser."""

    async def answer(self, request: GuardedRequest, dispatch: Dispatch) -> Answer:
        """Answer a request with what `dispatch` answers for who is served, or else politely."""

    async def learn(self, waits: Sequence[float]) -> None:
        """Ask Slack what has to be known, until it says."""

    async def keep_fresh(self) -> None:
        """Keep what is known up to date, until it is cancelled."""

    async def checks(self) -> Sequence[Check]:
        """Say for /readyz whether anybody can be served."""

    async def examined(self) -> Sequence[Check]:
        """Examine them for `doctor`."""


class SlackSide(Struct):
    """The parts of a built bot that speak to Slack.

    `is_listening` tells whether the connection of Socket Mode stands; None where there is none.
    """

    settings: Settings
    messenger: SlackMessenger
    installation: Workspaces
    reception: Reception
    refusals: Refusals
    route: SlackRoute | None
    settled: Callable[[Delivery], Awaitable[None]]
    look_for_removals: Callable[[], Awaitable[None]]
    is_listening: Callable[[], Awaitable[bool]] | None = None
    profile: Profile = PROFILE

    @property
    def pages(self) -> Sequence[Route]:
        """Give the pages of an installation, where there are any."""
        return self.installation.pages

    @asynccontextmanager
    async def listening(self, limit: float) -> AsyncIterator[None]:
        """Hear over Socket Mode where there is an app token."""
        settings = self.settings
        if settings.slack_app_token is None:
            yield
            return
        # Its client is for those who have no public address.
        from bot.slack import socket_mode  # noqa: PLC0415 # slow

        async with socket_mode.connected(
            settings.slack_app_token.reveal(),
            settings.slack_api_url,
            self.reception,
            proxies=settings.proxies,
            limit=limit,
        ) as connection:
            self.is_listening = connection.is_connected
            yield

    async def keep_fresh(self) -> None:
        """Keep what is known of installations up to date."""
        await self.installation.keep_fresh()

    async def learn_credentials(self, waits: Sequence[float] = WAITS) -> None:
        """Ask Slack whom we serve, until it says, and go on with what was stopped."""
        await self.installation.learn(waits)
        await self.look_for_removals()

    async def checks(self) -> Sequence[Check]:
        """Say whether anybody can be served, and whether the connection of Socket Mode stands."""
        checks = [*await self.installation.checks()]
        if self.is_listening is not None:
            listens = await self.is_listening()
            detail = "connected" if listens else "not connected to Slack; the log says why"
            checks.append(Check("socket", listens, detail, self.profile.name))
        return checks

    async def examined(self) -> Sequence[Check]:
        """Examine whom we serve."""
        return await self.installation.examined()


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
        app = sdk.bolt(client)
        record = parts.metrics.record_web_api_call
        workspaces: Workspaces
        installs: Installs
        if settings.installs_slack:
            # Encryption and OAuth are for those who have many.
            from bot.slack import many_workspaces  # noqa: PLC0415 # slow
            from bot.slack.admission import Admission, current_workspace  # noqa: PLC0415 # of what comes late
            from handlers.slack.places import SlackPlaces  # noqa: PLC0415 # of what comes late

            stored, unheard, seals = many_workspaces.stored(parts, session, client)
            messenger = SlackMessenger(stored.client, replies, record, is_installed_again=stored.is_installed_again)
            installs = places = SlackPlaces(context, messenger, stored, unheard)
            admission = Admission(
                settings,
                stored,
                tell=lambda url, card: context.spawn(messenger.respond(url, card, replace=False)),
                lacks=places.lacks,
            )
            workspaces = many_workspaces.Installations(
                settings,
                stored,
                seals,
                context,
                parts.monotonic,
                admission,
                places,
                client,
                parts.metrics.record_installations,
            )
            hears = listeners.register(app, context, messenger, current_workspace.get, installs)
        else:

            async def only(_workspace: str) -> AsyncWebClient:
                return client

            messenger = SlackMessenger(only, replies, record)
            workspaces = Installation(client, messenger)
            installs = SlackInstalls(context, messenger, workspaces.home)
            hears = listeners.register(app, context, messenger, workspaces.home, installs)
        dispatch = partial(sdk.dispatch, app, hears.ahead)
        apology = Apology(
            words=notices.apology_words,
            tell=lambda url, words: context.spawn(messenger.respond_words(url, words)),
            busy=notices.TOO_MANY,
        )
        reception = Reception(
            lambda request: workspaces.answer(request, dispatch), apology, parts.metrics, parts.fairness
        )
        refusals = Refusals(PROFILE.name, parts.metrics.record_refusal, parts.monotonic, parts.noted)
        secret = settings.slack_signing_secret  # wherever there is one, beside Socket Mode too
        route = SlackRoute(secret.reveal(), reception, refusals=refusals) if secret else None
        looks = installs.look_for_removals
        yield SlackSide(settings, messenger, workspaces, reception, refusals, route, hears.settled, looks)
