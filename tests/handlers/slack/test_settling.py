"""Outcomes that nobody knows, where the bot was granted to read the channel: it looks, and what it finds holds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.shared.trouble import TroubleKind
from playground.slack.emulator import Trouble
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_tips import tick, tips, turn_on
from tests.handlers.slack.world import World


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[World]:
    """Give a world in which the bot may read public channels."""
    async with World(tmp_path, scopes=("channels:history",)) as running:
        yield running
        assert running.failures() == 0


async def come_due(world: World, trouble: TroubleKind) -> None:
    """Let a week go by, and the tip's answer be lost."""
    world.slack.trouble.append(Trouble("chat.postMessage", trouble))
    world.clock.move(days=7)
    keep_time(world)
    await tick(world)
    assert (await world.bot_counts())["unknown"] == 1


async def look(world: World) -> None:
    """Let the outcome rest as long as it has to, and look it up."""
    world.clock.move(minutes=3)
    keep_time(world)
    await world.bot.ticker.reconcile()
    await world.settle()


def keep_time(world: World) -> None:
    """Have Slack's clock show what the bot's does: a message is looked for by its time."""
    world.slack.clock.move_to(world.clock.moment.timestamp())


def looks(world: World) -> int:
    """Count how often the channel was read."""
    return sum(call.method == "conversations.history" for call in world.slack.calls)


@pytest.mark.parametrize("trouble", ["5xx_after", "cut_after", "fatal_error_after"])
async def test_a_tip_whose_answer_was_lost_is_found_and_counts_as_sent(reader: World, trouble: TroubleKind) -> None:
    """It is in the channel: the doctor says so, nothing is posted again, and a reaction to it answers."""
    await turn_on(reader)
    await come_due(reader, trouble)
    (tip,) = tips(reader)
    assert "may or may not have been posted" in (await ask(reader, "doctor")).text
    await look(reader)
    counts = await reader.bot_counts()
    assert (counts["unknown"], counts["planned"], counts["sending"]) == (0, 0, 0)
    told = (await ask(reader, "doctor")).text
    assert "was posted" in told
    assert "may or may not" not in told
    await reader.slack.react(reader.bob, tip, "mag")
    await reader.settle()
    assert len(reader.slack.thread(reader.room, tip.ts)) == 1
    await look(reader)
    await tick(reader)
    assert len(tips(reader)) == 1


@pytest.mark.parametrize("trouble", ["5xx_before", "cut_before"])
async def test_a_tip_that_was_lost_on_its_way_is_posted_once(reader: World, trouble: TroubleKind) -> None:
    """It is not in the channel: it is posted now, by the look alone, and once; reactions to it answer."""
    await turn_on(reader)
    await come_due(reader, trouble)
    assert tips(reader) == []
    await look(reader)
    (tip,) = tips(reader)
    await reader.slack.react(reader.bob, tip, "books")
    await reader.settle()
    assert len(reader.slack.thread(reader.room, tip.ts)) == 1
    await look(reader)
    await tick(reader)
    assert len(tips(reader)) == 1
    assert "was posted" in (await ask(reader, "doctor")).text


async def test_a_look_that_fails_settles_nothing_and_the_next_one_does(reader: World) -> None:
    """Slack answers 503: the tip stays unknown, is not posted again, and is found another time."""
    await turn_on(reader)
    await come_due(reader, "5xx_after")
    reader.slack.trouble.append(Trouble("conversations.history", "5xx_before"))
    await look(reader)
    assert ((await reader.bot_counts())["unknown"], len(tips(reader)), looks(reader)) == (1, 1, 1)
    reader.clock.move(minutes=30)
    await look(reader)
    assert ((await reader.bot_counts())["unknown"], len(tips(reader)), looks(reader)) == (0, 1, 2)


async def test_an_introduction_that_is_found_turns_tips_on(reader: World) -> None:
    """Nobody knew whether it was posted, so tips waited; once it is found they are on, and a tip comes next week."""
    keep_time(reader)
    reader.slack.trouble.append(Trouble("chat.postMessage", "5xx_after"))
    await turn_on(reader)
    assert len(reader.slack.posts(reader.room)) == 1
    assert "are on" not in (await ask(reader, "tips")).text
    await look(reader)
    assert "are on" in (await ask(reader, "tips")).text
    reader.clock.move(days=7)
    await tick(reader)
    assert len(reader.slack.posts(reader.room)) == 2


async def test_without_the_scope_the_channel_is_never_read(world: World) -> None:
    """The bot we ship may not read: the tip waits for a person, and nothing is asked."""
    await turn_on(world)
    await come_due(world, "5xx_after")
    await look(world)
    assert ((await world.bot_counts())["unknown"], len(tips(world)), looks(world)) == (1, 1, 0)
