"""The installations of many workspaces: in the database, encrypted, with what this process remembers of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec import Struct
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from messengers.slack import translation
from messengers.slack.errors import GONE
from messengers.slack.installations import (
    CannotServeError,
    InstallAgainError,
    Installed,
    MakeClient,
    NotInstalledError,
    NotServedError,
    UnservedError,
)
from messengers.slack.remembered import Remembered
from messengers.slack.renewing_ahead import RenewingAhead, log_sealed
from messengers.slack.rotation import Rotation
from messengers.slack.sealing import SealedError, Seals
from messengers.slack.served import ServedClient, no_other
from messengers.slack.shared import Shared, Start
from store import installations as rows
from store.database.access import Database, UnusableError, tried_again
from store.installations import Stored

log = structlog.get_logger()

_OVERLAP = timedelta(seconds=60)  # clocks that differ, and transactions that commit late
_WAIT, _TRIES = 0.25, 8  # seconds between looks whether another process has a new token, and how many: Slack waits 3 s
_PATIENCE = 2.5  # seconds that who wants to post waits for a new token: what waits longer is tried again later
# Slack, "Using token rotation": an access token that is refused may be the oldest of more than two, or revoked alone,
# and the installation stands. What renews it tells.
_RENEWABLE = frozenset({"token_expired", "token_revoked", "invalid_auth"})


class Means(Struct, frozen=True):
    """What it works with: how a client is made, the time, and who keeps hold of work that must not be broken off.

    `serves` says whether whoever runs the bot wants a workspace served, by whichever installation.
    `patience` is how many seconds somebody who asks for a client waits for a new token.
    """

    make: MakeClient
    clock: Callable[[], datetime]
    start: Start = asyncio.create_task
    serves: Callable[[str, Installed], bool] = lambda _, __: True
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    patience: float = _PATIENCE


class StoredInstallations:
    """Finds whose installation serves a workspace, gives clients, and follows what becomes of installations."""

    def __init__(self, database: Database, seals: Seals, rotation: Rotation, means: Means) -> None:
        """Remember nothing yet; what changes from now on is seen by `watch`."""
        self._database = database
        self._seals = seals
        self._rotation = rotation
        self._means = means
        self._memory = Remembered(means.monotonic)
        self._shared = Shared()
        self._ahead = RenewingAhead(database, rotation, self._renewed, means.clock)
        self._watched_until = means.clock()

    async def find(self, workspace: str, enterprise: str = "") -> Installed | None:
        """Give the installation that serves a workspace; the database is read once, for all who ask at that moment."""
        known = self._memory.find(workspace, enterprise)
        if known:
            return known
        absence = self._memory.absence(workspace, enterprise)
        if absence is None:
            return await self._shared.once(
                ("read", workspace, enterprise), lambda: self._read(workspace, enterprise), asyncio.create_task
            )
        if absence:
            raise CannotServeError(absence)
        return None

    async def client(self, workspace: str) -> AsyncWebClient:
        """Give the client of a workspace, with a token that is good; one that has ended is renewed first.

        It is for this call, and not to be kept. Where Slack refuses the token all the same, it looks for another.

        Raises:
            UnservedError: there is none, in words; `outcome` says what it means for a post.
        """
        try:
            installed = await self.find(workspace)
            if installed and installed.has_ended(self._means.clock()):
                installed = await self._good_soon(installed)
        except UnusableError as error:
            raise CannotServeError(f"The token of {workspace} could not be read: {error}") from error
        if installed is None:
            raise NotInstalledError(workspace)
        if not self._means.serves(workspace, installed):
            raise NotServedError(workspace)
        return self._memory.client(workspace, installed, self._served)

    def _served(self, workspace: str, installed: Installed) -> AsyncWebClient:
        another = partial(self._another, workspace, installed)
        return ServedClient(self._made(workspace, installed), installed.place, installed.installed_at, another)

    def _made(self, workspace: str, installed: Installed) -> AsyncWebClient:
        team = workspace if installed.is_organization and workspace != installed.place else ""
        return self._means.make(installed.token.reveal(), team)

    async def _another(self, workspace: str, refused: Installed, code: str) -> AsyncWebClient | None:
        """Give a client with another token than one that Slack refused; None where that is what there is.

        Another process may have installed the app anew, or renewed its token. What has ended though our clock says
        otherwise, or was revoked alone, is renewed. Nothing was done with what was refused, so nothing is in doubt.
        """
        try:
            async with self._database.read() as connection:
                serving = await rows.serving(connection, workspace, "")
            if serving is None:
                return None
            stored = serving.stored
            if stored.installed_at == refused.installed_at and self._is_of(stored, refused):
                if code not in _RENEWABLE or not stored.refresh_token:
                    await self._note_refused(stored, code)
                    return None
                good = await self._good_soon(refused, is_refused=True)
            else:
                good = translation.opened(self._seals, stored)
        except (SealedError, UnusableError) as error:
            raise CannotServeError(f"Slack refuses the token of {workspace}, and no other can be read.") from error
        self._memory.drop(workspace, refused.place)
        return (
            None if good is None else ServedClient(self._made(workspace, good), good.place, good.installed_at, no_other)
        )

    async def _good_soon(self, installed: Installed, *, is_refused: bool = False) -> Installed | None:
        """Give an installation with a good token, unless that takes longer than somebody waits who wants to post."""
        good = partial(self._good, installed, is_refused=is_refused)
        try:
            async with asyncio.timeout(self._means.patience):
                return await self._shared.once(("good", installed.place, str(is_refused)), good, asyncio.create_task)
        except TimeoutError as error:  # said now: a post that is broken off would count as one that may have been made
            raise CannotServeError(
                f"The token of {installed.place} has ended; Slack is still asked for a new one."
            ) from error

    async def _note_refused(self, stored: Stored, code: str) -> None:
        """Write down that Slack says that the app is gone, of which nobody may have heard."""
        if code in GONE and stored.refused_at is None:
            async with self._database.write() as connection:
                await rows.refuse(connection, stored, self._means.clock())

    async def is_installed_again(self, workspace: str) -> bool:
        """Say whether a workspace that has no installation, as far as is known here, has one by now; looks anew."""
        self.drop(workspace)
        try:
            return await self.find(workspace) is not None
        except (UnservedError, UnusableError):  # what was refused stays refused
            return False

    async def keep(self, installation: Installation) -> None:
        """Keep what somebody just installed; who installed without the bot changes nothing of it."""
        place = (installation.enterprise_id if installation.is_enterprise_install else installation.team_id) or ""
        if not place or not installation.bot_token:
            log.warning("slack.install.no_bot", place=place, installer=installation.user_id)
            return
        await self._keep(translation.sealed(self._seals, place, installation, self._means.clock()))
        self.drop(place)

    @tried_again
    async def _keep(self, stored: Stored) -> None:
        async with self._database.write() as connection:
            await rows.keep(connection, stored)

    async def mark_removed(self, place: str, at: datetime, seen: Stored | None = None) -> bool:
        """Blank the tokens of what was removed at `at`, or those `seen`; False where it was installed after that."""

        @tried_again
        async def mark() -> bool:
            async with self._database.write() as connection:
                return await rows.remove(connection, place, at, self._means.clock(), seen)

        gone = await mark()
        self.drop(place)
        return gone

    async def admit(self, workspace: str, enterprise: str, at: datetime) -> None:
        """Remember that an organization's installation serves a workspace, as Slack said at `at`."""

        @tried_again
        async def admit() -> None:
            async with self._database.write() as connection:
                await rows.admit(connection, workspace, enterprise, at)

        await admit()
        self.drop(workspace)

    async def turn_out(self, workspace: str, enterprise: str, at: datetime) -> bool:
        """Forget that an organization's installation serves a workspace, as Slack said at `at`."""

        @tried_again
        async def turn_out() -> bool:
            async with self._database.write() as connection:
                return await rows.turn_out(connection, workspace, enterprise, at, self._means.clock())

        gone = await turn_out()
        self.drop(workspace)
        return gone

    def drop(self, place: str) -> None:
        """Forget in memory what is known of a workspace or an organization."""
        self._memory.drop(place)

    async def watch(self) -> None:
        """Forget what was changed since the last time, by whichever process: one query."""
        until = self._means.clock()
        async with self._database.read() as connection:
            changed = await rows.changed_since(connection, self._watched_until - _OVERLAP)
        self._watched_until = until
        self._memory.learn(changed)

    async def refresh_due(self, now: datetime) -> int:
        """Renew the tokens that end within two hours, unless another process does; gives how many changed."""
        return await self._ahead.renew_due(now)

    def renew_no_more(self) -> None:
        """Begin with no other token of the last round; what Slack was asked for already is still written down."""
        self._ahead.stop()

    async def _good(self, installed: Installed, *, is_refused: bool) -> Installed | None:
        """Give an installation whose token has not ended: asked for here, or by another who has the turn."""

        def is_bad(stored: Stored) -> bool:
            return self._has_ended(stored) or (is_refused and self._is_of(stored, installed))

        for look in range(_TRIES):
            async with self._database.read() as connection:
                stored = await rows.of_place(connection, installed.place)
            if stored is None or stored.removed_at is not None:
                return None
            try:
                stored = await self._renewed(stored) if is_bad(stored) else stored
                if stored is None or stored.removed_at is not None:
                    return None
                if not is_bad(stored):
                    fresh = translation.opened(self._seals, stored)
                    self._memory.renew(fresh)
                    return fresh
            except SealedError as error:
                raise CannotServeError(str(error)) from error
            if not stored.refresh_token:
                raise InstallAgainError(installed.place, stored.installed_at)
            if look + 1 < _TRIES:
                await self._means.sleep(_WAIT)
        raise CannotServeError(f"The token of {installed.place} has ended; Slack is asked for a new one again soon.")

    def _is_of(self, stored: Stored, installed: Installed) -> bool:
        """Say whether a row holds the token of an installation."""
        return self._seals.open(stored.token, stored.place) == installed.token.reveal()

    def _has_ended(self, stored: Stored) -> bool:
        return stored.expires_at is not None and stored.expires_at <= self._means.clock()

    async def _renewed(self, stored: Stored) -> Stored | None:
        """Renew a token, once for all who ask here at this moment; whoever stops waiting does not break it off."""
        renewed: Stored | None = await self._shared.once(
            ("renew", stored.place), lambda: self._rotation.renew(stored), self._means.start
        )
        if renewed and renewed.changed_at != stored.changed_at and renewed.removed_at is None:
            self._memory.renew(translation.opened(self._seals, renewed))
        return renewed

    async def _read(self, workspace: str, enterprise: str) -> Installed | None:
        async with self._database.read() as connection:
            serving = await rows.serving(connection, workspace, enterprise)
        if serving is None:
            self._memory.put_absent(workspace, enterprise)
            return None
        try:
            installed = translation.opened(self._seals, serving.stored)
        except SealedError as error:
            log_sealed(error)
            self._memory.put_absent(workspace, enterprise, str(error))
            raise CannotServeError(str(error)) from error
        self._memory.put(workspace or installed.place, installed)
        if serving.is_new:
            try:
                async with self._database.write() as connection:
                    await rows.admit(connection, workspace, installed.place, self._means.clock())
            except UnusableError:  # the request is answered all the same, and the next one that names both tells it
                log.warning("slack.install.not_admitted", workspace=workspace, enterprise=installed.place)
        return installed
