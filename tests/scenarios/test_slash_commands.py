"""Slash commands on Teams: messages to the bot that nobody else in the conversation sees, answered as privately."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.teams.emulator import Conversation, Message, Outcome, Person, Trouble
from tests.cards.teams import adaptive
from tests.scenarios.teams_chat import TeamsChat

FORM = {"weekday": "0", "at": "09:00", "zone": "Europe/Paris"}


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[TeamsChat]:
    """Give a running Teams with the bot in its room."""
    async with TeamsChat(tmp_path) as running:
        yield running


async def typed(chat: TeamsChat, words: str, *, thread: str = "") -> Outcome:
    """Choose a command from the list that `/` opens, as Alice."""
    turn = await chat.teams.say(chat.alice, chat.room, words, slash=True, thread=thread)
    assert (turn.status, turn.error) == (200, None)
    await chat.settle()
    return turn


def seen(chat: TeamsChat, who: Person, place: Conversation | None = None) -> list[Message]:
    """List the bot's messages that a person sees in the room."""
    there = chat.teams.messages(place or chat.room)
    return [each for each in there if each.is_from_bot and each.recipient in {"", who.id}]


def words(chat: TeamsChat, message: Message) -> str:
    """Read a card as Alice sees it."""
    card = chat.teams.card_of(chat.alice, message)
    assert card is not None
    return adaptive.words(card)


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("risks", "7 · Risks and responsibilities"),
        ("what is drift", "Drift"),
        ("random", "Traditional PM"),
        ("help", "How to use PM Compare"),
        ("tips", "Weekly tips"),
        ("doctor", "Status of"),
        ("xylophone quokka", "Nothing on"),
    ],
)
async def test_the_answer_is_for_who_typed_it(chat: TeamsChat, command: str, part: str) -> None:
    """Alice sees it in the room, Bob sees nothing, and the ledger holds nothing of it."""
    before = await chat.bot_counts()
    await typed(chat, command)
    (answer,) = seen(chat, chat.alice)
    assert answer.recipient == chat.alice.id
    assert part in words(chat, answer)
    assert seen(chat, chat.bob) == []
    assert await chat.bot_counts() == before


async def test_buttons_move_on_in_the_private_card(chat: TeamsChat) -> None:
    """A level takes the card's place, as after a press on a public one."""
    await typed(chat, "risks")
    (answer,) = seen(chat, chat.alice)
    await chat.teams.press(chat.alice, answer, "More detail")
    await chat.settle()
    assert "more detail" in words(chat, answer)
    assert len(seen(chat, chat.alice)) == 1


async def test_sharing_is_for_everybody(chat: TeamsChat) -> None:
    """`risks share` posts, and so does the private card's button, in the thread it was typed in."""
    await typed(chat, "risks share")
    (shared,) = seen(chat, chat.bob)
    await typed(chat, "skills", thread=shared.thread)
    private = seen(chat, chat.alice)[-1]
    assert private.recipient == chat.alice.id
    await chat.teams.press(chat.alice, private, "Share")
    await chat.settle()
    latest = seen(chat, chat.bob)[-1]
    assert latest.id != shared.id
    assert latest.thread == shared.thread


async def test_tips_are_set_up_in_private_and_introduced_to_all(chat: TeamsChat) -> None:
    """The form opens from the private settings, which then say that tips are on; only the introduction is public."""
    await typed(chat, "tips")
    (settings,) = seen(chat, chat.alice)
    turn = await chat.teams.press(chat.alice, settings, "Turn on…")
    assert turn.dialog is not None
    turn = await chat.teams.submit(chat.alice, turn.dialog, FORM)
    assert turn.error is None
    await chat.settle()
    (introduction,) = seen(chat, chat.bob)
    assert "turned on" in words(chat, introduction)
    assert "are on" in words(chat, settings)


async def test_where_teams_refuses_it_the_answer_comes_in_the_own_chat(chat: TeamsChat) -> None:
    """A tenant where targeted messages are switched off: nothing is lost, and nothing becomes public."""
    own = chat.teams.personal(chat.alice)
    before = len(seen(chat, chat.alice, own))
    chat.teams.trouble.append(Trouble("post", "error", error="BadArgument", status=400, channel=chat.room.id))
    await typed(chat, "risks")
    assert seen(chat, chat.alice) == []
    answer = seen(chat, chat.alice, own)[before:]
    assert "7 · Risks and responsibilities" in words(chat, answer[-1])
