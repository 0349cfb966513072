"""Steering and planning on PostgreSQL: the statements for many rows, and two at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from messengers.base import Address
from scheduler.delivery import record
from scheduler.delivery.record import Settled
from scheduler.planning import Planned
from scheduler.subscriptions import coming_tip, held, turning_on
from scheduler.subscriptions.turning_on import Addition
from scheduler.weekly import Schedule
from store import installations
from store.database.access import Database
from store.installations import Stored
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

MONDAYS, FRIDAYS = Schedule.parse("monday", "09:00", "UTC"), Schedule.parse("friday", "17:30", "UTC")


@pytest.fixture
async def ledger(migrated_postgres: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger on a PostgreSQL database of its own."""
    database = Database(migrated_postgres)
    yield Ledger(database)
    await database.close()


async def test_many_are_added_changed_and_planned(ledger: Ledger) -> None:
    """In a few statements each; every channel has its line, and its tip."""
    for schedule in (MONDAYS, FRIDAYS):
        additions = [Addition(Address("slack", "T1", f"C{number}"), schedule) for number in range(1200)]
        async with ledger.database.write() as connection:
            assert len(await turning_on.add_each(connection, additions, introduce=False, now=ledger.now)) == 1200
        ledger.pass_time(seconds=1)
    assert [line[1] for line in await ledger.history("C1199")] == ["began", "changed"]
    ledger.now = NOW.replace(day=27, hour=18)
    assert await ledger.plan() == Planned(planned=1200)


async def test_pauses_end_once_whoever_ticks(ledger: Ledger) -> None:
    """Two that tick at once share the work, and each channel resumes with one line."""
    await ledger.add(
        *(
            rows.subscription(f"C{number}", state="paused", reason="person", paused_until=NOW, next_run_at=None)
            for number in range(50)
        )
    )
    planned = [*await asyncio.gather(ledger.plan(), ledger.plan()), await ledger.plan()]
    assert (sum(one.resumed for one in planned), sum(one.planned for one in planned)) == (50, 50)
    assert await ledger.history("C7") == [("bot", "resumed", "")]


async def test_two_who_change_at_once_both_count(ledger: Ledger) -> None:
    """One waits for the other, so that neither writes over what it has not read."""
    await ledger.add(rows.subscription(next_run_at=NOW + timedelta(weeks=1)))
    standing = await ledger.subscription()

    async def choose() -> None:
        async with ledger.database.write() as connection:
            await coming_tip.swap_next(connection, standing.id, "c", tips=ledger.pool(), by="U1", now=NOW)

    async def silence() -> None:
        async with ledger.database.write() as connection:
            await coming_tip.set_quiet(connection, standing.id, ["2026-12-25"], "DE", by="U2", now=NOW)

    await asyncio.gather(choose(), silence(), choose(), silence())
    after = await ledger.subscription()
    assert (after.next_tip, after.quiet_dates, after.quiet_country) == ("c", ("2026-12-25",), "DE")
    assert len(await ledger.history()) == 2


async def test_installed_again_while_a_refusal_is_written_down(ledger: Ledger) -> None:
    """The refusal is of the former installation, and was read before there was another: the tips go on all the same."""
    row = rows.delivery("tip:1", kind="tip", state="sending", lease_owner="me", attempt=1)
    await ledger.add(rows.subscription(workspace=row.workspace), row)
    former = Stored(row.workspace, "", "", "", "", "", "", "", "sealed", "", None, NOW - timedelta(1), NOW)
    async with ledger.database.write() as connection:
        await installations.keep(connection, former)
    failed = replace(row, state="failed", reason="account_inactive")
    async with ledger.database.write() as refusing:
        await record.record(refusing, [Settled(failed, "workspace", installed_at=former.installed_at)], NOW)
        async with ledger.database.write() as connection:
            await installations.keep(connection, replace(former, installed_at=NOW))
        going_on = asyncio.create_task(_go_on(ledger, row.workspace))
        while not going_on.done() and not await _somebody_waits(ledger):
            pass
    await going_on
    assert (await ledger.subscription()).state == "on"
    assert [line[1:] for line in await ledger.history()] == [("stopped", "account_inactive"), ("resumed", "")]


async def _go_on(ledger: Ledger, workspace: str) -> None:
    async with ledger.database.write() as connection:
        grace = timedelta(hours=12)
        since = NOW - grace
        await held.release(
            connection, "slack", workspace, {}, now=NOW, grace=grace, since=since, causes=["account_inactive"]
        )


async def _somebody_waits(ledger: Ledger) -> bool:
    """Say whether a connection waits for what another holds."""
    query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with ledger.database.read() as connection:
        return bool(await connection.scalar(query))
