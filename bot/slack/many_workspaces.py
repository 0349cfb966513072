"""Serve every workspace that installs the app from our page; imported only where that is set up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.platform import Parts
from bot.settings.checked import Settings
from bot.slack import sdk
from bot.slack.admission import Admission, Dispatch, current_workspace
from bot.slack.guard import GuardedRequest
from bot.slack.install.flow import InstallFlow, Stores, allows
from bot.slack.install.routes import InstallPages
from bot.slack.profile import PROFILE
from bot.web.application import Check
from bot.web.asgi import Answer
from cards import scopes
from handlers.context import HandlerContext
from handlers.slack.places import SlackPlaces
from messengers.slack.installations import Token
from messengers.slack.oauth_stores import BoltInstallations, StoredStates
from messengers.slack.rotation import AppSecrets, Rotation
from messengers.slack.sealing import SealedError, Seals
from messengers.slack.stored_installations import Means, StoredInstallations
from messengers.slack.unheard import Unheard
from store import installations as rows
from store.database.access import UnusableError

log = structlog.get_logger()

_WATCHED_EVERY = 3.0  # seconds: by then an installation that ended in another process is known here
_RENEWED_EVERY = 60.0
_LOOKED_EVERY = 600.0  # for what was stopped and is installed again, or was kept long enough
_COUNTED_FOR = 30.0  # probes come often, and counting 100,000 takes a while
_PAGE = 500
_NAMED = 5  # of the workspaces that something is wrong with


@dataclass(slots=True)
class Installations:
    """All installations there are: which one a request is for, the pages that make one, and how they are."""

    settings: Settings
    stored: StoredInstallations
    seals: Seals
    context: HandlerContext
    monotonic: Callable[[], float]
    admission: Admission
    places: SlackPlaces
    client: AsyncWebClient
    counted: tuple[float, str] = (-_COUNTED_FOR, "")  # when, and what /readyz said then
    rest: Callable[[float], Awaitable[object]] = asyncio.sleep

    def home(self) -> str:
        """Give the workspace of the request that is being answered; '' outside of one."""
        return current_workspace.get()

    @property
    def pages(self) -> Sequence[Route]:
        """Give the pages of an installation."""
        stores = Stores(
            BoltInstallations(self.stored),
            StoredStates(self.context.database, self.context.clock),
            self.places.installed,
        )
        flow = InstallFlow(self.settings, self.client, stores, self.context.clock)
        return InstallPages(self.settings, flow, self.monotonic).routes()

    async def answer(self, request: GuardedRequest, dispatch: Dispatch) -> Answer:
        """Answer whoever has an installation."""
        return await self.admission.answer(request, dispatch)

    async def learn(self, waits: Sequence[float]) -> None:  # Slack is not asked
        """Begin at once: each token was good when it came, and says itself when it is not."""

    async def keep_fresh(self) -> None:
        """Learn what other processes changed, and renew tokens ahead of their end, until it is cancelled.

        Each by itself: looking for what was stopped asks Slack of one workspace after another, and may take long.
        """
        try:
            await asyncio.gather(
                self._again(_WATCHED_EVERY, self.stored.watch),
                self._again(_RENEWED_EVERY, lambda: self.stored.refresh_due(self.context.clock())),
                self._again(_LOOKED_EVERY, self.places.look_for_removals),
            )
        finally:
            self.stored.renew_no_more()

    async def _again(self, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await act()
            except UnusableError as error:  # it is tried again in a moment
                log.warning("slack.installations.unread", error=str(error))
            except Exception:  # supervision: after one fault the others' tokens must still be renewed
                log.exception("slack.installations.fault")
            await self.rest(seconds)

    async def checks(self) -> Sequence[Check]:
        """Say how many there are; none is no fault, for the first is still to come."""
        if self.monotonic() - self.counted[0] >= _COUNTED_FOR:
            try:
                async with self.context.database.read() as connection:
                    teams, organizations, _ = await rows.counts(connection)
            except UnusableError:  # said beside this
                return [
                    Check(PROFILE.name, ok=True, detail="installations cannot be counted now", platform=PROFILE.name)
                ]
            self.counted = self.monotonic(), f"installed in {teams} workspaces and {organizations} organizations"
        return [Check(PROFILE.name, ok=True, detail=self.counted[1], platform=PROFILE.name)]

    async def examined(self) -> Sequence[Check]:
        """Look at every installation: how many there are, and which cannot be served, and why."""
        try:
            async with self.context.database.read() as connection:
                teams, organizations, gone = await rows.counts(connection)
        except UnusableError:  # said beside this: it may not be migrated
            return [Check(PROFILE.name, ok=False, detail="installations cannot be read")]
        counted = f"{teams} workspaces and {organizations} organizations"
        removed = f"; removed, and not forgotten yet: {gone}" if gone else ""
        sealed, ended, lacking = await self._troubled()
        return [
            Check(PROFILE.name, ok=True, detail=f"installed in {counted}{removed}; {self._installed_from()}"),
            _named("slack tokens", sealed, "no key in TOKEN_ENCRYPTION_KEYS opens the token of", "all can be read"),
            _named("slack ended", ended, "has to be installed again, for its token has ended:", "no token has ended"),
            _named("scopes", lacking, "a scope that is needed was not granted in", "all that is needed was granted"),
        ]

    def _installed_from(self) -> str:
        limited = len(self.settings.allowed_workspaces)
        who = f"{limited} ids in ALLOWED_WORKSPACES" if limited else "anybody"
        return f"open to {who} at {self.settings.public_url}/slack/install"

    async def _troubled(self) -> tuple[list[str], list[str], list[str]]:
        """List places whose token no key opens, has ended, or was granted too little."""
        sealed: list[str] = []
        ended: list[str] = []
        lacking: list[str] = []
        after, now = "", self.context.clock()
        while True:
            async with self.context.database.read() as connection:
                page = await rows.page(connection, after, _PAGE)
            for after, row in page:  # noqa: B007 # the last one is where the next page begins
                if row.removed_at is not None:
                    continue
                try:
                    self.seals.open(row.token, row.place)
                except SealedError:
                    sealed.append(row.place)
                if row.expires_at is not None and row.expires_at <= now - timedelta(minutes=5):
                    ended.append(row.place)
                if row.scopes and scopes.missing(row.scopes.split(",")):
                    lacking.append(row.place)
            if len(page) < _PAGE:
                return sealed, ended, lacking


def _named(name: str, places: Sequence[str], wrong: str, well: str) -> Check:
    listed = ", ".join(places[:_NAMED]) + (f" and {len(places) - _NAMED} others" if len(places) > _NAMED else "")
    return Check(name, ok=not places, detail=f"{wrong} {listed}" if places else well)


def stored(parts: Parts, session: ClientSession, client: AsyncWebClient) -> tuple[StoredInstallations, Unheard, Seals]:
    """Build the installations from the database, and the keys of their tokens; `client` has no token."""
    settings, context = parts.settings, parts.context
    seals = Seals([key.reveal() for key in settings.token_encryption_keys])
    secret = settings.slack_client_secret
    app = AppSecrets(settings.slack_client_id, Token(secret.reveal() if secret else ""))
    rotation = Rotation(context.database, seals, app, client, clock=context.clock)
    means = Means(
        lambda token, team: sdk.client(settings.proxies, settings.slack_api_url, session, token, team),
        context.clock,
        start=parts.start,
        serves=lambda workspace, found: allows(settings.allowed_workspaces, workspace, found.enterprise or found.place),
        monotonic=parts.monotonic,
    )
    stored_ = StoredInstallations(context.database, seals, rotation, means)
    return stored_, Unheard(context.database, seals, means), seals
