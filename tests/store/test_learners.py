"""What people learned: kept for those alone who want it, and gone at once where they no longer do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from scheduler import housekeeping
from scheduler.planning import KEPT
from store import ids, learning_tables, tables
from store.database.access import Database
from store.deliveries.rows import Deliveries
from store.forgetting import Forgetting
from store.learning.learners import Learned, Learner, Learners, Person
from tests.store import orders, rows
from tests.store.rows import NOW

learners, deliveries = Learners(), Deliveries()
ALICE: Person = ("slack", "T1", "U1")
BOB: Person = ("slack", "T1", "U2")
LATER = NOW + timedelta(hours=1)


async def note(database: Database, person: Person, subject: str = "tip/a", **more: object) -> None:
    """Write down that somebody opened something, as it is done while they want it."""
    values = {"how": "opened", "now": NOW, **more}
    async with database.write() as connection:
        await learners.note(connection, person, subject, **values)  # type: ignore[arg-type] # each takes its own type


async def begin(database: Database, *people: Person) -> None:
    """Let people want it."""
    async with database.write() as connection:
        for person in people:
            await learners.add(connection, person, NOW)


async def found(database: Database, person: Person) -> Learner | None:
    """Read what is kept of somebody."""
    async with database.read() as connection:
        return await learners.find(connection, person)


async def plan(database: Database, person: Person, **fields: object) -> None:
    """Keep a plan of somebody, with the promise to send it."""
    platform, workspace, id_ = person
    place = {"platform": platform, "workspace": workspace}
    key = ids.fresh(NOW)
    state: dict[str, object] = {"state": "planned", **fields}
    row = rows.delivery(f"plan:{key}", kind="plan", **place, conversation=id_, person=id_, argument="If …", **state)
    values = {"subject": "tip/a", "words": "If …", "state": "waiting", "due_at": NOW, "created_at": NOW}
    async with database.write() as connection:
        await deliveries.insert_missing(connection, [row])
        await connection.execute(insert(learning_tables.plan), {"id": key, **place, "person": id_, **values})


async def everything(database: Database) -> dict[str, list[str]]:
    """Say whose rows there are in the tables that name a person."""
    async with database.read() as connection:
        learner, learned, mine = learning_tables.learner.c, learning_tables.learned.c, learning_tables.plan.c
        owed = tables.delivery.c
        owner = select(learner.person).join(learning_tables.learned, learned.learner_id == learner.id)
        return {
            "learner": sorted(await connection.scalars(select(learner.person))),
            "learned": sorted(await connection.scalars(owner)),
            "plan": sorted(await connection.scalars(select(mine.person))),
            "delivery": sorted(await connection.scalars(select(owed.conversation))),
        }


async def test_what_was_done_comes_out_newest_first_and_once(database: Database) -> None:
    """Doing it again moves its moment; another way of doing it is another row."""
    await begin(database, ALICE)
    await note(database, ALICE)
    await note(database, ALICE, "dimension/risks", now=LATER)
    await note(database, ALICE, how="tried", now=NOW + timedelta(minutes=1))
    await note(database, ALICE, now=LATER + timedelta(hours=1))
    await begin(database, ALICE)  # once more changes nothing
    assert await found(database, ALICE) == Learner(
        NOW,
        (
            Learned("tip/a", "opened", LATER + timedelta(hours=1)),
            Learned("dimension/risks", "opened", LATER),
            Learned("tip/a", "tried", NOW + timedelta(minutes=1)),
        ),
    )
    async with database.read() as connection:
        assert await learners.every(connection) == {ALICE}


async def test_nothing_is_kept_of_who_does_not_want_it(database: Database) -> None:
    """The statement itself asks, whatever the process believed."""
    await begin(database, ALICE)
    await note(database, BOB)
    assert await found(database, BOB) is None
    assert (await everything(database))["learned"] == []


async def test_forgetting_takes_every_row_at_once(database: Database) -> None:
    """Learner, learned, plans and the posts they wait for; nothing of anybody else, nor what was posted."""
    await begin(database, ALICE, BOB)
    for person in (ALICE, BOB):
        await note(database, person)
        await note(database, person, "tip/b", how="recalled")
        await plan(database, person)
        await plan(database, person, state="unknown")
        await plan(database, person, state="sent")
    async with database.write() as connection:
        await learners.forget(connection, ALICE)
    assert await everything(database) == {
        "learner": ["U2"],
        "learned": ["U2", "U2"],
        "plan": ["U2"] * 3,
        "delivery": ["U1", "U2", "U2", "U2"],
    }
    await note(database, ALICE)
    assert await found(database, ALICE) is None


async def test_a_note_that_meets_a_forgetting_leaves_no_row(server: Database) -> None:
    """PostgreSQL: a note that waits for it finds the learner gone, and is no error."""
    await begin(server, ALICE)
    async with server.write() as connection:
        await learners.forget(connection, ALICE)
        waiting = asyncio.ensure_future(note(server, ALICE))
        while not await is_waited_for(server):
            pass
    await waiting
    assert (await everything(server))["learned"] == []


async def is_waited_for(server: Database) -> bool:
    """Say whether a statement waits for another's lock."""
    async with server.read() as connection:
        waiting = await connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(waiting.scalar())


async def test_rows_are_taken_in_one_order(server: Database) -> None:
    """Forgetting takes deliveries, plans, then the learner; housekeeping and the end of a workspace likewise."""
    await begin(server, ALICE, BOB)
    for person in (ALICE, BOB):
        await note(server, person)
        await plan(server, person)
    with orders.watched() as seen:
        await note(server, ALICE)
        async with server.write() as connection:
            await learners.forget(connection, ALICE)
        await housekeeping.clear_old(server, NOW + KEPT * 2)
        async with server.write() as connection:
            await Forgetting().workspace(connection, "slack", "T1")
    assert seen.faults == []
    assert seen.taken


@pytest.mark.parametrize("how", ["conversations", "workspace"])
async def test_who_the_bot_no_longer_speaks_with_is_forgotten(database: Database, how: str) -> None:
    """With the workspace, or with their own chat where the app was removed from it."""
    await begin(database, ALICE, BOB)
    for person in (ALICE, BOB):
        await note(database, person)
    async with database.write() as connection:
        if how == "workspace":
            await Forgetting().workspace(connection, "slack", "T1")
        else:
            await Forgetting().conversations(connection, "slack", "T1", ["a:chat", "U1"])
    left = [] if how == "workspace" else ["U2"]
    kept = await everything(database)
    assert (kept["learner"], kept["learned"]) == (left, left)


async def test_what_is_old_goes_and_then_who_did_nothing_since(database: Database) -> None:
    """Whoever goes on keeps what is recent; an opt-in that nothing follows is not kept for ever."""
    await begin(database, ALICE, BOB)
    await note(database, ALICE)
    await note(database, ALICE, "tip/b", now=NOW + KEPT)
    await note(database, BOB)
    end = NOW + KEPT + timedelta(days=1)
    await housekeeping.clear_old(database, end)
    kept = await everything(database)
    assert (kept["learner"], kept["learned"]) == (["U1", "U2"], ["U1"])
    await housekeeping.clear_old(database, end)
    assert (await everything(database))["learner"] == ["U1"]
