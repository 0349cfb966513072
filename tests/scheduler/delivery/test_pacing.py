"""Pacing: by a clock that is moved by hand, never more than the budget, and everything in the end."""

import asyncio
import tracemalloc
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from messengers.base import Slowed
from scheduler.delivery.dispatch import Dispatcher, Summary
from scheduler.delivery.pace import UNPACED, Pace
from scheduler.delivery.pacing import Pacer
from scheduler.delivery.settings import DispatchSettings
from store.deliveries.rows import Delivery
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

PACE = Pace(rate=5, burst=20, gap=1)
SECOND = timedelta(seconds=1)


def _tip(number: int, workspace: str = "T1", conversation: str = "") -> Delivery:
    return rows.delivery(
        f"tip:{number}", kind="tip", workspace=workspace, conversation=conversation or f"C{number}", id=f"{number:08}"
    )


class Posted:
    """What a dispatcher does with a pacer, and nothing else: asks when it is due, and notes when each one goes."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.went: list[tuple[float, Delivery]] = []
        self.waiting: list[Delivery] = []
        self.asked = 0

    def run(self, coming: Sequence[Delivery], sleeps: Sequence[float] = ()) -> "Posted":
        """Go from turn to turn until everything went; after each turn it may oversleep."""
        self.waiting = list(coming)
        oversleeps = iter(sleeps)
        while self.waiting:
            now = min(row.not_before for row in self.waiting) + timedelta(seconds=next(oversleeps, 0))
            due = sorted((row for row in self.waiting if row.not_before <= now), key=lambda row: row.not_before)
            for row in due:
                self.waiting.remove(row)
                self.asked += 1
                later = self.pacer.turn(row, now)
                if later is None:
                    self.went.append(((now - NOW).total_seconds(), row))
                else:
                    assert later > now
                    self.waiting.append(replace(row, not_before=later))
        return self

    def moments(self, workspace: str) -> list[float]:
        """Give when a workspace's posts went."""
        return [at for at, row in self.went if row.workspace == workspace]


_arrivals = st.lists(
    st.tuples(
        st.integers(0, 400),  # tenths of a second after NOW
        st.sampled_from(["T1", "T1", "T1", "T2"]),
        st.integers(0, 30),  # conversation
        st.booleans(),  # somebody asked for it
    ),
    max_size=80,
)


@given(arrivals=_arrivals, sleeps=st.lists(st.sampled_from([0, 0, 0, 0.05, 3.0, 25.0]), max_size=30))
def test_never_more_than_the_budget_and_nothing_lost(
    arrivals: list[tuple[int, str, int, bool]], sleeps: list[float]
) -> None:
    """In every window of every workspace and conversation, however late it wakes; and every row goes, in order."""
    coming = [
        replace(_tip(number, workspace, f"C{room}"), not_before=NOW + timedelta(seconds=at / 10), person="U1" * asked)
        for number, (at, workspace, room, asked) in enumerate(sorted(arrivals))
    ]
    posted = Posted(Pacer(PACE)).run(coming, sleeps)
    assert sorted(row.id for _, row in posted.went) == [row.id for row in coming]
    for workspace in ("T1", "T2"):
        moments = posted.moments(workspace)
        for start, begin in enumerate(moments):
            for count, end in enumerate(moments[start:], 1):
                assert count <= PACE.burst + PACE.rate * (end - begin) + 0.01
    lines: dict[tuple[str, str, bool], list[tuple[float, str]]] = defaultdict(list)
    rooms: dict[tuple[str, str], list[float]] = defaultdict(list)
    for at, row in posted.went:
        lines[row.workspace, row.conversation, row.is_asked_for].append((at, row.id))
        rooms[row.workspace, row.conversation].append(at)
    for moments in rooms.values():
        assert all(later - earlier >= PACE.gap - 1e-5 for earlier, later in pairwise(moments))
    for line in lines.values():
        assert [row_id for _, row_id in line] == sorted(row_id for _, row_id in line)


def test_a_workspace_bursts_and_then_keeps_its_pace() -> None:
    """Of 120 tips at one minute 20 go at once, the others four to five a second; each is put off about once."""
    posted = Posted(Pacer(PACE)).run([_tip(number) for number in range(120)])
    moments = posted.moments("T1")
    assert moments.count(0.0) == 20
    assert 20 <= moments[-1] <= 26
    assert posted.asked <= 300


def test_thousands_at_one_minute_do_not_wait_for_the_largest() -> None:
    """A workspace with a thousand tips takes its minutes; forty others with twenty each have theirs at once."""
    large = [_tip(number) for number in range(1000)]
    small = [_tip(number, f"T{2 + number % 40}") for number in range(1000, 1800)]
    posted = Posted(Pacer(PACE)).run(large + small)
    assert all(posted.moments(f"T{2 + number}") == [0.0] * 20 for number in range(40))
    assert 980 / 5 <= posted.moments("T1")[-1] <= 980 / 4 + 5
    assert posted.asked < 2 * 1800 + 1000


def test_what_somebody_asked_for_does_not_wait_behind_the_tips() -> None:
    """A share in a workspace with minutes of tips before it goes within a second or two."""
    coming = [_tip(number) for number in range(500)]
    asked = [
        rows.delivery(f"share:{number}", conversation=f"D{number}", not_before=NOW + 10 * SECOND) for number in range(3)
    ]
    posted = Posted(Pacer(PACE)).run([*coming, *asked])
    assert all(at <= 13 for at, row in posted.went if row.kind == "share")


def test_a_conversation_gets_one_a_second() -> None:
    """However much its workspace has left."""
    posted = Posted(Pacer(PACE)).run([_tip(number, conversation="C1") for number in range(5)])
    assert [round(at, 3) for at in posted.moments("T1")] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_row_that_was_settled_in_another_way_holds_up_nobody() -> None:
    """The first in line of a conversation was withdrawn: those behind it go at their own turns."""
    pacer = Pacer(PACE)
    assert pacer.turn(_tip(1, conversation="C1"), NOW) is None
    withdrawn = pacer.turn(_tip(2, conversation="C1"), NOW)
    later = pacer.turn(_tip(3, conversation="C1"), NOW)
    assert withdrawn is not None
    assert later is not None
    assert pacer.turn(_tip(3, conversation="C1"), withdrawn) is not None  # before that it may come yet
    assert pacer.turn(_tip(3, conversation="C1"), later + SECOND) is None


@given(arrivals=st.lists(st.integers(0, 200), min_size=20, max_size=30), dice=st.randoms(use_true_random=False))
def test_what_one_process_posts_holds_up_nobody_in_another(arrivals: list[int], dice: Random) -> None:
    """However two take turns to look at one ledger, a conversation's rows go as fast as with one."""
    pacers = Pacer(PACE), Pacer(PACE)
    waiting = {
        number: replace(_tip(number, conversation="C1"), not_before=NOW + timedelta(seconds=at / 10))
        for number, at in enumerate(sorted(arrivals))
    }
    went: list[float] = []
    while waiting:
        now = min(row.not_before for row in waiting.values())
        pacer = dice.choice(pacers)
        for row in sorted((row for row in waiting.values() if row.not_before <= now), key=attrgetter("not_before")):
            if later := pacer.turn(row, now):
                waiting[int(row.id)] = replace(row, not_before=later)
            else:
                went.append((now - NOW).total_seconds())
                del waiting[int(row.id)]
    assert max(went) <= max(arrivals) / 10 + 1.5 * len(arrivals)


def test_429_halves_the_pace_and_minutes_of_quiet_bring_it_back() -> None:
    """Down to a floor; the answers to all that was under way are one; ten per cent a minute come back."""
    pacer = Pacer(PACE)
    now = NOW
    assert pacer.slow("slack", "T1", now + 30 * SECOND, now) == now + 30 * SECOND
    assert pacer.slow("slack", "T1", now + 10 * SECOND, now + SECOND) == now + 30 * SECOND
    assert pacer.rate("slack", "T1", now) == 2.5
    assert pacer.turn(_tip(1), now + 29 * SECOND) == now + 30 * SECOND
    assert pacer.turn(_tip(1, "T2"), now) is None
    assert pacer.turn(_tip(1), now + 30 * SECOND) is None
    for _ in range(5):
        now += 31 * SECOND
        pacer.slow("slack", "T1", now + 30 * SECOND, now)
    now += 30 * SECOND
    assert pacer.rate("slack", "T1", now) == 0.5
    assert pacer.rate("slack", "T1", now + 59 * SECOND) == 0.5
    assert pacer.rate("slack", "T1", now + 60 * SECOND) == 1.0
    assert pacer.rate("slack", "T1", now + 600 * SECOND) == 5.0


def test_being_out_of_reach_is_no_429() -> None:
    """Nothing goes until then; afterwards it goes at the old pace."""
    pacer = Pacer(PACE)
    pacer.slow("slack", "T1", NOW + 30 * SECOND, NOW, is_limit=False)
    assert pacer.gate("slack", "T1", NOW + 29 * SECOND) == NOW + 30 * SECOND
    assert pacer.gate("slack", "T1", NOW + 30 * SECOND) is None
    assert pacer.rate("slack", "T1", NOW) == 5


def test_a_clock_that_is_set_back_holds_up_nothing() -> None:
    """What was promised under a wrong clock is forgotten with it."""
    pacer = Pacer(PACE)
    pacer.slow("slack", "T1", NOW + timedelta(days=1), NOW + timedelta(days=1))
    assert pacer.turn(_tip(1), NOW) is None


def test_a_slow_workspace_leaves_room_for_others() -> None:
    """While many of its posts hang, no more of them take the places that others could have."""
    pacer = Pacer(PACE)
    later = pacer.turn(_tip(1), NOW, under_way=24)
    assert later is not None
    assert NOW < later <= NOW + SECOND
    assert pacer.turn(_tip(1, "T2"), NOW) is None


def test_a_crowd_of_conversations_stays_small() -> None:
    """However many wait at once, their lines are kept for some only; each still gets a turn."""
    pacer = Pacer(PACE)
    crowd = [_tip(number, f"T{number % 100}", f"C{number}") for number in range(30_000)]
    tracemalloc.start()
    turns = [pacer.turn(row, NOW) for row in crowd]
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(turn is None for turn in turns) == 100 * PACE.burst
    assert grown < 32_000_000


def test_idle_workspaces_are_forgotten() -> None:
    """A hundred thousand workspaces over a day leave no more behind than those of the last minutes."""
    pacer = Pacer(PACE)
    most = 0
    for number in range(20_000):
        assert pacer.turn(_tip(number, f"T{number}"), NOW + number * timedelta(milliseconds=100)) is None
        most = max(most, len(pacer))
    assert most < 2500


async def test_what_waits_for_its_turn_stays_planned_and_costs_no_attempt(ledger: Ledger) -> None:
    """A tick ends; the rest is leased when its turn comes, each row once."""
    await ledger.add(*(rows.delivery(f"share:{number}", conversation=f"C{number}") for number in range(30)))
    dispatcher = ledger.dispatcher(pace=PACE)
    await dispatcher.finish()
    waiting = [row for row in await ledger.deliveries() if row.state == "planned"]
    assert len(waiting) == 10
    assert {(row.attempt, row.lease_until, row.due_at) for row in waiting} == {(0, None, NOW)}
    assert all(row.not_before > NOW for row in waiting)
    turns = 0
    while (wait := await dispatcher.next_turn()) is not None:
        ledger.pass_time(seconds=wait)
        turns += 1
        await dispatcher.deliver_due()
    assert turns <= 12
    assert {(row.state, row.attempt) for row in await ledger.deliveries()} == {("sent", 1)}
    assert ledger.now - NOW <= 2.2 * SECOND


async def test_one_transaction_passes_over_a_large_workspace(ledger: Ledger) -> None:
    """Hundreds of rows of one workspace lie in front of another's: it has its post at once all the same."""
    await ledger.add(*(_tip(number) for number in range(600)))
    await ledger.add(*(rows.delivery(f"share:{n}", conversation=f"C{n}", not_before=NOW - SECOND) for n in range(600)))
    await ledger.add(rows.delivery("share:small", workspace="T2"))
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher(pace=PACE, concurrency=40).deliver_due())
    while "T2" not in {sent.address.workspace for sent in ledger.messenger.sent}:
        ledger.messenger.arrived.clear()
        await ledger.messenger.arrived.wait()
    assert len(ledger.messenger.sent) <= 20 + 1
    ledger.messenger.door.set()
    await delivering


class Leaping(Dispatcher):
    """Rests on the ledger's clock alone: until the next turn, or for `late` seconds before it asks when that is."""

    def __init__(self, ledger: Ledger, late: float | None = None) -> None:
        super().__init__(
            ledger.database,
            {"slack": ledger.messenger},
            ledger,
            clock=lambda: ledger.now,
            settings=DispatchSettings(group=0.0, pace=PACE),
        )
        self._ledger, self._late = ledger, late
        self.rests: list[float] = []

    async def next_turn(self, buckets: Collection[int] | None = None, since: datetime | None = None) -> float | None:
        """Say that the rest is over at once, on every clock but the ledger's."""
        self._ledger.pass_time(seconds=self._late or 0.0)
        rest = await super().next_turn(buckets, since)
        if rest is None:
            return None
        self.rests.append(rest)
        self._ledger.pass_time(seconds=rest if self._late is None else 0.0)
        return 0.0


async def test_the_background_wakes_by_itself_when_the_next_turn_comes(ledger: Ledger) -> None:
    """Nobody ticks: the second message to a channel goes a moment after the first, whoever leased the first."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(3)))
    dispatcher = Leaping(ledger)
    async with dispatcher.running():
        assert await dispatcher.deliver_due() == Summary(sent=1)
        await _posts(ledger, 3)
    assert [(row.state, row.attempt) for row in await ledger.deliveries()] == [("sent", 1)] * 3
    assert len(ledger.messenger.sent) == 3
    assert timedelta(seconds=2 * PACE.gap) <= ledger.now - NOW <= timedelta(seconds=3 * PACE.gap)
    assert len(dispatcher.rests) <= 4  # once a turn, and nobody looks in between


async def test_a_turn_that_somebody_else_planned_is_waited_for(ledger: Ledger) -> None:
    """It comes when it is due, and not with the next tick; nobody looks for it in between."""
    soon = NOW + timedelta(seconds=4)
    dispatcher = Leaping(ledger)
    async with dispatcher.running():
        await ledger.add(rows.delivery("round:1:tally", kind="tally", message_id="1.0", due_at=NOW, not_before=soon))
        dispatcher.await_turns()
        await ledger.heard.wait()
    assert (len(ledger.messenger.edited), ledger.now) == (1, soon)
    assert dispatcher.rests in ([4.0], [4.0, 4.0])  # what said so wakes it too


class Crossed(Leaping):
    """Has a vote come in while the background looks for the next turn: what it saw is out of date when it hears it."""

    async def next_turn(self, buckets: Collection[int] | None = None, since: datetime | None = None) -> float | None:
        """Plan a tally after the first look, and say so, before that look is known to have found nothing."""
        rest = await super().next_turn(buckets, since)
        if not await self._ledger.deliveries():
            soon = self._ledger.now + timedelta(seconds=4)
            tally = rows.delivery("round:1:tally", kind="tally", message_id="1.0", due_at=NOW, not_before=soon)
            await self._ledger.add(tally)
            self.await_turns()
        return rest


async def test_a_vote_during_the_look_for_the_next_turn_is_told(ledger: Ledger) -> None:
    """The last edit of a vote's post comes in its own time, and not once something else wakes the background."""
    dispatcher = Crossed(ledger)
    async with dispatcher.running():
        dispatcher.await_turns()
        async with asyncio.timeout(5):
            await ledger.heard.wait()
    assert len(ledger.messenger.edited) == 1
    assert ledger.now == NOW + timedelta(seconds=4)


async def test_a_turn_that_comes_between_two_looks_is_not_missed(ledger: Ledger) -> None:
    """The clock passes it after the background looked for what is due, and before it asked when the next is."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(2)))
    dispatcher = Leaping(ledger, late=0.4 * PACE.gap)
    async with dispatcher.running():
        dispatcher.wake()
        await _posts(ledger, 2)
    assert [(row.state, row.attempt) for row in await ledger.deliveries()] == [("sent", 1)] * 2
    assert len(ledger.messenger.sent) == 2


async def _posts(ledger: Ledger, many: int) -> None:
    """Wait until so many were posted."""
    async with asyncio.timeout(5):
        while len(ledger.messenger.sent) < many:
            ledger.messenger.arrived.clear()
            await ledger.messenger.arrived.wait()


async def test_only_the_buckets_asked_for_are_worked(ledger: Ledger) -> None:
    """In a cluster a job posts its own workspaces' rows, and learns when their next turn comes."""
    mine, others = rows.delivery("share:1"), rows.delivery("share:2", workspace="T2")
    await ledger.add(mine, others, rows.delivery("share:3"))
    dispatcher = ledger.dispatcher(pace=PACE)
    assert await dispatcher.deliver_due(buckets=(mine.bucket,)) == Summary(sent=1)
    assert [sent.address.workspace for sent in ledger.messenger.sent] == ["T1"]
    assert await dispatcher.next_turn((mine.bucket,)) == 1.0
    assert await dispatcher.next_turn((others.bucket,)) is None


async def test_after_retry_after_the_workspace_goes_on_at_half_its_pace(ledger: Ledger) -> None:
    """Nothing before the time is over, and then no burst as large as the first."""
    await ledger.add(*(rows.delivery(f"share:{number}", conversation=f"C{number}") for number in range(60)))
    ledger.messenger.script.append(Slowed(4))
    dispatcher = ledger.dispatcher(pace=PACE, concurrency=1)
    await dispatcher.deliver_due()
    sent = len(ledger.messenger.sent)
    ledger.pass_time(seconds=3.9)
    assert await dispatcher.deliver_due() == Summary()
    ledger.pass_time(seconds=0.1)
    await dispatcher.deliver_due()
    assert len(ledger.messenger.sent) - sent <= 10
    while (wait := await dispatcher.next_turn()) is not None:
        ledger.pass_time(seconds=wait)
        await dispatcher.deliver_due()
    assert {row.state for row in await ledger.deliveries()} == {"sent"}


def test_unpaced_means_unpaced() -> None:
    """What measures something else is not held up at a clock that stands."""
    pacer = Pacer(UNPACED)
    assert all(pacer.turn(_tip(number, conversation="C1"), NOW, under_way=1000) is None for number in range(100))
