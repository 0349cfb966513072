"""`workspaces forget` beside a bot that posts: nothing is posted there after it, and other workspaces go on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.cli.workspaces import forgetting
from bot.cli.workspaces.forgetting import Means
from bot.settings.checked import Settings
from store import installations
from store.database.access import Database
from store.installations import Stored
from store.workspaces import belonging
from tests.scheduler.ledger import Ledger
from tests.store import orders, rows


@pytest.fixture
async def beside(address: str) -> AsyncIterator[tuple[Ledger, Settings]]:
    """Give a bot with due tips in two workspaces, and the settings of an operator's command."""
    database = Database(address)
    ledger = Ledger(database)
    for workspace in ("T1", "T2"):
        await ledger.add(*(rows.subscription(f"C{number}", workspace=workspace) for number in range(3)))
    yield ledger, Settings.read({"DATABASE_URL": address}, None)
    await database.close()


async def kept(ledger: Ledger, workspace: str) -> dict[str, int]:
    """Count what is kept of a workspace."""
    async with ledger.database.read() as connection:
        return await belonging.counts(connection, "slack", workspace)


async def test_what_is_under_way_ends_and_nothing_follows(beside: tuple[Ledger, Settings]) -> None:
    """A tip is on its way to the platform: it is waited for, its outcome goes too, and next week brings none."""
    ledger, settings = beside
    await ledger.plan()
    ledger.messenger.door.clear()
    posting = asyncio.create_task(ledger.dispatcher().deliver_due())
    await ledger.messenger.arrived.wait()
    found = await forgetting.looked_up(settings, "T1", None)
    waits = 0

    async def sleep(_: float) -> None:
        nonlocal waits
        waits += 1
        ledger.messenger.door.set()
        await posting

    with orders.watched() as seen:
        await forgetting.forgotten(settings, found, Means(lambda: ledger.now, sleep, lambda _: None))
    assert seen.faults == []
    assert waits == 1
    assert await kept(ledger, "T1") == {}
    sent = len(ledger.messenger.sent)
    ledger.pass_time(weeks=1)
    await ledger.plan()
    await ledger.dispatcher().deliver_due()
    assert {one.address.workspace for one in ledger.messenger.sent[sent:]} == {"T2"}
    assert len(ledger.messenger.sent) == sent + 3
    assert await kept(ledger, "T1") == {}


async def test_what_is_owed_is_not_posted_while_the_rest_is_waited_for(beside: tuple[Ledger, Settings]) -> None:
    """The clock ticks between the two halves: no tip of the workspace is planned any more, and no promise kept."""
    ledger, settings = beside
    standing = rows.subscription("C9", workspace="T3", next_run_at=ledger.now + timedelta(weeks=1))
    await ledger.add(standing, rows.delivery("share:9", workspace="T3"), rows.subscription("C8", workspace="T3"))
    installed = Stored("T3", "", "Acme", "A1", "U0", "B0", "commands", "U1", "sealed", "", None, ledger.now, ledger.now)
    async with ledger.database.write() as connection:
        await installations.keep(connection, installed)
    found = await forgetting.looked_up(settings, "T3", None)
    began = ledger.now

    async def sleep(_: float) -> None:
        ledger.pass_time(weeks=1)
        await ledger.plan()
        await ledger.dispatcher().deliver_due()

    await forgetting.forgotten(settings, found, Means(lambda: began, sleep, lambda _: None))
    assert [one.address.workspace for one in ledger.messenger.sent].count("T1") == 3
    assert "T3" not in {one.address.workspace for one in ledger.messenger.sent}
    assert await kept(ledger, "T3") == {}
