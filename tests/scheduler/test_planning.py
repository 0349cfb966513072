"""Planning: each week's tip once, whatever happened to the clock, the bot or the content."""

import asyncio
import gc
import tracemalloc
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from cards.reason import Cause
from scheduler import planning
from scheduler.planning import KEPT, Planned
from scheduler.turns import Turns
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

WEEK = timedelta(weeks=1)


async def test_a_due_tip_is_planned_and_its_subscription_moves_on(ledger: Ledger) -> None:
    """One row for this week, and the next moment a week later."""
    await ledger.add(rows.subscription())
    assert await ledger.plan() == Planned(planned=1)
    row, standing = await ledger.delivery(), await ledger.subscription()
    assert (row.key, row.kind, row.subject, row.slot, row.state) == (
        f"tip:{standing.id}:2026-W48",
        "tip",
        "tip/a",
        "2026-W48",
        "planned",
    )
    assert (row.due_at, row.not_before, row.conversation) == (NOW, NOW, "C1")
    assert (standing.next_run_at, standing.seen, standing.last_slot) == (NOW + WEEK, ("a",), "2026-W48")
    assert await ledger.plan() == Planned()


async def test_nothing_is_planned_early(ledger: Ledger) -> None:
    """A second before its moment a tip is not due."""
    await ledger.add(rows.subscription(next_run_at=NOW + timedelta(seconds=1)))
    assert await ledger.plan() == Planned()


async def test_two_planners_at_once_plan_once(ledger: Ledger) -> None:
    """Planning in several places at the same time gives each conversation one tip."""
    await ledger.add(*(rows.subscription(f"C{number}") for number in range(20)))
    counts = await asyncio.gather(*(ledger.plan() for _ in range(4)))
    assert sum(planned.planned for planned in counts) == 20
    assert len({row.key for row in await ledger.deliveries()}) == 20


async def test_a_late_start_within_the_grace_still_tells(ledger: Ledger) -> None:
    """Eleven hours late is late, not missed."""
    await ledger.add(rows.subscription())
    ledger.pass_time(hours=11)
    assert await ledger.plan() == Planned(planned=1)
    assert (await ledger.subscription()).next_run_at == NOW + WEEK


async def test_after_downtime_old_slots_are_skipped_and_the_current_one_planned(ledger: Ledger) -> None:
    """Three weeks down: two rows say that they were missed, this week's comes in the same tick, with the first tip."""
    await ledger.add(rows.subscription())
    ledger.pass_time(weeks=2, hours=1)
    assert await ledger.plan() == Planned(planned=1, missed=2)
    assert [(row.slot, row.state, row.reason, row.subject) for row in await ledger.deliveries()] == [
        ("2026-W48", "skipped", Cause.MISSED, "tip/a"),
        ("2026-W49", "skipped", Cause.MISSED, "tip/a"),
        ("2026-W50", "planned", "", "tip/a"),
    ]
    standing = await ledger.subscription()
    assert (standing.seen, standing.next_run_at) == (("a",), NOW + 3 * WEEK)


async def test_years_of_downtime_end(ledger: Ledger) -> None:
    """A bot that was off for ten years plans on; what would be cleared at once is not written."""
    await ledger.add(*(rows.subscription(f"C{number}") for number in range(30)))
    ledger.pass_time(weeks=520)
    planned = await ledger.plan()
    assert planned.planned == 30
    assert planned.missed == 30 * (KEPT // WEEK)
    assert (await ledger.subscription("C7")).next_run_at == NOW + 521 * WEEK


async def test_a_skip_asked_for_falls_out_once(ledger: Ledger) -> None:
    """The skipped week has a row that says who; its tip comes the week after."""
    await ledger.add(rows.subscription(skip_slot="2026-W48", skip_by="U7"))
    assert await ledger.plan() == Planned(skipped=1)
    ledger.pass_time(weeks=1)
    assert await ledger.plan() == Planned(planned=1)
    assert [(row.state, row.reason, row.subject) for row in await ledger.deliveries()] == [
        ("skipped", "skipped by U7", "tip/a"),
        ("planned", "", "tip/a"),
    ]


async def test_the_operator_skips_too(ledger: Ledger) -> None:
    """A skip from the command line names no person."""
    await ledger.add(rows.subscription(skip_slot="2026-W48"))
    await ledger.plan()
    assert (await ledger.delivery()).reason == "skipped by the operator"


async def test_every_channel_walks_through_all_tips(ledger: Ledger) -> None:
    """In file order, then a new cycle."""
    await ledger.add(rows.subscription())
    for _ in range(5):
        await ledger.plan()
        ledger.pass_time(weeks=1)
    assert [row.subject for row in await ledger.deliveries()] == ["tip/a", "tip/b", "tip/c", "tip/a", "tip/b"]
    assert (await ledger.subscription()).cycle == 2


async def test_a_week_that_had_its_tip_gets_no_second(ledger: Ledger) -> None:
    """A moment that a change of zone left in a week already served is passed over."""
    await ledger.add(rows.subscription(last_slot="2026-W48"))
    assert await ledger.plan() == Planned()
    assert (await ledger.subscription()).next_run_at == NOW + WEEK


async def test_without_tips_everything_stays_due(ledger: Ledger) -> None:
    """Content without tips loses no week."""
    await ledger.add(rows.subscription())
    ledger.tips = []
    assert await ledger.plan() == Planned()
    assert (await ledger.subscription()).next_run_at == NOW


async def test_a_zone_that_has_gone_pauses_one_channel_only(ledger: Ledger) -> None:
    """One row that can't be planned is paused with the reason; the others get their tips."""
    await ledger.add(rows.subscription("C1", zone="Mars/Phobos"), rows.subscription("C2"))
    assert await ledger.plan() == Planned(planned=1)
    standing = await ledger.subscription("C1")
    assert (standing.state, standing.reason, standing.next_run_at) == ("paused", Cause.ZONE_UNKNOWN, None)


async def test_a_run_remembers_no_histories_of_batches_before(ledger: Ledger) -> None:
    """However many are due, the memory of one call does not grow with what each has seen."""
    histories = (tuple(f"tip-{number}-{tip}" for tip in range(60)) for number in range(2100))
    await ledger.add(*(rows.subscription(f"C{number}", seen=seen) for number, seen in enumerate(histories)))
    held: list[int] = []

    async def note(_connection: AsyncConnection, _buckets: Collection[int]) -> None:
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    await planning.plan_due(ledger.database, ledger.pool(), ledger.now, turns=Turns(joined=note))
    tracemalloc.stop()
    assert len(held) == 4  # at last it looks whether there are more
    assert held[1] - held[0] < 2_000_000  # a thousand histories are about 5 MB


async def test_more_than_a_batch_is_planned_in_one_call(ledger: Ledger) -> None:
    """However many are due, one call plans them all, each once."""
    await ledger.add(*(rows.subscription(f"C{number}") for number in range(2100)))
    assert await ledger.plan() == Planned(planned=2100)
    assert len({row.key for row in await ledger.deliveries()}) == 2100
