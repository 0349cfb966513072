"""What is another person's or tenant's on Teams: named in every press and dialog, and neither changed nor told."""

import pytest

from cards.model import FORMS, Action
from tests.handlers import foreign
from tests.handlers.teams import activities
from tests.handlers.teams.activities import BOB, BOBS, ROOM, TENANT, Place
from tests.handlers.teams.hearing import Hearing, shown
from tests.store.test_personal import plant

OTHERS, ELSEWHERE = "others-0000", "9e9e9e9e-0000-4000-8000-00000000dead"


async def planted(bot: Hearing) -> list[str]:
    """Write down what belongs to somebody here, and to somebody of another tenant; gives ids of it."""
    async with bot.database.write() as connection:
        await plant(connection, OTHERS, TENANT, "a:others", "teams")
        await plant(connection, "theirs-0000", ELSEWHERE, "a:theirs", "teams")
        return list(await foreign.names(connection, OTHERS, ELSEWHERE))


async def kept(bot: Hearing) -> foreign.Rows:
    """Read it."""
    async with bot.database.read() as connection:
        return await foreign.rows(connection, OTHERS, ELSEWHERE)


@pytest.mark.parametrize("place", [BOBS, ROOM], ids=["alone", "room"])
async def test_every_press_that_names_what_is_not_theirs_changes_nothing_of_it(bot: Hearing, place: Place) -> None:
    """Each verb, with ids of each kind, pressed and sent as a dialog, whose data Teams takes from the app as it is."""
    named = await planted(bot)
    before = await kept(bot)
    for value in foreign.values(named):
        reply = await bot.hears.hear(activities.pressed(BOB, place, "m1", value))
        assert reply.status == 200, value
    dilemma = bot.content.library.dilemmas[0].id
    for context in foreign.carried(named):
        for verb in sorted(set(FORMS.values())):
            for argument in ("settings", "pause", "owners") if verb == "tips-save" else ("",):
                sent = activities.data(f"{verb}|dilemma/{dilemma}|{argument}") | {"context": context}
                reply = await bot.hears.hear(activities.submitted(BOB, place, sent))
                assert reply.status == 200, (verb, context)
    await bot.tasks.drain(5)
    assert await kept(bot) == before


async def test_a_conversation_of_another_tenant_is_not_found_by_its_id(bot: Hearing) -> None:
    """An activity of our tenant that names it: what stands under that id belongs to the other one, and stays there."""
    await planted(bot)
    theirs = Place("channel", "C1theirs-0000", "", activities.TEAM)
    before = await kept(bot)
    for verb in ("tips-pause", "tips-off", "tips-skip"):
        reply = await bot.hear(activities.pressed(BOB, theirs, "m1", Action(verb)))
        assert "There is nothing to change yet" in shown(reply)
    now = await kept(bot)
    assert [row for row in now if ELSEWHERE in row[1]] == [row for row in before if ELSEWHERE in row[1]]


async def test_what_is_there_and_not_theirs_is_answered_like_what_is_not_there(bot: Hearing) -> None:
    """So that nobody learns by guessing ids."""
    named = [one for one in await planted(bot) if len(one) == len("f" * 32)]
    assert named

    async def said(value: str) -> str:
        return shown(await bot.hear(activities.pressed(BOB, BOBS, "m1", value)))

    for verb in ("plan-done", "plan-later", "plan-drop", "tips-send"):
        nothing = await said(f"{verb}||{'f' * 32}")
        assert {await said(f"{verb}||{one}") for one in named} == {nothing}, verb
    nothing = await said(f"vote||{'f' * 32}:0")
    assert {await said(f"vote||{one}:0") for one in named} == {nothing}
