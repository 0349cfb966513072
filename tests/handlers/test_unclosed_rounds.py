"""A round that can't be closed stays open until it can, and is in the way of nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from cards.model import Card
from content.library import Library
from handlers.learning.posts import rounds as round_posts
from messengers.base import Address
from scheduler.clock import Clock
from scheduler.learning import rounds
from scheduler.planning import Planned
from store import locking
from store.database import postgres
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection
from store.deliveries.rows import Delivery
from store.learning.rounds import Rounds
from store.learning_tables import vote_round
from store.subscriptions import Subscription
from tests.handlers import voting
from tests.handlers.voting import Voting
from tests.scheduler.ledger import Ledger
from tests.store import rows

OTHERS = (Address("slack", "T1", "C2"), Address("slack", "T2", "C3"))
# What makes each try to write one row fail, whatever the reason may be.
FAULTS = {
    "sqlite": (
        "CREATE TRIGGER fault BEFORE UPDATE ON vote_round WHEN OLD.id = '{id}' BEGIN SELECT RAISE(ABORT, 'worn'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION fault() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''worn''; END' LANGUAGE plpgsql",
        "CREATE TRIGGER fault BEFORE UPDATE ON vote_round FOR EACH ROW WHEN (OLD.id = '{id}') EXECUTE FUNCTION fault()",
    ),
}
MENDED = {"sqlite": "DROP TRIGGER fault", "postgresql": "DROP TRIGGER fault ON vote_round"}


class WithTips(Voting):
    """A ledger whose tips are drawn too."""

    def draw(self, delivery: Delivery, subscription: Subscription | None) -> Card:
        """Draw a round as the bot does, and any other card that names its delivery."""
        if delivery.kind == "tip":
            return Ledger.draw(self, delivery, subscription)
        return super().draw(delivery, subscription)

    def clock(self) -> Clock:
        """Give a clock that ticks by hand."""
        self.playable = round_posts.playables(self.library)
        return Clock(self.database, self.dispatcher(), self, now=lambda: self.now, monotonic=lambda: 0.0)

    async def states(self) -> list[str]:
        """Give the states of all rounds, oldest first."""
        return [one.state for one in await self.rounds()]

    async def kinds(self) -> list[str]:
        """Name what has been sent beside the rounds' own posts, with its conversation."""
        sent = [row for row in await self.deliveries() if row.state == "sent" and row.kind != "round"]
        return sorted(f"{row.kind} {row.conversation}" for row in sent)


@pytest.fixture
async def ledger(address: str, shipped_content: Library) -> AsyncIterator[WithTips]:
    """Give a ledger on either database."""
    database = Database(address)
    yield WithTips(database, library=voting.without_twist(shipped_content))
    await database.close()


async def test_a_round_that_cannot_be_closed_stops_nothing(ledger: WithTips) -> None:
    """Other rounds close, tips are planned and posted, and the next tick tries it again, until it works."""
    faulty = await ledger.ask()
    for address in OTHERS:
        await ledger.ask(address)
    async with ledger.database.write() as connection:
        for statement in FAULTS[ledger.database.kind]:
            await connection.execute(text(statement.format(id=faulty.id)))
    ledger.pass_time(hours=25)
    await ledger.add(rows.subscription("C9", next_run_at=ledger.now))
    clock = ledger.clock()
    for planned in (Planned(planned=1), Planned()):
        with capture_logs() as logs:
            assert (await clock.tick()).planned == planned
        (said,) = (each for each in logs if each["event"] == "rounds.not_closed")
        assert said["round"] == faulty.id
        assert "the next tick tries again" in said["next"]
        assert said["exc_info"]
    assert await ledger.states() == ["open", "closed", "closed"]
    assert await ledger.kinds() == ["closing C2", "closing C3", "reveal C2", "reveal C3", "tip C9"]
    async with ledger.database.write() as connection:
        assert await Rounds().counted(connection, ledger.now) == (1, 1)  # which the doctor tells
        await connection.execute(text(MENDED[ledger.database.kind]))
    with capture_logs() as logs:
        await clock.tick()
    assert [each["event"] for each in logs if each["log_level"] != "info"] == []
    assert await ledger.states() == ["closed"] * 3


async def test_more_than_a_batch_that_cannot_be_closed_is_passed_over(
    ledger: WithTips, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come first each time, and what comes after them has its turn all the same."""
    monkeypatch.setattr(rounds, "_BATCH", 1)
    faulty = await ledger.ask()
    other = await ledger.ask(OTHERS[0], lasts=timedelta(hours=25))
    async with ledger.database.write() as connection:
        for statement in FAULTS[ledger.database.kind]:
            await connection.execute(text(statement.format(id=faulty.id)))
    ledger.pass_time(hours=26)
    assert await ledger.close() == 1
    assert {one.id: one.state for one in await ledger.rounds()} == {faulty.id: "open", other.id: "closed"}


async def test_a_round_that_others_hold_is_left_to_the_next_tick(
    migrated_postgres: str, shipped_content: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's forgotten transaction on a server holds one round, and no tip or other round waits for its end."""
    monkeypatch.setattr(postgres, "_SESSION", postgres._SESSION.replace("'2500'", "'50'"))  # noqa: SLF001 # what is waited for is not to be tested
    ledger = WithTips(Database(migrated_postgres), library=voting.without_twist(shipped_content))
    other = Database(migrated_postgres)
    held = await ledger.ask()
    await ledger.ask(OTHERS[0])
    ledger.pass_time(hours=25)
    await ledger.add(rows.subscription("C9", next_run_at=ledger.now))
    clock = ledger.clock()
    hurried: list[AsyncConnection] = []
    monkeypatch.setattr(locking, "hurry", hurrying(hurried))
    async with other.write() as connection:
        await connection.execute(select(vote_round).where(vote_round.c.id == held.id).with_for_update())
        with capture_logs() as logs:
            assert (await clock.tick()).planned == Planned(planned=1)
        assert await ledger.states() == ["open", "closed"]
    assert await ledger.kinds() == ["closing C2", "reveal C2", "tip C9"]
    (said,) = (each for each in logs if each["event"] == "rounds.not_closed")
    assert said["round"] == held.id
    assert "a row we need was locked for too long" in said["error"]
    assert "end the transaction that holds its row" in said["next"]
    assert len(hurried) == 2
    await clock.tick()
    assert await ledger.states() == ["closed", "closed"]
    await other.close()
    await ledger.database.close()


def hurrying(hurried: list[AsyncConnection]) -> Callable[[AsyncConnection], Awaitable[None]]:
    """Hurry, and write down who did."""
    hurry = locking.hurry

    async def hurry_too(connection: AsyncConnection) -> None:
        hurried.append(connection)
        await hurry(connection)

    return hurry_too


async def test_who_hurries_waits_for_no_row(migrated_postgres: str) -> None:
    """In one transaction: many that are held cost a tick what one does, and what comes next is waited for as ever."""
    database = Database(migrated_postgres)
    async with database.write() as connection:
        usual = await connection.scalar(text("SHOW lock_timeout"))
        await locking.hurry(connection)
        assert (await connection.scalar(text("SHOW lock_timeout")), usual) == ("20ms", "2500ms")
    async with database.write() as connection:
        assert await connection.scalar(text("SHOW lock_timeout")) == usual
    await database.close()


async def test_a_database_that_is_gone_is_no_round_s_fault(ledger: WithTips) -> None:
    """Then the tick fails as a whole, once, as for anything else."""
    await ledger.ask()
    ledger.pass_time(hours=25)
    async with ledger.database.write() as connection:
        await connection.execute(text("DROP TABLE vote"))
    with capture_logs() as logs, pytest.raises(UnusableError, match="python -m bot migrate"):
        await ledger.close()
    assert logs == []
