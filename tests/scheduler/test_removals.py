"""What is kept of workspaces that removed the app goes after the grace, and not where it is installed again."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from scheduler import housekeeping, removals
from scheduler.housekeeping import Cleared
from store import installations
from store.database.access import Database
from store.facts import Fact, Facts
from store.installations import Stored
from store.subscriptions import Subscriptions
from store.workspaces import belonging
from store.workspaces.removals import GONE
from tests.store import orders, rows
from tests.store.rows import NOW

LATER = NOW + removals.KEPT + timedelta(seconds=1)


def stored(place: str, at: datetime = NOW, enterprise: str = "") -> Stored:
    """Give an installation."""
    return Stored(place, enterprise, "Acme", "A1", "U0", "B0", "commands", "U1", "sealed", "", None, at, at)


@pytest.fixture
async def kept(address: str) -> AsyncIterator[Database]:
    """Give a database with tips of four workspaces: T1 and T4 installed, T2 and T3 served by an organization.

    T3 has the app by itself too.
    """
    database = Database(address)
    async with database.write() as connection:
        for workspace in ("T1", "T2", "T3", "T4"):
            await Subscriptions().insert(connection, rows.subscription(workspace=workspace))
        for place in ("T1", "T3", "T4", "E1"):
            await installations.keep(connection, stored(place))
        for workspace in ("T2", "T3"):
            await installations.admit(connection, workspace, "E1", NOW)
    yield database
    await database.close()


async def left(database: Database) -> dict[str, dict[str, int]]:
    """Count what is kept of each."""
    async with database.read() as connection:
        return {each: await belonging.counts(connection, "slack", each) for each in ("T1", "T2", "T3", "T4", "E1")}


async def test_a_workspace_goes_after_the_grace_and_not_before(kept: Database) -> None:
    """With its installation; its token was blanked at once. Everybody else keeps everything."""
    before = await left(kept)
    async with kept.write() as connection:
        assert await installations.remove(connection, "T1", NOW, NOW)
        removed = await installations.of_place(connection, "T1")
    assert removed is not None
    assert removed.token == ""
    assert (await housekeeping.clear_old(kept, NOW + removals.KEPT)).workspaces == 0
    assert await left(kept) == before
    assert await housekeeping.clear_old(kept, LATER) == Cleared(0, 0, 0, 1)
    assert await left(kept) == {**before, "T1": {}}
    assert (await housekeeping.clear_old(kept, LATER)).workspaces == 0


async def test_an_organizations_end_is_the_end_of_what_it_served(kept: Database) -> None:
    """Of each workspace for which there is nothing else, though the event names the organization alone."""
    async with kept.write() as connection:
        assert await installations.remove(connection, "E1", NOW, NOW)
    assert (await left(kept))["T2"] == {"subscription": 1, "note": 1}
    assert (await housekeeping.clear_old(kept, LATER)).workspaces == 2
    after = await left(kept)
    assert (after["T2"], after["E1"]) == ({}, {})
    assert after["T3"] == after["T4"] == {"subscription": 1, "installation": 1}


async def test_a_workspace_that_its_organization_takes_back(kept: Database) -> None:
    """It goes after the grace, and the organization stays; a late word changes nothing."""
    async with kept.write() as connection:
        assert not await installations.turn_out(connection, "T2", "E1", NOW - timedelta(seconds=1), NOW)
    assert "note" not in (await left(kept))["T2"]
    async with kept.write() as connection:
        assert await installations.turn_out(connection, "T2", "E1", NOW, NOW)
    await housekeeping.clear_old(kept, LATER)
    after = await left(kept)
    assert after["T2"] == {}
    assert after["E1"] == {"installation": 1}
    assert after["T3"] == {"subscription": 1, "installation": 1, "admitted": 1}


async def test_who_comes_back_within_the_grace_keeps_everything(kept: Database) -> None:
    """Installed again by the workspace itself, or by its organization; the note of the removal is forgotten."""
    async with kept.write() as connection:
        for place in ("T1", "E1"):
            assert await installations.remove(connection, place, NOW, NOW)
        back = NOW + timedelta(days=1)
        for place in ("T1", "E1"):
            await installations.keep(connection, stored(place, back))
        await installations.admit(connection, "T2", "E1", back)
    assert (await housekeeping.clear_old(kept, LATER)).workspaces == 0
    after = await left(kept)
    assert after["T1"] == {"subscription": 1, "installation": 1}
    assert after["T2"] == {"subscription": 1, "admitted": 1}


async def test_a_second_removal_has_a_grace_of_its_own(kept: Database) -> None:
    """An old note does not cut it short."""
    async with kept.write() as connection:
        await Facts().write(connection, Fact(belonging.removal_note("slack", "T1"), GONE, NOW))
        await installations.remove(connection, "T1", NOW + timedelta(days=20), NOW)
    assert (await housekeeping.clear_old(kept, LATER)).workspaces == 0
    assert (await housekeeping.clear_old(kept, LATER + timedelta(days=20))).workspaces == 1


async def test_what_slack_is_still_asked_about_waits(kept: Database) -> None:
    """Whether the app is gone is not known yet: nothing is deleted in doubt, however long it takes."""
    async with kept.write() as connection:
        await Facts().write(connection, Fact(belonging.removal_note("slack", "T9"), "app_uninstalled", NOW))
        await Subscriptions().insert(connection, rows.subscription(workspace="T9"))
    await housekeeping.clear_old(kept, LATER)
    async with kept.read() as connection:
        assert await belonging.counts(connection, "slack", "T9") == {"subscription": 1, "note": 1}


async def test_rows_are_taken_in_one_order(kept: Database) -> None:
    """A removal, and what follows after the grace (PostgreSQL)."""
    with orders.watched() as seen:
        async with kept.write() as connection:
            await installations.remove(connection, "E1", NOW, NOW)
        async with kept.write() as connection:
            await installations.remove(connection, "T1", NOW, NOW)
        await housekeeping.clear_old(kept, LATER)
    assert seen.faults == []
