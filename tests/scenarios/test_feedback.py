"""What readers tell the writers, on Slack and on Teams: thumbs, what was missing, suggestions, and one answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cli.learning import feedback_rows
from bot.cli.learning.feedback_rows import Closed, Wanted
from store import feedback
from store.feedback import Feedback
from store.learning_tables import tally
from store.tables import delivery
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.test_scenarios import a_tip

UP, DOWN = "Useful", "Not useful"
TELL = "Tell the writers what was missing…"
SOURCE = "https://example.org/paper"


async def told(chat: Chat) -> tuple[Feedback, ...]:
    """Read all that was told."""
    async with chat.bot.database.read() as connection:
        return await feedback.listed(connection)


async def counted(chat: Chat) -> dict[tuple[str, str], int]:
    """Read the counts, by subject and by what was done."""
    async with chat.bot.database.read() as connection:
        return {(row.subject, row.what): row.total for row in await connection.execute(select(tally))}


async def owed(chat: Chat) -> list[dict[str, object]]:
    """Read the answers that are owed, or were given."""
    async with chat.bot.database.read() as connection:
        rows = await connection.execute(select(delivery).where(delivery.c.kind == "answer"))
        return [dict(row) for row in rows.mappings()]


def said(answer: Shown | str) -> str:
    """Give the words of an answer, wherever the platform shows them."""
    return answer if isinstance(answer, str) else answer.text


async def a_tip_of(chat: Chat) -> tuple[Shown, str]:
    """Let the first weekly tip come, and give it with its subject."""
    post = await a_tip(chat)
    tip = next(tip for tip in chat.bot.content.library.tips if tip.title in post.text)
    return post, f"tip/{tip.id}"


async def test_thumbs_up_counts_once_a_person(chat: Chat) -> None:
    """Pressed twice at once and again later, and by two people: two; nobody's name is kept, the post stays."""
    post, subject = await a_tip_of(chat)
    before = [each.text for each in await chat.everyone()]
    for who in ("alice", "bob"):
        assert "Noted without your name." in (await chat.press(post, UP, who=who, twice=True)).text
    assert "Noted without your name." in (await chat.press(post, UP, who="bob")).text
    assert await counted(chat) == {(subject, "useful"): 2}
    assert await told(chat) == ()
    assert [each.text for each in await chat.everyone()] == before


async def test_thumbs_down_says_why_without_a_name(chat: Chat) -> None:
    """The row has the version that was read, where, and in which channel; and no person."""
    post, subject = await a_tip_of(chat)
    answer = await chat.fill(
        post, DOWN, {"why": "outdated", "words": " The law changed\u202e\x00. ", "tell": "no"}, who="bob"
    )
    assert "writers’ list" in said(answer)
    (row,) = await told(chat)
    tip = chat.bot.content.library.tip(subject.removeprefix("tip/"))
    assert tip is not None
    assert (row.kind, row.subject, row.version, row.place) == ("outdated", subject, tip.version, "")
    assert (row.words, row.person, row.closed_at) == ("The law changed.", "", None)
    assert row.conversation != ""
    assert await counted(chat) == {(subject, "outdated"): 1}


async def test_a_level_s_thumbs_name_the_level(chat: Chat) -> None:
    """A writer is told where in the text; in a chat with one person alone not in which."""
    level = await chat.ask("risks sources", place="alone")
    await chat.fill(level, DOWN, {"why": "unclear", "words": "", "tell": "no"})
    (row,) = await told(chat)
    assert (row.kind, row.subject, row.place) == ("unclear", "dimension/risks", "sources")
    assert (row.conversation, row.person) == ("", "")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"why": "wrong", "words": " \n ", "tell": "no"}, "Say what is wrong"),
        ({"why": "wrong", "words": "\u200e\u202e\u00a0", "tell": "no"}, "Say what is wrong"),
    ],
)
async def test_what_is_wrong_has_to_be_said(chat: Chat, values: dict[str, str], fault: str) -> None:
    """The form stays, with the fault under its field; nothing is written."""
    post, _ = await a_tip_of(chat)
    answer = await chat.fill(post, DOWN, values)
    assert isinstance(answer, str)
    assert fault in answer
    assert await told(chat) == ()
    assert await counted(chat) == {}


async def test_what_was_missing_reaches_the_writers(chat: Chat) -> None:
    """From the answer that found nothing, with the words filled in; in public no less."""
    nothing = await chat.ask("xylophone | quokka")
    answer = await chat.fill(nothing, TELL, {"tell": "no"})
    assert "writers’ list" in said(answer)
    (row,) = await told(chat)
    assert (row.kind, row.subject, row.version, row.words) == ("missing", "", 0, "xylophone quokka")


@pytest.mark.parametrize("opened_by", ["suggest", "help"])
async def test_a_suggestion_is_written_down_and_posted_nowhere(chat: Chat, opened_by: str) -> None:
    """By its command or by help's button; with a source, or it is not taken."""
    card = await chat.ask(opened_by, place="alone")
    posts = len(await chat.everyone())
    values = {"kind": "dilemma", "words": "Ship with a known bias?", "source": "ftp://example.org", "tell": "no"}
    faulty = await chat.fill(card, "Suggest something…", values)
    assert isinstance(faulty, str)
    assert "beginning with https://" in faulty
    card = await chat.ask(opened_by, place="alone")
    answer = await chat.fill(card, "Suggest something…", {**values, "source": SOURCE})
    assert "nothing is posted" in said(answer)
    (row,) = await told(chat)
    assert (row.kind, row.words, row.source, row.person) == ("dilemma", "Ship with a known bias?", SOURCE, "")
    assert len(await chat.everyone()) == posts


async def test_who_asked_is_told_once(chat: Chat) -> None:
    """In their own chat, by the bot that runs, of what another process closed; their id is gone with the promise."""
    post, subject = await a_tip_of(chat)
    await chat.fill(post, DOWN, {"why": "wrong", "words": "It is 7, not 8.", "tell": "yes"}, who="bob")
    (row,) = await told(chat)
    assert row.person != ""
    day = f"{chat.clock().day} {chat.clock():%B %Y}"
    library = chat.bot.content.library
    tip = library.tip(subject.removeprefix("tip/"))
    assert tip is not None
    closes = Wanted((row.id[:8],), fixed_in=0)
    settings = chat.bot.settings
    assert await feedback_rows.close(settings, library, closes, chat.clock) == Closed(1, told=1)
    assert await feedback_rows.close(settings, library, closes, chat.clock) == Closed(0, before=1)
    (row,) = await told(chat)
    assert (row.person, row.fixed_in, row.closed_at) == ("", 0, chat.clock())
    for _ in range(2):
        chat.clock.move(seconds=20)
        await chat.tick()
    (answer,) = await owed(chat)
    assert (answer["state"], answer["person"], answer["key"]) == ("sent", "", f"answer:{row.id}")
    assert str(answer["conversation"]) in {person.id for person in (getattr(chat, "bob", None) or chat.world.bob,)}  # type: ignore[attr-defined]


async def test_many_are_told_in_one_go_and_a_flood_is_stopped(chat: Chat) -> None:
    """Twenty rows a day from one person; the next day they may again, and somebody else at any time."""
    nothing = await chat.ask("xylophone quokka", place="alone")
    for number in range(20):
        await chat.fill(nothing, TELL, {"words": f"Quokka {number}", "tell": "no"})
    assert len(await told(chat)) == 20
    assert "enough for today" in said(await chat.fill(nothing, TELL, {"words": "One more", "tell": "no"}))
    theirs = await chat.ask("xylophone quokka", place="alone", who="bob")
    await chat.fill(theirs, TELL, {"words": "Mine", "tell": "no"}, who="bob")
    chat.clock.move(**{"days": 1})
    again = await chat.ask("xylophone quokka", place="alone")
    await chat.fill(again, TELL, {"words": "Tomorrow", "tell": "no"})
    assert len(await told(chat)) == 22
    assert timedelta(0) < chat.clock() - (await told(chat))[0].created_at
