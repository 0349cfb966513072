"""What Teams alone has, at the bot's edge: suggestions after an answer, and cards inserted into any message."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.teams import cards
from playground.teams.emulator import Trouble
from tests.scenarios.teams_chat import TeamsChat


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[TeamsChat]:
    """Give a running Teams, with the bot in its room and in both people's chats."""
    async with TeamsChat(tmp_path) as running:
        yield running


async def test_suggestions_follow_the_answer_and_are_said_as_they_are_tapped(chat: TeamsChat) -> None:
    """After a card, in a message of their own, the last one there; a tap is a question, and what it suggests comes."""
    shown = await chat.ask("risks", place="alone")
    assert "7 · Risks and responsibilities" in shown.text
    assert chat.teams.suggestions(chat.alice)[0] == "More detail on risks"
    turn = await chat.teams.choose(chat.alice, "More detail on risks")
    await chat.settle()
    assert turn.said is not None
    assert turn.said.text == "risks detail"
    (answer,) = chat.teams.answers(turn.said)
    assert "Risks and responsibilities: more detail" in cards.words(answer.card)
    assert chat.teams.suggestions(chat.alice)[0] == "An exercise on risks"
    with pytest.raises(LookupError):
        await chat.teams.choose(chat.alice, "More detail on risks")
    assert chat.teams.faults == []


async def test_a_suggestion_that_is_refused_is_not_missed(chat: TeamsChat) -> None:
    """The answer stands; nothing else is said, and nothing waits."""
    own = chat.teams.personal(chat.alice)
    before = len(chat.teams.calls)
    chat.teams.trouble += [Trouble("post", "slow"), Trouble("post", "429", retry_after=60)]  # one after the other
    shown = await chat.ask("risks", place="alone")
    assert "7 · Risks and responsibilities" in shown.text
    assert chat.teams.suggestions(chat.alice) == []
    posts = [call.status for call in chat.teams.calls[before:] if call.method == "post"]
    assert posts == [201, 429]
    assert chat.teams.messages(own)[-1].card is not None
    assert chat.teams.trouble == []


async def test_in_a_channel_nothing_is_suggested(chat: TeamsChat) -> None:
    """One answer to one question."""
    before = len(chat.teams.calls)
    await chat.ask("risks")
    assert [call.method for call in chat.teams.calls[before:] if call.method == "post"] == ["post"]


async def test_a_card_is_inserted_where_the_bot_is_not(chat: TeamsChat) -> None:
    """It is found and posted in the person's own name; no bot is told, and there is nothing to press in it."""
    opened, every = await chat.teams.look_for(chat.alice, chat.elsewhere)
    assert opened.error is None
    assert len(every) == 7
    _, found = await chat.teams.look_for(chat.alice, chat.elsewhere, "risks")
    assert found[0].title == "7 · Risks and responsibilities"
    sent = len(chat.teams.sent)
    turn = await chat.teams.say(chat.alice, chat.elsewhere, "Worth a look", card=found[0].card)
    await chat.settle()
    assert len(chat.teams.sent) == sent
    assert turn.said is not None
    assert turn.said.card is not None
    assert "Inherits those risks and adds new ones" in cards.words(turn.said.card)
    assert cards.actions(turn.said.card) == []
    assert chat.teams.messages(chat.elsewhere) == [turn.said]
    assert chat.teams.faults == []


async def test_nothing_found_is_a_sentence(chat: TeamsChat) -> None:
    """No results, and no fault: the client shows the words."""
    outcome, found = await chat.teams.look_for(chat.bob, chat.room, "xylophone quokka")
    assert found == []
    assert outcome.error is None
    assert outcome.body["composeExtension"]["text"].startswith("Nothing here on “xylophone quokka”.")
    assert chat.teams.faults == []
