"""Lease what somebody waits for in the transaction that promises it, and post it once that is committed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace

from scheduler.delivery.admission import Admission, Admit
from scheduler.delivery.lease import Ready, Terms, leased
from scheduler.delivery.under_way import UnderWay
from store.deliveries.promises import Standing
from store.deliveries.rows import Delivery
from store.tables import DeliveryKind

# Whether a kind may be leased where it is promised. What a lease asks besides must be told by the row alone, and by
# what the ledger says with it (`Standing.is_free`); a test walks this table beside those checks.
AT_ONCE: Mapping[DeliveryKind, bool] = {
    # Somebody asked a moment ago and waits: no subscription that may be paused, no date, no choice to be made anew.
    "reply": True,
    "share": True,
    "mention": True,
    # Its subscription may have been paused or held, or its tip be too late by now.
    "tip": False,
    "introduction": False,
    # It may be over, wait for what is said of its case, or belong to a subscription.
    "round": False,
    # Nobody waits for these with their eyes: they come when it is their turn.
    "notice": False,
    "tally": False,
    "closing": False,
    "reveal": False,
    "correction": False,
    "corrected": False,
    "plan": False,
    "answer": False,
}


class Handover(Protocol):
    """What one transaction hands to whoever posts: rows that it leases, and that are posted after its commit."""

    def promised(self, row: Delivery) -> Delivery:
        """Give a planned row as it is to be written: leased, where it may go at once by itself."""

    def settled(self, standing: Standing) -> Delivery:
        """Give a row that was written as `promised` said: leased still, or planned for its turn."""


class _Nobody:
    """Hands nothing over."""

    def promised(self, row: Delivery) -> Delivery:
        return row

    def settled(self, standing: Standing) -> Delivery:
        raise AssertionError(f"{standing.row.id} was not leased here")


NOBODY: Handover = _Nobody()


class AtOnce:
    """The short way from a promise to its post, for the rows whose turn it is; all others stay planned.

    `room` gives how many may be leased now, 0 while anything that came before waits for room; `deliver` posts one that
    is leased, and records how it ended.
    """

    def __init__(
        self,
        terms: Terms,
        clock: Callable[[], datetime],
        admission: Admission,
        under_way: UnderWay,
        *,
        room: Callable[[], int],
        deliver: Callable[[Ready], Coroutine[Any, Any, Delivery | None]],
    ) -> None:
        self._terms = terms
        self._clock = clock
        self._admission = admission
        self._under_way = under_way
        self._room = room
        self._deliver = deliver

    @contextmanager
    def handover(self) -> Iterator[Handover]:
        """Open it around a transaction: what that leased is posted if the block ends without an error, else never."""
        is_committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def begin(ready: Ready) -> None:
            self._under_way.begin(self._once(is_committed, ready), ready.delivery)

        try:
            yield _Handover(self._terms, self._clock, self._admission, self._room, begin)
        except BaseException:
            is_committed.set_result(False)
            raise
        is_committed.set_result(True)

    async def _once(self, is_committed: asyncio.Future[bool], ready: Ready) -> Delivery | None:
        # Shielded: one that is given up takes no other along.
        return await self._deliver(ready) if await asyncio.shield(is_committed) else None


class _Handover:
    """What one transaction leases, which counts as under way from its admission on: nobody else gets its place."""

    def __init__(
        self,
        terms: Terms,
        clock: Callable[[], datetime],
        admission: Admission,
        room: Callable[[], int],
        begin: Callable[[Ready], None],
    ) -> None:
        self._terms = terms
        self._clock = clock
        self._admission = admission
        self._room = room
        self._begin = begin
        self._opened: tuple[datetime, int, Admit] | None = None

    def promised(self, row: Delivery) -> Delivery:
        now, room, admit = self._opened or self._open()
        if room <= 0 or not AT_ONCE[row.kind] or row.state != "planned" or row.not_before > now:
            return row
        self._opened = now, room - 1, admit
        return leased(row, self._terms, now)

    def settled(self, standing: Standing) -> Delivery:
        row = standing.row
        _, _, admit = self._opened or self._open()
        planned = replace(row, state="planned", attempt=row.attempt - 1, lease_owner="", lease_until=None)
        if not standing.is_free:
            return planned
        if later := admit(planned):
            return replace(planned, not_before=later)
        self._begin(Ready(row, None))
        return row

    def _open(self) -> tuple[datetime, int, Admit]:
        """Look once the transaction has its turn: until then others may have taken the room."""
        now = self._clock()
        self._opened = now, self._room(), self._admission.at(now)
        return self._opened
