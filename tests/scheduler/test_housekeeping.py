"""Housekeeping: what is old and settled goes, what somebody still waits for stays."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from scheduler import housekeeping
from scheduler.housekeeping import Cleared
from store.deliveries.rows import Deliveries
from store.history import Entry, History
from store.learning import feedback
from store.learning.feedback import Feedback
from store.tables import OWN_WORDS, DeliveryKind
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


@pytest.mark.parametrize("kind", OWN_WORDS)
async def test_words_whose_fate_nobody_knows_are_kept_a_day(ledger: Ledger, kind: DeliveryKind) -> None:
    """Who wrote them a week: then it counts as failed. A reply keeps its level, and with it the way to ask again."""
    mine = rows.delivery("mine", kind=kind, state="unknown", argument="1a secret", person="U1")
    level = rows.delivery("level", kind="reply", state="unknown", argument="sources", person="U1")
    await ledger.add(mine, level)

    async def kept(**after: int) -> list[tuple[str, str, str, str]]:
        await housekeeping.clear_old(ledger.database, NOW + timedelta(**after))
        return sorted((row.key, row.state, row.argument, row.person) for row in await ledger.deliveries())

    asked = ("level", "unknown", "sources", "U1")
    assert await kept(days=1) == [asked, ("mine", "unknown", "1a secret", "U1")]
    assert await kept(days=1, seconds=1) == [asked, ("mine", "unknown", "", "U1")]
    assert await kept(days=7, seconds=1) == [("level", "failed", "sources", ""), ("mine", "failed", "", "")]


@pytest.mark.parametrize("kind", OWN_WORDS)
async def test_words_go_where_housekeeping_comes_late(ledger: Ledger, kind: DeliveryKind) -> None:
    """What is given up has none, whatever was cleared before."""
    await ledger.add(rows.delivery(kind=kind, state="unknown", argument="1a secret", person="U1"))
    async with ledger.database.write() as connection:
        await Deliveries().give_up_unconfirmed(connection, NOW + timedelta(days=7), "never_confirmed")
    given_up = await ledger.delivery()
    assert (given_up.state, given_up.argument, given_up.person) == ("failed", "", "")


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
