"""Many processes on one PostgreSQL: Procrastinate says where there is work, the ledger what is posted."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from scheduler.clock import Clock
from scheduler.cluster import Cluster, schema_name
from scheduler.delivery.dispatch import Dispatcher
from store import ids
from store.database.access import Database, UnusableError
from store.deliveries.rows import Deliveries
from tests.scheduler.ledger import Ledger
from tests.store import rows

LONG_ENOUGH = 30.0  # seconds after which a test gives up

pytestmark = pytest.mark.xdist_group("cluster")


@dataclass
class Member:
    """One process of a cluster, as far as a test needs it."""

    cluster: Cluster
    ledger: Ledger
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)


@dataclass
class Pack:
    """A cluster on one database, whose members share a messenger."""

    url: str
    members: list[Member] = field(default_factory=list)

    def member(self) -> Member:
        """Build one more; it does not run yet."""
        ledger = Ledger(Database(self.url))
        if self.members:
            ledger.messenger = self.members[0].ledger.messenger
        dispatcher = ledger.dispatcher()
        clock = self.clock(ledger, dispatcher)
        member = Member(Cluster(ledger.database, self.url, dispatcher, clock, monotonic=time.monotonic), ledger)
        self.members.append(member)
        return member

    def clock(self, ledger: Ledger, dispatcher: Dispatcher | None = None) -> Clock:
        """Build a clock on one member's database."""
        return Clock(
            ledger.database,
            dispatcher or ledger.dispatcher(),
            ledger,
            now=lambda: ledger.now,
            monotonic=time.monotonic,
            tick_every=1.0,
        )

    async def start(self, member: Member) -> None:
        """Have it work until the end of the test."""
        await member.stack.enter_async_context(member.cluster.running())

    async def posts(self) -> Counter[str]:
        """Count the posts of each conversation so far."""
        return Counter(sent.address.conversation for sent in self.members[0].ledger.messenger.sent)

    async def until(self, holds: Callable[[Counter[str]], bool]) -> Counter[str]:
        """Wait until the posts are as they should be; gives them as they are at the end, whichever way."""
        async with asyncio.timeout(LONG_ENOUGH):
            while not holds(found := await self.posts()):
                messenger = self.members[0].ledger.messenger
                messenger.arrived.clear()
                await messenger.arrived.wait()
        return found

    async def run(self, statement: str) -> None:
        """Run a statement on Procrastinate's tables."""
        async with self.members[0].ledger.database.write() as connection:
            await connection.execute(text(f"SET LOCAL search_path TO {schema_name()}"))
            await connection.execute(text(statement))


@pytest.fixture
async def pack(migrated_postgres: str) -> AsyncIterator[Pack]:
    """Give a cluster without members."""
    found = Pack(migrated_postgres)
    yield found
    for member in found.members:
        await member.stack.aclose()
    for member in found.members:
        await member.cluster.close()
        await member.ledger.database.close()


def due(count: int) -> list[object]:
    """Give subscriptions that are due, in as many workspaces."""
    return [rows.subscription(f"C{number}", workspace=f"T{number}") for number in range(count)]


async def test_two_processes_post_each_tip_once(pack: Pack) -> None:
    """However many plan and post, every channel gets its tip, and no channel two."""
    first, second = pack.member(), pack.member()
    await first.ledger.add(*due(40))  # type: ignore[arg-type] # subscriptions all
    await pack.start(first)
    await pack.start(second)
    found = await pack.until(lambda posts: len(posts) == 40)
    assert set(found.values()) == {1}
    await first.cluster.plan()
    await second.cluster.plan()
    assert set((await pack.posts()).values()) == {1}


async def test_three_start_on_an_empty_database(postgres: str) -> None:
    """Our tables and Procrastinate's are made once, and all three come up."""
    pack = Pack(postgres)
    members = [pack.member() for _ in range(3)]
    await asyncio.gather(*(member.ledger.database.migrate() for member in members))
    await asyncio.gather(*(member.cluster.prepare() for member in members))
    assert [await member.cluster.queue() for member in members] == [{}, {}, {}]
    for member in members:
        await member.cluster.close()
        await member.ledger.database.close()


async def test_jobs_are_part_of_the_transaction(pack: Pack) -> None:
    """A plan that is undone leaves no job, and a bucket has one waiting however often it is queued."""
    member = pack.member()
    await member.cluster.prepare()
    database = member.ledger.database

    async def plan_and_fail() -> None:
        async with database.write() as connection:
            await member.cluster.defer(connection, (1, 2))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await plan_and_fail()
    assert await member.cluster.queue() == {}
    for _ in range(2):
        async with database.write() as connection:
            await member.cluster.defer(connection, (1, 2, 2))
    assert await member.cluster.queue() == {"todo": 2}


async def test_lost_jobs_come_back_with_the_next_plan(pack: Pack) -> None:
    """Procrastinate's rows may all be gone: the ledger has the tips, and they are posted once."""
    member = pack.member()
    await member.ledger.add(*due(10))  # type: ignore[arg-type] # as above
    await member.cluster.prepare()
    await member.cluster.plan()
    assert (await member.cluster.queue())["todo"] > 0
    await pack.run("DELETE FROM procrastinate_jobs")
    await pack.start(member)
    found = await pack.until(lambda posts: len(posts) == 10)
    assert set(found.values()) == {1}


@pytest.mark.parametrize("another_waits", [False, True])
async def test_a_dead_worker_that_never_returns(pack: Pack, another_waits: bool) -> None:  # noqa: FBT001 # a parameter of the test
    """It died with the jobs of all buckets in its hands; a peer takes them over, and the tips arrive once."""
    member = pack.member()
    await member.ledger.add(*due(10))  # type: ignore[arg-type] # as above
    await member.cluster.prepare()
    await member.cluster.plan()
    await pack.run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes')")
    await pack.run(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    )
    if another_waits:
        async with member.ledger.database.write() as connection:
            await member.cluster.defer(connection, range(ids.BUCKETS))
    await pack.start(member)
    found = await pack.until(lambda posts: len(posts) == 10)
    assert set(found.values()) == {1}


async def test_the_database_goes_and_comes_back(pack: Pack) -> None:
    """Every connection is cut, the worker's too; it begins again by itself, and what became due is posted."""
    member = pack.member()
    await pack.start(member)
    await member.ledger.add(*due(3))  # type: ignore[arg-type] # as above
    await pack.until(lambda posts: len(posts) == 3)
    outside = Database(pack.url)
    async with outside.write() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    await outside.close()
    await member.ledger.add(rows.subscription("C9", workspace="T9"))
    found = await pack.until(lambda posts: "C9" in posts)
    assert set(found.values()) == {1}


async def test_planning_that_fails_is_no_sign_of_life(pack: Pack) -> None:
    """Its start is noted before it plans, but health checks go by its end."""
    member = pack.member()
    await member.cluster.prepare()
    clock = pack.clock(member.ledger)
    assert not await clock.is_planned()
    await member.cluster.plan()
    assert await clock.is_planned()
    async with member.ledger.database.write() as connection:
        await connection.execute(text("DROP TABLE subscription"))
    with pytest.raises(UnusableError):
        await member.cluster.plan()
    assert not await clock.is_planned()


async def test_waking_queues_what_is_due(pack: Pack) -> None:
    """What was written down between two plans is posted at once."""
    member = pack.member()
    await pack.start(member)
    async with member.ledger.database.write() as connection:
        await Deliveries().insert_missing(connection, [rows.delivery("share:1")])
    member.cluster.wake()
    assert await pack.until(lambda posts: "C1" in posts) == {"C1": 1}


async def test_two_find_the_jobs_of_a_dead_worker_at_once(pack: Pack) -> None:
    """Both plan, and every job goes back into the queue."""
    first, second = pack.member(), pack.member()
    for member in pack.members:
        await member.cluster.prepare()
    async with first.ledger.database.write() as connection:
        await first.cluster.defer(connection, range(ids.BUCKETS))
    await pack.run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes')")
    await pack.run(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    )
    await asyncio.gather(first.cluster.plan(), second.cluster.plan())
    assert await first.cluster.queue() == {"todo": ids.BUCKETS}
