"""A posted tip mends itself once its content is corrected, on both platforms, and is left alone where it should be."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import select, update

from cards.compose.learning.corrections import editions
from playground.slack.emulator import Trouble as SlackTrouble
from playground.teams.emulator import Trouble as TeamsTrouble
from store.deliveries.rows import Deliveries, Delivery
from store.tables import DeliveryState, subscription
from store.tables import post as posts
from tests.in_order import received
from tests.scenarios import shortened
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.slack_chat import SlackChat
from tests.scenarios.teams_chat import TeamsChat
from tests.scenarios.test_scenarios import FORM, a_tip

WORDS = "It said ten of ten; the study says nine."
SAID = f"Corrected 2 December 2026: {WORDS}"
LINE = f"This tip was corrected on 2 December 2026: {WORDS}"
TUESDAY = datetime(2026, 12, 8, 12, tzinfo=UTC)  # when the content is read anew


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Give some of the shipped content, for a test to change."""
    return shortened.written(tmp_path / "content")


@pytest.fixture(params=["slack", "teams"])
async def chat(request: pytest.FixtureRequest, tmp_path: Path, content: Path) -> AsyncIterator[Chat]:
    """Give a running platform whose bot reads that copy."""
    kind = SlackChat if request.param == "slack" else TeamsChat
    async with kind(tmp_path, CONTENT_PATH=str(content)) as running:
        yield running


def rewrite(chat: Chat, *, corrected: bool, entry: str = "", day: str = "2026-12-02") -> None:
    """Raise the version of the first tip that a channel gets, with a correction or as if it were merely reworded."""
    library = chat.bot.content.library
    place = library.places[entry or f"tip/{received(library, 1)[0].id}"]
    file = chat.bot.settings.content_path / place.file if not Path(place.file).is_absolute() else Path(place.file)
    lines = file.read_text(encoding="utf-8").splitlines()
    found = re.fullmatch(r"( *)version: (\d+)", lines[place.version_line - 1])
    assert found, lines[place.version_line - 1]
    indent = found[1]
    lines[place.version_line - 1] = f"{indent}version: {int(found[2]) + 1}"
    if corrected:
        lines[place.version_line - 1 : place.version_line - 1] = [
            f"{indent}corrected:",
            f"{indent}  day: {day}",
            f"{indent}  what: {WORDS}",
        ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


async def read_anew(chat: Chat) -> None:
    """Read the content again, as SIGHUP makes the bot do, and let the clock look a few times."""
    chat.clock.moment = max(chat.clock.moment, TUESDAY)
    assert await chat.bot.reload()
    await looked(chat)


async def looked(chat: Chat) -> None:
    """Let the clock do all it does, until nothing is left to be posted."""
    for _ in range(3):
        await chat.bot.ticker.reconcile()
        chat.clock.move(seconds=40)
        await chat.tick()


async def corrections(chat: Chat) -> Sequence[Delivery]:
    """Give the corrections in the ledger, and the lines below them."""
    async with chat.bot.database.read() as connection:
        rows = [
            row for state in get_args(DeliveryState) for row in await Deliveries().in_state(connection, state, 1000)
        ]
    return sorted((row for row in rows if row.kind.startswith("correct")), key=lambda row: row.kind)


async def post_of(chat: Chat, text: str) -> Shown:
    """Give the post for everybody that holds a text."""
    (found,) = [post for post in await chat.everyone() if text in post.text]
    return found


async def test_a_post_mends_itself_once_and_its_thread_is_told_once(chat: Chat) -> None:
    """Visibly, with every button it had; content that is read again, a restart and the clock change nothing more."""
    before = await a_tip(chat)
    count = len(await chat.everyone())
    rewrite(chat, corrected=True)
    await read_anew(chat)
    mended = await post_of(chat, SAID)
    assert len(await chat.everyone()) == count
    assert before.text.splitlines()[0] == mended.text.splitlines()[0]
    assert mended.buttons == before.buttons
    assert [reply.text.count(LINE) for reply in await chat.below(mended)] == [1]
    await chat.restart()
    await read_anew(chat)
    await looked(chat)
    assert [(row.kind, row.state, row.attempt) for row in await corrections(chat)] == [
        ("corrected", "sent", 1),
        ("correction", "sent", 1),
    ]
    assert len(await chat.below(mended)) == 1


async def test_two_corrections_on_one_day_both_reach_the_post(chat: Chat) -> None:
    """Other words are another correction; the same words in a higher version are none."""
    await a_tip(chat)
    rewrite(chat, corrected=True)
    await read_anew(chat)
    mended = await post_of(chat, SAID)
    place = chat.bot.content.library.places[f"tip/{received(chat.bot.content.library, 1)[0].id}"]
    file = chat.bot.settings.content_path / place.file
    for words in (WORDS, "And the year too"):
        lines = file.read_text(encoding="utf-8").replace(WORDS, words).splitlines()
        found = re.fullmatch(r"( *)version: (\d+)", lines[place.version_line - 1])
        assert found
        lines[place.version_line - 1] = f"{found[1]}version: {int(found[2]) + 1}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        await read_anew(chat)
        assert len(await corrections(chat)) == (2 if words == WORDS else 4)
    again = await post_of(chat, "And the year too")
    assert again.buttons == mended.buttons
    assert len(await chat.below(again)) == 2


async def newest(chat: Chat) -> str:
    """Say what the newest post is about."""
    async with chat.bot.database.read() as connection:
        return str(await connection.scalar(select(posts.c.subject).order_by(posts.c.created_at.desc()).limit(1)))


async def test_a_mended_post_keeps_the_button_that_asks_about_an_earlier_tip(chat: Chat) -> None:
    """Also once the tips have begun anew, and what came before is no longer in their list."""
    post, corrected = await a_tip(chat), editions(chat.bot.content.library)
    subject = await newest(chat)
    # The first that asks, and that was not corrected as it is shipped.
    while subject in corrected or not any(label.startswith("Remember “") for label in post.buttons):
        chat.clock.move(days=7)
        await chat.tick()
        post, subject = (await chat.everyone())[-1], await newest(chat)
    async with chat.bot.database.write() as connection:
        await connection.execute(update(subscription).values(seen="", cycle=2))
    rewrite(chat, corrected=True, entry=subject, day=chat.clock().date().isoformat())
    await read_anew(chat)
    assert (await post_of(chat, WORDS)).buttons == post.buttons


async def test_the_buttons_of_a_mended_post_go_on_working(chat: Chat) -> None:
    """A level is opened in its thread, a reaction too, and the row of its dimension opens the card."""
    await a_tip(chat)
    rewrite(chat, corrected=True)
    await read_anew(chat)
    mended = await post_of(chat, SAID)
    await chat.press(mended, "More detail")
    await chat.react(mended, "exercise")
    assert len(await chat.below(mended)) == 3
    compare = next(label for label in mended.buttons if label.startswith("Compare"))
    assert "Traditional PM" in (await chat.press(mended, compare, who="bob")).text


async def test_mere_rewording_leaves_posts_alone(chat: Chat) -> None:
    """A higher version without a newer correction is for posts to come."""
    before = await a_tip(chat)
    rewrite(chat, corrected=False)
    await read_anew(chat)
    assert await corrections(chat) == []
    assert before.text in [post.text for post in await chat.everyone()]


async def test_a_channel_that_wants_its_posts_left_alone_is_left_alone(chat: Chat) -> None:
    """Switched off in the settings, said in the history and by the doctor; switched on again, posts mend themselves."""
    await a_tip(chat)
    rewrite(chat, corrected=True)
    off = await chat.fill(await chat.ask("tips"), "Edit", {**FORM, "corrections": "no"})
    assert isinstance(off, Shown), off
    await read_anew(chat)
    assert await corrections(chat) == []
    assert "posts are left as they are" in (await chat.ask("tips history")).text
    assert "switched off in the settings" in (await chat.ask("doctor")).text
    on = await chat.fill(await chat.ask("tips"), "Edit", {**FORM, "corrections": "yes"})
    assert isinstance(on, Shown), on
    await looked(chat)
    assert len((await post_of(chat, SAID)).text) > 0
    assert "Corrections of posts: 1 made" in (await chat.ask("doctor")).text


async def test_a_post_that_was_deleted_is_left_alone(chat: Chat) -> None:
    """The platform says that it is gone: nothing is posted in its place, nor below it, and it is not tried again."""
    tip = await a_tip(chat)
    count = len(await chat.everyone())
    if isinstance(chat, SlackChat):
        chat.world.slack.delete_message(tip.handle)  # type: ignore[arg-type] # a message of this platform
    elif isinstance(chat, TeamsChat):
        await chat.teams.delete_message(chat.alice, tip.handle)  # type: ignore[arg-type] # as above
    rewrite(chat, corrected=True)
    await read_anew(chat)
    await looked(chat)
    found = [(row.kind, row.state, row.attempt) for row in await corrections(chat)]
    assert found == ([("correction", "failed", 1)] if isinstance(chat, SlackChat) else [])  # Teams told us
    assert len(await chat.everyone()) <= count
    async with chat.bot.database.read() as connection:
        assert (await Deliveries().counts(connection))["unknown"] == 0


async def test_an_edit_whose_answer_is_lost_is_made_again(chat: Chat) -> None:
    """It may stand there already: done twice it is the same as once, and the thread is told once."""
    await a_tip(chat)
    rewrite(chat, corrected=True)
    if isinstance(chat, SlackChat):
        chat.world.slack.trouble.append(SlackTrouble("chat.update", "5xx_after"))
    elif isinstance(chat, TeamsChat):
        chat.teams.trouble.append(TeamsTrouble("update", "5xx_after"))
    await read_anew(chat)
    await looked(chat)
    mended = await post_of(chat, SAID)
    assert [(row.kind, row.state, row.attempt) for row in await corrections(chat)] == [
        ("corrected", "sent", 1),
        ("correction", "sent", 2),
    ]
    assert len(await chat.below(mended)) == 1


async def test_a_shared_card_mends_itself_without_its_sharers_name(chat: Chat) -> None:
    """Who shared it is not kept: the card says that it was shared, and what was corrected.

    In Teams an answer is shared in its own place: it becomes the answer again, with every button.
    """
    card = await chat.ask("mission")
    await chat.press(card, "Share")
    shared = await chat.others(card)
    assert f"Shared by {chat.name('alice')}" in shared.text
    rewrite(chat, corrected=True, entry="dimension/mission")
    await read_anew(chat)
    (mended,) = [post for post in await chat.everyone_and_threads() if SAID in post.text]
    assert chat.name("alice") not in mended.text
    is_post = isinstance(chat, SlackChat)
    assert ("Shared · " in mended.text) == is_post
    assert mended.buttons == (shared if is_post else card).buttons
