"""Leases: what an attempt may still do once its lease has run out, and what somebody else's may not touch."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from cards.reason import Cause
from messengers.base import Refused
from scheduler.delivery.dispatch import Dispatcher, Summary
from scheduler.delivery.settings import DispatchSettings
from scheduler.subscriptions import coming_tip, pausing
from store.deliveries.rows import Delivery
from store.posts import Posts
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW


async def test_a_lease_that_ran_out_is_unknown(ledger: Ledger) -> None:
    """What a dead process had leased is neither sent again nor forgotten."""
    lost = rows.delivery(state="sending", lease_owner="dead", lease_until=NOW, attempt=1)
    await ledger.add(lost)
    dispatcher = ledger.dispatcher()
    assert await dispatcher.expire_leases() == 0
    ledger.pass_time(seconds=1)
    assert await dispatcher.expire_leases() == 1
    row = await ledger.delivery()
    assert (row.state, row.reason) == ("unknown", Cause.LEASE_EXPIRED)
    assert ledger.told == [row]
    assert await dispatcher.deliver_due() == Summary()


async def test_a_row_whose_turn_comes_too_late_is_not_posted_under_its_old_lease(ledger: Ledger) -> None:
    """A process that slept between lease and post gives the row back: somebody else may hold it by now."""
    await ledger.add(rows.delivery(), rows.delivery("share:2"))
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher(concurrency=1)
    delivering = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(hours=1)
    ledger.messenger.door.set()
    await delivering
    assert len({sent.delivery_id for sent in ledger.messenger.sent}) == len(ledger.messenger.sent) == 2
    waited = [row for row in await ledger.deliveries() if row.attempt == 2]
    assert len(waited) == 1


async def test_what_another_process_sent_again_is_not_posted_by_the_first(ledger: Ledger) -> None:
    """Two rows leased, one slow post: the one that waited was called unknown and sent again, and goes out once."""
    await ledger.add(rows.delivery("share:1"), rows.delivery("share:2", now=NOW + timedelta(microseconds=1)))
    ledger.pass_time(seconds=1)
    ledger.messenger.door.clear()
    first = asyncio.create_task(ledger.dispatcher(concurrency=1).deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(seconds=61)
    second = ledger.dispatcher()
    assert await second.expire_leases() == 2
    (out,) = ledger.messenger.sent
    (waited,) = (row for row in await ledger.deliveries() if row.id != out.delivery_id)
    await _send_again(ledger, waited)
    ledger.messenger.door.set()
    await second.deliver_due()
    await first
    assert [sent.delivery_id for sent in ledger.messenger.sent].count(waited.id) == 1
    assert [row.state for row in await ledger.deliveries()] == ["sent", "sent"]


async def test_two_days_asleep_do_not_post_beyond_the_grace(ledger: Ledger) -> None:
    """A machine that was suspended with a tip in hand gives it back, and then it is too late for it."""
    await ledger.add(rows.subscription(), rows.delivery("share:0", now=NOW - timedelta(seconds=1)))
    await ledger.plan()
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher(concurrency=1).deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(days=2)
    ledger.messenger.door.set()
    assert await delivering == Summary(sent=1, skipped=1, slowed=1)
    assert [sent.card.title for sent in ledger.messenger.sent] == ["share"]
    assert (await ledger.subscription()).seen == ()


async def test_a_turn_that_came_too_late_holds_nobody_back(ledger: Ledger) -> None:
    """It goes back as it was; what waits in its workspace keeps its place in the queue."""
    ledger.pass_time(minutes=1)
    await ledger.add(rows.delivery("share:1"), rows.delivery("share:2", not_before=ledger.now))
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher(concurrency=1).deliver_due())
    await ledger.messenger.arrived.wait()
    await ledger.add(rows.delivery("share:3", not_before=NOW + timedelta(seconds=30)))
    ledger.pass_time(seconds=20)
    ledger.messenger.door.set()
    assert (await delivering).sent == 3
    assert [row.not_before - NOW for row in await ledger.deliveries()][2] == timedelta(seconds=30)


def test_a_lease_that_leaves_no_time_to_post_is_refused() -> None:
    """Under it every row would go back for ever, so the program does not start with it."""
    with pytest.raises(ValueError, match="60 s, but its lease lasts 0:01:00"):
        DispatchSettings(post_timeout=60.0)


async def test_an_old_attempt_changes_nothing_of_a_row_that_was_sent_again(ledger: Ledger) -> None:
    """Its lease ran out, a person sent it again: what the first attempt hears afterwards is nobody's business."""
    await ledger.add(rows.subscription())
    await ledger.plan()
    ledger.messenger.door.clear()
    ledger.messenger.script += [Refused("is_archived", "conversation")]
    first = ledger.dispatcher()
    delivering = asyncio.create_task(first.deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(minutes=5)
    second = ledger.dispatcher()
    await second.expire_leases()
    (row,) = await ledger.deliveries()
    async with ledger.database.write() as connection:
        await coming_tip.send_again(connection, row.id, by="U1", now=ledger.now)
    ledger.messenger.door.set()
    await delivering
    await second.deliver_due()
    standing = await ledger.subscription()
    assert (standing.state, standing.seen) == ("on", ("a",))
    assert [row.state for row in await ledger.deliveries()] == ["sent"]


async def test_of_an_attempt_that_was_overtaken_nobody_hears(ledger: Ledger) -> None:
    """Whoever asked hears of the attempt that counts; the operator's log names the other by what it is."""
    await ledger.add(rows.delivery(person="U7"))
    ledger.messenger.script.append(Refused("msg_too_long", "message"))
    delivering, second = await _overtake(ledger)
    with capture_logs() as lines:
        ledger.messenger.door.set()
        # Whichever of the two comes first takes the row that was sent again.
        assert {await delivering, await second.deliver_due()} == {Summary(), Summary(sent=1)}
        await second.finish()
    assert [(row.state, row.reason) for row in ledger.told] == [("unknown", Cause.LEASE_EXPIRED), ("sent", "")]
    assert [line["state"] for line in lines if line["event"] == "delivery.superseded"] == ["failed"]


async def test_an_overtaken_attempt_leaves_its_workspace_alone(ledger: Ledger) -> None:
    """A token that was revoked under the first attempt pauses nothing: the second one was posted."""
    await ledger.add(rows.subscription(next_run_at=NOW + timedelta(days=1)), rows.delivery())
    ledger.messenger.script.append(Refused("token_revoked", "workspace"))
    delivering, second = await _overtake(ledger)
    ledger.messenger.door.set()
    assert {await delivering, await second.deliver_due()} == {Summary(), Summary(sent=1)}
    assert (await ledger.subscription()).state == "on"


async def test_one_courier_may_have_a_row_out_twice(ledger: Ledger) -> None:
    """Another process called it unknown and a person sent it again, while our first attempt still hangs."""
    await ledger.add(rows.delivery())
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher()
    first = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(minutes=5)
    await ledger.dispatcher().expire_leases()
    await _send_again(ledger, await ledger.delivery())
    ledger.messenger.arrived.clear()
    second = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.messenger.door.set()
    assert {await first, await second} == {Summary(), Summary(sent=1)}
    assert (await ledger.delivery()).attempt == 2


async def test_nothing_comes_back_of_a_workspace_forgotten_meanwhile(ledger: Ledger) -> None:
    """A post was out when the app was removed: neither its row nor the memory of its message returns."""
    await ledger.add(rows.subscription(), rows.delivery(subject="dimension/risks"))
    await ledger.plan()
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher().deliver_due())
    await ledger.messenger.arrived.wait()
    async with ledger.database.write() as connection:
        await pausing.forget_workspace(connection, "slack", "T1")
    ledger.messenger.door.set()
    assert await delivering == Summary()
    assert await ledger.deliveries() == []
    async with ledger.database.read() as connection:
        assert await Posts().old(connection, NOW + timedelta(days=1)) == ()


async def _overtake(ledger: Ledger) -> tuple[asyncio.Task[Summary], Dispatcher]:
    """Start an attempt, let its lease run out, and send the row again: gives the attempt, and who posts it now."""
    ledger.messenger.door.clear()
    ledger.messenger.arrived.clear()
    delivering = asyncio.create_task(ledger.dispatcher().deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(minutes=5)
    second = ledger.dispatcher()
    assert await second.expire_leases() == 1
    await _send_again(ledger, next(row for row in await ledger.deliveries() if row.state == "unknown"))
    return delivering, second


async def _send_again(ledger: Ledger, row: Delivery) -> None:
    async with ledger.database.write() as connection:
        assert await coming_tip.send_again(connection, row.id, by="U2", now=ledger.now) is not None
