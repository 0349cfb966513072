"""Recall and plans, on Slack and on Teams: a question on a new case, and a plan that comes back once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.learning_tables import plan, tally
from store.tables import delivery
from tests.scenarios.chat import Chat
from tests.scenarios.test_scenarios import turned_on


async def _rows(chat: Chat, table: object) -> list[dict[str, object]]:
    async with chat.bot.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]  # type: ignore[call-overload]


async def test_a_tip_asks_about_the_one_of_four_weeks_before(chat: Chat) -> None:
    """The fifth has a quiet button on the first, whose question is for who pressed alone."""
    await turned_on(chat)
    for _ in range(5):
        chat.clock.move(days=7)
        await chat.tick()
    posts = await chat.everyone()
    came = [tip for post in posts for tip in chat.bot.content.library.tips if tip.title in post.text]
    first, fifth = came[0], posts[-1]
    (label,) = [label for label in fifth.buttons if label.startswith("Remember")]
    assert first.title.startswith(label.removeprefix("Remember “").rstrip("”?").rstrip("…"))
    assert not [label for post in posts[:-1] for label in post.buttons if label.startswith("Remember")]
    asked = await chat.press(fifth, label, who="bob")
    assert first.recall is not None
    assert first.recall.question in asked.text
    right = next(option for option in first.recall.options if option.verdict == "right")
    told = await chat.press(asked, right.label, who="bob")
    assert told.text.startswith("That works")
    for option in first.recall.options:
        assert option.label in told.text
    counted = [(row["subject"], row["what"], row["total"]) for row in await _rows(chat, tally)]
    assert counted == [(f"tip/{first.id}", "recalled", 1)]
    assert len(await chat.everyone()) == len(posts)


async def test_three_cases_can_be_asked_for(chat: Chat) -> None:
    """Each is explained, the next is another, and after the third there is none."""
    card = await chat.ask("recall", place="alone")
    seen = set()
    for number in range(3):
        tip = next(tip for tip in chat.bot.content.library.tips if f"“{tip.title}”" in card.text)
        assert tip.id not in seen
        seen.add(tip.id)
        assert tip.recall is not None
        wrong = next(option for option in tip.recall.options if option.verdict == "wrong")
        card = await chat.press(card, wrong.label)
        assert card.text.startswith("Not quite")
        if number < 2:
            card = await chat.press(card, "Next case")
    assert "Next case" not in card.buttons


@pytest.mark.parametrize("end", ["Done", "Drop it"])
async def test_a_plan_comes_back_once(chat: Chat, end: str) -> None:
    """On the day that was chosen, to who made it alone, and nothing of it is kept once it is done or dropped."""
    exercise = await chat.ask("risks exercise", place="alone")
    day = (chat.clock() + timedelta(days=3)).date()
    said = await chat.fill(exercise, "Remind me…", {"words": "If Monday comes, then I ask.", "day": day.isoformat()})
    assert "be reminded" in (said if isinstance(said, str) else said.text)
    assert "If Monday comes, then I ask." in (await chat.ask("plans", place="alone")).text
    chat.clock.move(days=4)
    await chat.tick()
    await chat.tick()
    came = [card for card in await chat.everyone("alone") if "You asked to be reminded" in card.text]
    assert len(came) == 1
    assert "If Monday comes, then I ask." in came[0].text
    assert all(row["argument"] == "" and row["person"] == "" for row in await _rows(chat, delivery))
    await chat.press(came[0], end)
    assert not await _rows(chat, plan)
    # One line stands in its place, with nothing to press, whoever looks and when.
    there = [card for card in await chat.everyone("alone") if "The plan is deleted" in card.text]
    assert [card.buttons for card in there] == [()]
    assert ("Done" if end == "Done" else "Dropped") in there[0].text
    assert not [card for card in await chat.everyone("alone") if "You asked to be reminded" in card.text]


async def test_a_plan_that_was_not_done_may_come_once_more(chat: Chat) -> None:
    """With its words as they were, on another day."""
    exercise = await chat.ask("risks exercise", place="alone")
    day = (chat.clock() + timedelta(days=3)).date()
    await chat.fill(exercise, "Remind me…", {"words": "If Monday comes, then I ask.", "day": day.isoformat()})
    chat.clock.move(days=4)
    await chat.tick()
    came = [card for card in await chat.everyone("alone") if "You asked to be reminded" in card.text]
    later = await chat.press(came[0], "Not yet")
    day = (chat.clock() + timedelta(days=3)).date()
    await chat.fill(later, "Another day…", {"words": "If Tuesday comes, then I ask.", "day": day.isoformat()})
    assert [row["words"] for row in await _rows(chat, plan)] == ["If Tuesday comes, then I ask."]
    chat.clock.move(days=4)
    await chat.tick()
    came = [card for card in await chat.everyone("alone") if "You asked to be reminded" in card.text]
    assert len(came) == 2


async def test_a_waiting_plan_can_be_dropped(chat: Chat) -> None:
    """Then its promise is gone from the ledger too, and nothing comes."""
    exercise = await chat.ask("risks exercise", place="alone")
    day = (chat.clock() + timedelta(days=3)).date()
    await chat.fill(exercise, "Remind me…", {"words": "If Monday comes, then I ask.", "day": day.isoformat()})
    assert "Dropped" in (await chat.press(await chat.ask("plans", place="alone"), "Drop it")).text
    assert not await _rows(chat, plan)
    assert not [row for row in await _rows(chat, delivery) if row["kind"] == "plan"]


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"words": " ", "day": "2030-01-01"}, "Write what you will do"),
        ({"words": "If x, then I y.", "day": "2020-01-01"}, "not in the future"),
        ({"words": "If x, then I y.", "day": "soon"}, "soon"),
    ],
)
async def test_a_plan_that_cannot_be_kept_says_why(chat: Chat, values: dict[str, str], fault: str) -> None:
    """Under its field; nothing is kept."""
    answer = await chat.fill(await chat.ask("risks exercise", place="alone"), "Remind me…", values)
    assert isinstance(answer, str)
    assert fault in answer
    assert not await _rows(chat, plan)
