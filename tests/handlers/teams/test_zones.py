"""Who turns tips on in Teams finds the zone by what they type, or is told that there is none."""

from datetime import timedelta

from cards.model import Action
from tests.handlers.teams import activities
from tests.handlers.teams.activities import BOB, GENERAL, ROOM
from tests.handlers.teams.hearing import MONDAY, Hearing, shown
from tests.handlers.teams.test_tips import FORM, field, opened, sent, turn_on


async def test_a_zone_is_found_by_typing_what_people_call_it(bot: Hearing) -> None:
    """Teams asks the bot while somebody types: the right zone first; where there is none, that is said first."""
    dialog = await bot.hear(activities.opened(BOB, ROOM, "m1", Action("tips-edit", None, "settings")))
    query = field(dialog, "zone")["choices.data"]
    assert query == {"type": "Data.Query", "dataset": "zones"}

    async def found(typed: str) -> list[dict[str, str]]:
        asked = {"queryText": typed, "queryOptions": {"skip": 0, "top": 15}, "dataset": query["dataset"]}
        reply = await bot.hear(activities.invoked(BOB, ROOM, "application/search", asked))
        assert (reply.status, reply.body["type"]) == (200, "application/vnd.microsoft.search.searchResponse")
        results: list[dict[str, str]] = reply.body["value"]["results"]
        assert 1 <= len(results) <= 15
        return results

    for typed, zone in (("Munich", "Europe/Berlin"), ("IST", "Asia/Kolkata"), ("US/Pacific", "America/Los_Angeles")):
        assert (await found(typed))[0]["value"] == zone
    assert (await found("Portland"))[0]["title"] == "America/Los_Angeles (UTC-08:00) · Portland, Oregon, United States"
    assert (await found("Narnia"))[0] == {"title": "No zone of that name. By region:", "value": ""}
    assert len(await found("")) == 15


async def test_a_persons_zone_has_its_name_of_today(bot: Hearing) -> None:
    """Apps on Windows and in browsers tell names of before."""
    opening = activities.opened(BOB, ROOM, "m1", Action("tips-edit", None, "settings"))
    opening["localTimezone"] = "Asia/Calcutta"
    assert field(await bot.hear(opening), "zone")["value"] == "Asia/Kolkata"


async def test_what_is_typed_and_no_zone_is_a_fault_at_its_field(bot: Hearing) -> None:
    """Some clients send the words themselves: they never pass for the zone of before, and the right one is named."""
    dialog = await opened(bot, BOB, ROOM, Action("tips-edit", None, "settings"))
    assert field(dialog, "zone")["errorMessage"] == "Choose a time zone from the list, such as Europe/Paris."
    reply = await bot.hear(activities.submitted(BOB, ROOM, sent(dialog, FORM | {"zone": "Pariss"})))
    assert "“Pariss” is not a time zone: write Europe/Paris" in shown(reply)
    assert await bot.subscription(ROOM.id) is None


async def test_a_choice_is_forgotten_with_the_team(bot: Hearing) -> None:
    """Who chose Tokyo there is offered their own zone again, once the app was removed from the team."""
    edit = Action("tips-edit", None, "settings")
    await bot.hear(activities.installed(BOB, GENERAL))
    await turn_on(bot, BOB, ROOM, zone="Asia/Tokyo")
    assert field(await opened(bot, BOB, GENERAL, edit), "zone")["value"] == "Asia/Tokyo"
    await bot.hear(activities.installed(BOB, GENERAL, "remove", at=MONDAY + timedelta(days=1)))
    assert field(await opened(bot, BOB, GENERAL, edit), "zone")["value"] == "America/New_York"
