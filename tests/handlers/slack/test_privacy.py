"""What is held about somebody on Slack: told to them alone, and deleted where they say so."""

from playground.slack.emulator import User
from store import personal
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import asked, filled, opened, press
from tests.handlers.slack.test_tips import tick, turn_on
from tests.handlers.slack.world import World, labels
from tests.store.test_personal import named

DELETE = "Delete what is held about me"


async def live(world: World) -> None:
    """Have Alice own a channel's tips, get tips of her own, turn her gap on, vote, and save a tip."""
    await turn_on(world)
    await filled(world, await opened(world, await ask(world, "tips me"), "Turn on…"))
    await press(world, await ask(world, "me"), "Turn on")
    await ask(world, "risks")
    await ask(world, "tips skip")
    await world.settle()


async def rows(world: World, person: User) -> set[str]:
    """List the columns that name somebody."""
    async with world.bot.database.read() as connection:
        return await named(connection, person.id, world.slack.team)


async def test_whoever_asks_is_told_what_is_held_about_them(world: World) -> None:
    """By kind, in plain words, and what the bot sees and keeps of everybody below it; nobody else is told."""
    assert "Nothing is held about you here" in (await ask(world, "privacy")).text
    await live(world)
    card = await ask(world, "privacy")
    for words in (
        "your own weekly tips",
        "that you own the tips of one channel",
        "with your id",
        "your own gap: one entry",
        "no permission to read messages",
    ):
        assert words in card.text
    bobs = await asked(world, world.bob, "privacy")
    assert "Nothing is held about you here" in bobs.text
    assert DELETE not in labels(bobs)


async def test_one_press_deletes_it_and_channels_go_on(world: World) -> None:
    """Nothing in the database names them any more; the channel's tips come, and a member takes them over at once."""
    await live(world)
    assert "subscription.owner" in await rows(world, world.alice)
    card = await press(world, await ask(world, "privacy"), DELETE)
    assert "Deleted" in card.text
    assert "without you" in card.text
    assert await rows(world, world.alice) == set()
    assert "Nothing is held about you here" in (await ask(world, "privacy")).text
    assert "are off" in (await ask(world, "tips me")).text
    settings = await asked(world, world.bob, "tips")
    assert "Weekly tips are on" in settings.text
    assert "somebody who had their data deleted skipped the next tip" in (await ask(world, "tips history")).text
    await asked(world, world.bob, "tips keep")
    world.clock.move(days=7, hours=1)
    await tick(world)
    assert any(post.text.startswith("AI PM tip") for post in world.slack.posts(world.room))


async def test_a_second_press_finds_nothing(world: World) -> None:
    """As a card that stood there before has it, and a press that Slack sends again."""
    await live(world)
    card = await ask(world, "privacy")
    await press(world, card, DELETE)
    await world.press_raw_as(world.alice, "privacy-forget||")
    await world.settle()
    assert "There is nothing to delete" in world.slack.ephemerals(world.alice, world.room)[-1].text


async def test_nobody_deletes_what_is_held_about_another(world: World) -> None:
    """Whatever a button names: what goes is found by who pressed it."""
    await live(world)
    before = await rows(world, world.alice)
    for value in (f"privacy-forget||{world.alice.id}", f"privacy-forget|||{world.alice.id}", "privacy-forget|||me"):
        await world.press_raw_as(world.bob, value)
    await world.settle()
    assert await rows(world, world.alice) == before


async def test_what_is_private_is_not_said_in_public(world: World) -> None:
    """A mention is answered with what is true for all, and the way to one's own."""
    await live(world)
    message, _ = await world.slack.mention(world.alice, world.room, "privacy")
    await world.settle()
    (post,) = world.slack.thread(world.room, message.ts)
    assert "sees and keeps" in post.text
    assert "held about you" not in post.text
    assert labels(post) == ["What is held about me"]
    assert "your own gap" in (await press(world, post, "What is held about me")).text
    assert personal.FORGOTTEN not in post.text
