"""Stopping and forgetting the tips of single conversations, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cards.reason import PlatformCode
from scheduler.subscriptions import closed_conversations
from store.database.access import Database
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW


@pytest.fixture
async def ledger(address: str) -> AsyncIterator[Ledger]:
    """Give an empty ledger, once on each database."""
    database = Database(address)
    yield Ledger(database)
    await database.close()


async def test_what_is_on_is_paused_and_its_owner_told_once(ledger: Ledger) -> None:
    """The reason is the platform's; what is off or paused already stays as it is, and others go on."""
    await ledger.add(
        rows.subscription("C1", next_run_at=NOW + timedelta(days=1)),
        rows.subscription("C2", state="off", next_run_at=None),
        rows.subscription("C3", next_run_at=NOW + timedelta(days=1)),
        rows.subscription("C4", owner="", next_run_at=NOW + timedelta(days=1)),
    )
    for expected in (["C1", "C4"], []):
        async with ledger.database.write() as connection:
            stopped = await closed_conversations.stop_conversations(
                connection, "slack", "T1", ["C1", "C2", "C4", "C9"], PlatformCode("channelDeleted"), NOW
            )
        assert sorted(one.conversation for one in stopped) == expected
    standing = [await ledger.subscription(f"C{number}") for number in range(1, 5)]
    assert [one.state for one in standing] == ["paused", "off", "on", "paused"]
    assert (standing[0].reason, standing[0].next_run_at) == ("channelDeleted", None)
    assert await ledger.history("C1") == [("bot", "stopped", "channelDeleted")]
    notice = await ledger.delivery()  # nobody owns C4
    assert (notice.kind, notice.conversation) == ("notice", standing[0].owner)
    assert notice.argument == "channelDeleted C1"


async def test_what_is_forgotten_leaves_nothing_behind_and_others_alone(ledger: Ledger) -> None:
    """Tips, posts, promises, history, and what owners were still to be told of those tips."""
    await ledger.add(
        rows.subscription("C1", next_run_at=NOW), rows.subscription("C2", next_run_at=NOW + timedelta(days=1))
    )
    async with ledger.database.write() as connection:
        await closed_conversations.stop_conversations(
            connection, "slack", "T1", ["C1", "C2"], PlatformCode("gone"), NOW
        )
    await ledger.add(
        rows.post(id="p1", conversation="C1"),
        rows.post(id="p2", conversation="C2"),
        rows.delivery("reply:p1:detail", post_id="p1", conversation="C1"),
        rows.delivery("reply:p2:detail", post_id="p2", conversation="C2"),
    )
    async with ledger.database.write() as connection:
        forgotten = await closed_conversations.forget_conversations(connection, "slack", "T1", ["C1", "C9"])
    assert (forgotten.subscriptions, forgotten.posts, forgotten.deliveries) == (1, 1, 2)
    with pytest.raises(AssertionError):
        await ledger.subscription("C1")
    assert await ledger.history("C2") == [("bot", "stopped", "gone")]
    left = {row.argument or row.key for row in await ledger.deliveries()}
    assert left == {"gone C2", "reply:p2:detail"}
    async with ledger.database.write() as connection:
        nothing = await closed_conversations.forget_conversations(connection, "teams", "T1", ["C2"])
    assert (nothing.subscriptions, nothing.posts, nothing.deliveries) == (0, 0, 0)
