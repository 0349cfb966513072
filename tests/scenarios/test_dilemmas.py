"""Dilemmas, alone and as rounds, on Slack and on Teams."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from cards.compose.questions import CHOSEN
from content.inline import Text
from content.model import Choice, Dilemma, Twist
from store import tables
from store.learning_tables import vote, vote_round
from tests.handlers import voting
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.test_scenarios import turned_on

WORDS = (Text("A regulator asks for the log."),)
TWIST = Twist(WORDS, (Choice("Hand it over", WORDS, WORDS), Choice("Ask for a week", WORDS, WORDS, WORDS)))
END = {"day": "2026-11-24", "at": "10:00"}  # Tuesday; the clock stands on Monday, 09:30 in Paris
ASK = "Ask the channel…"


async def opened(chat: Chat, words: str = "") -> Shown:
    """Ask for a dilemma in the room, the first without words, and see it alone, as this platform does that."""
    card = await chat.ask(words or f"dilemma {first(chat).id}")
    return await chat.press(card, "Show me") if "Show me" in card.buttons else card


async def asked(chat: Chat) -> Shown:
    """Ask the room, whose tips are on, the first dilemma, and give the post; without a twist unless it is `TWIST`."""
    if first(chat).twist != TWIST:
        told_once(chat)
    await turned_on(chat)
    card = await chat.fill(await opened(chat), ASK, END)
    assert isinstance(card, Shown), card
    post = (await chat.everyone())[-1]
    assert "Nobody's vote is ever shown" in post.text
    return post


async def seen(chat: Chat, post: Shown) -> Shown:
    """See a post as it is by now."""
    return next(one for one in [*await chat.everyone(), *await chat.below(post)] if _same(one, post))


def _same(one: Shown, other: Shown) -> bool:
    return _id(one) == _id(other)


def _id(shown: Shown) -> str:
    return str(getattr(shown.handle, "ts", "") or getattr(shown.handle, "id", ""))


def first(chat: Chat) -> Dilemma:
    """Give the dilemma that comes first."""
    return chat.bot.content.library.dilemmas[0]


def told_once(chat: Chat, twist: Twist | None = None) -> None:
    """Let the first dilemma have this twist, or none, whatever the content has."""
    library = chat.bot.content.library
    chat.bot.content.library = voting.with_dilemma(library, replace(library.dilemmas[0], twist=twist))


async def stored(chat: Chat) -> tuple[int, list[dict[str, object]]]:
    """Count the votes that are kept, and list the rounds."""
    async with chat.bot.database.read() as connection:
        votes = await connection.scalar(select(func.count()).select_from(vote))
        rounds = (await connection.execute(select(vote_round).order_by(vote_round.c.created_at))).mappings()
        return votes or 0, [dict(one) for one in rounds]


def labels(question: Sequence[Choice]) -> list[str]:
    """Give the labels of choices."""
    return [choice.label for choice in question]


# --- alone


@pytest.mark.parametrize("place", ["room", "alone"])
async def test_alone_every_choice_is_explained_whichever_is_taken(chat: Chat, place: str) -> None:
    """The situation and its choices; then reasoning and cost of each, the own one marked, and the sources."""
    card = await opened(chat) if place == "room" else await chat.ask(f"dilemma {first(chat).id}", place="alone")
    dilemma = first(chat)
    assert dilemma.title in card.text
    assert (ASK in card.buttons) == (place == "room")
    assert set(labels(dilemma.choices)) <= set(card.buttons)
    after = await chat.press(card, dilemma.choices[1].label)
    assert after.text.count("What it costs:") == len(dilemma.choices)
    assert after.text.count(CHOSEN) == 1
    assert after.text.index(dilemma.choices[1].label) < after.text.index(CHOSEN)
    assert after.text.index(CHOSEN) < after.text.index(dilemma.choices[2].label)
    assert "What the sources say" in after.text
    assert "checked November 2026" in after.text
    assert await chat.everyone() == [] or place == "room"


async def test_another_walks_through_all_and_begins_again(chat: Chat) -> None:
    """In the order of the content, each once."""
    card, titles = await chat.ask(f"dilemma {first(chat).id}", place="alone"), []
    dilemmas = chat.bot.content.library.dilemmas
    for dilemma in dilemmas:
        titles.append(dilemma.title in card.text)
        card = await chat.press(card, "Another")
    assert titles == [True] * len(dilemmas)
    assert dilemmas[0].title in card.text


async def test_one_is_opened_by_its_id(chat: Chat) -> None:
    """As the content names it."""
    dilemma = chat.bot.content.library.dilemmas[3]
    assert dilemma.title in (await chat.ask(f"dilemma {dilemma.id}", place="alone")).text


async def test_what_if_comes_after_the_choice(chat: Chat) -> None:
    """The twist has choices of its own, explained in the same way."""
    told_once(chat, TWIST)
    card = await chat.ask(f"dilemma {first(chat).id}", place="alone")
    assert "What if…" not in card.buttons
    card = await chat.press(card, first(chat).choices[0].label)
    card = await chat.press(card, "What if…")
    assert "A regulator asks for the log." in card.text
    card = await chat.press(card, "Ask for a week")
    assert card.text.count("Who would disagree:") == 1
    assert card.text.count(CHOSEN) == 1
    assert "What if…" not in card.buttons


async def test_one_is_opened_by_its_title(chat: Chat) -> None:
    """As it is headed, in any case."""
    dilemma = chat.bot.content.library.dilemmas[2]
    assert dilemma.title in (await chat.ask(f"dilemma {dilemma.title.upper()}", place="alone")).text


# --- rounds


async def test_the_doctor_says_until_when_a_dilemma_is_voted_on(chat: Chat) -> None:
    """And nothing of it once voting has ended."""
    await asked(chat)
    doctor = (await chat.ask("doctor")).text
    assert "Voting here: until Tuesday 24 November 2026, 10:00 (Europe/Paris)." in doctor
    chat.clock.move(days=2)
    await chat.tick()
    assert "Voting here" not in (await chat.ask("doctor")).text


async def test_a_round_hides_its_votes_and_then_tells_how_they_fell(chat: Chat) -> None:
    """Six vote, one twice: the post counts them alone, closes at its hour, and the thread explains every choice."""
    post = await asked(chat)
    choices = labels(first(chat).choices)
    assert "Tuesday 24 November 2026, 10:00 (Europe/Paris)" in post.text
    told = await chat.press(post, choices[0], who="alice")
    assert f"You chose “{choices[0]}”" in told.text
    assert "1 has voted" in told.text
    told = await chat.press(post, choices[2], who="alice")
    assert f"You chose “{choices[2]}”" in told.text
    assert "1 has voted" in told.text
    await chat.crowd(post, [choices[1], choices[1], choices[2], choices[1]])
    told = await chat.press(post, choices[1], who="bob")
    assert "6 have voted" in told.text
    chat.clock.move(hours=1)
    await chat.tick()
    assert "6 have voted" in (await seen(chat, post)).text
    assert await chat.below(post) == []
    chat.clock.move(hours=24)
    late = await chat.press(post, choices[0], who="bob")
    assert "Voting has ended" in late.text
    await chat.tick()
    closed = await seen(chat, post)
    (reveal,) = await chat.below(post)
    for shown in (closed, reveal):
        for number, label in zip((0, 4, 2), choices, strict=True):
            assert f"{number} · {label}" in shown.text
        assert "6 have voted" in shown.text
    assert not set(choices) & set(closed.buttons)
    assert reveal.text.count("What it costs:") == len(choices)
    votes, (row,) = await stored(chat)
    assert votes == 0
    assert (row["state"], row["person"], row["counts"]) == ("closed", "", "0 4 2")
    await chat.restart()
    await chat.tick()
    assert len(await chat.below(post)) == 1


async def test_fewer_than_five_are_not_told_apart(chat: Chat) -> None:
    """Two vote: their number is said, not what they chose, and neither is it kept."""
    post = await asked(chat)
    choices = labels(first(chat).choices)
    await chat.press(post, choices[0], who="alice")
    await chat.press(post, choices[1], who="bob")
    chat.clock.move(days=2)
    await chat.tick()
    (reveal,) = await chat.below(post)
    assert "2 have voted; with fewer than five I do not say how, as that could reveal who." in reveal.text
    assert reveal.text.count("What it costs:") == len(choices)
    votes, (row,) = await stored(chat)
    assert (votes, row["counts"]) == (0, "2")


async def test_a_twist_is_asked_in_the_thread_once(chat: Chat) -> None:
    """After the case comes what changed, with a working day to vote, and then nothing more."""
    told_once(chat, TWIST)
    post = await asked(chat)
    await chat.press(post, first(chat).choices[0].label, who="bob")
    chat.clock.move(days=2)
    await chat.tick()
    reveal, twist = await chat.below(post)
    assert "1 has voted" in reveal.text
    assert "A regulator asks for the log." in twist.text
    assert "Thursday 26 November 2026, 10:00 (Europe/Paris)" in twist.text
    told = await chat.press(twist, "Ask for a week", who="bob")
    assert "You chose “Ask for a week”" in told.text
    await chat.crowd(twist, ["Hand it over"] * 4)
    chat.clock.move(days=2)
    await chat.tick()
    below = await chat.below(post)
    assert len(below) == 3
    for shown in (below[1], below[2]):
        assert "4 · Hand it over" in shown.text
        assert "1 · Ask for a week" in shown.text
    chat.clock.move(days=5)
    await chat.tick()
    assert len(await chat.below(post)) == 3
    assert (await stored(chat))[0] == 0


async def test_a_round_that_cannot_be_posted_is_told_to_who_asked(chat: Chat) -> None:
    """Where the bot may not post nothing is asked, and nothing stays open."""
    card = await opened(chat)
    await chat.close_room()
    said = await chat.fill(card, ASK, END)
    assert isinstance(said, Shown)
    assert (await stored(chat))[1] == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"day": "2026-11-23", "at": "08:00"}, "has passed"),
        ({"day": "2026-12-08", "at": "10:31"}, "more than 14 days"),
    ],
)
async def test_an_end_that_cannot_be_meant_is_said_at_its_field(chat: Chat, values: dict[str, str], said: str) -> None:
    """The past, and more than two weeks away."""
    answer = await chat.fill(await opened(chat), ASK, values)
    assert isinstance(answer, str)
    assert said in answer
    assert (await stored(chat))[1] == []


async def test_the_same_is_not_asked_twice_at_once(chat: Chat) -> None:
    """Who asks while the channel votes is told until when."""
    await asked(chat)
    again = await chat.fill(await opened(chat), ASK, END)
    assert isinstance(again, Shown)
    assert len((await stored(chat))[1]) == 1


async def test_a_lost_answer_to_the_post_is_made_good_by_the_first_vote(chat: Chat) -> None:
    """Whoever votes has the post before them: the round is open, closes, and is not posted again."""
    told_once(chat)
    await turned_on(chat)
    card = await opened(chat)
    await chat.lose_answers(1)
    await chat.fill(card, ASK, END)
    post = (await chat.everyone())[-1]
    (row,) = (await stored(chat))[1]
    assert row["state"] == "asked"
    await chat.press(post, first(chat).choices[0].label, who="bob")
    (row,) = (await stored(chat))[1]
    assert row["state"] == "open"
    chat.clock.move(days=2)
    await chat.tick()
    assert "Voting has ended." in (await seen(chat, post)).text
    assert len(await chat.below(post)) == 1


async def test_reactions_on_a_round_bring_nothing(chat: Chat) -> None:
    """A dilemma has no levels."""
    post = await asked(chat)
    await chat.react(post, "detail")
    assert await chat.below(post) == []
    async with chat.bot.database.read() as connection:
        kinds = set(await connection.scalars(select(tables.delivery.c.kind)))
    assert "reply" not in kinds


async def test_an_end_is_kept_across_restarts_and_clock_changes(chat: Chat) -> None:
    """The row has the instant; a bot that was down closes once it is back."""
    post = await asked(chat)
    (row,) = (await stored(chat))[1]
    assert row["closes_at"] == datetime.fromisoformat("2026-11-24T10:00:00+01:00")
    chat.clock.move(days=9)
    await chat.restart()
    told_once(chat)
    await chat.tick()
    assert len(await chat.below(post)) == 1


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("dilemma", ""),
        ("dilemma risks", "Dilemma · Risks"),
        ("dilemma refunds agent", "agent"),
        ("dilemma how careful should a chatbot be?", "Dilemma"),
        ("dilemma quokka", ""),
    ],
)
async def test_there_is_always_one(chat: Chat, typed: str, part: str) -> None:
    """The nearest to what was typed, or any; never that there is nothing."""
    card = await chat.ask(typed, place="alone")
    shown = [dilemma for dilemma in chat.bot.content.library.dilemmas if dilemma.title in card.text]
    assert len(shown) == 1
    assert "Another" in card.buttons
    assert part in card.text
