"""Serve the one workspace whose token is set: nothing of its installation is stored."""

from collections.abc import Sequence

import structlog
from msgspec import Struct
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.platform import until_sound
from bot.slack import errors, sdk
from bot.slack.guard import GuardedRequest
from bot.slack.profile import PROFILE
from bot.slack.sdk import Dispatch
from bot.web.application import Check
from bot.web.asgi import Answer
from cards import scopes
from messengers.slack.messenger import Identity, SlackMessenger

log = structlog.get_logger()

_HISTORY = {
    "channels:history": "public channels",
    "groups:history": "private channels",
    "im:history": "direct messages",
    "mpim:history": "group messages",
}


class Installation(Struct):
    """The installation in the one workspace there is; it is not known until Slack has said whose token this is."""

    client: AsyncWebClient
    messenger: SlackMessenger
    identity: Identity | None = None
    fault: str = "Slack has not been asked yet"

    def home(self) -> str:
        """Give the workspace's id, or '' while it is not known."""
        return self.identity.workspace if self.identity else ""

    @property
    def pages(self) -> Sequence[Route]:
        """Give none: nobody installs what a token is set for."""
        return ()

    async def answer(self, request: GuardedRequest, dispatch: Dispatch) -> Answer:
        """Answer whoever asks: they are all of this workspace."""
        bot_user = self.identity.bot_user if self.identity else None
        return await dispatch(request, sdk.Identity(bot_user, self.client.token))

    async def ask(self) -> str:
        """Ask Slack whose token this is; gives what is wrong, in words, or ''."""
        try:
            self.identity = await self.messenger.identity("")
        except errors.FAULTS as error:
            self.fault = errors.words(error, "the token")
            return self.fault
        return ""

    async def learn(self, waits: Sequence[float]) -> None:
        """Ask until Slack says; a token it refuses is said in words."""
        await until_sound(self.ask, "slack.identity", waits)
        log.info("slack.identity", workspace=self.home())

    async def keep_fresh(self) -> None:
        """Do nothing: the token that is set never changes."""

    async def checks(self) -> Sequence[Check]:
        """Say whether the token is known."""
        known = self.identity is not None
        return [Check(PROFILE.name, known, "knows the token" if known else self.fault, PROFILE.name)]

    async def examined(self) -> Sequence[Check]:
        """Ask whose token this is, and look at what it was granted."""
        fault = await self.ask()
        if fault or self.identity is None:
            return [Check(PROFILE.name, ok=False, detail=fault)]
        who = f"workspace {self.identity.workspace}, bot user {self.identity.bot_user}"
        return [Check(PROFILE.name, ok=True, detail=who), *_granted(self.identity.scopes)]


def _granted(granted: Sequence[str]) -> Sequence[Check]:
    if not granted:  # Slack did not say
        return ()
    missing = [scope.name for scope in scopes.missing(granted)]
    listed = f"granted {', '.join(granted)}"
    detail = f"missing {', '.join(missing)}; {listed}: install the app again" if missing else listed
    lacking = [f"{scope.name} ({scope.without})" for scope in scopes.missing(granted, scopes.OPTIONAL)]
    optional = f"not granted: {', '.join(lacking)}" if lacking else "granted"
    readable = [where for scope, where in _HISTORY.items() if scope in granted]
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
