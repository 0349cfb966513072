"""Rounds: one vote a person, told apart only once voting has ended, and then erased."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from content.library import Library
from messengers.base import Address, Posted, Refused, Unknown
from scheduler import housekeeping
from scheduler.learning import round_rows
from store import tables
from store.database.access import Database
from store.learning.rounds import Rounds
from store.posts import Posts
from tests import databases
from tests.handlers import voting
from tests.handlers.voting import Voting
from tests.store import orders


@pytest.fixture(params=["sqlite", "postgresql"])
async def voting_(request: pytest.FixtureRequest, tmp_path: Path, shipped_content: Library) -> AsyncIterator[Voting]:
    """Give a ledger on either database."""
    is_file = request.param == "sqlite"
    database = Database(databases.put(tmp_path / "bot.db") if is_file else request.getfixturevalue("migrated_postgres"))
    yield Voting(database, library=shipped_content)
    await database.close()


async def test_after_closing_nothing_says_who_voted_or_asked(voting_: Voting) -> None:
    """No row of a vote, no person in the round, and none in what it brought into the ledger."""
    one = await voting_.ask()
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", number % 3) for number in range(7)))
    assert len(await voting_.kept()) == 7
    voting_.pass_time(hours=24)
    assert await voting_.close() == 1
    assert await voting_.close() == 0
    assert await voting_.kept() == {}
    (closed,) = await voting_.rounds()
    assert (closed.state, closed.person, closed.counts) == ("closed", "", "3 2 2")
    async with voting_.database.read() as connection:
        rows = (await connection.execute(select(tables.delivery))).mappings().all()
    assert {row["person"] for row in rows} == {""}
    assert not any(f"U{number}" in " ".join(map(str, row.values())) for row in rows for number in range(7))


async def test_a_person_has_one_vote_however_they_change_it(voting_: Voting) -> None:
    """Also twice in one group: the last counts."""
    one = await voting_.ask()
    ballots = [voting_.ballot(one.id, "U1", 0), voting_.ballot(one.id, "U2", 1), voting_.ballot(one.id, "U1", 2)]
    assert [cast.total for cast in await voting_.vote(*ballots)] == [2, 2, 2]
    assert await voting_.kept() == {(one.id, "U1"): 2, (one.id, "U2"): 1}


async def test_the_post_counts_no_more_than_once_in_five_seconds(voting_: Voting) -> None:
    """The first at once, those that come soon after together; a changed vote is nothing new."""
    one = await voting_.ask()
    voting_.pass_time(minutes=1)
    for number in range(4):
        await voting_.vote(voting_.ballot(one.id, f"U{number}", 0))
        await voting_.deliver()
        voting_.pass_time(seconds=1)
    assert len(voting_.messenger.edited) == 1
    voting_.pass_time(seconds=1)
    await voting_.deliver()
    assert ["1 has voted" in words for words in voting_.edited_to()] == [True, False]
    assert "4 have voted" in voting_.edited_to()[1]
    await voting_.vote(voting_.ballot(one.id, "U1", 2))
    voting_.pass_time(minutes=1)
    await voting_.deliver()
    assert len(voting_.messenger.edited) == 2
    assert {message_id for _, message_id, _ in voting_.messenger.edited} == {"1.0"}


async def test_what_was_said_of_open_votes_never_comes_after_how_they_fell(voting_: Voting) -> None:
    """The post is being edited when the round closes: the last edit waits until that one cannot arrive any more."""
    one = await voting_.ask()
    voting_.pass_time(hours=24, seconds=-1)
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 1) for number in range(5)))
    arrived = asyncio.Event()
    script: asyncio.Future[Posted] = asyncio.get_running_loop().create_future()
    real = voting_.messenger.update

    async def slow(*words: object) -> object:
        arrived.set()
        await script
        return await real(*words)  # type: ignore[arg-type] # the same as came

    voting_.messenger.update = slow  # type: ignore[method-assign,assignment] # a slow platform
    under_way = asyncio.create_task(voting_.deliver())
    await arrived.wait()
    voting_.messenger.update = real  # type: ignore[method-assign] # and quick again
    voting_.pass_time(seconds=2)
    await voting_.close()
    await voting_.deliver()
    assert voting_.messenger.edited == []
    script.set_result(Posted("1.0"))
    await under_way
    voting_.pass_time(seconds=60)
    await voting_.deliver()
    assert ["Voting has ended." in words for words in voting_.edited_to()] == [False, True]
    assert len(voting_.messenger.sent) == 2


async def test_a_vote_that_is_made_up_is_not_counted(voting_: Voting) -> None:
    """For a round of elsewhere, or for none."""
    one = await voting_.ask(Address("slack", "T1", "C2"))
    cast = await voting_.vote(voting_.ballot(one.id, "U1", 0), voting_.ballot("f" * 32, "U1", 0))
    assert [each.round for each in cast] == [None, None]
    assert await voting_.kept() == {}


async def test_a_post_that_was_refused_is_no_round(voting_: Voting) -> None:
    """Nothing of it stays but the ledger's row."""
    await voting_.ask(is_posted=False)
    voting_.messenger.script.append(Refused("is_archived", "conversation"))
    await voting_.deliver()
    assert await voting_.rounds() == []


async def test_a_post_that_nobody_confirms_is_given_up_with_its_round(voting_: Voting) -> None:
    """It waits a week, and is not closed meanwhile: nobody knows whether it was asked."""
    await voting_.ask(is_posted=False)
    voting_.messenger.script.append(Unknown("timeout"))
    await voting_.deliver()
    voting_.pass_time(days=6)
    await housekeeping.clear_old(voting_.database, voting_.now)
    assert await voting_.close() == 0
    assert [one.state for one in await voting_.rounds()] == ["asked"]
    voting_.pass_time(days=2)
    await housekeeping.clear_old(voting_.database, voting_.now)
    assert await voting_.rounds() == []


async def test_a_week_s_own_round_is_waited_for_too(voting_: Voting) -> None:
    """Its post stands in the ledger under the week's key."""
    await voting_.ask(is_posted=False)
    async with voting_.database.write() as connection:
        await connection.execute(
            update(tables.delivery).where(tables.delivery.c.kind == "round").values(key="tip:S1:2026-W48")
        )
    await housekeeping.clear_old(voting_.database, voting_.now)
    assert len(await voting_.rounds()) == 1
    await voting_.deliver()
    assert [one.state for one in await voting_.rounds()] == ["open"]


async def test_a_vote_proves_that_the_post_stands(voting_: Voting) -> None:
    """The answer to it was lost: the round opens, and nobody has to look whether it is there."""
    one = await voting_.ask(is_posted=False)
    voting_.messenger.script.append(Unknown("timeout"))
    await voting_.deliver()
    await voting_.vote(voting_.ballot(one.id, "U1", 0, message_id="7.7"))
    (opened,) = await voting_.rounds()
    assert (opened.state, opened.message_id) == ("open", "7.7")
    assert {row.state for row in await voting_.deliveries() if row.kind == "round"} == {"sent"}


async def test_votes_are_erased_where_the_dilemma_has_gone(voting_: Voting) -> None:
    """The round closes all the same, and nothing is posted of it."""
    one = await voting_.ask()
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 2) for number in range(6)))
    voting_.library = voting.with_dilemma(voting_.library, None)
    voting_.pass_time(hours=25)
    await voting_.close()
    await voting_.deliver()
    assert await voting_.kept() == {}
    (closed,) = await voting_.rounds()
    assert (closed.state, closed.counts) == ("closed", "0 0 6")
    states = {row.kind: (row.state, row.reason) for row in await voting_.deliveries()}
    assert states["closing"] == states["reveal"] == ("skipped", "content-gone")


async def test_where_the_post_was_deleted_nothing_is_said(voting_: Voting) -> None:
    """The votes are erased, and neither the end nor a twist is told."""
    voting_.library = voting.with_twist(voting_.library)
    one = await voting_.ask()
    await voting_.vote(voting_.ballot(one.id, "U1", 0))
    async with voting_.database.write() as connection:
        post = await Posts().find(connection, "slack", "T1", "C1", "1.0")
        assert post is not None
        await Posts().bury(connection, [post.id])
    voting_.pass_time(days=2)
    assert await voting_.close() == 1
    assert await voting_.kept() == {}
    assert {row.kind for row in await voting_.deliveries()} == {"round", "tally"}


async def test_the_twist_is_asked_once_in_the_thread_of_the_case(voting_: Voting) -> None:
    """It brings a round of its own, which brings none; the case and it are told apart."""
    voting_.library = voting.with_twist(voting_.library)
    await voting_.ask()
    for _ in range(4):
        voting_.pass_time(days=3)
        await voting_.close()
        await voting_.deliver()
        voting_.pass_time(seconds=5)
        await voting_.deliver()
    case, twist = await voting_.rounds()
    assert (twist.parent, twist.thread, twist.state) == (case.id, "1.0", "closed")
    assert [sent.address.thread for sent in voting_.messenger.sent] == ["", "1.0", "1.0", "1.0"]


async def test_old_rounds_are_cleared(voting_: Voting) -> None:
    """As long after their end as all else that was posted."""
    await voting_.ask()
    voting_.pass_time(days=2)
    await voting_.close()
    await voting_.deliver()
    voting_.pass_time(days=398)
    await housekeeping.clear_old(voting_.database, voting_.now)
    assert len(await voting_.rounds()) == 1
    voting_.pass_time(days=4)
    await housekeeping.clear_old(voting_.database, voting_.now)
    assert await voting_.rounds() == []


async def test_many_vote_and_close_side_by_side_on_a_server(migrated_postgres: str, shipped_content: Library) -> None:
    """Two processes count, change and close at once: rows are taken in one order, and what is told is what counts."""
    halves = [Voting(Database(migrated_postgres), library=shipped_content) for _ in range(2)]
    first = halves[0]
    one, other = await first.ask(), await first.ask()
    dice = random.Random(7)  # noqa: S311 # dice, no secret
    ballots = [first.ballot(dice.choice((one.id, other.id)), f"U{dice.randrange(40)}", n % 3) for n in range(300)]
    with orders.watched() as seen:
        chunks = [ballots[start : start + 10] for start in range(0, 300, 10)]
        await asyncio.gather(*(halves[number % 2].vote(*chunk) for number, chunk in enumerate(chunks)))
        kept = await first.kept()
        assert len(kept) == len({ballot.vote.id for ballot in ballots})
        spreads: dict[str, Counter[int]] = {one.id: Counter(), other.id: Counter()}
        for (round_id, _), choice in kept.items():
            spreads[round_id][choice] += 1
        for half in halves:
            half.pass_time(hours=25)
        late = [half.vote(first.ballot(one.id, "U99", 0)) for half in halves]
        *_, closed, closed_too = await asyncio.gather(*late, *(half.close() for half in halves))
        assert closed + closed_too == 2  # type: ignore[operator] # the last two are numbers
        await asyncio.gather(*(half.deliver() for half in halves))
    assert seen.faults == []
    assert {found.id: found.counts for found in await first.rounds()} == {
        id_: " ".join(str(spread[place]) for place in range(3)) for id_, spread in spreads.items()
    }
    assert await first.kept() == {}
    assert sorted(row.kind for row in await first.deliveries()) == sorted(["round", "tally", "closing", "reveal"] * 2)
    for half in halves:
        await half.database.close()


@pytest.mark.parametrize(
    ("moment", "zone", "following"),
    [
        ("2026-11-23T08:30:31+00:00", "Europe/Paris", "2026-11-24T08:30:00+00:00"),
        ("2026-11-27T22:30:00+00:00", "Europe/Paris", "2026-11-30T22:30:00+00:00"),  # Friday
        ("2026-11-27T22:30:00+00:00", "Asia/Tokyo", "2026-11-29T22:30:00+00:00"),  # Saturday there, and then Monday
        ("2026-03-27T08:00:00+00:00", "Europe/Paris", "2026-03-30T07:00:00+00:00"),  # the clocks go forward between
        ("2026-11-28T08:00:00+00:00", "no/where", "2026-11-30T08:00:00+00:00"),
    ],
)
def test_the_next_working_day_has_the_same_local_hour(moment: str, zone: str, following: str) -> None:
    """To the minute; Saturdays and Sundays are passed over."""
    found = round_rows.next_working_day(datetime.fromisoformat(moment), zone)
    assert found == datetime.fromisoformat(following)


def test_what_is_drawn_by_is_read_back() -> None:
    """And nothing else is."""
    told = round_rows.Told("a" * 32, datetime(2026, 12, 1, 8, tzinfo=UTC), "Europe/Paris", "twist", (3, 0, 5))
    assert round_rows.Told.decode(told.encode()) == told
    with pytest.raises(ValueError, match="not what a round"):
        round_rows.Told.decode("a b")


async def test_a_round_is_counted_for_the_doctor(voting_: Voting) -> None:
    """Open ones, and those that nobody closed in time."""
    await voting_.ask()
    late = await voting_.ask()
    async with voting_.database.write() as connection:
        await Rounds().close(connection, [replace(late, counts="0")])
    async with voting_.database.read() as connection:
        assert await Rounds().counted(connection, voting_.now) == (1, 0)
        assert await Rounds().counted(connection, voting_.now + timedelta(days=2)) == (1, 1)
