"""The weekly tip that one person gets by direct message: turned on, steered and seen by them alone."""

import pytest

from playground.slack.emulator import Ephemeral, User
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import asked, filled, opened, press
from tests.handlers.slack.test_tips import FORM, tick
from tests.handlers.slack.world import World, labels
from tests.in_order import received


async def turn_on_alone(world: World, person: User | None = None) -> Ephemeral:
    """Turn a person's own tips on from the room, and give the settings card as it is afterwards."""
    card = await asked(world, person or world.alice, "tips me")
    view = await opened(world, card, "Turn on…", person)
    return await filled(world, view, person, **FORM)


async def test_a_tip_for_one_person_comes_by_direct_message(world: World) -> None:
    """The introduction and the tips go to the person alone; the channel they asked in hears nothing."""
    card = await turn_on_alone(world)
    assert "Your own weekly tips are on" in card.text
    assert labels(card) == ["Edit", "Skip next", "Upcoming", "Pause…", "More…"]
    dm = world.slack.dm(world.alice)
    (introduction,) = world.slack.posts(dm)
    assert "for yourself alone" in introduction.text
    assert "/pm-compare tips me" in introduction.text
    world.clock.move(days=7)
    await tick(world)
    tip = world.slack.posts(dm)[-1]
    assert received(world.bot.content.library, 1)[0].title in tip.text
    assert world.slack.posts(world.room) == []
    assert "Weekly tips for" in (await ask(world, "tips")).text


async def test_a_reaction_on_it_is_answered_in_its_thread(world: World) -> None:
    """Going deeper works in the direct message as it does in a channel."""
    await turn_on_alone(world)
    world.clock.move(days=7)
    await tick(world)
    dm = world.slack.dm(world.alice)
    tip = world.slack.posts(dm)[-1]
    await world.slack.react(world.alice, tip, "mag")
    await world.settle()
    assert len(world.slack.thread(dm, tip.ts)) == 1


async def test_it_is_steered_from_anywhere_by_the_person_and_by_nobody_else(world: World) -> None:
    """Alice's words and buttons reach hers from any channel; the same ones of Bob reach his own, which he has not."""
    await turn_on_alone(world)
    card = await ask(world, "tips me")
    card = await press(world, card, "Skip next")
    assert "Next: Monday 7 December 2026" in card.text
    assert "are paused" in (await ask(world, "tips me pause")).text
    for value in ("tips-resume|||me", f"tips-resume|||{world.alice.id}", f"tips-off|||{world.alice.id}"):
        await world.press_raw_as(world.bob, value)
        await world.settle()
    assert "are paused" in (await ask(world, "tips me")).text
    assert "are off" in (await asked(world, world.bob, "tips me")).text
    assert f"paused by <@{world.alice.id}>".casefold() in (await ask(world, "tips me doctor")).text.casefold()


async def test_in_a_direct_message_the_tips_are_ones_own(world: World) -> None:
    """`tips` typed to the bot itself is about the person's own, and the introduction's button leads there."""
    await turn_on_alone(world)
    dm = world.slack.dm(world.alice)
    typed = await world.slack.command(world.alice, dm, "/pm-compare tips")
    assert typed.ephemeral is not None
    assert "Your own weekly tips are on" in typed.ephemeral.text
    await world.slack.click(world.alice, world.slack.posts(dm)[0], label="Settings")
    await world.settle()
    assert "Your own weekly tips are on" in world.slack.ephemerals(world.alice, dm)[-1].text


@pytest.mark.parametrize("words", ["tips", "help"])
async def test_it_is_offered_where_people_look(world: World, words: str) -> None:
    """A button on the settings card and on the answer to help leads to it."""
    card = await press(world, await ask(world, words), "Tips just for me…")
    assert "Your own weekly tips are off" in card.text
    assert "Nobody else sees it" in card.text


async def test_everything_less_common_works_for_it_too(world: World) -> None:
    """More has no owners; an extra tip, quiet dates, history and turning off are there."""
    more = await press(world, await turn_on_alone(world), "More…")
    assert labels(more) == [
        "Send one now",
        "Quiet dates…",
        "History",
        "Status",
        "Turn off",
        "‹ Settings",
    ]
    await press(world, more, "Send one now")
    assert len(world.slack.posts(world.slack.dm(world.alice))) == 2
    assert "turned tips on" in (await ask(world, "tips me history")).text
    await world.press_raw_as(world.alice, "tips-claim|||me")
    await world.press_raw_as(world.alice, "tips-edit||owners|me")
    await world.settle()
    assert world.slack.view(world.alice) is None
    more = await press(world, await ask(world, "tips me"), "More…")
    assert "are off" in (await press(world, more, "Turn off")).text
