"""Forged on Teams: whatever a press or a dialog carries is answered, and no fault of ours."""

import pytest

from cards.model import FORMS, Action
from tests.handlers import forged
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, ROOM, Place
from tests.handlers.teams.hearing import Hearing, shown


def real(bot: Hearing) -> tuple[str, ...]:
    """Give a subject of each kind that is there; the tip has a question."""
    library = bot.content.library
    tip = next(tip for tip in library.tips if tip.recall is not None)
    return (f"tip/{tip.id}", f"dilemma/{library.dilemmas[0].id}", f"dimension/{library.dimensions[0].id}")


@pytest.mark.parametrize("place", [ALONE, ROOM], ids=["alone", "room"])
async def test_every_press_is_answered(bot: Hearing, place: Place) -> None:
    """Each verb, with everything that no card of ours has beside it."""
    for value in forged.values(*real(bot)):
        reply = await bot.hears.hear(activities.pressed(ALICE, place, "m1", value))
        assert reply.status == 200, value
    await bot.settle()


async def test_every_dialog_is_answered(bot: Hearing) -> None:
    """Asked for by a verb that opens none, or sent under one that takes none."""
    for value in forged.values(*real(bot)):
        opening = activities.invoked(ALICE, ALONE, "task/fetch", {"data": activities.data(value)})
        assert (await bot.hears.hear(opening)).status == 200, value
        sent = {**activities.data(value), "context": "{}", "words": "\x00", "day": "9" * 5000, "at": "x"}
        assert (await bot.hears.hear(activities.submitted(ALICE, ALONE, sent))).status == 200, value
    await bot.settle()


@pytest.mark.parametrize("verb", sorted(FORMS.values()))
async def test_what_comes_back_from_a_form_is_no_press(bot: Hearing, verb: str) -> None:
    """A button of ours opens a form, and none carries what the form comes back under."""
    if verb != "tips-save":
        reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", f"{verb}||"))
        assert "This card has been retired" in shown(reply)


@pytest.mark.parametrize("argument", ["", "x", "-1", "٣", "9", "9:2", ":2", "9:9:9"])
async def test_an_answer_that_is_no_option_is_asked_for_again(bot: Hearing, argument: str) -> None:
    """It counts as none of them, and so does a choice."""
    tip = next(tip for tip in bot.content.library.tips if tip.recall is not None)
    assert tip.recall is not None
    reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", f"recall-choose|tip/{tip.id}|{argument}"))
    assert tip.recall.question in shown(reply)
    assert all(option.label in shown(reply) for option in tip.recall.options)
    dilemma = bot.content.library.dilemmas[0]
    reply = await bot.hear(activities.pressed(ALICE, ALONE, "m1", f"choose|dilemma/{dilemma.id}|x{argument}"))
    assert f"choose|dilemma/{dilemma.id}|" in shown(reply)


@pytest.mark.parametrize("value", forged.REFUSED)
def test_no_action_of_ours_is_long_or_unseen(value: str) -> None:
    """A value of the allowed length is read; one sign more, or one that nobody sees, makes it none of ours."""
    with pytest.raises(ValueError, match="not an action"):
        Action.decode(value)
    longest = "show||" + "x" * 144
    assert Action.decode(longest).encode() == longest
    with pytest.raises(ValueError, match="not an action"):
        Action.decode(longest + "x")
