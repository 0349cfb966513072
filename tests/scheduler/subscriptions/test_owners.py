"""Owners: handed over, shared, and taken over from who is gone; each with its line of history."""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.subscriptions import owners
from store.subscriptions import Subscription
from tests.scheduler.ledger import Ledger
from tests.store import rows


async def _claim(ledger: Ledger, by: str, *, owner_is_gone: bool = False) -> Subscription:
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        return await owners.claim(connection, standing.id, by=by, now=ledger.now, owner_is_gone=owner_is_gone)


async def test_handing_over(ledger: Ledger) -> None:
    """Another owns it, a co-owner no more beside; who had it has it no longer, and a claim on it is void."""
    await ledger.add(rows.subscription(co_owners=("U2", "U3"), claimed_by="U9", claimed_at=ledger.now))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        for _ in range(2):
            after = await owners.hand_over(connection, standing.id, "U2", by="U1", now=ledger.now)
        with pytest.raises(ValueError, match="to a person"):
            await owners.hand_over(connection, standing.id, "", by="U1", now=ledger.now)
    assert after == await ledger.subscription()
    assert (after.owner, after.co_owners, after.claimed_by, after.claimed_at) == ("U2", ("U3",), "", None)
    assert await ledger.history() == [("U1", "owner", "U2 U3")]


async def test_sharing(ledger: Ledger) -> None:
    """The co-owners from now on, each once and never the owner; nobody ends it."""
    await ledger.add(rows.subscription(changed_by="owner"))
    standing = await ledger.subscription()
    async with ledger.database.write() as connection:
        for _ in range(2):
            shared = await owners.share_with(connection, standing.id, ["U2", "U1", "U3", "U2"], by="U1", now=ledger.now)
        assert shared.co_owners == ("U2", "U3")
        assert [shared.may_be_changed_by(person) for person in ("U1", "U2", "U4")] == [True, True, False]
        ledger.pass_time(seconds=1)
        alone = await owners.share_with(connection, standing.id, [], by="U2", now=ledger.now)
        with pytest.raises(ValueError, match="not a person"):
            await owners.share_with(connection, standing.id, ["U2 U3"], by="U1", now=ledger.now)
    assert alone.co_owners == ()
    assert await ledger.history() == [("U1", "owner", "U1 U2 U3"), ("U2", "owner", "U1")]


@pytest.mark.parametrize(
    ("changed_by", "person", "is_admin", "may"),
    [
        ("owner", "U9", True, False),
        ("owner", "U1", False, True),
        ("admins", "U9", True, True),
        ("admins", "U9", False, False),
        ("admins", "U2", False, True),
        ("anyone", "U9", False, True),
    ],
)
def test_who_may_change_it(changed_by: str, person: str, *, is_admin: bool, may: bool) -> None:
    """The owners always; anyone, or the workspace's admins, where the channel chose so."""
    standing = rows.subscription(changed_by=changed_by, owner="U1", co_owners=("U2",))
    assert standing.may_be_changed_by(person, is_admin) == may


@pytest.mark.parametrize(
    ("fields", "owner_is_gone"), [({"owner": ""}, False), ({}, True), ({"co_owners": ("U2", "U3")}, False)]
)
async def test_taking_over_at_once(ledger: Ledger, fields: dict[str, Any], *, owner_is_gone: bool) -> None:
    """Where nobody owns it, the owner is known to be gone, or the claimant co-owns it, nobody is asked."""
    await ledger.add(rows.subscription(**fields))
    after = await _claim(ledger, "U2", owner_is_gone=owner_is_gone)
    assert (after.owner, "U2" in after.co_owners, after.claimed_by) == ("U2", False, "")
    assert await ledger.deliveries() == []
    assert (await ledger.history())[0][:2] == ("U2", "owner")


async def test_an_owner_is_asked_once_and_has_three_days(ledger: Ledger) -> None:
    """One direct message; asking again changes nothing before 72 hours have passed, and then it is theirs."""
    await ledger.add(rows.subscription())
    claimed = await _claim(ledger, "U2")
    assert (claimed.owner, claimed.claimed_by, claimed.claimed_at) == ("U1", "U2", ledger.now)
    ledger.pass_time(hours=71)
    assert await _claim(ledger, "U2") == claimed
    notice = await ledger.delivery()
    assert (notice.kind, notice.conversation, notice.argument) == ("notice", "U1", "claim:U2 C1")
    ledger.pass_time(hours=1)
    after = await _claim(ledger, "U2")
    assert (after.owner, after.claimed_by) == ("U2", "")
    assert await _claim(ledger, "U2") == after
    assert await ledger.history() == [("U2", "claimed", "U1"), ("U2", "owner", "U2")]


async def test_an_owner_who_answers_keeps_it(ledger: Ledger) -> None:
    """The claim is void: asking again begins anew."""
    await ledger.add(rows.subscription())
    claimed = await _claim(ledger, "U2")
    ledger.pass_time(hours=1)
    async with ledger.database.write() as connection:
        for _ in range(2):
            kept = await owners.keep(connection, claimed.id, by="U1", now=ledger.now)
    assert (kept.owner, kept.claimed_by, kept.claimed_at) == ("U1", "", None)
    ledger.pass_time(hours=80)
    assert (await _claim(ledger, "U2")).owner == "U1"
    assert [line[:2] for line in await ledger.history()] == [("U2", "claimed"), ("U1", "declined"), ("U2", "claimed")]
    assert len(await ledger.deliveries()) == 2


async def test_a_claim_stands_for_a_week(ledger: Ledger) -> None:
    """Nobody pushes another's claim aside before; after it, the owner is asked about the new one."""
    await ledger.add(rows.subscription())
    first = await _claim(ledger, "U2")
    ledger.pass_time(days=6)
    assert await _claim(ledger, "U3") == first
    ledger.now = (first.claimed_at or ledger.now) + owners.CLAIM_LASTS
    second = await _claim(ledger, "U3")
    assert (second.owner, second.claimed_by) == ("U1", "U3")
    assert timedelta(hours=72) == owners.CLAIM_WAITS
