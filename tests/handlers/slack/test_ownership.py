"""Who may change weekly tips on Slack: taking over, and workspace admins."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.slack.emulator import Trouble
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.test_steering import asked, filled, latest, mistakes, opened, press
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World, labels


@pytest.fixture
async def seeing(tmp_path: Path) -> AsyncIterator[World]:
    """Give a world in which users:read was granted."""
    async with World(tmp_path, scopes=("users:read",)) as world:
        yield world
        assert world.failures() == 0
        assert world.slack.faults == []


async def test_an_owner_who_does_not_answer_loses_them_after_72_hours(world: World) -> None:
    """Asking tells the owner by direct message; asking again too early changes nothing, after three days it does."""
    await turn_on(world, changed_by="owner")
    card = await asked(world, world.bob, "tips")
    card = await press(world, card, "Take over…", world.bob)
    assert f"<@{world.alice.id}> has a direct message now, and 72 hours" in card.text
    (notice,) = world.slack.posts(world.slack.dm(world.alice))
    assert f"<@{world.bob.id}> asks to take over the weekly tips for <#{world.room.id}>" in notice.text
    assert "Keep them" in labels(await ask(world, "tips"))
    world.clock.move(hours=71)
    await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    assert "are paused" not in (await asked(world, world.bob, "tips pause")).text
    world.clock.move(hours=2)
    card = await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    assert f"Set up by <@{world.bob.id}>" in card.text
    assert "Edit" in labels(card)
    assert len(world.slack.posts(world.slack.dm(world.alice))) == 1
    history = (await ask(world, "tips history")).text
    assert f"<@{world.bob.id}> asked to take the tips over from <@{world.alice.id}>" in history


async def test_an_owner_who_answers_keeps_them(world: World) -> None:
    """Keep them in the direct message voids the request; only the owner's click counts."""
    await turn_on(world, changed_by="owner")
    await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    (notice,) = world.slack.posts(world.slack.dm(world.alice))
    await world.press_raw_as(world.bob, f"tips-decline-claim|||{world.room.id}")
    await world.settle()
    assert "are not yours" in latest(world, world.bob).text
    await world.slack.click(world.alice, notice, label="Keep them")
    await world.settle()
    (told,) = world.slack.posts(world.slack.dm(world.alice))
    assert f"The weekly tips for <#{world.room.id}> stay yours" in told.text
    assert "Keep them" not in told.text  # the button goes with the question
    await world.press_raw_as(world.alice, f"tips-decline-claim|||{world.room.id}")
    await world.settle()
    assert "They are yours already" in latest(world, world.alice).text
    world.clock.move(hours=80)
    card = await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    assert "I asked the owner" in card.text
    assert f"kept the tips when asked by <@{world.bob.id}>" in (await ask(world, "tips history")).text


async def test_somebody_elses_request_stands(world: World) -> None:
    """While one request waits, a second person is told whose it is."""
    await turn_on(world, changed_by="owner")
    await press(world, await asked(world, world.bob, "tips"), "Take over…", world.bob)
    card = await press(world, await asked(world, world.carol, "tips"), "Take over…", world.carol)
    assert f"<@{world.bob.id}> has already asked for them" in card.text


async def test_an_owner_who_has_left_is_replaced_at_once(seeing: World) -> None:
    """With users:read, Slack says that the owner is gone: whoever asks owns the tips at once."""
    await turn_on(seeing, changed_by="owner")
    await seeing.stop()  # what Slack said of Alice is remembered for five minutes
    await seeing.start()
    seeing.slack.deactivate(seeing.alice)
    card = await press(seeing, await asked(seeing, seeing.bob, "tips"), "Take over…", seeing.bob)
    assert f"Set up by <@{seeing.bob.id}>" in card.text
    assert seeing.slack.posts(seeing.slack.dm(seeing.alice)) == []


async def test_admins_are_offered_only_where_they_can_be_told(world: World) -> None:
    """Without users:read the form has two choices; a form that names the third is refused under its field."""
    view = await opened(world, await ask(world, "tips"), "Turn on…")
    field = next(block["element"] for block in view.blocks if block["block_id"] == "changed_by")
    assert [option["value"] for option in field["options"]] == ["anyone", "owner"]


async def test_workspace_admins_may_change_what_a_channel_left_to_them(seeing: World) -> None:
    """Alice owns, Carol is an admin, Bob is neither: card, word, click and form tell them apart."""
    card = await turn_on(seeing, changed_by="admins")
    assert "workspace admins can change them too" in card.text
    assert "Edit" not in labels(await asked(seeing, seeing.bob, "tips"))
    card = await asked(seeing, seeing.carol, "tips")
    assert labels(card)[:4] == ["Edit", "Skip next", "Upcoming", "Pause…"]
    assert "Only the person who set this up, and workspace admins" in (await asked(seeing, seeing.bob, "tips off")).text
    view = await opened(seeing, card, "Pause…", seeing.carol)
    card = await filled(seeing, view, seeing.carol, until="2026-12-14")
    assert f"Paused by <@{seeing.carol.id}>" in card.text
    assert "are on" in (await asked(seeing, seeing.carol, "tips resume")).text
    await seeing.press_raw_as(seeing.bob, "tips-pause||")
    await seeing.press_raw_as(seeing.bob, "tips-edit||pause")
    await seeing.settle()
    assert seeing.slack.view(seeing.bob) is None
    assert "are on" in (await ask(seeing, "tips")).text


async def test_a_form_of_one_who_is_no_admin_any_more_is_refused_under_its_field(seeing: World) -> None:
    """What was open when the channel still left it to anyone is judged by what holds when it is sent."""
    card = await turn_on(seeing)
    bobs = await opened(seeing, await asked(seeing, seeing.bob, "tips"), "Pause…", seeing.bob)
    await filled(seeing, await opened(seeing, card, "Edit"), changed_by="admins")
    await seeing.slack.submit(seeing.bob, bobs, {"until": "2026-12-14"})
    assert "workspace admins, can change it" in mistakes(seeing, seeing.bob)["until"]


async def test_a_slow_look_up_does_not_hold_the_acknowledgement(seeing: World) -> None:
    """Who is an admin is asked after the answer to Slack has left, and the card comes through the response_url."""
    await turn_on(seeing, changed_by="admins")
    seeing.slack.trouble.append(Trouble("users.info", "slow", seconds=0.3))
    answer = await seeing.slack.command(seeing.bob, seeing.room, "/pm-compare tips pause")
    assert (answer.status, answer.ephemeral) == (200, None)
    await seeing.settle()
    assert "workspace admins, can change it" in latest(seeing, seeing.bob).text
