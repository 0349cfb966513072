"""Settle deliveries of unknown outcome by looking for them at their platform."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from msgspec import Struct
from msgspec.structs import replace

from cards.reason import Cause
from messengers.base import Absent, Address, CannotLook, Found, LookedUp, Messenger
from scheduler.delivery import record
from scheduler.delivery.record import Settled
from scheduler.hooks import Hooks
from store.database.access import Database
from store.deliveries.rows import Delivery
from store.deliveries.unknown import Unsettled

_AT_ONCE = 8  # workspaces; what somebody waits for has the connections first
_ROWS = 200  # in one round; the next comes two minutes later
_STARTS_FOR = 30.0  # seconds, of the minute a round has in all
_LONGEST = 15.0  # seconds for one look, which may be several calls

log = structlog.get_logger()
_unsettled = Unsettled()


class Lookup(Struct, frozen=True):
    """What looking takes: whose platforms, what a card is about, and how long an outcome rests before."""

    database: Database
    messengers: Mapping[str, Messenger]
    hooks: Hooks
    clock: Callable[[], datetime]
    rested: timedelta

    async def settle(self, is_under_way: Callable[[Delivery], bool]) -> tuple[Delivery, ...]:
        """Look for what is unknown long enough; gives the rows that are 'sent' or 'planned' again by that.

        Whatever can't be looked up stays unknown and is tried again later. One that a person sent again meanwhile is
        left alone. Within a workspace one is looked up after the other, and no more once the platform asks to wait.
        """
        rows = await self._taken(is_under_way)
        places: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for row in rows:
            places[row.platform, row.workspace].append(row)
        slots, until = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop().time() + _STARTS_FOR
        settled = await asyncio.gather(*(self._look_through(place, slots, until) for place in places.values()))
        return tuple(row for some in settled for row in some)

    async def _taken(self, is_under_way: Callable[[Delivery], bool]) -> list[Delivery]:
        """Take rows to look up, with the `looked_at` they had; they are marked, so that no other process takes them."""
        now = self.clock()
        async with self.database.write() as connection:
            due = await _unsettled.due(connection, now, self.rested, _ROWS)
            rows = [row for row in due if row.platform in self.messengers and not is_under_way(row)]
            await _unsettled.mark(connection, [replace(row, looked_at=now) for row in rows])
        return rows

    async def _look_through(self, rows: list[Delivery], slots: asyncio.Semaphore, until: float) -> list[Delivery]:
        """Look up the rows of one workspace."""
        settled: list[Delivery] = []
        async with slots:
            for index, row in enumerate(rows):
                if asyncio.get_running_loop().time() > until:
                    await self._give_back(rows[index:])
                    break
                found = await self._look(row)
                if isinstance(found, CannotLook):
                    log.info("delivery.not_looked_up", delivery=row.id, key=row.key, reason=found.reason)
                    if found.seconds:
                        await self._give_back([row])  # it goes on first: what was read of its channel is not lost
                        break
                elif (written := await self._write(row, found)) is not None:
                    settled.append(written)
        return settled

    async def _look(self, row: Delivery) -> LookedUp:
        address = Address(row.platform, row.workspace, row.conversation, row.thread)
        try:
            async with asyncio.timeout(_LONGEST):
                # Since it was planned: an earlier attempt may have been posted too.
                messenger = self.messengers[row.platform]
                return await messenger.look_up(address, row.id, row.created_at, row.attempt)
        except TimeoutError:
            return CannotLook("timeout")
        except Exception as error:  # one delivery's fault is its own, and its outcome is as unknown as before
            log.exception("delivery.messenger_fault", delivery=row.id, key=row.key)
            return CannotLook(f"the messenger failed: {type(error).__name__}")

    async def _write(self, row: Delivery, found: Found | Absent) -> Delivery | None:
        """Write what was found; None where a person sent it again meanwhile."""
        now = self.clock()
        looked = replace(row, looked_at=now, changed_at=now)
        match found:
            case Found(posted):
                sent = replace(looked, state="sent", message_id=posted.message_id, link=posted.link, reason="")
                settled = Settled(sent, subject=self._subject(row), conversation=posted.conversation)
            case Absent():
                settled = Settled(replace(looked, state="planned", not_before=now, reason=str(Cause.NOT_THERE)))
            case _:
                assert_never(found)
        async with self.database.write() as connection:
            (written,) = await record.record(connection, [settled], now)
        if written is not None:
            log.info("delivery.looked_up", delivery=row.id, key=row.key, state=written.state)
        return written

    async def _give_back(self, rows: list[Delivery]) -> None:
        async with self.database.write() as connection:
            await _unsettled.mark(connection, rows)

    def _subject(self, row: Delivery) -> str:
        """Give what its card is about, as it was remembered had the answer come."""
        if row.subject or (row.kind == "mention" and not row.argument):
            return row.subject
        try:
            subject = self.hooks.draw(row, None).subject
        except Exception:  # noqa: BLE001 # its content has gone, or can't be drawn any more: then nothing deepens it
            return ""
        return str(subject) if subject else ""
