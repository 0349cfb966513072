"""What a crowd asks for is written down together: one commit serves many, and each is answered only after it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.tasks import Tasks
from cards.model import Subject
from handlers import enqueue
from handlers.context import HandlerContext
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.enqueuer import Enqueuer
from messengers.base import Address
from store.database.access import Database, UnusableError
from store.deliveries.rows import Deliveries
from tests.handlers.slack.world import MONDAY, World
from tests.store import rows

MANY = 40


def mention(number: int, person: str = "U1") -> EnqueueRequest:
    """Want the answer to one of many mentions."""
    return enqueue.mention(Address("slack", "T1", "C1", f"{number}.0"), "risks", person, f"{number}.0", MONDAY)


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
def context(world: World) -> HandlerContext:
    """Give a context of the world's bot, whose promises wake no dispatcher."""
    return HandlerContext(world.bot.content, world.bot.database, world.clock, lambda: None, world.bot.tasks.spawn)


async def test_one_commit_serves_many(context: HandlerContext) -> None:
    """While somebody else writes they wait, unanswered; then all are committed at once, each with its own row."""
    with commits() as seen:
        async with context.database.write():
            making = [asyncio.create_task(context.enqueuer.enqueue(mention(number))) for number in range(MANY)]
            await rounds()
            assert not any(task.done() for task in making)
        made = await asyncio.gather(*making)
    assert len(seen) == 1  # whoever kept them waiting wrote nothing
    assert all(promise.is_new for promise in made)
    assert len({promise.delivery.id for promise in made}) == MANY
    async with context.database.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == MANY


async def test_the_same_is_promised_once_within_a_group_too(context: HandlerContext) -> None:
    """Slack's three copies of an event, all in one group: one is new, and all are answered with its row."""
    async with context.database.write():
        making = [asyncio.create_task(context.enqueuer.enqueue(mention(1))) for _ in range(3)]
        await rounds()
    made = await asyncio.gather(*making)
    assert [promise.is_new for promise in made].count(True) == 1
    assert len({promise.delivery.id for promise in made}) == 1


async def test_one_that_cannot_be_written_takes_no_other_along(world: World, context: HandlerContext) -> None:
    """A level for a post that has gone meanwhile fails by itself; whoever hangs up loses nothing that was asked."""
    gone = enqueue.reply(rows.post(), Subject.parse("tip/a"), "detail", "U1", MONDAY)
    assert gone is not None
    async with context.database.write():
        making = [asyncio.create_task(context.enqueuer.enqueue(one)) for one in (mention(1), gone, mention(2))]
        await rounds()
        making[2].cancel()
        await rounds()
    made = await asyncio.gather(*making, return_exceptions=True)
    assert isinstance(made[1], IntegrityError)
    await world.bot.tasks.drain(5)
    async with context.database.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == 2


REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.key LIKE '%{number}.0%' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END IF;
  RETURN NEW;
END $$
"""


@pytest.fixture
async def server(migrated_postgres: str) -> AsyncIterator[Database]:
    """Give an empty database on PostgreSQL."""
    database = Database(migrated_postgres)
    yield database
    await database.close()


async def refuse(server: Database, number: int, code: str) -> None:
    """Let the server refuse one mention, as it does for the reason that the code names."""
    async with server.write() as connection:
        name = f"refuse_{number}"
        await connection.execute(text(REFUSE.format(number=number, code=code).replace("refuse()", f"{name}()")))
        await connection.execute(
            text(f"CREATE TRIGGER {name} BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION {name}()")
        )


async def ask_all(promising: Enqueuer, *groups: range) -> list[Enqueued | BaseException]:
    """Want groups of mentions, each while the one before is being written; gives what came of all."""
    making: list[asyncio.Task[Enqueued]] = []
    for group in groups:
        making += [asyncio.create_task(promising.enqueue(mention(number))) for number in group]
        await rounds(2)
    return await asyncio.gather(*making, return_exceptions=True)


@pytest.mark.parametrize("code", ["55P03", "40P01"])
async def test_a_row_that_somebody_holds_keeps_nobody_else_waiting(server: Database, code: str) -> None:
    """Only who wants that row is told; the others of the group, and who came meanwhile, have their promises."""
    await refuse(server, 11, code)
    tasks = Tasks()
    made = await ask_all(Enqueuer(server, tasks.spawn), range(11, 14), range(14, 30))
    await tasks.drain(5)
    assert isinstance(made[0], UnusableError)
    assert all(isinstance(one, Enqueued) for one in made[1:])
    async with server.read() as connection:
        assert (await Deliveries().counts(connection))["planned"] == len(made) - 1


async def test_a_server_that_goes_while_one_after_the_other_is_written(server: Database) -> None:
    """The first that finds it gone speaks for all that are left: nobody waits for each to find out."""
    await refuse(server, 11, "23514")
    await refuse(server, 12, "57P01")
    tasks = Tasks()
    with commits() as seen:
        made = await ask_all(Enqueuer(server, tasks.spawn), range(11, 20))
    await tasks.drain(5)
    assert isinstance(made[0], IntegrityError)
    assert {str(one) for one in made[1:]} == {str(made[1])}
    assert isinstance(made[1], UnusableError)
    assert seen == []


async def test_who_waits_at_a_stop_is_told(context: HandlerContext) -> None:
    """The writer is given up in somebody else's turn: nobody hangs, and a later wish is written."""
    tasks = Tasks()
    promising = Enqueuer(context.database, tasks.spawn)
    async with context.database.write():
        making = [asyncio.create_task(promising.enqueue(mention(number))) for number in range(3)]
        await rounds()
        await tasks.drain(0)
        async with asyncio.timeout(5):
            made = await asyncio.gather(*making, return_exceptions=True)
    assert [type(one) for one in made] == [UnusableError] * 3
    assert (await promising.enqueue(mention(1))).is_new
