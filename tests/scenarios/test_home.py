"""A person's home and gap, on Slack and on Teams: theirs alone, of use from the first day, and forgotten at once."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select

from cards.compose.phrases import titled
from store import ids, learning_tables, tables
from store.deliveries.rows import Deliveries, fresh
from tests.in_order import received
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.test_scenarios import turned_on


async def counts(chat: Chat) -> dict[str, int]:
    """Count what is kept of people's learning."""
    kept = (learning_tables.learner, learning_tables.learned, learning_tables.plan)
    async with chat.bot.database.read() as connection:
        found = {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in kept
        }
        plans = select(func.count()).where(tables.delivery.c.kind == "plan")
        return found | {"owed": (await connection.execute(plans)).scalar_one()}


async def begun(chat: Chat) -> Shown:
    """Turn the gap on in the own chat."""
    return await chat.press(await chat.ask("me", place="alone"), "Turn on")


def line(shown: Shown, number: int) -> str:
    """Give what a gap says of a dimension."""
    return next(line for line in shown.text.splitlines() if f"{number} · " in line)


# --- my gap


async def test_it_is_off_until_it_is_turned_on(chat: Chat) -> None:
    """It says what it would show and keep, and who could see it; until then nothing is kept."""
    card = await chat.ask("me", place="alone")
    assert card.buttons == ("Turn on",)
    for words in ("opened, tried and recalled", "nobody else", "no admin", "Nothing is kept before"):
        assert words in card.text
    await chat.ask("risks", place="alone")
    assert await counts(chat) == {"learner": 0, "learned": 0, "plan": 0, "owed": 0}
    assert "opened 0 of" in line(await begun(chat), 7)


async def test_it_counts_what_is_opened_by_word_and_button(chat: Chat) -> None:
    """A card and its levels are one; a tip that is read is another; what was only found is none."""
    await begun(chat)
    card = await chat.ask("risks", place="alone")
    await chat.press(card, "More detail")
    await chat.ask("risks", place="alone")
    await chat.ask("what is drift", place="alone")
    gap = await chat.ask("me", place="alone")
    assert "opened 1 of" in line(gap, 7)
    assert "one entry" in gap.text
    first = chat.bot.content.library.tips[0]
    assert f"Next to read: {titled(first.title)}" in gap.text.replace("*", "")
    read = await chat.press(gap, "Read it")
    assert "Try this week · under 30 minutes" in read.text
    gap = await chat.ask("me", place="alone")
    number = chat.bot.content.library.dimension(first.dimension)
    assert number is not None
    assert "opened 1 of" in line(gap, number.number)
    assert "2 entries" in gap.text
    assert titled(first.title) not in gap.text
    assert (await counts(chat))["learned"] == 2


@pytest.mark.parametrize(("verdict", "told"), [("wrong", "(1 not quite)"), ("right", "recalled 1 of")])
async def test_it_counts_what_is_recalled_and_not_yet(chat: Chat, verdict: str, told: str) -> None:
    """An answer to a question is one or the other, in its tip's dimension."""
    await begun(chat)
    library = chat.bot.content.library
    card = await chat.ask("recall", place="alone")
    tip = next(tip for tip in library.tips if f"“{tip.title}”" in card.text)
    dimension = library.dimension(tip.dimension)
    assert tip.recall is not None
    assert dimension is not None
    await chat.press(card, next(one.label for one in tip.recall.options if one.verdict == verdict))
    assert told in line(await chat.ask("me", place="alone"), dimension.number)


async def test_it_counts_what_is_tried(chat: Chat) -> None:
    """A plan that is done, and no other."""
    await begun(chat)
    exercise = await chat.ask("risks exercise", place="alone")
    day = (chat.clock() + timedelta(days=3)).date().isoformat()
    await chat.fill(exercise, "Remind me…", {"words": "If Monday comes, then I ask.", "day": day})
    assert "tried 0 of" in line(await chat.ask("me", place="alone"), 7)
    chat.clock.move(days=4)
    await chat.tick()
    came = next(card for card in await chat.everyone("alone") if "You asked to be reminded" in card.text)
    await chat.press(came, "Done")
    assert "tried 1 of" in line(await chat.ask("me", place="alone"), 7)


async def test_what_others_do_is_not_kept(chat: Chat) -> None:
    """Only of who turned it on; and each sees their own."""
    await begun(chat)
    await chat.ask("risks", place="alone", who="bob")
    assert (await counts(chat))["learned"] == 0
    assert (await chat.ask("me", place="alone", who="bob")).buttons == ("Turn on",)


async def test_a_restart_forgets_nothing(chat: Chat) -> None:
    """Who wants it is read before the first request."""
    await begun(chat)
    await chat.restart()
    await chat.ask("risks", place="alone")
    assert "opened 1 of" in line(await chat.ask("me", place="alone"), 7)


async def test_forget_me_works_at_once(chat: Chat) -> None:
    """Rows gone, plans and what they wait for too; what is done afterwards is not kept; somebody else's stays."""
    await begun(chat)
    await chat.press(await chat.ask("me", place="alone", who="bob"), "Turn on", who="bob")
    await chat.ask("risks", place="alone")
    await chat.ask("risks", place="alone", who="bob")
    await planned(chat)
    assert await counts(chat) == {"learner": 2, "learned": 2, "plan": 1, "owed": 1}
    said = await chat.press(await chat.ask("forget me", place="alone"), "Forget me")
    assert "Forgotten" in said.text
    assert await counts(chat) == {"learner": 1, "learned": 1, "plan": 0, "owed": 0}
    await chat.ask("risks", place="alone")
    assert (await counts(chat))["learned"] == 1
    assert (await chat.ask("me", place="alone")).buttons == ("Turn on",)


async def planned(chat: Chat) -> None:
    """Keep a plan of Alice, with the promise to send it."""
    async with chat.bot.database.write() as connection:
        learner = learning_tables.learner
        me = (await connection.execute(select(learner).order_by(learner.c.since, learner.c.id))).mappings().all()
        mine = next(row for row in me if row["person"] == chat.id("alice"))
        place = {name: mine[name] for name in ("platform", "workspace")}
        now, key, due = chat.clock(), ids.fresh(chat.clock()), chat.clock() + timedelta(days=7)
        to = {"conversation": mine["person"], "person": mine["person"], "argument": "If …", "not_before": due}
        row = replace(fresh(f"plan:{key}", "plan", **place, conversation=mine["person"], now=now), **to)
        await Deliveries().insert_missing(connection, [row])
        values = {"subject": "tip/a", "words": "If …", "state": "waiting", "due_at": due, "created_at": now}
        await connection.execute(insert(learning_tables.plan), {"id": key, **place, "person": mine["person"], **values})


async def test_asked_in_public_it_is_shown_to_the_person_alone(chat: Chat) -> None:
    """On Slack at once; in Teams a button shows it to whoever presses, of their own."""
    await begun(chat)
    card = await chat.ask("me")
    if "Show me" in card.buttons:
        assert "opened" not in card.text
        seen = await chat.press(card, "Show me")
        assert "opened" not in (await chat.others(card)).text
        card = seen
    assert "Forget me" in card.buttons
    assert not any("opened" in post.text for post in await chat.everyone_and_threads())


# --- home


async def test_home_is_of_use_to_somebody_new(chat: Chat) -> None:
    """What this is, the seven, a tip to begin with, and how to get one a week."""
    card = await chat.ask("home", place="alone")
    library = chat.bot.content.library
    for dimension in library.dimensions:
        assert any(name in label for name in (dimension.short, dimension.title) for label in card.buttons)
    assert "A tip to start with" in card.text
    assert titled(received(library, 1)[0].title) in card.text
    assert {"Tips just for me…", "My gap", "Help", "Privacy", "Read it"} <= set(card.buttons)
    assert "no permission to read messages" in (await chat.press(card, "Privacy")).text


async def test_owners_see_and_steer_their_tips_from_home(chat: Chat) -> None:
    """Day, hour, next tip and state; paused from there the channel gets none, resumed it goes on."""
    await turned_on(chat)
    card = await chat.ask("home", place="alone")
    assert "Mondays 09:00, Europe/Paris" in card.text
    assert titled(received(chat.bot.content.library, 1)[0].title) in card.text
    settings = await chat.press(card, "Settings")
    assert "are on" in settings.text
    assert "‹ Home" in settings.buttons
    paused = await chat.fill(settings, "Pause…", {"until": "2026-12-20"})
    assert isinstance(paused, Shown)
    assert "are paused" in paused.text
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 1  # the introduction
    card = await chat.ask("home", place="alone")
    assert "Resume" in card.buttons
    assert "are on" in (await chat.press(card, "Resume")).text
    chat.clock.move(days=7)
    await chat.tick()
    assert len(await chat.everyone()) == 2
    card = await chat.ask("home", place="alone")
    assert "This week’s tip" in card.text.replace("'", "’")


async def test_nobody_else_sees_them_at_home(chat: Chat) -> None:
    """Though anyone in the channel may change them there."""
    await turned_on(chat)
    card = await chat.ask("home", place="alone", who="bob")
    assert "Mondays" not in card.text
    assert "Settings" not in card.buttons
    assert "None yet" in card.text


async def test_home_goes_on_where_somebody_left_off(chat: Chat) -> None:
    """Only with their own gap on."""
    await chat.ask("risks", place="alone")
    assert not any("Continue" in label for label in (await chat.ask("home", place="alone")).buttons)
    await begun(chat)
    await chat.ask("risks", place="alone")
    card = await chat.ask("home", place="alone")
    (label,) = [label for label in card.buttons if label.startswith("Continue")]
    assert "7 · Risks" in (await chat.press(card, label)).text


# --- compare


async def test_a_comparison_is_asked_for_by_form(chat: Chat) -> None:
    """A dimension, or words, which go first; neither is said at the field."""
    home = await chat.ask("home", place="alone")
    seen = await chat.fill(home, "Compare…", {"dimension": "risks"})
    assert isinstance(seen, Shown)
    assert "7 · Risks" in seen.text
    home = await chat.ask("home", place="alone")
    seen = await chat.fill(home, "Compare…", {"dimension": "risks", "words": "skills"})
    assert isinstance(seen, Shown)
    assert "6 · Skills" in seen.text
    home = await chat.ask("home", place="alone")
    fault = await chat.fill(home, "Compare…", {"dimension": "other"})
    assert isinstance(fault, str)
    assert "Type what you are looking for" in fault
