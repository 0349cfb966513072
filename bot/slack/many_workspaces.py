"""Serve every workspace that installs the app from our page; imported only where that is set up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from aiohttp import ClientSession
from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.platform import Parts
from bot.settings.checked import Settings
from bot.slack import sdk
from bot.slack.admission import Admission, current_workspace
from bot.slack.guard import GuardedRequest
from bot.slack.install.flow import InstallFlow, Stores, allows
from bot.slack.install.routes import InstallPages
from bot.slack.profile import PROFILE
from bot.slack.sdk import Dispatch
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
from store.database.access import UnusableError
from store.installations import Stored
from store.workspaces import census
from store.workspaces.census import Census

log = structlog.get_logger()

_WATCHED_EVERY = 3.0  # seconds: by then an installation that ended in another process is known here
_RENEWED_EVERY = 60.0
_LOOKED_EVERY = 600.0  # for what was stopped and is installed again, or was kept long enough
_COUNTED_FOR = 30.0  # probes come often, and counting 100,000 takes a while
_LATE = timedelta(minutes=5)  # after its end a token is not renewed any more, or it would have been
_OPENED = 1_000  # tokens of those changed first, and of those changed last: to open 100,000 takes seconds
_NAMED = 5  # of the workspaces that something is wrong with


class Installations(Struct):
    """All installations there are: which one a request is for, the pages that make one, and how they are."""

    settings: Settings
    stored: StoredInstallations
    seals: Seals
    context: HandlerContext
    monotonic: Callable[[], float]
    admission: Admission
    places: SlackPlaces
    client: AsyncWebClient
    record: Callable[[Mapping[str, int]], None]
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
                self._again(_RENEWED_EVERY, self.count),
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
        """Say how many there are; none is no fault, for the first is still to come, nor are those that ended."""
        if self.monotonic() - self.counted[0] >= _COUNTED_FOR:
            try:
                found = await self.count()
            except UnusableError:  # said beside this
                return [
                    Check(PROFILE.name, ok=True, detail="installations cannot be counted now", platform=PROFILE.name)
                ]
            lost = f"; {found.ended} of them have to install it again" if found.ended else ""
            counted = f"installed in {found.workspaces} workspaces and {found.organizations} organizations{lost}"
            self.counted = self.monotonic(), counted
        return [Check(PROFILE.name, ok=True, detail=self.counted[1], platform=PROFILE.name)]

    async def count(self) -> Census:
        """Count them, for the metrics too."""
        async with self.context.database.read() as connection:
            found = await census.counted(connection, self.context.clock() - _LATE)
        self.record(
            {
                "installed": found.workspaces + found.organizations,
                "removed": found.removed,
                "ended": found.ended,
                "refused": found.refused,
            }
        )
        return found

    async def examined(self) -> Sequence[Check]:
        """Say how many there are, and which cannot be served, and why."""
        before = self.context.clock() - _LATE
        try:
            async with self.context.database.read() as connection:
                found = await census.counted(connection, before)
                ended = await census.ended(connection, before, _NAMED)
                refused = await census.refused(connection, _NAMED)
                granted = await census.granted(connection)
                looked_at = await census.outermost(connection, _OPENED)
        except UnusableError:  # said beside this: it may not be migrated
            return [Check(PROFILE.name, ok=False, detail="installations cannot be read")]
        counted = f"{found.workspaces} workspaces and {found.organizations} organizations"
        removed = f"; removed, and not forgotten yet: {found.removed}" if found.removed else ""
        sealed = [row.place for row in looked_at if not self._opens(row)]
        lacking = [
            (place, count) for scopes_, count, place in granted if scopes_ and scopes.missing(scopes_.split(","))
        ]
        lack = sum(count for _, count in lacking)
        readable = "all can be read"
        if len(looked_at) < found.workspaces + found.organizations:
            readable = f"the {len(looked_at)} that were changed first and last can be read; `rotate-keys` reads all"
        gone = "Slack says that the app is gone, which counts as removed after a day:"
        return [
            Check(PROFILE.name, ok=True, detail=f"installed in {counted}{removed}; {self._installed_from()}"),
            _named("slack tokens", sealed, "no key in TOKEN_ENCRYPTION_KEYS opens the token of", readable),
            _named(
                "slack ended",
                ended,
                "has to be installed again, for its token has ended:",
                "no token has ended",
                found.ended,
            ),
            _named("slack refused", refused, gone, "no token is refused", found.refused),
            _named(
                "scopes",
                [place for place, _ in lacking],
                "a scope that is needed was not granted in",
                "all that is needed was granted",
                lack,
            ),
        ]

    def _opens(self, row: Stored) -> bool:
        try:
            self.seals.open(row.token, row.place)
        except SealedError:
            return False
        return True

    def _installed_from(self) -> str:
        limited = len(self.settings.allowed_workspaces)
        who = f"{limited} ids in ALLOWED_WORKSPACES" if limited else "anybody"
        return f"open to {who} at {self.settings.public_url}/slack/install"


def _named(name: str, places: Sequence[str], wrong: str, well: str, count: int = 0) -> Check:
    """Name some places that something is wrong with, of `count`, or of those given."""
    others = max(count, len(places)) - len(places[:_NAMED])
    listed = ", ".join(places[:_NAMED]) + (f" and {others} others" if others else "")
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
