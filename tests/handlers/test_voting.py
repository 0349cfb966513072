"""Rounds: one vote a person, told apart only once voting has ended, and then erased."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from cards import text
from cards.compose import parts
from cards.model import Action, Actions, Button, Card
from content.library import Library
from handlers import endings
from handlers.context import CurrentContent, HandlerContext
from handlers.learning import rounds as round_answers
from handlers.learning.asked import Asked
from handlers.learning.posts import rounds as round_posts
from handlers.pending_replies import PendingReply
from messengers.base import Address, Outcome, Posted, Refused, Slowed, Unknown
from scheduler import housekeeping, planning, weekly
from scheduler.learning import dilemma_weeks, round_rows
from scheduler.subscriptions import states
from store import tables
from store.database.access import Database
from store.learning.rounds import Rounds
from store.posts import Posts
from tests.handlers import voting
from tests.handlers.voting import Voting
from tests.store import orders
from tests.store.rows import NOW, subscription


@pytest.fixture
async def voting_(address: str, shipped_content: Library) -> AsyncIterator[Voting]:
    """Give a ledger on either database."""
    database = Database(address)
    yield Voting(database, library=voting.without_twist(shipped_content))
    await database.close()


def buttons_of(card: Card) -> list[Button]:
    """List the buttons of a card."""
    return [
        one for block in card.blocks if isinstance(block, Actions) for one in block.items if isinstance(one, Button)
    ]


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


async def test_votes_that_come_while_the_post_is_edited_do_not_overtake_how_they_fell(voting_: Voting) -> None:
    """The first edit hangs, seven more vote, another process looks for work, the round closes: it lands first."""
    one = await voting_.ask()
    landed: list[str] = []
    arrived, door = asyncio.Event(), asyncio.Event()

    async def update(address: Address, message_id: str, card: Card) -> Posted:  # noqa: ARG001 # the protocol's
        arrived.set()
        await door.wait()
        landed.append(text.message(card))
        return Posted(message_id)

    voting_.messenger.update = update  # type: ignore[method-assign] # a slow platform
    voting_.pass_time(hours=23, minutes=59, seconds=48)
    await voting_.vote(voting_.ballot(one.id, "U1", 0))
    hanging = asyncio.create_task(voting_.deliver())
    await arrived.wait()
    voting_.pass_time(seconds=1)
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 1) for number in range(2, 9)))
    voting_.pass_time(seconds=6)
    await voting_.deliver()
    voting_.pass_time(seconds=5)
    assert await voting_.close() == 1
    await voting_.deliver()
    assert landed == []
    door.set()
    await hanging
    voting_.pass_time(seconds=60)
    await voting_.deliver()
    assert ["Voting has ended." in words for words in landed] == [False, True]


async def test_votes_that_come_while_the_post_is_edited_are_told_next(voting_: Voting) -> None:
    """The edit of before is settled first; then the post says how many have voted by then, five seconds later."""
    one = await voting_.ask()
    voting_.pass_time(minutes=1)
    arrived, door = asyncio.Event(), asyncio.Event()
    real = voting_.messenger.update

    async def update(address: Address, message_id: str, card: Card) -> Outcome:
        arrived.set()
        await door.wait()
        return await real(address, message_id, card)

    voting_.messenger.update = update  # type: ignore[method-assign] # a slow platform
    await voting_.vote(voting_.ballot(one.id, "U1", 0))
    under_way = asyncio.create_task(voting_.deliver())
    await arrived.wait()
    (cast,) = await voting_.vote(voting_.ballot(one.id, "U2", 0))
    assert (cast.total, cast.told) == (2, None)
    door.set()
    await under_way
    assert len(voting_.messenger.edited) == 1
    voting_.pass_time(seconds=5)
    await voting_.deliver()
    assert ["2 have voted" in words for words in voting_.edited_to()] == [False, True]
    voting_.pass_time(minutes=1)
    await voting_.deliver()
    assert len(voting_.messenger.edited) == 2


async def test_votes_mean_the_choices_that_people_saw(voting_: Voting) -> None:
    """The content is reloaded with its choices in another order, one renamed and one more: what was put stays put."""
    voting_.library = voting.with_twist(voting_.library)
    one = await voting_.ask()
    first, *others = voting_.dilemma.choices
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 0) for number in range(5)))
    new = replace(first, label="Something new")
    renamed = replace(others[0], label="Said otherwise")
    choices = (new, *reversed(others[1:]), renamed, first)
    changed = replace(voting_.dilemma, version=voting_.dilemma.version + 1, choices=choices)
    voting_.library = voting.with_dilemma(voting_.library, changed)
    assert [cast.counts for cast in await voting_.vote(voting_.ballot(one.id, "U7", len(others) + 1))] == [False]
    voting_.pass_time(minutes=1)
    await voting_.deliver()
    buttons = [button.label for button in buttons_of(voting_.messenger.edited[-1][2])]
    assert buttons == [parts.shortened(choice.label) for choice in (first, *others)]
    voting_.pass_time(hours=24)
    await voting_.close()
    await voting_.deliver()
    for words in (voting_.said()[-1], voting_.edited_to()[-1]):
        assert voting_.spread(words, (first, *others)) == [5, *(0 for _ in others)]
        assert new.label not in words
    reveal = voting_.said()[-1]
    assert reveal.count("What it costs:") == len(others)  # all but the one that was renamed


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


async def test_a_vote_proves_that_a_week_s_post_stands(voting_: Voting) -> None:
    """It is in the ledger under the week's own key; another week's, of which nobody knows, stays unknown."""
    channel = subscription(dilemmas=1, seen=("a",))
    weeks = (NOW + timedelta(weeks=number) for number in range(8))
    moments = [one for one in weeks if dilemma_weeks.is_one(channel, weekly.slot(states.schedule_of(channel), one))]
    await voting_.add(replace(channel, next_run_at=moments[0]))
    playable = round_posts.playables(voting_.library)
    for moment in moments:
        voting_.now = moment
        await planning.plan_due(voting_.database, voting_.pool(), moment, dilemmas=playable)
        voting_.messenger.script.append(Unknown("timeout"))
        await voting_.deliver()
        await voting_.close()
    first, second = (row for row in await voting_.deliveries() if row.kind == "round")
    assert (first.state, second.state) == ("unknown", "unknown")
    assert first.key.startswith("tip:")
    await voting_.vote(voting_.ballot(round_rows.Told.decode(second.argument).round_id, "U1", 0, message_id="7.7"))
    states_now = {row.id: (row.state, row.message_id) for row in await voting_.deliveries()}
    assert (states_now[first.id], states_now[second.id]) == (("unknown", ""), ("sent", "7.7"))


async def test_the_dispatcher_hears_of_each_turn_once(voting_: Voting) -> None:
    """Woken for what the post is to say now, asked to wait for what it may say soon, and left alone where it knows."""
    one = await voting_.ask()
    heard: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        context = HandlerContext(
            CurrentContent(voting_.library),
            voting_.database,
            lambda: voting_.now,
            lambda: heard.append("now"),
            lambda work: void(tasks.create_task(work)),
            wait=lambda: heard.append("later"),
        )

        async def press(person: str, place: int) -> Card:
            asked = Asked(
                Action("vote", argument=f"{one.id}:{place}"), voting.HERE, PendingReply(person, ""), message_id="1.0"
            )
            return (await round_answers.vote(context, asked)).card

        voting_.pass_time(minutes=1)
        await press("U1", 0)
        await voting_.deliver()
        for person, place in (("U2", 0), ("U3", 1), ("U3", 2)):
            voting_.pass_time(seconds=1)
            await press(person, place)
        assert heard == ["now", "later"]
        assert (await press("U4", 3)).title == (await press("U4", 10**40)).title == "I could not count that"
    assert set((await voting_.kept()).values()) == {0, 2}


def void(_: object) -> None:
    """Keep nothing of a task that its group keeps."""


async def test_votes_are_erased_where_the_dilemma_has_gone(voting_: Voting) -> None:
    """The round closes all the same: its post says so once no process has the dilemma, and nothing more is posted."""
    one = await voting_.ask()
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 2) for number in range(6)))
    voting_.library = voting.with_dilemma(voting_.library, None)
    voting_.pass_time(hours=25)
    await voting_.close()
    await voting_.deliver()
    assert await voting_.kept() == {}
    (closed,) = await voting_.rounds()
    assert (closed.state, closed.counts) == ("closed", "0 0 6")
    assert {row.kind: row.state for row in await voting_.deliveries()}["closing"] == "planned"
    for _ in range(6):
        voting_.pass_time(minutes=1)
        await voting_.deliver()
    assert len(voting_.messenger.sent) == 1
    assert "This dilemma was withdrawn" in voting_.edited_to()[-1]
    assert "6 had voted" in voting_.edited_to()[-1]
    states = {row.kind: (row.state, row.reason) for row in await voting_.deliveries()}
    assert (states["closing"], states["reveal"]) == (("sent", ""), ("skipped", "content-gone"))


async def test_a_process_with_older_content_leaves_the_end_to_another(voting_: Voting) -> None:
    """Its content lacks the dilemma yet: a minute later another tells how they voted."""
    one = await voting_.ask()
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 2) for number in range(6)))
    newer, voting_.library = voting_.library, voting.with_dilemma(voting_.library, None)
    voting_.pass_time(hours=25)
    await voting_.close()
    await voting_.deliver()
    voting_.library = newer
    voting_.pass_time(minutes=1)
    await voting_.deliver()
    assert "Voting has ended." in voting_.edited_to()[-1]
    assert voting_.spread(voting_.said()[-1], voting_.dilemma.choices) == [0, 0, 6]


async def test_a_round_is_not_posted_after_its_end(voting_: Voting) -> None:
    """The bot was down, or the workspace slowed: it is withdrawn, and the asker is told to choose a later end."""
    one = await voting_.ask(is_posted=False, lasts=timedelta(hours=1))
    voting_.pass_time(hours=1)
    await voting_.deliver()
    assert voting_.messenger.sent == []
    assert await voting_.rounds() == []
    (told,) = [row for row in voting_.told if row.kind == "round"]
    assert (told.key, told.state, told.reason) == (f"round:{one.id}", "skipped", "voting-over")
    assert "Choose a later end" in text.message(endings.bad_news(told))


@pytest.mark.parametrize("is_leased", [False, True])
async def test_a_made_up_message_is_no_proof_where_the_post_is_to_be_recorded(
    voting_: Voting, *, is_leased: bool
) -> None:
    """It waits, or is under way: the vote counts, and the round stands where the platform says."""
    one = await voting_.ask(is_posted=False)
    forged = voting_.ballot(one.id, "U9", 0, message_id="99.0")
    if is_leased:
        voting_.messenger.door.clear()
        under_way = asyncio.create_task(voting_.deliver())
        await voting_.messenger.arrived.wait()
        await voting_.vote(forged)
        voting_.messenger.door.set()
        await under_way
    else:
        await voting_.vote(forged)
        await voting_.deliver()
    await voting_.vote(*(voting_.ballot(one.id, f"U{number}", 1) for number in range(5)))
    assert len(await voting_.kept()) == 6
    voting_.pass_time(hours=24)
    await voting_.close()
    await voting_.deliver()
    assert {message_id for _, message_id, _ in voting_.messenger.edited} == {"1.0"}
    assert [sent.address.thread for sent in voting_.messenger.sent] == ["", "1.0"]


async def test_what_changes_is_asked_after_what_was_said_of_the_case(voting_: Voting) -> None:
    """The answer in the thread hangs, and then the platform asks to wait: the twist waits with it."""
    voting_.library = voting.with_twist(voting_.library)
    one = await voting_.ask()
    await voting_.vote(voting_.ballot(one.id, "U1", 0))
    voting_.pass_time(days=1)
    await voting_.close()
    messenger = voting_.messenger
    messenger.arrived.clear()
    messenger.door.clear()
    under_way = asyncio.create_task(voting_.deliver())
    await messenger.arrived.wait()
    for _ in range(3):
        voting_.pass_time(seconds=4)
        await voting_.deliver()
    assert len(messenger.sent) == 2  # the case, and what hangs
    messenger.script.append(Slowed(20, scope="conversation"))
    messenger.door.set()
    await under_way
    for _ in range(10):
        voting_.pass_time(seconds=4)
        await voting_.deliver()
    kinds = {row.id: row.kind for row in await voting_.deliveries()}
    assert [kinds[sent.delivery_id] for sent in messenger.sent] == ["round", "reveal", "reveal", "round"]


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
    one = await voting_.ask()
    await voting_.vote(voting_.ballot(one.id, "U1", 0))
    for _ in range(4):
        voting_.pass_time(days=3)
        await voting_.close()
        await voting_.deliver()
        voting_.pass_time(seconds=5)
        await voting_.deliver()
    case, twist = await voting_.rounds()
    assert (twist.parent, twist.thread, twist.state) == (case.id, "1.0", "closed")
    assert [sent.address.thread for sent in voting_.messenger.sent] == ["", "1.0", "1.0", "1.0"]


async def test_who_did_not_vote_is_asked_no_twist(voting_: Voting) -> None:
    """The post and its thread say that nobody voted, and that nothing follows."""
    voting_.library = voting.with_twist(voting_.library)
    await voting_.ask()
    for _ in range(3):
        voting_.pass_time(days=3)
        await voting_.close()
        await voting_.deliver()
    assert [one.parent for one in await voting_.rounds()] == [""]
    assert [sent.address.thread for sent in voting_.messenger.sent] == ["", "1.0"]
    said = [text.message(voting_.messenger.edited[-1][2]), text.message(voting_.messenger.sent[-1].card)]
    assert all("Nobody voted." in words for words in said)
    assert "That comes next" not in said[1]


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
    halves = [Voting(Database(migrated_postgres), library=voting.without_twist(shipped_content)) for _ in range(2)]
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
    told = round_rows.Told(
        "a" * 32, datetime(2026, 12, 1, 8, tzinfo=UTC), "Europe/Paris", "twist", ("One, or two", "1 2"), (3, 0, 5)
    )
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
