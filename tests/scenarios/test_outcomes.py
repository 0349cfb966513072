"""What came of the tips, and the record of them, on Slack and on Teams: counts of a channel, for its people."""

from sqlalchemy import delete, select

from store.learning import tallies
from store.learning_tables import tally
from store.tables import post as posts
from tests.scenarios.chat import Chat, Shown, Who
from tests.scenarios.test_dilemmas import asked, first, labels
from tests.scenarios.test_scenarios import FORM, a_tip, turned_on


async def seen(chat: Chat, words: str, who: Who = "alice") -> Shown:
    """Ask in the room for what one person alone sees: on Slack at once, on Teams behind a button."""
    card = await chat.ask(words, who=who)
    if "Show me" in card.buttons:
        card = await chat.press(card, "Show me", who=who)
    return card


async def test_an_empty_channel_is_told_how_to_begin(chat: Chat) -> None:
    """There is nothing to count: the card says what would be there, and its button leads to the tips."""
    card = await seen(chat, "stats")
    assert card.text.startswith("Nothing to count yet")
    assert "Turn on…" in (await chat.press(card, "Weekly tips")).buttons


async def test_a_channel_sees_what_came_of_its_tips(chat: Chat) -> None:
    """Posts, levels that anybody opened in the thread, and those opened in private cards; whoever asks."""
    post = await a_tip(chat)
    for level in ("detail", "sources", "detail"):
        await chat.react(post, level)
        await chat.tick()
    tip = next(tip for tip in chat.bot.content.library.tips if tip.title in post.text)
    topic = chat.bot.content.library.dimension(tip.dimension)
    assert topic is not None
    card = await seen(chat, "stats", who="bob")
    assert "Posts: 1 (weekly tips 1)" in card.text
    assert "Levels opened: 2" in card.text
    assert "sources 1" not in card.text  # under five nothing is broken down
    assert f"{topic.title}: 2, after 1 post" in card.text
    assert chat.name("bob") not in card.text


async def test_a_level_opened_alone_counts_once_where_several_are_and_nowhere_else(chat: Chat) -> None:
    """In a room it is counted, in memory until the bot stops at the latest; in a chat with one person it is not."""
    alone = await chat.ask("risks", place="alone")
    assert "more detail" in (await chat.press(alone, "More detail")).text
    await chat.press(await chat.ask("risks"), "More detail")
    await chat.tick()
    await chat.restart()
    card = await seen(chat, "stats")
    assert "Levels opened: 1" in card.text
    assert "Risks and responsibilities: 1, after " in card.text
    async with chat.bot.database.read() as connection:
        counted = [tuple(row) for row in await connection.execute(select(tally.c.subject, tally.c.what, tally.c.total))]
    # Where what is typed is answered in public, as on Teams, the level stands in the thread, and so in the ledger.
    is_public = bool(await chat.everyone_and_threads())
    assert counted == ([] if is_public else [("dimension/risks", "detail", 1)])


async def test_a_level_below_a_forgotten_post_is_for_who_presses_and_counts(chat: Chat) -> None:
    """Nothing answers in the thread of a post that is no longer known; the level is shown and counted all the same."""
    post = await a_tip(chat)
    tip = next(tip for tip in chat.bot.content.library.tips if tip.title in post.text)
    async with chat.bot.database.write() as connection:
        await connection.execute(delete(posts))
    people: tuple[Who, ...] = ("bob", "alice")
    for who in people:
        assert "more detail" in (await chat.press(post, "More detail", who=who)).text
    await chat.restart()
    async with chat.bot.database.read() as connection:
        rows = await connection.execute(select(tally.c.subject, tally.c.what, tally.c.total))
        assert [tuple(row) for row in rows] == [(f"tip/{tip.id}", "detail", 2)]


async def test_from_five_on_parts_are_told(chat: Chat) -> None:
    """Four answers to recall are one number; with the fifth it says how many were right, and which tip was useful."""
    post = await a_tip(chat)
    tip = next(tip for tip in chat.bot.content.library.tips if tip.title in post.text)
    async with chat.bot.database.read() as connection:
        posted = (await connection.exec_driver_sql("SELECT platform, workspace, conversation FROM post")).one()
    platform, workspace, room = posted

    async def add(what: str, count: int) -> None:
        async with chat.bot.database.write() as connection:
            await tallies.add(connection, platform, workspace, room, f"tip/{tip.id}", what, count)  # type: ignore[arg-type]

    await add("recalled", 3)
    await add("missed", 1)
    await add("useful", 4)
    card = await seen(chat, "stats")
    assert "Recall questions answered: 4" in card.text
    assert "right" not in card.text
    assert "Most useful" not in card.text
    await add("missed", 1)
    await add("unclear", 1)
    card = await seen(chat, "stats")
    assert "Recall questions answered: 5 (right 3, not yet 2)" in card.text
    assert "Opinions: 5 (useful 4, unclear 1)" in card.text
    assert "Most useful: " in card.text
    assert "4 times" in card.text


async def test_rounds_and_recall_are_counted_as_they_are_played(chat: Chat) -> None:
    """Votes once the round is closed, and each recall question that was answered; neither says how, of so few."""
    post = await asked(chat)
    choices = labels(first(chat).choices)
    await chat.press(post, choices[0])
    await chat.press(post, choices[1], who="bob")
    assert "Votes" not in (await seen(chat, "stats")).text
    chat.clock.move(days=2)
    await chat.tick()
    question = await seen(chat, "recall")
    tip = next(tip for tip in chat.bot.content.library.tips if f"“{tip.title}”" in question.text)
    assert tip.recall is not None
    await chat.press(question, tip.recall.options[0].label)
    card = await seen(chat, "stats")
    rounds = 2 if first(chat).twist else 1  # a twist is asked once the case is closed
    assert f"Posts: {rounds} (rounds of dilemmas {rounds})" in card.text
    assert "Votes in rounds that are closed: 2" in card.text
    assert "Recall questions answered: 1" in card.text
    assert "right" not in card.text


async def test_in_ones_own_chat_it_is_about_ones_own_tips(chat: Chat) -> None:
    """What the room did is not there, and the other way round."""
    await a_tip(chat)
    card = await chat.ask("stats", place="alone")
    assert card.text.startswith("Nothing to count yet")
    own = await chat.fill(await chat.ask("tips me", place="alone"), "Turn on…", FORM)
    assert isinstance(own, Shown), own
    await chat.tick()
    chat.clock.move(days=7)
    await chat.tick()
    card = await chat.ask("stats", place="alone")
    assert "What came of your own tips" in card.text
    assert "Posts: 1 (weekly tips 1)" in card.text
    assert "is not counted" in card.text
    assert "Posts: 2 (weekly tips 2)" in (await seen(chat, "stats")).text
    assert "A record is of a channel" in (await chat.ask("record", place="alone")).text


async def test_owners_see_the_record_from_the_settings(chat: Chat) -> None:
    """Behind More… it lists the last posts with version and sources, and says how the whole becomes a file."""
    post = await a_tip(chat)
    tip = next(tip for tip in chat.bot.content.library.tips if tip.title in post.text)
    settings = await seen(chat, "tips")
    card = await chat.press(await chat.press(settings, "More…"), "Record")
    assert "The record of what was taught here" in card.text
    async with chat.bot.database.read() as connection:
        version = await connection.scalar(select(posts.c.version))
    assert f"{f', version {version}' if version else ''}, {len(tip.sources)} source" in card.text
    assert "Not legal advice" in card.text
    assert "2026/1744" in card.text
    assert "python -m bot record --workspace" in card.text
    assert "I have no permission for files" in card.text
    assert "What came of the tips here" in (await chat.press(card, "What came of it")).text


async def test_the_record_is_for_owners(chat: Chat) -> None:
    """Where only the owner may change the tips, others are told whom to ask; where anyone may, anyone sees it."""
    await turned_on(chat)
    assert "Nothing was posted" in (await seen(chat, "record", who="bob")).text
    settings = await seen(chat, "tips")
    changed = await chat.fill(settings, "Edit", {**FORM, "changed_by": "owner"})
    assert isinstance(changed, Shown), changed
    card = await seen(chat, "record", who="bob")
    assert "The record is for the owners" in card.text
    assert chat.name("alice") in card.text
    assert "Nothing was posted" in (await seen(chat, "record")).text
