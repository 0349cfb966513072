"""What readers tell the writers, on Slack and on Teams: thumbs, what was missing, suggestions, and one answer."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cli.learning import feedback_rows
from bot.cli.learning.feedback_rows import Closed, Wanted
from content import library
from content.library import Library
from store.learning import feedback
from store.learning.feedback import Feedback
from store.learning_tables import tally
from store.tables import delivery
from tests.scenarios import shortened
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.test_scenarios import a_tip

UP, DOWN = "Useful", "Not useful"
TELL = "Tell the writers what is missing…"
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
    assert "writers' list" in said(answer)
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
    assert "writers' list" in said(answer)
    (row,) = await told(chat)
    assert (row.kind, row.subject, row.version, row.words) == ("missing", "", 0, "xylophone quokka")


@pytest.mark.parametrize("typed", ["report", "feedback", "something is wrong", "report a mistake"])
async def test_what_is_wrong_reaches_the_writers_without_a_card(chat: Chat, typed: str) -> None:
    """From a form that asks for anything they should know."""
    card = await chat.ask(typed, place="alone")
    answer = await chat.fill(card, "Tell the writers…", {"words": "The second source is gone."})
    assert "writers' list" in said(answer)
    (row,) = await told(chat)
    assert (row.kind, row.words) == ("missing", "The second source is gone.")


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


def mended(chat: Chat, subject: str, folder: Path) -> Library:
    """Give some of the shipped content with the next version of one tip, and let the bot use it."""
    read = library.load(shortened.written(folder / "content", subject.removeprefix("tip/")))
    place = read.places[subject]
    file = Path(place.file)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    head, _, number = lines[place.version_line - 1].partition("version: ")
    lines[place.version_line - 1] = f"{head}version: {int(number) + 1}\n"
    file.write_text("".join(lines), encoding="utf-8")
    chat.bot.content.library = library.load(folder / "content")
    return chat.bot.content.library


async def test_a_post_is_judged_in_the_version_that_it_shows(chat: Chat, tmp_path: Path) -> None:
    """Though the content was changed since: the writer must not look for the fault in a text without it."""
    post, subject = await a_tip_of(chat)
    shown = chat.bot.content.library.tip(subject.removeprefix("tip/"))
    now = mended(chat, subject, tmp_path).tip(subject.removeprefix("tip/"))
    assert shown is not None
    assert now is not None
    assert now.version == shown.version + 1
    await chat.fill(post, DOWN, {"why": "wrong", "words": "It is 7, not 8.", "tell": "no"})
    (row,) = await told(chat)
    assert (row.version, row.place) == (shown.version, "")


async def test_who_asked_is_told_once(chat: Chat, tmp_path: Path) -> None:
    """In their own chat, by the bot that runs, of what another process closed; their id is gone with the promise."""
    post, subject = await a_tip_of(chat)
    answer = await chat.fill(post, DOWN, {"why": "wrong", "words": "It is 7, not 8.", "tell": "yes"})
    assert "in our chat" in said(answer)
    (row,) = await told(chat)
    assert row.person != ""
    day, settings = f"{chat.clock().day} {chat.clock():%B %Y}", chat.bot.settings
    content = mended(chat, subject, tmp_path)
    tip = content.tip(subject.removeprefix("tip/"))
    assert tip is not None
    wanted = Wanted((row.id[:8],), fixed_in=tip.version)
    assert await feedback_rows.close(settings, content, wanted, chat.clock) == Closed(1, told=1)
    assert await feedback_rows.close(settings, content, wanted, chat.clock) == Closed(0, before=1)
    (closed,) = await told(chat)
    assert (closed.person, closed.fixed_in, closed.closed_at) == ("", tip.version, chat.clock())
    for _ in range(2):
        chat.clock.move(seconds=20)
        await chat.tick()
    (promise,) = await owed(chat)
    assert (promise["state"], promise["person"], promise["key"]) == ("sent", "", f"answer:{row.id}")
    came = [each for each in await chat.everyone("alone") if "About your feedback" in each.text]
    assert len(came) == 1
    assert f"You said on {day} that “{tip.title}” was wrong. It was fixed in version {tip.version}." in came[0].text
    assert tip.title in (await chat.press(came[0], "Open it")).text


@pytest.mark.parametrize("kind", ["missing", "tip", "dilemma"])
async def test_what_is_left_as_it_is_is_told_of_too(chat: Chat, kind: str) -> None:
    """Politely, and once; what was missing or suggested may lead to what there is now."""
    if kind == "missing":
        await chat.fill(await chat.ask("xylophone quokka", place="alone"), TELL, {"tell": "yes"})
    else:
        values = {"kind": kind, "words": "Ship it?", "source": SOURCE, "tell": "yes"}
        await chat.fill(await chat.ask("suggest", place="alone"), "Suggest something…", values)
    (row,) = await told(chat)
    content, settings = chat.bot.content.library, chat.bot.settings
    assert await feedback_rows.close(settings, content, Wanted((row.id,)), chat.clock) == Closed(1, told=1)
    chat.clock.move(seconds=20)
    await chat.tick()
    (came,) = [each for each in await chat.everyone("alone") if "About your feedback" in each.text]
    assert "The writers read it" in came.text
    assert "quokka" not in came.text
    assert "Open it" not in came.buttons


async def test_what_was_missing_leads_to_what_there_is_now(chat: Chat) -> None:
    """The button opens the entry that answers it."""
    await chat.fill(await chat.ask("xylophone quokka", place="alone"), TELL, {"tell": "yes"})
    (row,) = await told(chat)
    wanted = Wanted((row.id,), fixed_in=1, see="dimension/risks")
    await feedback_rows.close(chat.bot.settings, chat.bot.content.library, wanted, chat.clock)
    chat.clock.move(seconds=20)
    await chat.tick()
    (came,) = [each for each in await chat.everyone("alone") if "About your feedback" in each.text]
    assert "It is covered now." in came.text
    assert "Risks and responsibilities" in (await chat.press(came, "Open it")).text


async def test_a_flood_is_stopped(chat: Chat) -> None:
    """Twenty rows a day from one person; the next day they may again, and somebody else at any time."""
    nothing = await chat.ask("xylophone quokka", place="alone")
    for number in range(20):
        await chat.fill(nothing, TELL, {"words": f"Quokka {number}", "tell": "no"})
    assert len(await told(chat)) == 20
    assert "enough for today" in said(await chat.fill(nothing, TELL, {"words": "One more", "tell": "no"}))
    theirs = await chat.ask("xylophone quokka", place="alone", who="bob")
    await chat.fill(theirs, TELL, {"words": "Mine", "tell": "no"}, who="bob")
    chat.clock.move(days=1)
    again = await chat.ask("xylophone quokka", place="alone")
    await chat.fill(again, TELL, {"words": "Tomorrow", "tell": "no"})
    assert len(await told(chat)) == 22
