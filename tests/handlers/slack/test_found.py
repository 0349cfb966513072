"""What was found on Slack: a tip is opened, kept for oneself, and never posted for all where keeping fails."""

import pytest

from playground.slack.emulator import Ephemeral, Trouble
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.world import World, labels

TRUST = "how do I know the bot's sources are real"


async def opened(world: World) -> Ephemeral:
    """Ask, open the tip that answers, and give its card."""
    answer = await ask(world, TRUST)
    await world.slack.click(world.alice, answer, label="Open the tip")
    await world.settle()
    return world.slack.ephemerals(world.alice, world.room)[-1]


@pytest.mark.parametrize("code", ["messages_tab_disabled", "channel_not_found", "restricted_action", "user_disabled"])
async def test_what_could_not_be_kept_is_said_and_can_be_kept_again(world: World, code: str) -> None:
    """In words of its own; nothing offers to post it for everybody, or to invite the bot into a direct message."""
    card = await opened(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "error", error=code))
    await world.slack.click(world.alice, card, label="Save for later")
    await world.settle()
    said = world.slack.ephemerals(world.alice, world.room)[-1]
    assert "I could not send it to you" in said.text
    assert labels(said) == ["Save for later"]
    assert "/invite" not in said.text
    assert world.slack.posts(world.room) == []


async def test_a_tip_that_has_gone_is_said_to_be_gone(world: World) -> None:
    """Its buttons stay in old cards."""
    for verb in ("keep", "share", "show"):
        card = await opened(world)
        rows = [block["elements"] for block in card.blocks if block["type"] == "actions"]
        options = [option for row in rows for each in row for option in each.get("options", ())]
        (keep,) = [each for each in options if each["value"].startswith("keep|")]
        keep["value"] = f"{verb}|tip/no-such-tip|"
        await world.slack.click(world.alice, card, label="Save for later")
        await world.settle()
        assert "This card has been retired" in world.slack.ephemerals(world.alice, world.room)[-1].text
    assert world.slack.posts(world.room) == []


async def test_a_level_of_a_tip_leads_back_to_it(world: World) -> None:
    """Sharing and keeping are not lost by looking deeper."""
    card = await opened(world)
    await world.slack.click(world.alice, card, label="Exercise")
    await world.settle()
    deeper = world.slack.ephemerals(world.alice, world.room)[-1]
    assert "A plan to copy:" in deeper.text
    await world.slack.click(world.alice, deeper, label="‹ Back to the tip")
    await world.settle()
    assert {"Share", "Save for later"} <= set(labels(world.slack.ephemerals(world.alice, world.room)[-1]))
