"""The dispatcher on PostgreSQL: the same ledger, with several writers at once, and a server that may go."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from messengers.base import Absent, Found, Posted, Slowed
from scheduler.delivery.dispatch import Summary
from scheduler.delivery.pace import Pace
from store.database.access import Database, UnusableError
from store.deliveries.queue import Queue
from store.subscriptions import Subscriptions
from tests import postgres as servers
from tests.postgres import Postgres
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW


@pytest.fixture
async def ledger(migrated_postgres: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger on a PostgreSQL database of its own."""
    database = Database(migrated_postgres)
    yield Ledger(database)
    await database.close()


@pytest.fixture
def server(postgres_server: Postgres) -> Iterator[Postgres]:
    """Give a server that may be stopped: not the one that all tests share, which says whether one runs here at all."""
    assert postgres_server
    with servers.running() as own:
        yield own


async def test_hundreds_go_out_each_once_from_several_dispatchers(ledger: Ledger) -> None:
    """They lease side by side, and none waits for another's rows."""
    await ledger.add(*(rows.delivery(f"share:{number}", workspace=f"T{number % 9}") for number in range(300)))
    summaries = await asyncio.gather(*(ledger.dispatcher(concurrency=8).deliver_due() for _ in range(3)))
    await ledger.dispatcher().deliver_due()
    assert sum(summary.sent for summary in summaries) == 300
    assert len({sent.delivery_id for sent in ledger.messenger.sent}) == len(ledger.messenger.sent) == 300


async def test_what_waits_for_its_turn_stays_planned(ledger: Ledger) -> None:
    """Pushed out in the transaction that leased the others, with no attempt."""
    await ledger.add(*(rows.delivery(f"share:{number}", conversation=f"C{number}") for number in range(30)))
    dispatcher = ledger.dispatcher(pace=Pace(gap=1))
    bucket = (rows.delivery().bucket,)
    assert await dispatcher.deliver_due(buckets=bucket) == Summary(sent=20)
    assert {row.attempt for row in await ledger.deliveries() if row.state == "planned"} == {0}
    ledger.messenger.script.append(Slowed(2))
    while (wait := await dispatcher.next_turn(bucket)) is not None:
        ledger.pass_time(seconds=wait)
        await dispatcher.deliver_due(buckets=bucket)
    assert {row.state for row in await ledger.deliveries()} == {"sent"}


async def test_holding_back_waits_for_nobody(ledger: Ledger) -> None:
    """A row that another is leasing is left to it: each may hold what the other wants next."""
    standing = rows.subscription()
    waits = rows.delivery("tip:1", kind="tip", subscription_id=standing.id)
    await ledger.add(standing, waits)
    async with ledger.database.write() as leasing, ledger.database.write() as recording:
        assert await Queue().due(leasing, NOW, 10) == (waits,)
        await Subscriptions().by_ids(recording, [standing.id])
        await Queue().hold_back(recording, "slack", "T1", NOW + timedelta(seconds=30))
    assert (await ledger.delivery()).not_before == NOW


async def test_unknown_outcomes_are_settled(ledger: Ledger) -> None:
    """Found, absent, and not to be looked up; the last one comes again after as long as it had waited."""
    found, absent, neither = (rows.delivery(f"share:{n}", state="unknown", attempt=1) for n in range(3))
    await ledger.add(found, absent, neither)
    ledger.pass_time(seconds=120)
    ledger.messenger.finds = {found.id: Found(Posted("7.0")), absent.id: Absent()}
    dispatchers = [ledger.dispatcher() for _ in range(2)]
    summaries = await asyncio.gather(*(dispatcher.settle_unknown() for dispatcher in dispatchers))
    assert sorted((one.sent, one.slowed) for one in summaries) in ([(0, 0), (1, 1)], [(0, 1), (1, 0)])
    assert len(ledger.messenger.looked) == 3
    assert await dispatchers[0].deliver_due() == Summary(sent=1)
    for seconds, looks in ((119, 3), (1, 4)):
        ledger.pass_time(seconds=seconds)
        await dispatchers[0].settle_unknown()
        assert len(ledger.messenger.looked) == looks
    assert {row.id: row.state for row in await ledger.deliveries()} == {
        found.id: "sent",
        absent.id: "sent",
        neither.id: "unknown",
    }


async def test_an_outcome_waits_for_a_server_that_is_gone(server: Postgres) -> None:
    """Posted while the database goes: it is written when the server is back, and nothing is posted twice."""
    database = Database(server.url(server.create()))
    await database.migrate()
    ledger = Ledger(database)
    await ledger.add(rows.delivery("share:1"), rows.delivery("share:2", not_before=ledger.now + timedelta(hours=1)))
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher()
    async with dispatcher.running():
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
        await asyncio.to_thread(server.stop)
        with capture_logs() as lines:
            ledger.messenger.door.set()
            ledger.pass_time(hours=1)
            dispatcher.wake()
            while not {"delivery.not_recorded", "delivery.database"} <= {line["event"] for line in lines}:
                with pytest.raises(UnusableError):
                    await ledger.deliveries()
                await asyncio.sleep(0)  # a refused connection takes no turn of the loop
        await asyncio.to_thread(server.start)
        ledger.messenger.arrived.clear()
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
    assert [row.state for row in await ledger.deliveries()] == ["sent", "sent"]
    assert len(ledger.messenger.sent) == 2
    await database.close()
