"""Renew tokens ahead of their end, in rounds, with no request coming in."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from messengers.slack.rotation import AHEAD, Rotation
from messengers.slack.sealing import SealedError
from store import installations as rows
from store.database.access import Database, UnusableError
from store.installations import Stored

log = structlog.get_logger()

_DUE = 500  # tokens renewed in one round
_AT_ONCE = 8  # of them
_ROUND = 5.0  # seconds that one round is waited for
_UNREADABLE_FOR = 600.0  # seconds until a row that no key opens is tried again


class RenewingAhead:
    """Looks for what is due; `renew` gives a row as it is afterwards, None where there is none."""

    def __init__(
        self,
        database: Database,
        rotation: Rotation,
        renew: Callable[[Stored], Awaitable[Stored | None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._rotation = rotation
        self._renew = renew
        self._clock = clock
        self._renewing: list[asyncio.Task[bool]] = []

    async def renew_due(self, now: datetime) -> int:
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
        self._renewing = [asyncio.create_task(self._renew_one(stored, turns)) for stored in due]
        done, _ = await asyncio.wait(self._renewing, timeout=_ROUND)
        return sum(each.result() for each in done)

    def stop(self) -> None:
        """Begin with no other token of the last round."""
        for each in self._renewing:
            each.cancel()

    async def _renew_one(self, stored: Stored, turns: asyncio.Semaphore) -> bool:
        async with turns:
            if self._rotation.is_asked_to_wait(self._clock()):
                return False
            try:
                renewed = await self._renew(stored)
            except SealedError as error:
                log_sealed(error)
                await self._rotation.put_off(stored, _UNREADABLE_FOR)
                return False
            except UnusableError as error:  # it is looked for again soon
                log.warning("slack.token.not_written", place=stored.place, reason=str(error))
                return False
            return renewed is not None and renewed.changed_at != stored.changed_at


def log_sealed(error: SealedError) -> None:
    """Tell the operator that no key opens a token."""
    log.error("slack.token.sealed", place=error.place, advice=str(error))
