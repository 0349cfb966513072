"""Share planning between workspaces, so that a large one's thousands of tips delay nobody else's."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from scheduler.delivery.pace import UNPACED, Pace
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries.rows import Delivery
from store.due_subscriptions import DueSubscriptions

_IN_TURNS = 50_000  # subscriptions that are put in turns at once: some 10 MB

_due_subscriptions = DueSubscriptions()


# Joins a transaction that plans: it is given the buckets of the workspaces whose tips were planned.
OnPlanned = Callable[[AsyncConnection, Collection[int]], Awaitable[None]]


async def _nobody(_: AsyncConnection, __: Collection[int]) -> None:
    """Do nothing."""


class Turns(Struct):
    """How one planning takes turns, over several calls where it takes long.

    `pace` says how fast a platform's posts go, `joined` joins each transaction, `planned` hears after each that planned
    something. After `batches` transactions a call comes back (None: not before all is planned): what falls due
    meanwhile has its turn in the next one.
    """

    pace: Callable[[str], Pace] = lambda _: UNPACED
    joined: OnPlanned = _nobody
    planned: Callable[[], None] = lambda: None
    batches: int | None = None
    _before: Counter[tuple[str, str]] = field(default_factory=Counter)

    def spread(self, row: Delivery, now: datetime) -> Delivery:
        """Give a row the turn that its workspace's pace will give it, before anybody looks at it.

        Without it a large workspace's tips would all be due at once, and be read and put off by the thousand before
        others' are reached.
        """
        if row.state != "planned":
            return row
        place = row.platform, row.workspace
        seconds = self.pace(row.platform).spread(self._before[place])
        self._before[place] += 1
        return replace(row, not_before=max(row.not_before, now) + timedelta(seconds=seconds)) if seconds else row


class Crowd(Struct):
    """The subscriptions that are due where more are than one transaction takes (`most`), each workspace's first first.

    `is_held_by_others`: all that was named last belongs to another process, which plans it.
    """

    database: Database
    now: datetime
    most: int
    is_held_by_others: bool = False
    _queue: tuple[str, ...] = ()
    _found: int = 0

    async def next(self) -> tuple[str, ...]:
        """Name those that come next, at most `most`; none where one transaction takes all there are."""
        if not self._queue:
            async with self.database.read() as connection:
                queue = await _due_subscriptions.in_turns(connection, self.now, _IN_TURNS)
            self._queue, self._found = (queue if len(queue) > self.most else ()), 0
        among, self._queue = self._queue[: self.most], self._queue[self.most :]
        return among

    def note(self, among: Collection[str], found: int) -> None:
        """Say how many of those that were named last were there to be planned."""
        self._found += found
        self.is_held_by_others = bool(among) and not self._queue and not self._found
