"""Home on Teams: tips are steered from a person's own chat by their owners, whatever a button or a form says."""

import json
from typing import get_args

import pytest
from msgspec.structs import replace

from cards.model import Action, FormName, Verb
from store.subscriptions import Subscriptions
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, BOBS, ROOM
from tests.handlers.teams.hearing import Hearing, card_of, shown
from tests.handlers.teams.test_tips import FORM, opened, sent, turn_on

STEERING: tuple[Verb, ...] = ("tips-pause", "tips-skip", "tips-off", "tips-now", "tips-claim")
LOOKING: tuple[Verb, ...] = ("tips", "tips-more", "tips-history", "tips-doctor", "tips-preview", "tips-upcoming")


@pytest.mark.parametrize("verb", [*STEERING, *LOOKING])
async def test_others_neither_see_nor_change_tips_from_their_own_chat(bot: Hearing, verb: Verb) -> None:
    """Though anyone may in the channel: a forged button is refused, and nothing of it is said."""
    await turn_on(bot)
    before = await bot.subscription(ROOM.id)
    reply = await bot.hear(activities.pressed(BOB, BOBS, "m1", Action(verb, place=ROOM.id)))
    assert "not yours to change here" in card_of(reply)
    assert "Mondays" not in card_of(reply)
    assert await bot.subscription(ROOM.id) == before


@pytest.mark.parametrize("form", get_args(FormName))
async def test_no_dialog_opens_for_others_from_their_own_chat(bot: Hearing, form: FormName) -> None:
    """A sentence says why."""
    await turn_on(bot)
    reply = await opened(bot, BOB, BOBS, Action("tips-edit", None, form, ROOM.id))
    assert "not yours to change here" in shown(reply)


async def test_owners_change_tips_from_their_own_chat(bot: Hearing) -> None:
    """By button and by dialog, which comes back with where it belongs."""
    await turn_on(bot)
    reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", Action("tips", place=ROOM.id)))
    assert "are on" in card_of(reply)
    dialog = await opened(bot, ALICE, ALONE, Action("tips-edit", None, "settings", ROOM.id), target="m1")
    await bot.hear(activities.submitted(ALICE, ALONE, sent(dialog, FORM | {"at": "11:00"})))
    room = await bot.subscription(ROOM.id)
    assert room is not None
    assert room.at == "11:00"
    reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", Action("tips-off", place=ROOM.id)))
    assert "To turn them on again" in card_of(reply)
    room = await bot.subscription(ROOM.id)
    assert room is not None
    assert room.state == "off"
    # Those that are off belong to nobody: who turns them on does so where they come.
    reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", Action("tips", place=ROOM.id)))
    assert "not yours to change here" in card_of(reply)


async def test_a_conversation_with_too_long_an_id_for_a_button_is_counted_and_not_listed(bot: Hearing) -> None:
    """The others stand there all the same."""
    await turn_on(bot)
    async with bot.database.write() as connection:
        row = await Subscriptions().find(connection, "teams", activities.TENANT, ROOM.id)
        assert row is not None
        await Subscriptions().insert(connection, replace(row, id="0" * 32, conversation="19:" + "x" * 200))
    said = await bot.said(activities.said(ALICE, ALONE, "home"))
    assert "Mondays 09:00" in said.words
    assert "You manage 1 more" in said.words


async def test_a_form_names_another_conversation_for_its_owners_alone(bot: Hearing) -> None:
    """What Bob's form brings along is no proof."""
    await turn_on(bot)
    dialog = await opened(bot, BOB, BOBS, Action("tips-edit", None, "settings"))
    forged = sent(dialog, FORM | {"at": "23:00"})
    forged["context"] = json.dumps({"place": ROOM.id, "message": "m1"})
    reply = await bot.hear(activities.submitted(BOB, BOBS, forged))
    assert "not yours to change here" in shown(reply) or "Only the person who set this up" in shown(reply)
    room = await bot.subscription(ROOM.id)
    assert room is not None
    assert room.at == "09:00"


async def test_a_card_that_was_asked_for_by_form_in_a_channel_comes_to_the_own_chat(bot: Hearing) -> None:
    """Nobody else is shown it."""
    dialog = await opened(bot, ALICE, ROOM, Action("compare"))
    before = len(bot.teams.said)
    reply = await bot.hear(activities.submitted(ALICE, ROOM, sent(dialog, {"dimension": "risks"})))
    await bot.settle()
    assert "in our chat" in shown(reply)
    (card,) = bot.teams.said[before:]
    assert card.address.conversation == ALICE.aad
    assert "7 · Risks and responsibilities" in card.words
