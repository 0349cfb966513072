"""One workspace with thousands due delays nobody else: in planning, in the queue, and where answers are slow."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from scheduler import planning
from scheduler.alarm import LOOK_SECONDS, Alarm
from scheduler.clock import Clock
from scheduler.delivery.pace import UNPACED, Pace
from scheduler.delivery.pacing import Pacer
from scheduler.turns import Turns
from store.database.access import UnusableError
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

PACE = Pace(rate=5, burst=20, gap=1)
SECOND = timedelta(seconds=1)


def large(count: int, workspace: str = "TBIG") -> list[Subscription]:
    """Give one workspace's subscriptions, all due now, and asked for before anybody else's."""
    return [rows.subscription(f"{workspace}C{number}", workspace=workspace) for number in range(count)]


async def by_turn(ledger: Ledger) -> list[Delivery]:
    """Give what was planned in the order of its turns, and of one moment as it was written."""
    return sorted(await ledger.deliveries(), key=lambda row: (row.not_before, row.id))


async def test_a_small_workspace_is_planned_with_the_first_transaction(ledger: Ledger) -> None:
    """2,500 of one workspace stand before it, and one of a second moment behind all: the first batch has it."""
    await ledger.add(*large(2500), rows.subscription("C1", workspace="TSMALL"))
    planned: list[set[str]] = []
    turns = Turns(planned=lambda: planned.append(set()), batches=1)
    found = await planning.plan_due(ledger.database, ledger.pool(), ledger.now, turns=turns)
    assert not found.is_all
    assert len(planned) == 1
    written = await ledger.deliveries()
    assert len(written) == 1000
    assert "TSMALL" in {row.workspace for row in written}


async def test_what_falls_due_while_thousands_are_planned_comes_next(ledger: Ledger) -> None:
    """It does not wait for all that was due before it."""
    await ledger.add(*large(2500), rows.subscription("C1", workspace="TSMALL", next_run_at=NOW + SECOND))
    turns = Turns(batches=1)
    await planning.plan_due(ledger.database, ledger.pool(), NOW, turns=turns)
    await planning.plan_due(ledger.database, ledger.pool(), NOW + SECOND, turns=turns)
    written = await ledger.deliveries()
    assert len(written) == 2000
    assert "TSMALL" in {row.workspace for row in written}


async def test_planned_over_several_calls_all_are_planned_once(ledger: Ledger) -> None:
    """Whoever plans calls again until that was all."""
    await ledger.add(*large(2500), *large(30, "TSMALL"))
    clock = Clock(ledger.database, ledger.dispatcher(), ledger, now=lambda: ledger.now, monotonic=lambda: 0.0)
    found = await clock.plan()
    assert (found.planned, found.is_all) == (2530, True)
    assert len({row.key for row in await ledger.deliveries()}) == 2530


async def test_thousands_are_spread_before_anybody_looks_at_them(ledger: Ledger) -> None:
    """The burst at once, the rest at four fifths of the pace: no look at the queue meets all of them."""
    await ledger.add(*large(100), rows.subscription("C1", workspace="TSMALL"))
    await planning.plan_due(ledger.database, ledger.pool(), NOW, turns=Turns(pace=lambda _: PACE))
    found = await by_turn(ledger)
    mine = [row.not_before - NOW for row in found if row.workspace == "TBIG"]
    assert mine[:20] == [timedelta(0)] * 20
    assert mine[20:] == [number * SECOND / 4 for number in range(1, 81)]
    assert [row.not_before for row in found if row.workspace == "TSMALL"] == [NOW]
    assert {row.due_at for row in found} == {NOW}


async def test_where_posting_is_too_slow_for_all_each_workspace_has_its_first(ledger: Ledger) -> None:
    """Two hundred of one workspace are due before it, and one place is free at a time: it comes second."""
    await ledger.add(*(rows.delivery(f"share:{n}", workspace="TBIG", not_before=NOW - SECOND) for n in range(200)))
    await ledger.add(rows.delivery("share:small", workspace="TSMALL"))
    await ledger.dispatcher(concurrency=1).deliver_due()
    assert [sent.address.workspace for sent in ledger.messenger.sent[:3]].count("TSMALL") == 1
    assert len(ledger.messenger.sent) == 201


async def test_forty_slow_workspaces_leave_a_place_for_another(ledger: Ledger) -> None:
    """Nobody answers, and each has more to post than there are places: whoever comes then is posted at once."""
    for number in range(40):
        await ledger.add(*(rows.delivery(f"s:{number}:{n}", workspace=f"TBIG{number}") for n in range(10)))
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher(pace=replace(PACE, gap=0))
    delivering = asyncio.create_task(dispatcher.deliver_due())
    while len(ledger.messenger.sent) < 100:
        ledger.messenger.arrived.clear()
        await ledger.messenger.arrived.wait()
    await ledger.add(rows.delivery("s:small", workspace="TSMALL"))
    other = asyncio.create_task(dispatcher.deliver_due())
    while "TSMALL" not in {sent.address.workspace for sent in ledger.messenger.sent}:
        ledger.messenger.arrived.clear()
        await ledger.messenger.arrived.wait()
    assert len(ledger.messenger.sent) <= 128
    ledger.messenger.door.set()
    await asyncio.gather(delivering, other)


def test_what_a_crowd_holds_up_does_not_come_back_all_at_once() -> None:
    """A hundred rows of a workspace that does not answer: each look meets a few of them, not all."""
    pacer = Pacer(PACE)
    held = [rows.delivery(f"s:{number}", conversation=f"C{number}") for number in range(100)]
    turns = [pacer.turn(row, NOW, under_way=24) for row in held]
    moments = sorted(turn - NOW for turn in turns if turn is not None)
    assert len(moments) == 100
    assert sum(moment <= SECOND for moment in moments) <= 6
    assert moments[-1] > 19 * SECOND


@pytest.mark.parametrize("under_way", [0, 1, 20])
def test_the_fuller_it_is_the_fewer_places_each_may_have(under_way: int) -> None:
    """Alone a workspace has all its places; with one in twenty free, only whoever has none gets it; full is full."""
    assert not PACE.is_crowded(under_way, free=0.9)
    assert PACE.is_crowded(under_way, free=0.04) is (under_way > 0)
    assert PACE.is_crowded(under_way, free=0.0)
    assert not UNPACED.is_crowded(under_way, free=0.0)


async def test_a_tip_is_planned_at_its_moment(ledger: Ledger) -> None:
    """Not up to a tick later: the alarm says when to ask again, and plans what fell due since it last looked."""
    clock = Clock(ledger.database, ledger.dispatcher(), ledger, now=lambda: ledger.now, monotonic=lambda: 0.0)
    alarm = clock.alarm(clock.plan)
    assert await alarm.ring() == LOOK_SECONDS
    await ledger.add(rows.subscription(next_run_at=NOW + 3 * SECOND))
    assert await alarm.ring() == LOOK_SECONDS
    ledger.pass_time(seconds=1.5)
    assert await alarm.ring() == 1.5
    assert await ledger.deliveries() == []
    ledger.pass_time(seconds=1.5)
    assert await alarm.ring() == 0
    assert [row.not_before for row in await ledger.deliveries()] == [NOW + 3 * SECOND]
    assert await alarm.ring() == LOOK_SECONDS


async def test_what_cannot_be_planned_does_not_ring_without_end(ledger: Ledger) -> None:
    """Without tips everything stays due; the alarm asks once, and rests as if nothing were."""
    await ledger.add(rows.subscription(next_run_at=NOW + SECOND))
    rung: list[int] = []

    async def plan() -> None:
        rung.append(1)

    alarm = Alarm(ledger.database, plan, lambda: ledger.now)
    ledger.pass_time(seconds=1)
    assert await alarm.ring() == 0
    assert await alarm.ring() == LOOK_SECONDS
    assert rung == [1]


async def test_the_alarm_outlives_a_fault(ledger: Ledger) -> None:
    """What one planning raises does not end it: it rests, and rings again."""
    await ledger.add(rows.subscription(next_run_at=NOW + SECOND))
    ledger_times = iter((NOW, NOW + SECOND, NOW + SECOND))
    rested: list[float] = []

    async def fail() -> None:
        raise ZeroDivisionError

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        if len(rested) == 2:
            raise asyncio.CancelledError

    alarm = Alarm(ledger.database, fail, lambda: next(ledger_times), rest)
    with pytest.raises(asyncio.CancelledError):
        await alarm.run()
    assert rested == [LOOK_SECONDS, LOOK_SECONDS]


async def test_the_alarm_rings_again_for_what_could_not_be_planned(ledger: Ledger) -> None:
    """The database was away at that moment: it does not take until the next tick."""
    await ledger.add(rows.subscription(next_run_at=NOW + SECOND))
    rung: list[int] = []

    async def plan() -> None:
        rung.append(1)
        if len(rung) == 1:
            raise UnusableError("It is away.")

    alarm = Alarm(ledger.database, plan, lambda: ledger.now)
    ledger.pass_time(seconds=1)
    with pytest.raises(UnusableError):
        await alarm.ring()
    ledger.pass_time(seconds=LOOK_SECONDS)
    assert await alarm.ring() == 0
    assert await alarm.ring() == LOOK_SECONDS
    assert rung == [1, 1]


async def test_the_alarm_goes_by_a_clock_that_was_set_back(ledger: Ledger) -> None:
    """It does not wait until it is as late again as it was by the clock that was ahead."""
    rung: list[int] = []

    async def plan() -> None:
        rung.append(1)

    times = iter((NOW, NOW + 100 * SECOND, NOW, NOW + SECOND))
    alarm = Alarm(ledger.database, plan, lambda: next(times))
    await alarm.ring()
    await ledger.add(rows.subscription(next_run_at=NOW + SECOND))
    assert await alarm.ring() == 1.0
    assert await alarm.ring() == 0
    assert rung == [1]
