"""Who turns tips on in Slack finds the zone by what they type, or is told that there is none."""

from tests.handlers.slack.test_tips import open_settings, turn_on
from tests.handlers.slack.world import World


async def test_a_place_that_does_not_exist_is_told_so_with_the_regions(world: World) -> None:
    """Not answered with what merely looks like it: the menu's groups say so, and offer each region's zones."""
    card = await open_settings(world)
    await world.slack.click(world.alice, card, label="Turn on…")
    view = world.slack.view(world.alice)
    assert view is not None
    for typed, zone in (("Munich", "Europe/Berlin"), ("PST", "America/Los_Angeles"), ("Asia/Calcutta", "Asia/Kolkata")):
        found = await world.slack.suggest(world.alice, view, "zone", typed)
        assert (found.error, found.options[0]["value"]) == (None, zone)
        assert found.groups == []
    found = await world.slack.suggest(world.alice, view, "zone", "Narnia")
    assert found.error is None
    assert {label.removeprefix("No zone of that name. ") for label in found.groups} == {
        f"{region}:" for region in ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")
    }


async def test_a_choice_is_forgotten_with_the_workspace(world: World) -> None:
    """Who chose Tokyo before the app was removed is asked anew when it is back."""

    async def offered() -> str:
        card = await open_settings(world)
        await world.slack.click(world.alice, card, label="Turn on…")
        view = world.slack.view(world.alice)
        assert view is not None
        element = next(block["element"] for block in view.body["blocks"] if block.get("block_id") == "zone")
        return str(element.get("initial_option", {}).get("value", ""))

    await turn_on(world, zone="Asia/Tokyo")
    world.slack.revoke_token()
    await world.slack.send_event({"type": "app_uninstalled"})
    await world.settle()
    world.slack.restore_token()
    assert await offered() == ""  # Slack lets this app know nobody's
