"""A tip that is too late from a day on, as people meet it: previews, the swap form, the doctor, and the post."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from content import library
from handlers.context import CurrentContent
from tests.content import decks
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import opened, options, press
from tests.handlers.slack.test_tips import tick, turn_on
from tests.handlers.slack.world import World

SECOND = "    title: Count your cups"  # the second of two tips in file order
BOTH, FIRST = ["Let the water cool", "Count your cups"], ["Let the water cool"]


@pytest.fixture
async def dated(world: World, tmp_path: Path) -> AsyncIterator[World]:
    """Give a world, on Monday 23 November 2026, whose second tip is too late from 2 December on."""
    (tmp_path / "deck").mkdir()
    written = decks.written(tmp_path / "deck", {"tips.yaml": (SECOND, f"    before: 2026-12-02\n{SECOND}")})
    content: CurrentContent = world.bot.content
    shipped, content.library = content.library, library.load(written)
    yield world
    content.library = shipped


async def test_whoever_asks_is_told_why_it_comes_early(dated: World) -> None:
    """It is the one that a channel without tips is shown, and the first once they are on; then the order goes on."""
    assert "Count your cups" in (await ask(dated, "tip")).text
    card = await turn_on(dated)
    weeks = (await press(dated, card, "Upcoming")).text
    assert "Monday 30 November: “Count your cups” (early: out of date from 2 December 2026)" in weeks
    assert "Monday 7 December: “Let the water cool”\n" in f"{weeks}\n"
    assert "It comes early: out of date from 2 December 2026." in (await ask(dated, "tip")).text
    assert "Next: “Count your cups”" in (await ask(dated, "doctor")).text
    for _ in range(3):
        dated.clock.move(days=7)
        await tick(dated)
    posts = [post.text for post in dated.slack.posts(dated.room)]
    assert ["Count your cups" in post for post in posts[-3:]] == [True, False, False]


async def test_from_its_day_on_nobody_is_shown_it(dated: World) -> None:
    """Neither a channel without tips, nor one that begins, nor one that skipped it."""
    card = await press(dated, await turn_on(dated), "Upcoming")
    assert options(await opened(dated, card, "Swap next tip…"), "tip")[1:] == BOTH
    card = await press(dated, await press(dated, card, "Skip next"), "Upcoming")
    assert options(await opened(dated, card, "Swap next tip…"), "tip")[1:] == FIRST
    assert "It comes here Monday 7 December 2026, 09:00 (Europe/Paris)." in (shown := (await ask(dated, "tip")).text)
    assert "Let the water cool" in shown
    assert "early" not in shown
    dated.clock.move(days=9)
    await tick(dated)
    elsewhere = await dated.slack.command(dated.alice, dated.elsewhere, "/pm-compare tip")
    assert elsewhere.ephemeral is not None
    assert "Let the water cool" in elsewhere.ephemeral.text
