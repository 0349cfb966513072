"""Follow what becomes of where the app is installed, where many install it: removed, revoked, admitted, moved, renamed.

Slack sends these events in any order, late, and more than once. So each is compared with what was installed since, and
what they leave open is looked for again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

import structlog
from cachetools import FIFOCache
from slack_bolt.response import BoltResponse

from cards.compose import installing
from handlers import enqueue, uninstall
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.slack import payload
from handlers.slack.installs import REMOVAL_WAITS, Lack
from handlers.slack.responses import NOTHING
from messengers.base import Address
from messengers.slack import PLATFORM
from messengers.slack.errors import ENDS, OF_WORKSPACES
from messengers.slack.installations import UnservedError
from messengers.slack.messenger import SlackMessenger
from messengers.slack.stored_installations import StoredInstallations
from messengers.slack.unheard import Unheard
from store import installations
from store.database.access import UnusableError, tried_again
from store.installations import Stored
from store.workspaces import census

log = structlog.get_logger()

HEARD = timedelta(days=1)  # that an organization admits a workspace, where nobody installs there after all
_WHOLE = timedelta(seconds=0.999)  # Slack tells whole seconds of when something happened, cut off
# One that an organization's installation does not serve any more is refused as each of its channels is.
_STOPPING = OF_WORKSPACES | {"team_access_not_granted"}
_MOST_TEAMS = 1_000  # ids of one event that are looked at
_MOST_LACKING = 10_000  # of whom is remembered that they were told; the ledger tells nobody twice
_About = tuple[str, tuple[str, ...]]  # a place, and the scopes that it lacks


class SlackPlaces:
    """The listeners for them, and who is greeted."""

    def __init__(
        self,
        context: HandlerContext,
        messenger: SlackMessenger,
        stored: StoredInstallations,
        unheard: Unheard,
        waits: Sequence[float] = REMOVAL_WAITS,
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the installations, and who looks for unheard ends."""
        self._context = context
        self._messenger = messenger
        self._stored = stored
        self._unheard = unheard
        self._waits = waits
        self._lacking: FIFOCache[_About, None] = FIFOCache(_MOST_LACKING)

    async def heard(self, body: Mapping[str, Any]) -> BoltResponse:
        """Follow what else Slack tells of a workspace or an organization."""
        match text(mapping(body.get("event")).get("type")):
            case "team_access_granted":
                await self._granted(body)
            case "team_access_revoked":
                await self._turned_out(body)
            case "grid_migration_started":
                # Slack refuses posts meanwhile.
                if await self._is_known(workspace := payload.workspace(body, "")):
                    await uninstall.stop(self._context, PLATFORM, workspace)
            case "grid_migration_finished":
                await self._migrated(body)
            case "team_rename":
                await self._renamed(payload.workspace(body, ""), text(mapping(body.get("event")).get("name")))
            case _:
                pass  # team_domain_change: addresses of messages lead on, and none of ours has the domain in it
        return NOTHING

    # --- installed

    async def installed(self, place: str, installer: str) -> None:
        """Let what was stopped go on, and greet who installed it, once; of an organization once it admits somebody."""
        workspaces = await self._workspaces(place)
        for workspace in workspaces:
            await self._go_on(workspace)
        for workspace in workspaces[:1]:
            await self._greet(place, workspace, installer)

    async def _greet(self, place: str, workspace: str, person: str) -> None:
        if person:
            here = Address(PLATFORM, workspace, person)
            await self._context.enqueue(
                enqueue.told(here, installing.WELCOME, f"{place}:{person}", self._context.clock())
            )

    async def _granted(self, body: Mapping[str, Any]) -> None:
        """Follow which workspaces an organization's installation serves from now on."""
        enterprise, at = payload.enterprise(body), _happened(body)
        found = await self._stored.find("", enterprise) if enterprise else None
        for workspace in _teams(body):
            await self._stored.admit(workspace, enterprise, at)
            await self._go_on(workspace)
            if found is not None:
                await self._greet(enterprise, workspace, found.installer)
                found = None  # in the first of them alone

    def lacks(self, lack: Lack) -> None:
        """Tell whoever installed the app that this version needs more than was granted, once."""
        about = (lack.installed.place, tuple(scope.name for scope in lack.missing))
        if about not in self._lacking:
            self._lacking[about] = None
            self._context.spawn(self._tell(lack, about))

    async def _tell(self, lack: Lack, about: _About) -> None:
        if lack.installed.installer:
            here = Address(PLATFORM, lack.workspace, lack.installed.installer)
            words, now = installing.granting(lack.missing, lack.link), self._context.clock()
            try:
                await self._context.enqueue(enqueue.told(here, words, lack.installed.place, now))
            except BaseException:  # nobody was told, and the next request tells again
                self._lacking.pop(about, None)
                raise

    async def _go_on(self, workspace: str) -> None:
        """Let go on what was stopped by an event, or by a refusal: of some ends no event tells."""
        await uninstall.restart(self._context, PLATFORM, workspace, _STOPPING)

    # --- gone

    async def uninstalled(self, body: Mapping[str, Any]) -> BoltResponse:
        """Stop where the app was removed, and delete its tokens at once; the rest goes once it is kept no longer.

        Slack: that an organization removed it tells the organization alone.
        """
        place, at = _place(body), _happened(body)
        if not await self._is_known(place) or await self._is_newer(place, at):
            log.info("slack.uninstall.ignored", place=place)
        else:
            await self._removed(place, at)
        return NOTHING

    async def _removed(self, place: str, at: datetime, seen: Stored | None = None) -> None:
        workspaces = await self._workspaces(place)
        for workspace in workspaces:
            await uninstall.stop(self._context, PLATFORM, workspace)
        is_gone = await self._stored.mark_removed(place, at, seen)
        # Installed again while they were stopped; where others stand there than were seen, it was too. But another
        # process may have found the same end: then none stand there any more.
        if not is_gone and await (self._has_own(place) if seen is not None else self._is_newer(place, at)):
            for workspace in workspaces:
                await self._go_on(workspace)
            return
        log.info("slack.uninstall.stopped", place=place, is_heard=seen is None)

    async def _turned_out(self, body: Mapping[str, Any]) -> None:
        """Stop the workspaces that an organization's installation serves no more."""
        enterprise, at = payload.enterprise(body), _happened(body)
        for workspace in _teams(body):
            if await self._stored.turn_out(workspace, enterprise, at) and not await self._has_own(workspace):
                await uninstall.stop(self._context, PLATFORM, workspace)

    async def revoked(self, body: Mapping[str, Any]) -> BoltResponse:
        """Hold what the bot's token was for, until Slack says whether it still works: alone it is no removal."""
        tokens = mapping(mapping(body.get("event")).get("tokens"))
        place, at = _place(body), _happened(body)
        if (tokens and not tokens.get("bot")) or not await self._is_known(place) or await self._is_newer(place, at):
            return NOTHING
        for workspace in await self._workspaces(place):
            await uninstall.stop(self._context, PLATFORM, workspace)
            self._context.spawn(self._go_on_if_installed(workspace))
        return NOTHING

    async def _go_on_if_installed(self, workspace: str) -> None:
        for wait in chain(self._waits, repeat(self._waits[-1])):
            await asyncio.sleep(wait)
            match await self._messenger.is_installed(workspace):
                case True:
                    await self._go_on(workspace)
                    return
                case False:
                    self._stored.drop(workspace)  # installed again elsewhere, nobody tries here with this token
                    log.info("slack.revoked", workspace=workspace)
                    return
                case None:
                    pass

    async def look_for_removals(self) -> None:
        """Look at all that was stopped: let go on what is served again; the rest goes when its grace has passed."""
        try:
            stopped = await uninstall.stopped(self._context, PLATFORM)
            for workspace in dict.fromkeys((*stopped, *await self._refused_before())):
                await self._look_at(workspace)
            looked = await self._unheard.looked()
            for stored in looked.gone:
                await self._removed(stored.place, self._context.clock(), stored)
            for place in looked.back:
                for workspace in await self._workspaces(place):
                    await self._go_on(workspace)
            await self._forget_unserved()
        except UnusableError as error:  # it is looked for again soon
            log.warning("slack.uninstall.not_written", reason=str(error))

    async def _refused_before(self) -> Sequence[str]:
        """List what is stopped for a refusal, and served by an installation that nothing was refused to since.

        Who installed it may have been killed before the tips went on.
        """
        async with self._context.database.read() as connection:
            return await census.stopped_though_served(connection, PLATFORM, ENDS, self._context.clock())

    @tried_again
    async def _forget_unserved(self) -> None:
        async with self._context.database.write() as connection:
            await installations.forget_unserved(connection, self._context.clock() - HEARD)

    async def _look_at(self, workspace: str) -> None:
        try:
            found = await self._stored.find(workspace)
        except UnservedError:
            return  # it is installed, and its token cannot be read now: nothing is decided
        if found is not None and await self._messenger.is_installed(workspace):
            await self._go_on(workspace)
        else:
            self._stored.drop(workspace)

    # --- moved and renamed

    async def _migrated(self, body: Mapping[str, Any]) -> None:
        """Let it go on, with all that it had: a workspace keeps its id."""
        workspace = payload.workspace(body, "")
        enterprise = text(mapping(body.get("event")).get("enterprise_id")) or payload.enterprise(body)
        await self._moved(workspace, enterprise)
        await self._go_on(workspace)

    @tried_again
    async def _moved(self, workspace: str, enterprise: str) -> None:
        async with self._context.database.write() as connection:
            await installations.move(connection, workspace, enterprise, self._context.clock())
        self._stored.drop(workspace)

    @tried_again
    async def _renamed(self, workspace: str, name: str) -> None:
        async with self._context.database.write() as connection:
            await installations.rename(connection, workspace, name, self._context.clock())
        self._stored.drop(workspace)

    # --- asked of the store

    async def _is_known(self, place: str) -> bool:
        """Say whether anything is kept of a place; whoever was turned away is told of here too, and leaves nothing."""
        async with self._context.database.read() as connection:
            row = await installations.of_place(connection, place)
        return row is not None or await uninstall.has_tips(self._context, PLATFORM, place)

    async def _is_newer(self, place: str, at: datetime) -> bool:
        async with self._context.database.read() as connection:
            return await installations.is_newer(connection, place, at)

    async def _workspaces(self, place: str) -> Sequence[str]:
        """List the workspaces that a place's installation serves."""
        if not place.startswith("E"):
            return (place,) if place else ()
        async with self._context.database.read() as connection:
            admitted = await installations.admitted_by(connection, place)
        return [workspace for workspace in admitted if not await self._has_own(workspace)]

    async def _has_own(self, workspace: str) -> bool:
        async with self._context.database.read() as connection:
            own = await installations.of_place(connection, workspace)
        return own is not None and own.removed_at is None


def _place(body: Mapping[str, Any]) -> str:
    """Find the place that an event is about: an organization where it names no workspace."""
    enterprise = payload.enterprise(body)
    workspace = text(body.get("team_id"))
    if enterprise and (payload.is_of_organization(body) or not workspace):
        return enterprise
    return workspace or enterprise


def _happened(body: Mapping[str, Any]) -> datetime:
    """Give when something happened at the latest. Slack: `event_time` is in whole seconds."""
    at = body.get("event_time")
    return datetime.fromtimestamp(at, UTC) + _WHOLE if isinstance(at, int) and 0 < at < 1 << 33 else _UNKNOWN


_UNKNOWN = datetime.fromtimestamp(0, UTC)  # older than whatever is installed: nothing is deleted for it


def _teams(body: Mapping[str, Any]) -> Sequence[str]:
    named = mapping(body.get("event")).get("team_ids")
    teams = named if isinstance(named, list) else []
    return [one for one in teams[:_MOST_TEAMS] if isinstance(one, str) and one.startswith("T") and payload.is_id(one)]
