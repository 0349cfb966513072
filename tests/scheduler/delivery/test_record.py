"""Recording: outcomes survive a database in trouble and each other."""

import asyncio
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from structlog.testing import capture_logs

from scheduler.delivery.dispatch import Summary
from scheduler.delivery.record import Recorder, Settled
from store import installations
from store.deliveries.rows import Delivery
from store.installations import Stored
from store.learning.learners import Learners
from tests.scheduler.ledger import Ledger
from tests.store import rows


async def _leased(ledger: Ledger, key: str) -> Delivery:
    row = rows.delivery(key, state="sending", lease_owner="me", attempt=1)
    await ledger.add(row)
    return row


async def test_who_is_alone_waits_for_no_company(ledger: Ledger) -> None:
    """A group is collected where several are under way: a post that nothing else goes with is written down at once."""
    await ledger.add(rows.delivery())
    async with asyncio.timeout(60):
        assert await ledger.dispatcher(group=3600.0).deliver_due() == Summary(sent=1)


async def test_an_outcome_waits_for_a_database_in_trouble(ledger: Ledger) -> None:
    """While the database can't be used the outcome is kept and tried again; then it is written as it was."""
    row = await _leased(ledger, "share:1")
    recorder = Recorder(ledger.database, lambda: ledger.now, group=0.0, retry=0.0)
    await _run(ledger, "ALTER TABLE delivery RENAME TO elsewhere")
    with capture_logs() as lines:
        recording = asyncio.create_task(recorder.record(Settled(replace(row, state="sent", message_id="1.0"))))
        while not _count(lines, "delivery.not_recorded"):
            await _run(ledger, "SELECT 1")
    assert not recording.done()
    await _run(ledger, "ALTER TABLE elsewhere RENAME TO delivery")
    await recording
    assert (await ledger.delivery()).state == "sent"


async def test_one_bad_outcome_does_not_take_the_group_along(ledger: Ledger) -> None:
    """An outcome that can't be written is a fault of its own; its neighbours are recorded."""
    good, bad = await _leased(ledger, "share:1"), await _leased(ledger, "share:2")
    recorder = Recorder(ledger.database, lambda: ledger.now, group=0.0)
    impossible = replace(bad, state="lost")  # which the table refuses
    with capture_logs() as lines:
        answers = await asyncio.gather(
            recorder.record(Settled(replace(good, state="sent", message_id="1.0"))),
            recorder.record(Settled(impossible)),
            return_exceptions=True,
        )
    assert isinstance(answers[0], Delivery)
    assert isinstance(answers[1], Exception)
    assert _count(lines, "delivery.group_not_recorded") == 1
    assert {row.key: row.state for row in await ledger.deliveries()} == {"share:1": "sent", "share:2": "sending"}


@pytest.mark.parametrize("is_newer", [False, True])
async def test_a_refusal_of_a_former_installation_stops_nothing(ledger: Ledger, *, is_newer: bool) -> None:
    """It was installed again while the refusal was on its way: the delivery is tried again, with the new token."""
    row = await _leased(ledger, "share:1")
    await ledger.add(rows.subscription(workspace=row.workspace))
    then = ledger.now - timedelta(minutes=1)
    stored = Stored(row.workspace, "", "", "", "", "", "", "", "sealed", "", None, then, then)
    async with ledger.database.write() as connection:
        await installations.keep(connection, replace(stored, installed_at=ledger.now) if is_newer else stored)
    recorder = Recorder(ledger.database, lambda: ledger.now, group=0.0)
    failed = replace(row, state="failed", reason="account_inactive")
    await recorder.record(Settled(failed, scope="workspace", installed_at=then))
    states = (await ledger.delivery()).state, (await ledger.subscription()).state
    assert states == (("planned", "on") if is_newer else ("failed", "paused"))


async def test_who_waits_may_be_cancelled(ledger: Ledger) -> None:
    """The outcome is written all the same."""
    row = await _leased(ledger, "share:1")
    recorder = Recorder(ledger.database, lambda: ledger.now, group=0.0)
    recording = asyncio.create_task(recorder.record(Settled(replace(row, state="sent", message_id="1.0"))))
    await asyncio.sleep(0)  # one turn: the task begins
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    await asyncio.gather(*recorder.tasks)
    assert (await ledger.delivery()).state == "sent"


async def test_a_plan_that_is_forgotten_while_it_is_sent_leaves_nothing(ledger: Ledger) -> None:
    """Its settling finds no row, writes none, and is told to nobody."""
    await ledger.add(rows.delivery("plan:1", kind="plan", conversation="U1", person="U1", argument="1 If …"))
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher()
    delivering = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    async with ledger.database.write() as connection:
        await Learners().forget(connection, ("slack", "T1", "U1"))
    assert await ledger.deliveries() == []
    ledger.messenger.door.set()
    assert await delivering == Summary()
    assert (await ledger.deliveries(), ledger.told) == ([], [])


async def _run(ledger: Ledger, statement: str) -> None:
    async with ledger.database.write() as connection:
        await connection.execute(text(statement))


def _count(lines: list[MutableMapping[str, Any]], name: str) -> int:
    return [line["event"] for line in lines].count(name)
