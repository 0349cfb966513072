"""Follow on Slack the end of installations: what is kept of a workspace goes with it, unless it was no end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Protocol

import structlog
from msgspec import Struct
from slack_bolt.response import BoltResponse

from cards.scopes import Scope
from handlers import uninstall
from handlers.context import HandlerContext
from handlers.payload import mapping
from handlers.slack import payload
from handlers.slack.responses import NOTHING
from messengers.slack import PLATFORM
from messengers.slack.errors import ENDS
from messengers.slack.installations import Installed
from messengers.slack.messenger import SlackMessenger
from store.database.access import UnusableError

log = structlog.get_logger()

# Seconds before each try to learn whether we are installed; the last one repeats.
REMOVAL_WAITS = (0, 5, 30, 300, 1800, 7200)


class Lack(Struct, frozen=True):
    """An installation that was granted less than this version needs; `link` is the page that asks for all."""

    installed: Installed
    workspace: str
    missing: Sequence[Scope]
    link: str


class Installs(Protocol):
    """What hears of the end of installations, and of what becomes of them: of the only one, or of many."""

    async def revoked(self, body: Mapping[str, Any]) -> BoltResponse:
        """Hear that tokens were revoked."""

    async def uninstalled(self, body: Mapping[str, Any]) -> BoltResponse:
        """Hear that the app was removed."""

    async def heard(self, body: Mapping[str, Any]) -> BoltResponse:
        """Hear what else Slack tells of a workspace or an organization."""

    async def look_for_removals(self) -> None:
        """Go on with what was stopped."""


class SlackInstalls:
    """The listeners for them. The token itself is asked, for as long as it takes."""

    def __init__(
        self,
        context: HandlerContext,
        messenger: SlackMessenger,
        home: Callable[[], str],
        removal_waits: Sequence[float] = REMOVAL_WAITS,
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for ('' while unknown)."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._removal_waits = removal_waits

    async def revoked(self, body: Mapping[str, Any]) -> BoltResponse:
        """Follow the end of tokens. Slack: the event names whose, and people's own end without ours."""
        tokens = mapping(mapping(body.get("event")).get("tokens"))
        return NOTHING if tokens and not tokens.get("bot") else await self.uninstalled(body)

    async def uninstalled(self, body: Mapping[str, Any]) -> BoltResponse:
        """Stop a workspace that removed the app, then forget it, unless Slack says that we are still installed there.

        Both events come in any order, and may come after a re-install: the token itself is asked.
        """
        workspace = payload.workspace(body, self._home())
        await uninstall.stop(self._context, PLATFORM, workspace)
        self._context.spawn(self._forget_if_gone(workspace))
        return NOTHING

    async def heard(self, body: Mapping[str, Any]) -> BoltResponse:  # noqa: ARG002 # nothing of it is kept
        """Take what else Slack tells of the workspace, whose token goes on as it is."""
        return NOTHING

    async def look_for_removals(self) -> None:
        """Go on, after a restart, with workspaces that were stopped and not yet forgotten.

        So do tips that were stopped for a refusal, where the token is good: it is another one, perhaps.
        """
        stopped, home = await uninstall.stopped(self._context, PLATFORM), self._home()
        for workspace in stopped:
            self._context.spawn(self._forget_if_gone(workspace))
        if home not in stopped and home in await uninstall.refused(self._context, PLATFORM, ENDS):
            self._context.spawn(self._go_on_if_good(home))

    async def _go_on_if_good(self, workspace: str) -> None:
        for wait in chain(self._removal_waits, repeat(self._removal_waits[-1])):
            await asyncio.sleep(wait)
            try:
                is_installed = await self._messenger.is_installed(workspace)
                if is_installed:
                    await uninstall.restart(self._context, PLATFORM, workspace, ENDS)
                if is_installed is not None:
                    return
            except UnusableError as error:
                log.warning("slack.refusal.not_undone", workspace=workspace, reason=str(error))

    async def _forget_if_gone(self, workspace: str) -> None:
        waits = self._removal_waits
        for tries, wait in enumerate(chain(waits, repeat(waits[-1])), 1):
            await asyncio.sleep(wait)
            try:
                if await self._is_decided(workspace):
                    return
            except UnusableError as error:
                log.warning("slack.uninstall.not_written", workspace=workspace, reason=str(error))
            if tries >= len(waits):
                # Its tips are held meanwhile, so it is asked for as long as the bot runs.
                log.error("slack.uninstall.undecided", workspace=workspace)

    async def _is_decided(self, workspace: str) -> bool:
        match await self._messenger.is_installed(workspace):
            case True:
                await uninstall.restart(self._context, PLATFORM, workspace, ENDS)
                log.info("slack.uninstall.ignored", workspace=workspace)
            case False:
                await uninstall.forget(self._context, PLATFORM, workspace)
                log.info("slack.uninstall.forgotten", workspace=workspace)
            case None:
                return False
        return True
