"""Settle deliveries of unknown outcome by looking for them at their platform."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from msgspec import Struct, field
from msgspec.structs import replace

from cards.reason import Cause
from messengers.base import Absent, Address, CannotLook, Found, LookedUp, Messenger
from scheduler.delivery import record
from scheduler.delivery.record import Settled
from scheduler.hooks import Hooks
from store.database.access import Database, UnusableError
from store.deliveries.queue import Queue
from store.deliveries.rows import Delivery
from store.deliveries.unknown import Unsettled

_AT_ONCE = 8  # workspaces; what somebody waits for has the connections first
_ROWS = 200  # in one round; the next comes two minutes later
_STARTS_FOR = 30.0  # seconds, of the minute a round has in all
_LONGEST = 15.0  # seconds for one look, which may be several calls
_HELD = timedelta(seconds=60)  # by whoever takes a round's rows: a round ends before, whatever it finds
_TOGETHER = 16  # looks in vain that are written down at once; as many are done again where a process dies

log = structlog.get_logger()
_queue, _unsettled = Queue(), Unsettled()


class _Round(Struct):
    """The rows that one round took, which it holds `until` then; `ended` are those to be let go, as to be written."""

    rows: Sequence[Delivery]
    held_until: datetime
    stops_at: float  # of the loop's time
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    settled: list[Delivery] = field(default_factory=list)
    ended: list[Delivery] = field(default_factory=list)


class Lookup(Struct, frozen=True):
    """What looking takes: whose platforms, what a card is about, and how long an outcome rests before.

    No look begins in a round after `starts_for` seconds.
    """

    database: Database
    messengers: Mapping[str, Messenger]
    hooks: Hooks
    clock: Callable[[], datetime]
    rested: timedelta
    starts_for: float = _STARTS_FOR

    async def settle(
        self, is_under_way: Callable[[Delivery], bool], tell: Callable[[Delivery], None]
    ) -> tuple[Delivery, ...]:
        """Look for what is unknown long enough; gives the rows that are 'sent' or 'planned' again by that.

        `tell` hears of each at once. Whatever can't be looked up stays unknown and is tried again later. One that a
        person sent again meanwhile is left alone. Within a workspace one is looked up after the other, and no more once
        the platform asks to wait: then nobody looks there before that is over. What a round took and did not look at,
        however it ended, comes again as if it had not been taken; where the process died, once it is held no more.
        """
        taken = await self._taken(is_under_way)
        places: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for row in taken.rows:
            places[row.platform, row.workspace].append(row)
        # All of them to their end: one workspace's fault must not leave what is found in another untold.
        ends = await asyncio.gather(
            *(self._look_through(taken, place, tell) for place in places.values()), return_exceptions=True
        )
        await self._let_go(taken)
        for fault in ends:
            if fault is not None:
                raise fault
        return tuple(taken.settled)

    async def _taken(self, is_under_way: Callable[[Delivery], bool]) -> _Round:
        """Take rows to look up: they are held, so that no other process takes them."""
        now, stops_at = self.clock(), asyncio.get_running_loop().time() + self.starts_for
        until = now + _HELD
        async with self.database.write() as connection:
            due = await _unsettled.due(connection, now, self.rested, _ROWS, self.messengers.keys())
            rows = [row for row in due if not is_under_way(row)]
            await _unsettled.hold(connection, rows, until)
        return _Round(rows, until, stops_at)

    async def _look_through(self, taken: _Round, rows: Sequence[Delivery], tell: Callable[[Delivery], None]) -> None:
        """Look up the rows of one workspace."""
        async with taken.slots:
            for index, row in enumerate(rows):
                if asyncio.get_running_loop().time() >= taken.stops_at:
                    taken.ended += rows[index:]
                    break
                found = await self._look(row)
                if isinstance(found, CannotLook):
                    log.info("delivery.not_looked_up", delivery=row.id, key=row.key, reason=found.reason)
                    if found.seconds:
                        # This one goes on first: what was read of its channel is not lost.
                        await self._wait(taken, rows[index:], found.seconds)
                        break
                    taken.ended.append(replace(row, looked_at=self.clock()))
                elif (written := await self._write(taken, row, found)) is not None:
                    taken.settled.append(written)
                    tell(written)
                if len(taken.ended) >= _TOGETHER:
                    await self._let_go(taken)

    async def _let_go(self, taken: _Round) -> None:
        """Write down which rows were looked at in vain, and that they, and those that were not, are held no more."""
        ended, taken.ended = taken.ended, []
        if ended:
            async with self.database.write() as connection:
                await _unsettled.release(connection, ended, taken.held_until)

    async def _wait(self, taken: _Round, rows: Sequence[Delivery], seconds: float) -> None:
        """Let go of a workspace's rows that nobody looked at, for when its platform lets somebody."""
        until = self.clock() + timedelta(seconds=seconds)
        async with self.database.write() as connection:
            await _unsettled.release(connection, rows, taken.held_until)
            await _queue.hold_back(connection, rows[0].platform, rows[0].workspace, until, state="unknown")

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

    async def _write(self, taken: _Round, row: Delivery, found: Found | Absent) -> Delivery | None:
        """Write what was found; None where a person sent it again meanwhile, or where that can't be written."""
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
        try:
            async with self.database.write() as connection:
                (written,) = await record.record(connection, [settled], now)
        except UnusableError:
            raise
        except Exception:  # one delivery's fault is its own: it rests, and is in the way of no other
            log.exception("delivery.not_recorded", delivery=row.id, key=row.key)
            taken.ended.append(replace(row, looked_at=now))
            return None
        if written is not None:
            log.info("delivery.looked_up", delivery=row.id, key=row.key, state=written.state)
        return written

    def _subject(self, row: Delivery) -> str:
        """Give what its card is about, as it was remembered had the answer come."""
        if row.subject or (row.kind == "mention" and not row.argument):
            return row.subject
        try:
            subject = self.hooks.draw(row, None).subject
        except Exception:  # noqa: BLE001 # its content has gone, or can't be drawn any more: then nothing deepens it
            return ""
        return str(subject) if subject else ""
