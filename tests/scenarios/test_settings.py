"""Setting weekly tips up and steering them, on Slack and on Teams: what is asked once, and what is said of it."""

import json

from cards.compose.phrases import titled
from playground.teams import cards
from tests.in_order import received
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.slack_chat import SlackChat
from tests.scenarios.teams_chat import TeamsChat
from tests.scenarios.test_scenarios import FORM, turned_on

UNASKED = {"weekday": "0", "at": "09:00"}


async def zone_offered(chat: Chat, shown: Shown) -> str:
    """Open the settings form and give the time zone that stands in it; the form is left open."""
    if isinstance(chat, SlackChat):
        await chat.world.slack.click(chat.world.alice, chat._card(shown), label="Turn on…")  # noqa: SLF001 # its own hand
        await chat.world.settle()
        view = chat.world.slack.view(chat.world.alice)
        assert view is not None
        element = next(block["element"] for block in view.body["blocks"] if block.get("block_id") == "zone")
        return str(element.get("initial_option", {}).get("value", ""))
    assert isinstance(chat, TeamsChat)
    turn = await chat.teams.press(chat.alice, chat._message(shown), "Turn on…")  # noqa: SLF001 # as above
    assert turn.dialog is not None
    assert turn.dialog.card is not None
    fields = [each.part for each in cards.parts(turn.dialog.card) if each.part.get("id") == "zone"]
    return str(json.loads(json.dumps(fields[0])).get("value", ""))


# --- the zone


async def test_a_zone_is_asked_once(chat: Chat) -> None:
    """Who chose one for a channel finds it in the form for their own tips, and after a restart too."""
    await chat.fill(await chat.ask("tips"), "Turn on…", FORM | {"zone": "Asia/Tokyo"})
    assert await zone_offered(chat, await chat.ask("tips me", place="alone")) == "Asia/Tokyo"
    await chat.restart()
    assert await zone_offered(chat, await chat.ask("tips me", place="alone")) == "Asia/Tokyo"


async def test_the_newest_choice_counts(chat: Chat) -> None:
    """A zone chosen for other tips since is the one that comes up."""
    await turned_on(chat)
    own = await chat.fill(await chat.ask("tips me", place="alone"), "Turn on…", FORM | {"zone": "Asia/Tokyo"})
    assert isinstance(own, Shown), own
    card = await chat.press(await chat.press(await chat.ask("tips"), "More…"), "Turn off")
    assert await zone_offered(chat, card) == "Asia/Tokyo"


# --- what the cards say


async def test_the_introduction_stays_true_when_the_day_is_changed(chat: Chat) -> None:
    """It says how tips began, and what tells how they are now; a post that people have read is not rewritten."""
    await chat.fill(await turned_on(chat), "Edit", FORM | {"weekday": "4"})
    (introduction,) = await chat.everyone()
    assert "To begin with, it comes on Mondays at 09:00 (Europe/Paris)" in introduction.text
    assert "To see when it comes now" in introduction.text
    assert "Fridays 09:00, Europe/Paris" in (await chat.ask("tips")).text


async def test_paused_tips_still_say_what_comes_next_and_from_what(chat: Chat) -> None:
    """Why they wait, and below that the tip, the topics and the quiet days they go on with."""
    await turned_on(chat)
    card = await chat.ask("tips pause")
    title = titled(received(chat.bot.content.library, 1)[0].title)
    assert f"Next: {title}, once they go on" in card.text
    assert "Topics: all" in card.text
