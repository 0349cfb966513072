"""The installations of many workspaces: in the database, encrypted, with what this process remembers of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from messengers.slack import translation
from messengers.slack.installations import (
    CannotServeError,
    InstallAgainError,
    Installed,
    MakeClient,
    NotInstalledError,
    NotServedError,
)
from messengers.slack.remembered import Remembered
from messengers.slack.rotation import AHEAD, Rotation
from messengers.slack.sealing import SealedError, Seals
from store import installations as rows
from store.database.access import Database, UnusableError, tried_again
from store.installations import Stored

log = structlog.get_logger()
T = TypeVar("T")
Start = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]

_OVERLAP = timedelta(seconds=60)  # clocks that differ, and transactions that commit late
_DUE = 500  # tokens renewed in one round
_AT_ONCE = 8  # of them
_ROUND = 5.0  # seconds that one round is waited for
_WAIT, _TRIES = 0.25, 8  # seconds between looks whether another process has a new token, and how many: Slack waits 3 s
_PATIENCE = 2.5  # seconds that who wants to post waits for a new token: what waits longer is tried again later
_UNREADABLE_FOR = 600.0  # seconds until a row that no key opens is tried again


@dataclass(frozen=True, slots=True)
class Means:
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
    """The body of `Installations` for many workspaces."""

    def __init__(self, database: Database, seals: Seals, rotation: Rotation, means: Means) -> None:
        """Remember nothing yet; what changes from now on is seen by `watch`."""
        self._database = database
        self._seals = seals
        self._rotation = rotation
        self._means = means
        self._memory = Remembered(means.monotonic)
        self._shared: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        self._renewing: list[asyncio.Task[bool]] = []
        self._watched_until = means.clock()

    async def find(self, workspace: str, enterprise: str = "") -> Installed | None:
        """Give the installation that serves a workspace; the database is read once, for all who ask at that moment."""
        known = self._memory.find(workspace, enterprise)
        if known:
            return known
        absence = self._memory.absence(workspace, enterprise)
        if absence is None:
            return await self._once(
                ("read", workspace, enterprise), lambda: self._read(workspace, enterprise), asyncio.create_task
            )
        if absence:
            raise CannotServeError(absence)
        return None

    async def client(self, workspace: str) -> AsyncWebClient:
        """Give the client of a workspace, with a token that is good; one that has ended is renewed first."""
        try:
            installed = await self.find(workspace)
            if installed and installed.has_ended(self._means.clock()):
                good = partial(self._good, installed)
                async with asyncio.timeout(self._means.patience):
                    installed = await self._once(("good", installed.place), good, asyncio.create_task)
        except TimeoutError as error:  # said now: a post that is broken off would count as one that may have been made
            raise CannotServeError(
                f"The token of {workspace} has ended; Slack is still asked for a new one."
            ) from error
        except UnusableError as error:
            raise CannotServeError(f"The token of {workspace} could not be read: {error}") from error
        if installed is None:
            raise NotInstalledError(workspace)
        if not self._means.serves(workspace, installed):
            raise NotServedError(workspace)
        return self._memory.client(workspace, installed, self._means.make)

    async def is_replaced(self, workspace: str, token: str) -> bool:
        """Say whether another token serves a workspace than one that was refused, or than none; forgets that one."""
        try:
            async with self._database.read() as connection:
                serving = await rows.serving(connection, workspace, "")
            if serving is None or self._seals.open(serving.stored.token, serving.stored.place) == token:
                return False
        except (SealedError, UnusableError):  # what was refused stays refused
            return False
        for place in (workspace, serving.stored.place):
            self.drop(place)
        return True

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

    async def mark_removed(self, place: str, at: datetime) -> bool:
        """Blank the tokens of what was removed at `at`; False where it was installed after that, or is not."""

        @tried_again
        async def mark() -> bool:
            async with self._database.write() as connection:
                return await rows.remove(connection, place, at, self._means.clock())

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
        """Renew the tokens that end within two hours, unless another process does; gives how many changed.

        What takes longer than some seconds goes on by itself, so that whoever calls this is not held up.
        """
        if self._rotation.is_asked_to_wait(now) or not all(each.done() for each in self._renewing):
            return 0
        async with self._database.read() as connection:
            due = await rows.due(connection, now + AHEAD, now, _DUE)
        if not due:
            return 0
        turns = asyncio.Semaphore(_AT_ONCE)
        self._renewing = [asyncio.create_task(self._renew_due(stored, turns)) for stored in due]
        done, _ = await asyncio.wait(self._renewing, timeout=_ROUND)
        return sum(each.result() for each in done)

    def renew_no_more(self) -> None:
        """Begin with no other token of the last round; what Slack was asked for already is still written down."""
        for each in self._renewing:
            each.cancel()

    async def _renew_due(self, stored: Stored, turns: asyncio.Semaphore) -> bool:
        async with turns:
            if self._rotation.is_asked_to_wait(self._means.clock()):
                return False
            try:
                renewed = await self._renewed(stored)
            except SealedError as error:
                _log_sealed(error)
                await self._rotation.put_off(stored, _UNREADABLE_FOR)
                return False
            except UnusableError as error:  # it is looked for again soon
                log.warning("slack.token.not_written", place=stored.place, reason=str(error))
                return False
            return renewed is not None and renewed.changed_at != stored.changed_at

    async def _good(self, installed: Installed) -> Installed | None:
        """Give an installation whose token has not ended: asked for here, or by another who has the turn."""
        for look in range(_TRIES):
            async with self._database.read() as connection:
                stored = await rows.of_place(connection, installed.place)
            if stored is None or stored.removed_at is not None:
                return None
            try:
                stored = await self._renewed(stored) if self._has_ended(stored) else stored
                if stored is None or stored.removed_at is not None:
                    return None
                if not self._has_ended(stored):
                    fresh = translation.opened(self._seals, stored)
                    self._memory.renew(fresh)
                    return fresh
            except SealedError as error:
                raise CannotServeError(str(error)) from error
            if not stored.refresh_token:
                raise InstallAgainError(installed.place)
            if look + 1 < _TRIES:
                await self._means.sleep(_WAIT)
        raise CannotServeError(f"The token of {installed.place} has ended; Slack is asked for a new one again soon.")

    def _has_ended(self, stored: Stored) -> bool:
        return stored.expires_at is not None and stored.expires_at <= self._means.clock()

    async def _renewed(self, stored: Stored) -> Stored | None:
        """Renew a token, once for all who ask here at this moment; whoever stops waiting does not break it off."""
        renewed: Stored | None = await self._once(
            ("renew", stored.place), lambda: self._rotation.renew(stored), self._means.start
        )
        if renewed and renewed.changed_at != stored.changed_at and renewed.removed_at is None:
            self._memory.renew(translation.opened(self._seals, renewed))
        return renewed

    async def _once(self, what: tuple[str, ...], act: Callable[[], Coroutine[Any, Any, T]], start: Start) -> T:
        task = self._shared.get(what)
        if task is None:
            task = self._shared[what] = start(act())
            task.add_done_callback(partial(self._ended, what))
        found: T = await asyncio.shield(task)
        return found

    def _ended(self, what: tuple[str, ...], task: asyncio.Task[Any]) -> None:
        """Let the next who asks begin anew; where nobody waits any more, what went wrong was said by whoever tried."""
        self._shared.pop(what, None)
        if not task.cancelled():
            task.exception()

    async def _read(self, workspace: str, enterprise: str) -> Installed | None:
        async with self._database.read() as connection:
            serving = await rows.serving(connection, workspace, enterprise)
        if serving is None:
            self._memory.put_absent(workspace, enterprise)
            return None
        try:
            installed = translation.opened(self._seals, serving.stored)
        except SealedError as error:
            _log_sealed(error)
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


def _log_sealed(error: SealedError) -> None:
    log.error("slack.token.sealed", place=error.place, advice=str(error))
