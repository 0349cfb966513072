"""Deliver what the ledger holds: lease, post, record."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from uuid import uuid4

import structlog
from msgspec import Struct
from msgspec.structs import replace

from messengers.base import Messenger
from scheduler.delivery import lease as leases
from scheduler.delivery.admission import Admission
from scheduler.delivery.at_once import AtOnce
from scheduler.delivery.lease import Ready, Terms
from scheduler.delivery.lookup import Lookup
from scheduler.delivery.pace import Pace
from scheduler.delivery.pacing import Pacer
from scheduler.delivery.posting import SHORTEST_WAIT, Posting
from scheduler.delivery.record import Recorder
from scheduler.delivery.settings import DispatchSettings
from scheduler.delivery.under_way import UnderWay
from scheduler.hooks import Hooks
from store.database.access import Database, UnusableError, tried_again
from store.deliveries.queue import Queue
from store.deliveries.rows import Delivery

_SHORTEST_REST = 0.05  # seconds; turns that come one after the other are leased together
_LOOK_SECONDS = 0.5  # while posts are waited for, until what came due meanwhile is looked for
log = structlog.get_logger()
_queue = Queue()


class Summary(Struct, frozen=True):
    """How many deliveries ended in each way; `slowed` are planned again: asked to wait, or their turn came too late.

    What still waits for its turn is in none of these numbers.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    slowed: int = 0


class _Started(Struct, frozen=True):
    """What a lease set going, and what it settled by itself."""

    posting: tuple[asyncio.Task[Delivery | None], ...]
    settled: tuple[Delivery, ...]


class Dispatcher:
    """Posts what is due, each once; any number of dispatchers, in any number of processes, may share a database.

    `messengers` by platform; `hooks` say what is posted, and hear of all that ended.
    """

    def __init__(
        self,
        database: Database,
        messengers: Mapping[str, Messenger],
        hooks: Hooks,
        *,
        clock: Callable[[], datetime],
        settings: DispatchSettings | None = None,
    ) -> None:
        self._database = database
        self._hooks = hooks
        self._clock = clock
        self._settings = settings or DispatchSettings()
        self._terms = Terms(uuid4().hex, self._settings.lease, self._settings.grace)
        self._recorder = Recorder(database, clock, self._settings.group)
        self._slots = asyncio.Semaphore(self._settings.concurrency)
        pacer = Pacer(self._settings.pace, self._settings.paces)
        self._posting = Posting(messengers, hooks, pacer, clock, self._settings.post_timeout)
        self._lookup = Lookup(database, messengers, hooks, clock, self._settings.settle_after)
        self._under_way = UnderWay()
        self._admission = Admission(pacer, self._under_way, self._settings.concurrency)
        self.at_once = AtOnce(
            self._terms, clock, self._admission, self._under_way, room=self._room_at_once, deliver=self._deliver
        )
        self._woken = asyncio.Event()
        self._door = asyncio.Lock()
        self._is_awaiting_turns = False
        self._looked_at: datetime | None = None  # when all that was due was last leased
        self._is_running = self._is_stopping = False
        self._is_behind = False  # more may be due than there was room for

    def pace(self, platform: str) -> Pace:
        """Give how fast posts go on a platform until it asks to wait."""
        return self._settings.paces.get(platform, self._settings.pace)

    async def deliver_due(self, within: float | None = None, *, buckets: Collection[int] | None = None) -> Summary:
        """Deliver until nothing is due, or lease no more after `within` seconds, and wait for what is under way.

        With `buckets`, the rows of these alone. What waits for its turn stays planned; `next_turn` says until when.
        """
        until = None if within is None else asyncio.get_running_loop().time() + within
        settled: list[Delivery] = []
        posting: list[asyncio.Task[Delivery | None]] = []
        waiting: Collection[asyncio.Task[Delivery | None]] = ()
        while True:
            started = await self._start_due(until, buckets)
            settled += started.settled
            posting += started.posting
            if not waiting and not started.posting:
                break
            # What was under way during a look may have planned something that is due at once.
            if waiting := [task for task in (*waiting, *started.posting) if not task.done()]:
                _, waiting = await asyncio.wait(waiting, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return _summary([*settled, *(row for row in await asyncio.gather(*posting) if row is not None)])

    async def next_turn(self, buckets: Collection[int] | None = None, since: datetime | None = None) -> float | None:
        """Give in how many seconds the next row may be posted whose turn comes after `since` (now), None without."""
        now = self._clock()
        async with self._database.read() as connection:
            turn = await _queue.next_turn(connection, since or now, buckets)
        return None if turn is None else max(_SHORTEST_REST, (turn - now).total_seconds())

    async def settle_unknown(self) -> Summary:
        """Look up what is unknown at its platform; counts what was found (`sent`) and what is planned again (`slowed`).

        It takes less than a minute; what it didn't come to, the next round does.
        """
        return _summary(await self._lookup.settle(self._under_way.is_posting, self._looked_up))

    def _looked_up(self, row: Delivery) -> None:
        self._spread(row)
        if row.state == "planned":
            self.wake()

    async def expire_leases(self) -> int:
        """Mark as unknown what was leased and never recorded, by a process that died; gives how many."""
        now = self._clock()
        async with self._database.write() as connection:
            # Ours that are still under way are not lost, however far a clock was moved.
            rows = await leases.expire(connection, now, self._under_way.is_posting)
        for row in rows:
            log.warning("delivery.unknown", delivery=row.id, key=row.key, reason=row.reason)
            self._spread(row)
        return len(rows)

    async def finish(self) -> None:
        """Deliver what is due, and wait for whatever else this dispatcher has under way."""
        await self.deliver_due()
        while tasks := (*self._under_way.tasks, *self._recorder.tasks):
            await asyncio.wait(tasks)

    def wake(self) -> None:
        """Say that the ledger has something new; call it after the commit. Returns at once."""
        self._woken.set()

    def await_turns(self) -> None:
        """Say that something in the ledger has its turn later, whoever planned it or put it off: it is seen to then."""
        self._is_awaiting_turns = True
        self._woken.set()

    @asynccontextmanager
    async def running(self, limit: float = 8.0) -> AsyncIterator[None]:
        """Deliver in the background whenever woken; at the end lease no more, and finish what is under way.

        What is not finished within `limit` seconds is given up: a post that has begun becomes 'unknown' when its lease
        runs out, and what was leased and not begun is planned again.
        """
        self._is_running, self._is_stopping, self._under_way.is_over = True, False, False
        background = asyncio.create_task(self._deliver_when_woken())
        try:
            yield
        finally:
            self._is_running, self._is_stopping = False, True
            self._woken.set()
            await self._under_way.end(lambda: (background, *self._recorder.tasks), limit)

    async def _deliver_when_woken(self) -> None:
        least = 0.0
        while True:
            await self._rest(least)
            self._woken.clear()
            if self._is_stopping:
                return
            least = 0.0
            try:
                await self._start_due(None, None)
            except UnusableError as error:
                # What was due waits for nobody to wake us again.
                self._is_awaiting_turns, least = True, SHORTEST_WAIT
                log.error("delivery.database", error=str(error))  # noqa: TRY400 # the sentence says it all
            except Exception:  # supervision: one fault must not end all deliveries until a restart
                log.exception("delivery.fault")

    async def _rest(self, least: float) -> None:
        """Wait until woken, or until the next turn comes of what had to wait for one, `least` seconds for that."""
        seconds: float | None = None
        if self._is_awaiting_turns:
            seconds = SHORTEST_WAIT
            self._is_awaiting_turns = False  # before the look: who plans something during it says so once
            with suppress(UnusableError):
                # After the last look, not after now: what came due in between has nobody else to wake us.
                seconds = await self.next_turn(since=self._looked_at)
            self._is_awaiting_turns |= seconds is not None
            seconds = None if seconds is None else max(least, seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _start_due(self, until: float | None, buckets: Collection[int] | None) -> _Started:
        """Lease and start everything that is due, waiting for room where need be, but not for the posts."""
        settled: list[Delivery] = []
        posting: list[asyncio.Task[Delivery | None]] = []
        while not self._is_stopping and (until is None or asyncio.get_running_loop().time() < until):
            async with self._door:  # one lease at a time: each counts on the room it saw
                room = self._admission.room()
                started = await self._lease_apart(room, buckets) if room else None
            self._is_behind = started is None or len(started.posting) == room
            if started is None:
                await asyncio.wait(self._under_way.posts, return_when=asyncio.FIRST_COMPLETED)
                continue
            if not started.posting and not started.settled:
                break
            settled += started.settled
            posting += started.posting
        return _Started(tuple(posting), tuple(settled))

    def _room_at_once(self) -> int:
        """Give how many may go before the ledger is looked at; none while anything there waits for room."""
        return self._admission.room() if self._is_running and not self._is_behind else 0

    async def _lease_apart(self, limit: int, buckets: Collection[int] | None) -> _Started:
        """Lease in a task of its own: a cancelled caller must not leave what it leased unposted."""
        return await asyncio.shield(self._under_way.begin(self._lease(limit, buckets)))

    @tried_again
    async def _lease(self, limit: int, buckets: Collection[int] | None) -> _Started:
        """Lease and start posting, as one: what is leased and not started would end as 'unknown'."""
        now = self._clock()
        under_way = self._under_way.by_workspace()
        terms = replace(self._terms, buckets=buckets, admit=self._admission.at(now), under_way=under_way)
        async with self._database.write() as connection:
            leased = await leases.lease(connection, terms, self._hooks.pool(), now, limit)
        self._looked_at = self._looked_at if buckets else now
        started = tuple(self._under_way.begin(self._deliver(ready), ready.delivery) for ready in leased.ready)
        if leased.put_off:
            self.await_turns()
        for row in leased.settled:
            log.info("delivery.set_aside", delivery=row.id, key=row.key, state=row.state, reason=row.reason)
            self._spread(row)
        return _Started(started, leased.settled)

    async def _deliver(self, ready: Ready) -> Delivery | None:
        async with self._slots:
            if self._under_way.is_over:
                settled = self._posting.given_back(ready)
            else:
                with self._under_way.sending(ready.delivery):
                    settled = await self._posting.attempt(ready)
        row = await self._recorder.record(settled, alone=len(self._under_way.posts) == 1)
        ended = row or settled.delivery
        facts = {"key": ended.key, "attempt": ended.attempt, "state": ended.state, "reason": ended.reason}
        if row is None:  # worth an operator's eye where it is 'sent': two attempts may both have posted
            log.warning("delivery.superseded", delivery=ended.id, **facts)
            return None
        log.info("delivery.settled", delivery=ended.id, **facts)
        if row.state == "failed":
            self.wake()  # it may have planned a notice
        if row.state == "planned" or row.kind == "tally":  # its turn comes later, or people may have voted meanwhile
            self.await_turns()
        self._spread(row)
        return row

    def _spread(self, row: Delivery) -> None:
        """Tell whoever waits for it, as a task of its own: telling takes seconds where a platform is slow."""
        self._under_way.begin(self._tell(row))

    async def _tell(self, row: Delivery) -> None:
        if row.state == "planned":
            return
        try:
            await self._hooks.settled(row)
        except Exception:  # the delivery is settled, whatever becomes of the news of it
            log.exception("delivery.not_told", delivery=row.id, key=row.key)


def _summary(ended: Sequence[Delivery]) -> Summary:
    states = Counter(row.state for row in ended)
    return Summary(states["sent"], states["failed"], states["skipped"], states["unknown"], slowed=states["planned"])
