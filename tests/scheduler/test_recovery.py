"""A database that was restored from a backup: nothing is posted twice, and nothing is lost in silence."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from cards.reason import Cause
from messengers.base import Absent
from scheduler import recovery
from scheduler.planning import Planned
from scheduler.recovery import Recovered
from scheduler.subscriptions import coming_tip
from store import facts
from store.database.access import Database, UnusableError
from store.facts import Fact, Facts
from tests.postgres import Postgres
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

WEEK = timedelta(weeks=1)


async def weeks(ledger: Ledger, count: int) -> None:
    """Let weeks pass, with a tick at the end of each."""
    for _ in range(count):
        ledger.now += WEEK
        await ledger.plan()
        await ledger.dispatcher().deliver_due()


async def recovered(ledger: Ledger) -> Recovered | None:
    """Recover as each tick does, before it plans."""
    return await recovery.recover(ledger.database, ledger.pool(), ledger.now, dilemmas=ledger.playable)


async def test_a_backup_put_back_under_a_running_bot(tmp_path: Path, ledger: Ledger) -> None:
    """What was posted since it was made is unknown, and not posted again unless a person says so; then it goes on."""
    asked = rows.delivery("share:1", conversation="C9")
    await ledger.add(rows.subscription("C1"), rows.subscription("C2"), asked)
    await ledger.plan()
    await ledger.database.backup(tmp_path / "copy.db", ledger.now)  # holds two planned tips and a share
    await ledger.dispatcher().deliver_due()
    await weeks(ledger, 2)
    ledger.now += timedelta(minutes=5)
    assert len(ledger.messenger.sent) == 7
    (tmp_path / "copy.db").replace(tmp_path / "bot.db")

    assert await ledger.plan() == Planned()  # nothing is planned or leased before it has been looked through
    await ledger.dispatcher().deliver_due()
    with capture_logs() as logs:
        assert await recovered(ledger) == Recovered(NOW, deliveries=3, tips=4)
    assert [line["event"] for line in logs] == ["database.restored"]
    assert await recovered(ledger) is None
    await ledger.plan()
    await ledger.dispatcher().deliver_due()
    assert len(ledger.messenger.sent) == 7
    found = await ledger.deliveries()
    assert {(row.state, row.reason) for row in found} == {("unknown", Cause.RESTORED)}
    assert len({row.subject for row in found if row.conversation == "C1"}) == 3  # each week another tip

    async with ledger.database.write() as connection:
        await coming_tip.send_again(connection, asked.id, by="U1", now=ledger.now)
    await ledger.dispatcher().deliver_due()
    await weeks(ledger, 1)
    assert len(ledger.messenger.sent) == 10  # that one, and the new week's two


async def test_tips_that_came_due_since_are_not_looked_for(tmp_path: Path, ledger: Ledger) -> None:
    """What was posted of them carries an id that the copy never held: not found would not mean not posted."""
    await ledger.add(rows.subscription("C1", next_run_at=NOW + timedelta(hours=1)))
    await ledger.database.backup(tmp_path / "copy.db", NOW)
    ledger.pass_time(hours=1)
    await ledger.plan()
    await ledger.dispatcher().deliver_due()
    (tmp_path / "copy.db").replace(tmp_path / "bot.db")
    assert await recovered(ledger) == Recovered(NOW, deliveries=0, tips=1)
    row = await ledger.delivery()
    ledger.messenger.finds[row.id] = Absent()
    ledger.pass_time(minutes=5)
    dispatcher = ledger.dispatcher()
    await dispatcher.settle_unknown()
    await dispatcher.deliver_due()
    assert (await ledger.delivery()).state == "unknown"
    assert len(ledger.messenger.sent) == 1


async def test_several_processes_find_it_restored(ledger: Ledger, tmp_path: Path) -> None:
    """One of them looks through it, whoever is first; the others find nothing to do."""
    await ledger.add(rows.subscription("C1"))
    await ledger.database.backup(tmp_path / "copy.db", NOW)
    copies = [Database(f"sqlite:///{tmp_path}/copy.db") for _ in range(3)]
    found = await asyncio.gather(*(recovery.recover(copy, ledger.pool(), NOW, dilemmas={}) for copy in copies))
    assert sorted(one is None for one in found) == [False, True, True]
    for copy in copies:
        await copy.close()


async def test_a_copy_taken_in_another_way(ledger: Ledger) -> None:
    """Who knows that it was restored says so; wishes, pauses that ended and other rows fare as they would have."""
    later = rows.delivery("later", due_at=NOW + WEEK, not_before=NOW + WEEK)
    sending = rows.delivery("sending", state="sending", attempt=1, lease_owner="dead", lease_until=NOW + WEEK)
    sent = rows.delivery("sent", state="sent")
    await ledger.add(
        rows.subscription("C1", skip_slot="2026-W48"),
        rows.subscription("C2", state="paused", next_run_at=None, paused_until=NOW - timedelta(days=1)),
        rows.subscription("C3", state="paused", next_run_at=None),
        rows.subscription("C4", zone="Nowhere/Gone"),
        rows.subscription("C5", next_run_at=NOW + WEEK),
        later,
        sending,
        sent,
    )
    since = NOW - timedelta(days=3)
    found = await recovery.recover(ledger.database, ledger.pool(), ledger.now, dilemmas={}, since=since)
    assert found == Recovered(since, deliveries=1, tips=1)
    states = {row.key.split(":")[-1]: row.state for row in await ledger.deliveries() if row.kind != "tip"}
    assert states == {"later": "planned", "sending": "unknown", "sent": "sent"}
    tips = {row.conversation: (row.state, row.reason) for row in await ledger.deliveries() if row.kind == "tip"}
    assert tips == {"C1": ("skipped", "skipped by the operator"), "C2": ("unknown", Cause.RESTORED)}
    assert (await ledger.subscription("C4")).reason == "zone-unknown"


async def test_an_introduction_that_may_have_been_posted(ledger: Ledger) -> None:
    """Its channel waits for a person, as after any introduction of unknown outcome."""
    standing = rows.subscription("C1", state="starting", next_run_at=None)
    await ledger.add(standing, rows.delivery("introduction", kind="introduction", subscription_id=standing.id))
    await recovery.recover(ledger.database, ledger.pool(), ledger.now, dilemmas={}, since=NOW)
    assert (await ledger.subscription()).reason == Cause.INTRODUCTION_UNKNOWN


async def test_the_same_on_postgresql(postgres_server: Postgres, migrated_postgres: str) -> None:
    """A copy made by the server itself, which the operator declares; two processes at once, one does the work."""
    before = Ledger(Database(migrated_postgres))
    await before.add(rows.subscription("C1"), rows.delivery("share:1"))
    await before.plan()
    await before.database.close()
    copy = postgres_server.create(make_url(migrated_postgres).database or "")
    await before.dispatcher().deliver_due()
    await before.database.close()
    after = Ledger(Database(postgres_server.url(copy)), messenger=before.messenger, now=NOW + timedelta(hours=1))
    async with after.database.write() as connection:
        await Facts().write(connection, Fact(facts.BACKUP, "", NOW))
    assert await after.plan() == Planned()
    found = await asyncio.gather(recovered(after), recovered(after))
    assert sorted(found, key=str) == [None, Recovered(NOW, deliveries=2, tips=0)]
    await weeks(after, 1)
    assert len(before.messenger.sent) == 3  # the share, the tip, and the next week's
    assert len({sent.delivery_id for sent in before.messenger.sent}) == 3
    await after.database.close()
    postgres_server.drop(copy)


async def test_an_outcome_is_kept_while_the_file_is_away(tmp_path: Path, ledger: Ledger) -> None:
    """A tip that is posted while the database is gone is recorded once it is back, and not posted again."""
    await ledger.add(rows.delivery())
    ledger.messenger.door.clear()
    dispatcher = ledger.dispatcher()
    delivering = asyncio.create_task(dispatcher.deliver_due())
    await ledger.messenger.arrived.wait()
    (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
    ledger.messenger.door.set()
    for refused in (delivering, ledger.plan()):
        with pytest.raises(UnusableError, match="put it back"):
            await refused
    (tmp_path / "elsewhere.db").rename(tmp_path / "bot.db")
    await dispatcher.finish()
    assert (await ledger.delivery()).state == "sent"
    assert len(ledger.messenger.sent) == 1


@pytest.mark.parametrize("fault", ["locked", "full", "read-only"])
async def test_a_file_that_takes_nothing(tmp_path: Path, ledger: Ledger, fault: str) -> None:
    """Nothing is posted that could not be written down before; once the trouble ends, everything goes out once."""
    await ledger.add(*(rows.subscription(f"C{number}") for number in range(100)))
    hog = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    async with ledger.database.read() as connection:
        match fault:
            case "locked":
                hog.execute("BEGIN IMMEDIATE")
                await connection.exec_driver_sql("PRAGMA busy_timeout = 1")
            case "full":
                await connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are now
            case _:
                await connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(UnusableError):
        await ledger.plan()
    if fault != "full":  # a lease changes rows in place
        with pytest.raises(UnusableError):
            await ledger.dispatcher().deliver_due()
    assert ledger.messenger.sent == []
    hog.close()
    await ledger.database.close()  # opens anew without those switches
    await ledger.plan()
    await ledger.dispatcher().deliver_due()
    assert len(ledger.messenger.sent) == len({sent.delivery_id for sent in ledger.messenger.sent}) == 100
