"""Housekeeping: what is old and settled goes, what somebody still waits for stays."""

from dataclasses import replace
from datetime import datetime, timedelta

from scheduler import housekeeping
from scheduler.housekeeping import Cleared
from store.history import Entry, History
from store.learning import feedback
from store.learning.feedback import Feedback
from tests.scheduler.ledger import Ledger
from tests.store import rows
from tests.store.rows import NOW

AFTER_400_DAYS = NOW + timedelta(days=400, seconds=1)


async def test_old_rows_posts_and_history_go(ledger: Ledger) -> None:
    """After 400 days, and not before; a tip of unknown outcome stays until a person decides."""
    standing = rows.subscription()
    unknown = rows.delivery("tip:2", kind="tip", subject="tip/a", state="unknown", subscription_id=standing.id)
    await ledger.add(standing, rows.delivery(state="sent"), unknown, rows.post())
    async with ledger.database.write() as connection:
        await History().add(connection, standing, [Entry(NOW, "U1", "began")])
    assert await housekeeping.clear_old(ledger.database, NOW + timedelta(days=400)) == Cleared(0, 0, 0)
    assert await housekeeping.clear_old(ledger.database, AFTER_400_DAYS) == Cleared(1, 1, 1)
    assert [row.key for row in await ledger.deliveries()] == ["tip:2"]


async def test_a_claim_that_nobody_came_back_for_goes(ledger: Ledger) -> None:
    """After a week somebody else may claim the tips, and who did is remembered no longer."""
    await ledger.add(rows.subscription(claimed_by="U2", claimed_at=NOW))
    await housekeeping.clear_old(ledger.database, NOW + timedelta(days=7))
    assert (await ledger.subscription()).claimed_by == "U2"
    await housekeeping.clear_old(ledger.database, NOW + timedelta(days=7, seconds=1))
    standing = await ledger.subscription()
    assert (standing.claimed_by, standing.claimed_at) == ("", None)


async def test_feedback_goes_after_it_was_closed(ledger: Ledger) -> None:
    """400 days after that, and not before; what is open stays, and nobody waits for an answer for ever."""
    waiting = Feedback("open", "slack", "T1", "C1", "wrong", NOW, person="U1")
    async with ledger.database.write() as connection:
        for row in (waiting, replace(waiting, id="closed", closed_at=NOW, person="")):
            await feedback.add(connection, row)

    async def left(now: datetime) -> dict[str, str]:
        await housekeeping.clear_old(ledger.database, now)
        async with ledger.database.read() as connection:
            return {row.id: row.person for row in await feedback.listed(connection)}

    assert await left(NOW + timedelta(days=400)) == {"closed": "", "open": "U1"}
    assert await left(AFTER_400_DAYS) == {"open": ""}
