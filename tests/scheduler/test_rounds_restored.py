"""Rounds in a database that was restored from a backup: nothing is told a second time, and open ones go on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from cards.reason import Cause
from content.library import Library
from handlers.learning.posts import rounds as round_posts
from scheduler import recovery
from scheduler.recovery import Recovered
from scheduler.subscriptions import coming_tip
from store import facts
from store.database.access import Database
from store.facts import Fact, Facts
from tests.handlers import voting
from tests.handlers.voting import LASTS, Voting
from tests.store.rows import NOW

Copied = Callable[[Voting], Awaitable[Voting]]


@pytest.fixture
async def first(address: str, shipped_content: Library) -> AsyncIterator[Voting]:
    """Give a ledger on either database, with a dilemma that has a twist."""
    database = Database(address)
    yield Voting(database, library=voting.with_twist(shipped_content))
    await database.close()


@pytest.fixture
async def copied(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Copied]:
    """Give what copies a ledger's database as it stands, to go on with in the place of the first."""
    opened: list[Database] = []

    async def copy(first: Voting) -> Voting:
        if first.database.kind == "sqlite":
            await first.database.backup(tmp_path / "copy.db", first.now)
            database = Database(f"sqlite:///{tmp_path}/copy.db")
        else:
            server, url = request.getfixturevalue("postgres_server"), request.getfixturevalue("migrated_postgres")
            await first.database.close()
            database = Database(server.url(server.create(make_url(url).database or "")))
            async with database.write() as connection:
                await Facts().write(connection, Fact(facts.BACKUP, "", first.now))
        opened.append(database)
        return Voting(database, messenger=first.messenger, library=first.library)

    yield copy
    for database in opened:
        await database.close()


async def recovered(restored: Voting) -> Recovered | None:
    """Recover as each tick does, before it plans."""
    dilemmas = round_posts.playables(restored.library)
    return await recovery.recover(restored.database, restored.pool(), restored.now, dilemmas=dilemmas)


async def test_a_round_that_was_told_since_is_not_told_again(first: Voting, copied: Copied) -> None:
    """It is closed and its votes are erased; a person may have told what was lost."""
    one = await first.ask()
    await first.vote(*(first.ballot(one.id, f"U{number}", number % 2) for number in range(6)))
    restored = await copied(first)
    first.pass_time(hours=24)
    await first.close()
    await first.deliver()
    first.pass_time(seconds=5)
    await first.deliver()
    sent, edited = len(first.messenger.sent), len(first.messenger.edited)
    assert (sent, "Voting has ended." in first.edited_to()[-1]) == (3, True)  # the case, how they voted, and the twist

    restored.now = first.now
    assert await recovered(restored) == Recovered(NOW, deliveries=0, tips=0, rounds=1)
    assert await restored.kept() == {}
    case, twist = await restored.rounds()
    assert (case.state, case.person, case.counts) == ("closed", "", "3 3 0")
    assert (twist.state, twist.parent) == ("asked", case.id)
    restored.pass_time(hours=1)
    assert await restored.close() == 0
    await restored.deliver()
    assert (len(first.messenger.sent), len(first.messenger.edited)) == (sent, edited)
    rows = {row.key.replace(case.id, "case").replace(twist.id, "twist"): row for row in await restored.deliveries()}
    assert {key: (row.state, row.reason) for key, row in rows.items() if row.state != "sent"} == {
        "round:case:tally": ("skipped", ""),
        "round:case:closing": ("unknown", Cause.RESTORED),
        "round:case:reveal": ("unknown", Cause.RESTORED),
        "round:twist": ("unknown", Cause.RESTORED),
        "round:twist:tally": ("skipped", ""),
    }

    async with restored.database.write() as connection:
        await coming_tip.send_again(connection, rows["round:case:reveal"].id, by="U1", now=restored.now)
    await restored.deliver()
    assert restored.said()[-1].startswith("How you voted")


async def test_a_round_whose_end_is_to_come_goes_on(first: Voting, copied: Copied) -> None:
    """With the votes that the copy has; what the post says of them is made again, and the end is told once."""
    one = await first.ask()
    first.pass_time(minutes=1)
    await first.vote(*(first.ballot(one.id, f"U{number}", 0) for number in range(4)))
    restored = await copied(first)
    await first.deliver()
    assert "4 have voted" in first.edited_to()[-1]
    edited = len(first.messenger.edited)

    restored.now = first.now + timedelta(hours=1)
    assert await recovered(restored) == Recovered(first.now, deliveries=0, tips=0)
    await restored.deliver()
    assert len(first.messenger.edited) == edited + 1
    assert restored.edited_to()[-1] == restored.edited_to()[-2]
    assert [cast.total for cast in await restored.vote(restored.ballot(one.id, "U9", 1))] == [5]
    restored.now = NOW + LASTS
    assert await restored.close() == 1
    await restored.deliver()
    assert restored.spread(restored.said()[-1], restored.dilemma.choices) == [4, 1, 0]


async def test_a_post_that_waited_is_unknown_until_somebody_votes_on_it(first: Voting, copied: Copied) -> None:
    """The copy holds it planned; that somebody votes on it shows that it was posted."""
    one = await first.ask(is_posted=False)
    restored = await copied(first)
    await first.deliver()
    restored.now += timedelta(hours=1)
    assert await recovered(restored) == Recovered(NOW, deliveries=1, tips=0)
    await restored.deliver()
    assert len(first.messenger.sent) == 1
    await restored.vote(restored.ballot(one.id, "U1", 0))
    assert [found.state for found in await restored.rounds()] == ["open"]
    assert {row.state for row in await restored.deliveries() if row.kind == "round"} == {"sent"}
