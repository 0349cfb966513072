"""What OAuth asks of the store: states that are good once, for ten minutes, and never too many."""

import asyncio

from sqlalchemy import func, select

from messengers.slack.oauth_stores import BoltInstallations, StoredStates
from scheduler import housekeeping
from store.database.access import Database
from store.installation_tables import install_state
from tests.messengers.slack.conftest import Shop, install, organization
from tests.store import orders


def states(shop: Shop, most: int = 1_000) -> StoredStates:
    """Give the store of states as a process has it."""
    return StoredStates(shop.database, lambda: shop.now, most)


async def count(database: Database) -> int:
    """Count the states that are kept."""
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(install_state)) or 0


async def test_a_state_is_used_once_also_at_one_moment(shop: Shop) -> None:
    """Of all who bring it one comes in; who brings another does not."""
    state = await states(shop).async_issue()
    assert not await states(shop).async_consume("somebody-else's")
    came = await asyncio.gather(*(states(shop).async_consume(state) for _ in range(10)))
    assert sorted(came) == [False] * 9 + [True]
    assert await count(shop.database) == 0


async def test_a_state_is_good_for_ten_minutes(shop: Shop) -> None:
    """And not a second longer."""
    first, second = await states(shop).async_issue(), await states(shop).async_issue()
    assert first != second
    shop.later(minutes=9, seconds=59)
    assert await states(shop).async_consume(first)
    shop.later(seconds=1)
    assert not await states(shop).async_consume(second)


async def test_states_that_nobody_uses_are_swept(shop: Shop) -> None:
    """By housekeeping, and by those who set out later."""
    issuer = states(shop)
    for _ in range(3):
        await issuer.async_issue()
    shop.later(minutes=11)
    assert await count(shop.database) == 3
    await housekeeping.clear_old(shop.database, shop.now)
    assert await count(shop.database) == 0


async def test_a_flood_leaves_a_bounded_number(shop: Shop) -> None:
    """The newest are good; the database does not grow with whoever asks again and again."""
    issuer = states(shop, most=20)
    issued = []
    for _ in range(100):
        issued.append(await issuer.async_issue())
        shop.later(seconds=1)
        assert await count(shop.database) <= 42
    assert await issuer.async_consume(issued[-1])
    assert not await issuer.async_consume(issued[0])


async def test_bolts_own_listeners_delete_nothing(shop: Shop) -> None:
    """They know no time: what removes an installation compares when that happened."""
    here = shop.process()
    store = BoltInstallations(here)
    await store.async_save(install())
    await store.async_save(organization())
    await store.async_delete_all(enterprise_id=None, team_id="T1")
    await store.async_delete_all(enterprise_id="E1", team_id=None)
    assert len(await shop.rows()) == 2
    found = await store.async_find_bot(enterprise_id="E1", team_id="T2", is_enterprise_install=True)
    assert found is not None
    assert (found.team_id, found.enterprise_id, found.bot_token) == ("T2", "E1", "xoxb-org")
    assert await store.async_find_bot(enterprise_id=None, team_id="T404") is None


async def test_rows_are_taken_in_one_order(shop: Shop) -> None:
    """As store/locking.py promises, so that no two wait for each other."""
    with orders.watched() as watched:
        here = shop.process()
        await here.keep(install())
        await here.keep(organization())
        for workspace in ("T2", "T3"):
            await here.find(workspace, "E1")
        await here.turn_out("T2", "E1", shop.now)
        await here.mark_removed("T1", shop.now)
        await here.mark_removed("E1", shop.now)
        await states(shop).async_issue()
        shop.later(hours=1)
        await housekeeping.clear_old(shop.database, shop.now)
    assert watched.faults == []
    assert watched.taken > 0 or shop.database.kind == "sqlite"


async def test_a_state_that_nobody_was_given_writes_nothing(shop: Shop) -> None:
    """Whoever sends thousands of them takes no turn to write from those who need one."""
    shop.statements.clear()
    assert not await states(shop).async_consume("made-up")
    assert not [each for each in shop.statements if "DELETE" in each or "BEGIN IMMEDIATE" in each]
