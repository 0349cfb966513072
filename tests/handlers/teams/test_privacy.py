"""What is held about somebody on Teams: told to them alone, and deleted where they say so."""

from cards.model import Action
from messengers.base import Address
from scheduler.subscriptions import turning_on
from scheduler.weekly import Schedule
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, BOBS, ROOM, TENANT
from tests.handlers.teams.hearing import Hearing, card_of
from tests.store.test_personal import named

DELETE = Action("privacy-forget")


async def live(bot: Hearing) -> None:
    """Have Alice own a channel's tips, turn her gap on, and open something in her chat."""
    address = Address("teams", TENANT, ROOM.id)
    async with bot.database.write() as connection:
        addition = turning_on.Addition(address, Schedule.parse("monday", "09:00", "UTC"), owner=ALICE.aad)
        await turning_on.add_each(connection, [addition], introduce=False, now=bot.moment)
    await bot.hear(activities.pressed(ALICE, ALONE, "m0", Action("me-on")))
    await bot.said(activities.said(ALICE, ALONE, "risks"))


async def columns(bot: Hearing, id_: str) -> set[str]:
    """List the columns that name somebody."""
    async with bot.database.read() as connection:
        return await named(connection, id_, TENANT)


async def test_whoever_asks_in_their_own_chat_is_told(bot: Hearing) -> None:
    """By kind, with what stays and why; another is told of themselves."""
    await live(bot)
    said = (await bot.said(activities.said(ALICE, ALONE, "privacy"))).words
    for words in (
        "that you own the tips of one channel",
        "your own gap",
        "posts in our chat",
        "address of our chat",
    ):
        assert words in said
    assert "no permission to read messages" in said
    bobs = (await bot.said(activities.said(BOB, BOBS, "privacy"))).words
    assert "that you own" not in bobs
    assert "could be deleted" in bobs  # the chat's address alone


async def test_one_press_deletes_it(bot: Hearing) -> None:
    """Nothing names them but the chat in which they are answered, which Teams does not find by itself."""
    await live(bot)
    assert "subscription.owner" in await columns(bot, ALICE.aad)
    card = card_of(await bot.hear(activities.pressed(ALICE, ALONE, "m1", DELETE)))
    assert "Deleted" in card
    assert "This stays: the address of our chat" in card
    assert await columns(bot, ALICE.aad) == {"conversation.person"}
    tips = await bot.subscription(ROOM.id)
    assert tips is not None
    assert (tips.state, tips.owner) == ("on", "")
    again = card_of(await bot.hear(activities.pressed(ALICE, ALONE, "m1", DELETE)))
    assert "There is nothing to delete" in again


async def test_nobody_deletes_what_is_held_about_another(bot: Hearing) -> None:
    """Whatever the card that was sent names."""
    await live(bot)
    before = await columns(bot, ALICE.aad)
    for place in (ROOM, BOBS):
        for action in (DELETE, Action("privacy-forget", argument=ALICE.aad), Action("privacy-forget", place=ALICE.aad)):
            await bot.hear(activities.pressed(BOB, place, "m1", action))
    assert await columns(bot, ALICE.aad) == before


async def test_what_is_private_is_not_said_in_public(bot: Hearing) -> None:
    """In a channel all read what is true for all; the button tells who presses it."""
    await live(bot)
    said = await bot.said(activities.said(ALICE, ROOM, "privacy"))
    assert "held about you" not in said.words
    assert "What is held about me" in said.words
    card = card_of(await bot.hear(activities.pressed(ALICE, ROOM, said.message_id, Action("privacy"))))
    assert "that you own the tips of one channel" in card
    assert bot.teams.said[-1] == said
