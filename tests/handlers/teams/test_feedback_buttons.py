"""Teams' own feedback buttons, which no post of ours asks for: what they send is answered as Teams wants it."""

import pytest

from handlers.teams import responses
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, GROUP, ROOM, Place
from tests.handlers.teams.hearing import Hearing

LIKED = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": '{"feedbackText": "Thanks"}'}}
VALUES = [LIKED, {"actionName": "feedback", "actionValue": None}, {"actionName": 7}, {}, None, "words"]


@pytest.mark.parametrize("place", [ALONE, GROUP, ROOM])
@pytest.mark.parametrize("value", VALUES, ids=str)
async def test_what_is_submitted_is_answered_empty(bot: Hearing, place: Place, value: object) -> None:
    """Teams: 200 with an object that has nothing in it, whatever was sent; anything else is a 400 to the client."""
    reply = await bot.hear(activities.invoked(ALICE, place, "message/submitAction", value, target="m1"))
    assert (reply.status, reply.body) == (200, {})
    assert bot.teams.said == []


@pytest.mark.parametrize("value", VALUES, ids=str)
async def test_a_form_that_is_asked_for_says_where_the_thumbs_are(bot: Hearing, value: object) -> None:
    """It waits for a dialog, so it gets one."""
    reply = await bot.hear(activities.invoked(ALICE, ROOM, "message/fetchTask", value, target="m1"))
    assert (reply.status, reply.body["task"]["type"]) == (200, "message")
    assert "Useful" in reply.body["task"]["value"]


def test_a_fault_is_said_in_the_form_that_is_asked_for() -> None:
    """A dialog where one is waited for."""
    raw = activities.invoked(ALICE, ALONE, "message/fetchTask", {})
    assert "7f3a" in responses.apology(raw, "7f3a").body["task"]["value"]
