"""The dispatcher at work: many at once, in the background, stopped, killed, and in company."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from cards.reason import Cause
from messengers.base import Refused, Slowed
from scheduler.delivery.dispatch import Summary
from store import installations
from store.database.access import Database
from store.installations import Stored
from tests import ready
from tests.scheduler.ledger import Ledger
from tests.store import rows

TICK = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from tests.scheduler.ticking import tick

asyncio.run(tick(sys.argv[1], datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3]), dies=sys.argv[4] == "die"))
"""


async def test_hundreds_go_out_each_once(ledger: Ledger) -> None:
    """More than fit into one lease, from several dispatchers at once: every row once."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(300)))
    summaries = await asyncio.gather(*(ledger.dispatcher(concurrency=8).deliver_due() for _ in range(3)))
    assert sum(summary.sent for summary in summaries) == 300
    assert len({sent.delivery_id for sent in ledger.messenger.sent}) == len(ledger.messenger.sent) == 300
    assert {row.attempt for row in await ledger.deliveries()} == {1}


async def test_no_more_posts_are_under_way_than_allowed(ledger: Ledger) -> None:
    """While the platform is slow, at most `concurrency` posts wait for it, and twice as many are leased."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(20)))
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher(concurrency=3).deliver_due())
    await ledger.messenger.arrived.wait()
    await _until_idle(ledger)
    assert len(ledger.messenger.sent) == 3
    assert [row.state for row in await ledger.deliveries()].count("sending") == 6
    ledger.messenger.door.set()
    assert (await delivering).sent == 20


async def test_a_time_limit_leases_no_more_but_finishes(ledger: Ledger) -> None:
    """A tick that has used up its time leaves the rest to the next one, and nothing half done."""
    await ledger.add(rows.delivery())
    assert await ledger.dispatcher().deliver_due(within=0) == Summary()
    assert await ledger.dispatcher().deliver_due(within=60) == Summary(sent=1)


async def test_woken_it_delivers_in_the_background(ledger: Ledger) -> None:
    """A reaction is answered now, not at the next tick."""
    dispatcher = ledger.dispatcher()
    async with dispatcher.running():
        for key in ("share:1", "share:2"):
            ledger.messenger.arrived.clear()
            await ledger.add(rows.delivery(key))
            dispatcher.wake()
            await ledger.messenger.arrived.wait()
    assert [row.state for row in await ledger.deliveries()] == ["sent", "sent"]


async def test_a_slow_post_does_not_hold_up_the_next(ledger: Ledger) -> None:
    """While the platform takes its time over one post, what was woken for meanwhile goes out beside it."""
    dispatcher = ledger.dispatcher()
    ledger.messenger.door.clear()
    async with dispatcher.running():
        for key in ("share:1", "share:2"):
            ledger.messenger.arrived.clear()
            await ledger.add(rows.delivery(key))
            dispatcher.wake()
            await ledger.messenger.arrived.wait()
        ledger.messenger.door.set()
    assert [row.state for row in await ledger.deliveries()] == ["sent", "sent"]


async def test_the_owner_is_told_in_the_background_too(ledger: Ledger) -> None:
    """A notice that a refusal plans goes out without waiting for a tick."""
    await ledger.add(rows.subscription())
    await ledger.plan()
    dispatcher = ledger.dispatcher()
    ledger.messenger.script.append(Refused("not_in_channel", "conversation"))
    async with dispatcher.running():
        dispatcher.wake()
        while len(ledger.messenger.sent) < 2:
            ledger.messenger.arrived.clear()
            await ledger.messenger.arrived.wait()
    assert ledger.messenger.sent[1].address.conversation == "U1"


async def test_the_background_outlives_a_database_in_trouble(ledger: Ledger) -> None:
    """A wake-up that fails is logged and ends nothing: the next one delivers."""
    dispatcher = ledger.dispatcher()
    await ledger.add(rows.delivery())
    async with ledger.database.write() as connection:
        await connection.execute(text("ALTER TABLE delivery RENAME TO elsewhere"))
    async with dispatcher.running():
        with capture_logs() as lines:
            dispatcher.wake()
            while "delivery.database" not in [line["event"] for line in lines]:
                async with ledger.database.read() as connection:
                    await connection.execute(text("SELECT 1"))
        async with ledger.database.write() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO delivery"))
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
    assert (await ledger.delivery()).state == "sent"


async def test_stopping_finishes_what_is_under_way_and_leases_no_more(ledger: Ledger) -> None:
    """At SIGTERM a post that has left is waited for and recorded; the next one stays planned."""
    await ledger.add(rows.delivery("share:1"))
    dispatcher = ledger.dispatcher()
    ledger.messenger.door.clear()
    async with dispatcher.running():
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
        await ledger.add(rows.delivery("share:2", not_before=ledger.now + timedelta(hours=1)))
        loop = asyncio.get_running_loop()
        # Both while it is stopping already: the second becomes due, and the first is answered.
        loop.call_later(0.01, lambda: ledger.pass_time(hours=1))
        loop.call_later(0.01, ledger.messenger.door.set)
    assert [row.state for row in await ledger.deliveries()] == ["sent", "planned"]


async def test_stopping_waits_until_whoever_asked_was_told(ledger: Ledger) -> None:
    """At SIGTERM the news of a post that went out still reaches the person, who would ask again otherwise."""
    await ledger.add(rows.delivery())
    ledger.ear.clear()
    dispatcher = ledger.dispatcher()
    async with dispatcher.running():
        dispatcher.wake()
        await ledger.heard.wait()
        asyncio.get_running_loop().call_later(0.01, ledger.ear.set)
        assert ledger.told == []
    assert [row.state for row in ledger.told] == ["sent"]


async def test_finishing_waits_for_the_news_too(ledger: Ledger) -> None:
    """What a command or a test finishes is finished with everything that follows from it."""
    await ledger.add(rows.delivery("share:1"), rows.delivery("share:2", now=ledger.now - timedelta(days=1)))
    ledger.ear.clear()
    finishing = asyncio.create_task(ledger.dispatcher().finish())
    while [row.state for row in await ledger.deliveries()] != ["skipped", "sent"]:
        await ledger.heard.wait()
    await _until_idle(ledger)
    assert not finishing.done()
    ledger.ear.set()
    await finishing
    assert sorted(row.state for row in ledger.told) == ["sent", "skipped"]


async def test_slow_news_hold_up_no_other_delivery(ledger: Ledger) -> None:
    """While somebody is being told that theirs was too late, everything else goes out."""
    await ledger.add(rows.delivery("share:1", now=ledger.now - timedelta(days=1)), rows.delivery("share:2"))
    ledger.ear.clear()
    dispatcher = ledger.dispatcher()
    assert await dispatcher.deliver_due() == Summary(sent=1, skipped=1)
    assert ledger.told == []
    ledger.ear.set()
    await dispatcher.finish()
    assert len(ledger.told) == 2


async def test_stopping_gives_up_after_its_limit(ledger: Ledger) -> None:
    """A platform that never answers does not keep the program alive; the row is unknown when its lease has run out."""
    await ledger.add(rows.delivery())
    dispatcher = ledger.dispatcher()
    ledger.messenger.door.clear()
    async with dispatcher.running(limit=0.01):
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
    assert (await ledger.delivery()).state == "sending"
    ledger.pass_time(seconds=61)
    assert await ledger.dispatcher().expire_leases() == 1


async def test_what_a_stop_leaves_no_time_to_begin_waits_for_the_next_process(ledger: Ledger) -> None:
    """Leased ahead, behind a post that hangs: of the others nothing was sent, so that nobody has to ask whether."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(4)))
    dispatcher = ledger.dispatcher(concurrency=2)
    ledger.messenger.door.clear()
    async with dispatcher.running(limit=0.01):
        dispatcher.wake()
        await ledger.messenger.arrived.wait()
    assert [row.state for row in await ledger.deliveries()] == ["sending", "sending", "planned", "planned"]
    begun = [sent.delivery_id for sent in ledger.messenger.sent]
    ledger.messenger.door.set()
    assert await ledger.dispatcher().deliver_due() == Summary(sent=2)
    assert [sent.delivery_id for sent in ledger.messenger.sent if sent.delivery_id in begun] == begun


async def test_what_came_due_while_the_database_was_away_goes_soon(ledger: Ledger, tmp_path: Path) -> None:
    """It was looked for, and could not be found: nobody has to wake the dispatcher again for it."""
    dispatcher = ledger.dispatcher()
    file, elsewhere = tmp_path / "bot.db", tmp_path / "elsewhere.db"
    await ledger.add(rows.delivery(not_before=ledger.now + timedelta(seconds=1)))
    with capture_logs() as logged:
        async with dispatcher.running():
            await dispatcher.deliver_due()  # nothing yet
            file.rename(elsewhere)
            ledger.pass_time(seconds=1)
            dispatcher.wake()
            async with asyncio.timeout(60):
                while "delivery.database" not in [line["event"] for line in logged]:  # noqa: ASYNC110 # no event tells
                    await asyncio.sleep(0)
                elsewhere.rename(file)
                await ledger.messenger.arrived.wait()
    assert (await ledger.delivery()).state == "sent"


async def test_a_caller_that_is_cancelled_loses_no_outcome(ledger: Ledger) -> None:
    """A tick that runs into its time limit leaves its posts to finish and to be recorded."""
    await ledger.add(rows.delivery())
    dispatcher = ledger.dispatcher()
    ledger.messenger.door.clear()
    async with dispatcher.running():
        delivering = asyncio.create_task(dispatcher.deliver_due())
        await ledger.messenger.arrived.wait()
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivering
        ledger.messenger.door.set()
    assert (await ledger.delivery()).state == "sent"


async def test_our_own_posts_are_not_expired_by_a_moved_clock(ledger: Ledger) -> None:
    """A clock that jumps a week ahead does not call a post that is still under way lost."""
    await ledger.add(rows.delivery())
    dispatcher = ledger.dispatcher()
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(weeks=1)
    assert await dispatcher.expire_leases() == 0
    ledger.messenger.door.set()
    assert await delivering == Summary(sent=1)


async def test_a_late_answer_settles_what_another_process_called_unknown(ledger: Ledger) -> None:
    """The lease ran out, but the answer came after all: now we know."""
    await ledger.add(rows.delivery())
    ledger.messenger.door.clear()
    delivering = asyncio.create_task(ledger.dispatcher().deliver_due())
    await ledger.messenger.arrived.wait()
    ledger.pass_time(seconds=61)
    assert await ledger.dispatcher().expire_leases() == 1
    assert (await ledger.delivery()).reason == Cause.LEASE_EXPIRED
    ledger.messenger.door.set()
    assert await delivering == Summary(sent=1)
    assert (await ledger.delivery()).state == "sent"


async def test_a_group_of_outcomes_is_one_transaction(ledger: Ledger) -> None:
    """Outcomes that come together are written together, whatever they are."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(10)))
    ledger.messenger.script += [Refused("nope", "message")] * 4
    assert await ledger.dispatcher(group=0.01).deliver_due() == Summary(sent=6, failed=4)


async def test_a_process_killed_between_lease_and_record_posts_never_twice(ledger: Ledger, tmp_path: Path) -> None:
    """SIGKILL while the post is out: the row becomes unknown, and no process sends it again by itself."""
    await ledger.add(rows.delivery())
    status, lines = await _tick(ledger, tmp_path / "first", "die")
    assert status == -9
    row = await ledger.delivery()
    assert lines == [row.id]
    assert row.state == "sending"
    ledger.pass_time(seconds=30)
    assert await _tick(ledger, tmp_path / "second", "live") == (0, [])
    ledger.pass_time(seconds=31)
    assert await _tick(ledger, tmp_path / "third", "live") == (0, [])
    row = await ledger.delivery()
    assert (row.state, row.reason, row.attempt) == ("unknown", Cause.LEASE_EXPIRED, 1)


async def test_two_processes_on_one_file_tell_each_channel_once(ledger: Ledger, tmp_path: Path) -> None:
    """Both plan and deliver at the same time: every tip is posted, none twice."""
    await ledger.add(*(rows.subscription(f"C{number}") for number in range(60)))
    answers = await asyncio.gather(*(_tick(ledger, tmp_path / str(number), "live") for number in range(2)))
    assert [status for status, _ in answers] == [0, 0]
    posted = [line for _, lines in answers for line in lines]
    assert len(posted) == len(set(posted)) == 60
    assert {row.state for row in await ledger.deliveries()} == {"sent"}
    assert (await ledger.subscription("C59")).next_run_at == ledger.now + timedelta(days=7)


async def _tick(ledger: Ledger, log: Path, manner: str) -> tuple[int, list[str]]:
    """Run one tick in a process of its own; gives its exit status and the ids of the deliveries it posted."""
    words = (str(ledger.database.path), ledger.now.isoformat(), str(log), manner)
    ended = await asyncio.to_thread(ready.ended, ready.DATABASES, TICK, *words)
    return ended.returncode, (await asyncio.to_thread(log.read_text, encoding="ascii")).split()


async def _until_idle(ledger: Ledger) -> None:
    """Let everything happen that can happen before the door opens: a few transactions' worth of turns."""
    for _ in range(5):
        await ledger.deliveries()


class Overlapping(Database):
    """Ends its second transaction, which finds nothing due, once a post that was under way has been recorded."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.ledger = Ledger(self)
        self.begun = 0

    @asynccontextmanager
    async def write(self, *, many: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction."""
        self.begun += 1
        is_second = self.begun == 2
        async with super().write(many=many) as connection:
            yield connection
            if is_second:
                self.ledger.messenger.door.set()
                await self.ledger.heard.wait()


async def test_what_ends_during_the_last_look_is_followed_up(migrated_postgres: str) -> None:
    """What it planned was not there yet when that look found nothing: it is delivered as well."""
    database = Overlapping(migrated_postgres)
    ledger = database.ledger
    standing = rows.subscription()
    await ledger.add(standing, rows.delivery("tip:1", kind="tip", subject="tip/a", subscription_id=standing.id))
    database.begun = 0
    ledger.messenger.door.clear()
    ledger.messenger.script.append(Refused("not_in_channel", "conversation"))
    assert await ledger.dispatcher().deliver_due() == Summary(failed=1, sent=1)
    await database.close()


async def test_who_was_asked_to_wait_goes_on_by_itself(ledger: Ledger) -> None:
    """Its turn is written down after the answer, and is waited for from then on: nobody ticks."""
    await ledger.add(*(rows.delivery(f"share:{number}", conversation=f"C{number}") for number in range(2)))
    ledger.messenger.script.append(Slowed(1.0))
    dispatcher = ledger.dispatcher(group=0.2)
    async with dispatcher.running(), asyncio.timeout(10):
        dispatcher.wake()
        while [row.reason for row in await ledger.deliveries()] != [str(Cause.SLOWED)] * 2:  # noqa: ASYNC110 # no event tells
            await asyncio.sleep(0)
        ledger.pass_time(seconds=2)
        await ledger.ended(2)
    assert [row.state for row in await ledger.deliveries()] == ["sent"] * 2


async def test_what_is_tried_again_for_a_newer_installation_goes_by_itself(ledger: Ledger) -> None:
    """The refusal was of the one before: nobody ticks, and it is posted."""
    await ledger.add(*(rows.delivery(f"share:{number}") for number in range(2)))
    stored = Stored("T1", "", "", "", "", "", "", "", "sealed", "", None, ledger.now, ledger.now)
    async with ledger.database.write() as connection:
        await installations.keep(connection, stored)
    ledger.messenger.script.append(Refused("account_inactive", "workspace", ledger.now - timedelta(minutes=1)))
    dispatcher = ledger.dispatcher(group=0.2)
    async with dispatcher.running(), asyncio.timeout(10):
        dispatcher.wake()
        await ledger.ended(2)
    assert [row.state for row in await ledger.deliveries()] == ["sent"] * 2
