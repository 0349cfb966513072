"""What a crowd asks for is written down together: one commit serves many, and each is answered only after it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from cards.model import Subject
from handlers import promises
from handlers.desk import Desk
from handlers.promises import Wish
from messengers.base import Address
from store.deliveries import Deliveries
from tests.slack.world import MONDAY, World
from tests.store import rows

MANY = 40


def mention(number: int, person: str = "U1") -> Wish:
    """Want the answer to one of many mentions."""
    return promises.mention(Address("slack", "T1", "C1", f"{number}.0"), "risks", person, f"{number}.0", MONDAY)


@contextmanager
def commits() -> Iterator[list[Connection]]:
    """Collect a connection for each commit of a transaction that writes."""
    seen: list[Connection] = []

    def committed(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            seen.append(connection)

    event.listen(Engine, "commit", committed)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", committed)


async def rounds(count: int = 20) -> None:
    """Let everything that can go on without the database go on."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def desk(world: World) -> Desk:
    """Give a desk of the world's bot, whose promises wake no courier."""
    return Desk(world.bot.shelf, world.bot.database, world.clock, lambda: None, world.bot.tasks.spawn)


async def test_one_commit_serves_many(desk: Desk) -> None:
    """While somebody else writes they wait, unanswered; then all are committed at once, each with its own row."""
    with commits() as seen:
        async with desk.database.write():
            making = [asyncio.create_task(desk.promises.make(mention(number))) for number in range(MANY)]
            await rounds()
            assert not any(task.done() for task in making)
        made = await asyncio.gather(*making)
    assert len(seen) == 2
    assert all(promise.is_new for promise in made)
    assert len({promise.delivery.id for promise in made}) == MANY
    async with desk.database.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == MANY


async def test_the_same_is_promised_once_within_a_group_too(desk: Desk) -> None:
    """Slack's three copies of an event, all in one group: one is new, and all are answered with its row."""
    async with desk.database.write():
        making = [asyncio.create_task(desk.promises.make(mention(1))) for _ in range(3)]
        await rounds()
    made = await asyncio.gather(*making)
    assert [promise.is_new for promise in made].count(True) == 1
    assert len({promise.delivery.id for promise in made}) == 1


async def test_one_that_cannot_be_written_takes_no_other_along(world: World, desk: Desk) -> None:
    """A level for a post that has gone meanwhile fails by itself; whoever hangs up loses nothing that was asked."""
    gone = promises.reply(rows.post(), Subject.parse("tip/a"), "detail", "U1", MONDAY)
    assert gone is not None
    async with desk.database.write():
        making = [asyncio.create_task(desk.promises.make(one)) for one in (mention(1), gone, mention(2))]
        await rounds()
        making[2].cancel()
        await rounds()
    made = await asyncio.gather(*making, return_exceptions=True)
    assert isinstance(made[1], IntegrityError)
    await world.bot.tasks.drain(5)
    async with desk.database.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == 2
