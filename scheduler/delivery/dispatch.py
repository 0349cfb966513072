"""Deliver what the ledger holds: lease, post, record."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import uuid4

import structlog

from cards.model import Card
from messengers.base import Address, Messenger, Outcome, Posted, Refused, Slowed, Unknown
from scheduler import planning
from scheduler.delivery import lease as delivery_lease
from scheduler.delivery import outcome as delivery_settle
from scheduler.delivery.lease import Ready, Terms
from scheduler.delivery.lookup import Lookup
from scheduler.delivery.outcome import Settled
from scheduler.delivery.pacing import Pace, Pacer
from scheduler.delivery.record import Recorder
from store.database.access import Database, UnusableError, tried_again
from store.deliveries.rows import Deliveries, Delivery
from store.subscriptions import Subscription

CONTENT_GONE = "content-gone"
NOT_DRAWN = "could not be drawn"
LEASE_EXPIRED = "lease expired"
_SHORTEST_WAIT = 1.0  # seconds; a platform that says "slow down" without a time still gets some
_SHORTEST_REST = 0.05  # seconds; turns that come one after the other are leased together

log = structlog.get_logger()
_deliveries = Deliveries()

Draw = Callable[[Delivery, Subscription | None], Card]


class GoneError(LookupError):
    """What a delivery is about has gone from the content since it was planned: it is skipped."""


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """How the dispatcher works; `post_timeout` (seconds) is less than `lease`, and the messenger's own is less still.

    What waits longer than the difference of the two for its turn goes back, so ValueError where there is none.
    `concurrency` is how many posts are under way at once; outcomes are written together every `group` seconds;
    deliveries later than `grace` are skipped; unknown outcomes rest for `settle_after` before they are looked up.
    """

    concurrency: int = 32
    lease: timedelta = timedelta(seconds=60)
    post_timeout: float = 45.0
    grace: timedelta = planning.GRACE
    group: float = 0.02
    settle_after: timedelta = timedelta(seconds=120)
    pace: Pace = field(default_factory=Pace)
    paces: Mapping[str, Pace] = field(default_factory=dict)  # of platforms that differ from `pace`

    def __post_init__(self) -> None:
        """Refuse a lease under which nothing could ever be posted."""
        if timedelta(seconds=self.post_timeout) >= self.lease:
            raise ValueError(f"a post may take {self.post_timeout:g} s, but its lease lasts {self.lease}")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many deliveries ended in each way; `slowed` are planned again: asked to wait, or their turn came too late.

    What still waits for its turn is in none of these numbers.
    """

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    slowed: int = 0


@dataclass(frozen=True, slots=True)
class _Started:
    """What a lease set going, and what it settled by itself."""

    posting: tuple[asyncio.Task[Delivery | None], ...]
    settled: tuple[Delivery, ...]


class Dispatcher:
    """Posts what is due, each once; any number of dispatchers, in any number of processes, may share a database.

    `messengers` by platform; `draw` composes the card of a delivery (GoneError where its content has gone); `tips`
    gives today's tips in file order, id -> dimension; `on_settled` hears of all that ended, once it is written.
    """

    def __init__(  # noqa: PLR0913 # one composition root builds it, all by name
        self,
        database: Database,
        messengers: Mapping[str, Messenger],
        *,
        draw: Draw,
        tips: Callable[[], Mapping[str, str]],
        clock: Callable[[], datetime],
        on_settled: Callable[[Delivery], Awaitable[None]] | None = None,
        settings: DispatchSettings | None = None,
    ) -> None:
        self._database = database
        self._messengers = messengers
        self._draw = draw
        self._tips = tips
        self._clock = clock
        self._on_settled = on_settled
        self._settings = settings or DispatchSettings()
        self._terms = Terms(uuid4().hex, self._settings.lease, self._settings.grace)
        self._recorder = Recorder(database, clock, self._settings.group)
        self._slots = asyncio.Semaphore(self._settings.concurrency)
        self._pacer = Pacer(self._settings.pace, self._settings.paces)
        self._lookup = Lookup(database, messengers, draw, clock, self._settings.settle_after)
        # Leases and posts are tasks of their own: a caller that is cancelled must not leave a posted tip unrecorded.
        self._leasing: set[asyncio.Task[_Started]] = set()
        self._telling: set[asyncio.Task[None]] = set()
        # By row and attempt: one that was sent again elsewhere may be out twice, under two leases.
        self._in_flight: dict[tuple[str, int], asyncio.Task[Delivery | None]] = {}
        self._posting: Counter[tuple[str, str]] = Counter()  # of these, how many in each workspace
        self._woken = asyncio.Event()
        self._door = asyncio.Lock()
        self._is_awaiting_turns = False
        self._looked_at: datetime | None = None  # when all that was due was last leased
        self._is_stopping = False

    async def deliver_due(self, within: float | None = None, *, buckets: Collection[int] | None = None) -> Summary:
        """Deliver until nothing is due, or lease no more after `within` seconds, and wait for what is under way.

        With `buckets`, the rows of these alone. What waits for its turn stays planned; `next_turn` says until when.
        """
        until = None if within is None else asyncio.get_running_loop().time() + within
        settled: list[Delivery] = []
        posting: list[asyncio.Task[Delivery | None]] = []
        while True:
            started = await self._start_due(until, buckets)
            settled += started.settled
            posting += started.posting
            waiting = [task for task in posting if not task.done()]
            if not waiting:
                break
            # What is under way may yet plan something that is due at once: a notice.
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return _summary([*settled, *(row for row in await asyncio.gather(*posting) if row is not None)])

    async def next_turn(self, buckets: Collection[int] | None = None, since: datetime | None = None) -> float | None:
        """Give in how many seconds the next row may be posted whose turn comes after `since` (now), None without."""
        now = self._clock()
        async with self._database.read() as connection:
            turn = await _deliveries.next_turn(connection, since or now, buckets)
        return None if turn is None else max(_SHORTEST_REST, (turn - now).total_seconds())

    async def settle_unknown(self) -> Summary:
        """Look up what is unknown at its platform; counts what was found (`sent`) and what is planned again (`slowed`).

        It takes less than a minute; what it didn't come to, the next round does.
        """
        rows = await self._lookup.settle(lambda row: (row.id, row.attempt) in self._in_flight)
        for row in rows:
            self._spread(row)
        summary = _summary(rows)
        if summary.slowed:
            self.wake()
        return summary

    async def expire_leases(self) -> int:
        """Mark as unknown what was leased and never recorded, by a process that died; gives how many."""
        now = self._clock()
        async with self._database.write() as connection:
            overdue = await _deliveries.overdue_leases(connection, now)
            # Ours that are still under way are not lost, however far a clock was moved.
            lost = [
                Settled(replace(row, state="unknown", reason=LEASE_EXPIRED, changed_at=now))
                for row in overdue
                if (row.id, row.attempt) not in self._in_flight
            ]
            recorded = await delivery_settle.record(connection, lost, now)
        rows = [row for row in recorded if row is not None]
        for row in rows:
            log.warning("delivery.unknown", delivery=row.id, key=row.key, reason=row.reason)
            self._spread(row)
        return len(rows)

    async def finish(self) -> None:
        """Deliver what is due, and wait for whatever else this dispatcher has under way."""
        await self.deliver_due()
        while tasks := (*self._leasing, *self._in_flight.values(), *self._recorder.tasks, *self._telling):
            await asyncio.wait(tasks)

    def wake(self) -> None:
        """Say that the ledger has something new; call it after the commit. Returns at once."""
        self._woken.set()

    @asynccontextmanager
    async def running(self, limit: float = 8.0) -> AsyncIterator[None]:
        """Deliver in the background whenever woken; at the end lease no more, and finish what is under way.

        What is not finished within `limit` seconds is given up, and becomes 'unknown' when its lease runs out.
        """
        self._is_stopping = False
        background = asyncio.create_task(self._deliver_when_woken())
        try:
            yield
        finally:
            self._is_stopping = True
            self._woken.set()
            await self._drain(background, limit)

    async def _deliver_when_woken(self) -> None:
        while True:
            await self._rest()
            self._woken.clear()
            if self._is_stopping:
                return
            try:
                await self._start_due(None, None)
            except UnusableError as error:
                # The next tick, or the next to wake us, tries again.
                log.error("delivery.database", error=str(error))  # noqa: TRY400 # the sentence says it all
            except Exception:  # supervision: one fault must not end all deliveries until a restart
                log.exception("delivery.fault")

    async def _rest(self) -> None:
        """Wait until woken, or until the next turn comes of what had to wait for one."""
        seconds: float | None = None
        if self._is_awaiting_turns:
            seconds = _SHORTEST_WAIT
            with suppress(UnusableError):
                # After the last look, not after now: what came due in between has nobody else to wake us.
                seconds = await self.next_turn(since=self._looked_at)
                self._is_awaiting_turns = seconds is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _await_turns(self) -> None:
        """Have the background look when the next turn comes, whoever put it off."""
        self._is_awaiting_turns = True
        self._woken.set()

    async def _drain(self, background: asyncio.Task[None], limit: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + limit
        while (pending := self._under_way(background)) and (left := until - loop.time()) > 0:
            await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if pending:
            log.error(
                "delivery.gave_up", count=len(pending), deliveries=sorted(row_id for row_id, _ in self._in_flight)
            )
            await asyncio.wait(pending)

    def _under_way(self, background: asyncio.Task[None]) -> tuple[asyncio.Task[object], ...]:
        tasks = (background, *self._leasing, *self._in_flight.values(), *self._recorder.tasks, *self._telling)
        return tuple(task for task in tasks if not task.done())

    async def _start_due(self, until: float | None, buckets: Collection[int] | None) -> "_Started":
        """Lease and start everything that is due, waiting for room where need be, but not for the posts."""
        settled: list[Delivery] = []
        posting: list[asyncio.Task[Delivery | None]] = []
        most = 2 * self._settings.concurrency  # while some are posted and recorded, the next are leased already
        while not self._is_stopping and (until is None or asyncio.get_running_loop().time() < until):
            async with self._door:  # one lease at a time: each counts on the room it saw
                room = most - len(self._in_flight)
                started = await self._lease_apart(room, buckets) if room >= self._settings.concurrency / 2 else None
            if started is None:
                await asyncio.wait(tuple(self._in_flight.values()), return_when=asyncio.FIRST_COMPLETED)
                continue
            if not started.posting and not started.settled:
                break
            settled += started.settled
            posting += started.posting
        return _Started(tuple(posting), tuple(settled))

    async def _lease_apart(self, limit: int, buckets: Collection[int] | None) -> "_Started":
        """Lease in a task of its own: a cancelled caller must not leave what it leased unposted."""
        self._leasing.add(leasing := asyncio.create_task(self._lease(limit, buckets)))
        leasing.add_done_callback(self._leasing.discard)
        return await asyncio.shield(leasing)

    @tried_again
    async def _lease(self, limit: int, buckets: Collection[int] | None) -> "_Started":
        """Lease and start posting, as one: what is leased and not started would end as 'unknown'."""
        now = self._clock()
        self._looked_at = self._looked_at if buckets else now
        posting = self._posting.copy()

        def turn(row: Delivery) -> datetime | None:
            later = self._pacer.turn(row, now, posting[row.platform, row.workspace])
            posting[row.platform, row.workspace] += later is None
            return later

        terms = replace(self._terms, buckets=buckets, turn=turn)
        async with self._database.write() as connection:
            leased = await delivery_lease.lease(connection, terms, self._tips(), now, limit)
        self._posting.update((ready.delivery.platform, ready.delivery.workspace) for ready in leased.ready)
        started = {
            (ready.delivery.id, ready.delivery.attempt): asyncio.create_task(self._deliver(ready))
            for ready in leased.ready
        }
        self._in_flight |= started
        if leased.put_off:
            self._await_turns()
        for row in leased.settled:
            log.info("delivery.set_aside", delivery=row.id, key=row.key, state=row.state, reason=row.reason)
            self._spread(row)
        return _Started(tuple(started.values()), leased.settled)

    async def _deliver(self, ready: Ready) -> Delivery | None:
        try:
            async with self._slots:
                settled = await self._attempt(ready)
            row = await self._recorder.record(settled, alone=len(self._in_flight) == 1)
            ended = settled.delivery
            facts = {"key": ended.key, "attempt": ended.attempt, "state": ended.state, "reason": ended.reason}
            if row is None:  # worth an operator's eye where it is 'sent': two attempts may both have posted
                log.warning("delivery.superseded", delivery=ended.id, **facts)
            else:
                log.info("delivery.settled", delivery=ended.id, **facts)
        finally:
            self._forget(ready.delivery)
        if row is None:
            return None
        if row.state == "failed":
            self.wake()  # it may have planned a notice
        self._spread(row)
        return row

    def _forget(self, row: Delivery) -> None:
        place = (row.platform, row.workspace)
        del self._in_flight[row.id, row.attempt]
        self._posting[place] -= 1
        if not self._posting[place]:
            del self._posting[place]

    def _spread(self, row: Delivery) -> None:
        """Tell whoever waits for it, as a task of its own: telling takes seconds where a platform is slow."""
        telling = asyncio.create_task(self._tell(row))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _attempt(self, ready: Ready) -> Settled:
        row, now = ready.delivery, self._clock()
        if row.lease_until is not None and now + timedelta(seconds=self._settings.post_timeout) > row.lease_until:
            # It waited so long for its turn, or this process slept, that the post could outlive the lease: another may
            # hold the row by then. Nothing was sent, so it goes back; the lease's own guard protects a newer one.
            return Settled(replace(row, state="planned", reason="its turn came too late", changed_at=now))
        if (gate := self._pacer.gate(row.platform, row.workspace, now, row.conversation)) is not None:
            return Settled(replace(row, state="planned", not_before=gate, reason="slowed", changed_at=now))
        messenger = self._messengers.get(row.platform)
        if messenger is None:
            return Settled(replace(row, state="failed", reason=f"{row.platform} is not set up", changed_at=now))
        try:
            card = self._draw(row, ready.subscription)
        except GoneError:
            return Settled(replace(row, state="skipped", reason=CONTENT_GONE, changed_at=now))
        except Exception:  # one delivery's fault is its own: nothing was posted
            log.exception("delivery.not_drawn", delivery=row.id, key=row.key)
            return Settled(replace(row, state="failed", reason=NOT_DRAWN, changed_at=now), scope="message")
        address = Address(row.platform, row.workspace, row.conversation, row.thread)
        try:
            async with asyncio.timeout(self._settings.post_timeout):
                outcome = await messenger.post(address, card, row.id)
        except Exception as error:  # one delivery's fault is its own: it may have been posted
            log.exception("delivery.messenger_fault", delivery=row.id, key=row.key)
            outcome = Unknown(f"the messenger failed: {type(error).__name__}")
        return self._settled(row, card, outcome)

    def _settled(self, row: Delivery, card: Card, outcome: Outcome) -> Settled:
        now = self._clock()
        row = replace(row, changed_at=now)
        match outcome:
            case Posted(message_id, link, conversation):
                sent = replace(row, state="sent", message_id=message_id, link=link, reason="")
                return Settled(sent, subject=str(card.subject) if card.subject else "", conversation=conversation)
            case Slowed(seconds, is_limit, scope):
                until = now + timedelta(seconds=max(seconds, _SHORTEST_WAIT))
                place = (row.platform, row.workspace)
                if scope == "conversation":
                    gate = self._pacer.slow_conversation(*place, row.conversation, until, now)
                else:
                    gate = self._pacer.slow(*place, until, now, is_limit=is_limit)
                self._await_turns()
                return Settled(replace(row, state="planned", not_before=gate, reason="slowed"), scope=scope)
            case Refused(code, scope):
                return Settled(replace(row, state="failed", reason=code), scope=scope)
            case Unknown(reason):
                return Settled(replace(row, state="unknown", reason=reason))
            case _:
                assert_never(outcome)

    async def _tell(self, row: Delivery) -> None:
        if self._on_settled is None or row.state == "planned":
            return
        try:
            await self._on_settled(row)
        except Exception:  # the delivery is settled, whatever becomes of the news of it
            log.exception("delivery.not_told", delivery=row.id, key=row.key)


def _summary(ended: Sequence[Delivery]) -> Summary:
    states = Counter(row.state for row in ended)
    return Summary(states["sent"], states["failed"], states["skipped"], states["unknown"], slowed=states["planned"])
