"""What is pressed comes back as the action that was drawn: below a message, and in a Home without a channel."""

import pytest

from cards.model import Action, Actions, Button, Card, Feedback, Subject
from cards.slack import render
from handlers.slack import payload
from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.shapes import client_of

TIP = Subject("tip", "way-out")
UP, DOWN = Action("useful", TIP, "tip"), Action("not-useful", TIP, "tip")
CARD = Card("A tip", (Actions((Button("All seven", Action("list")),)), Feedback(UP, DOWN)), TIP)
PRESSES = (("Useful", UP), ("Not useful", DOWN), ("All seven", Action("list")))


@pytest.mark.parametrize(("label", "action"), PRESSES)
async def test_a_press_below_a_message(label: str, action: Action) -> None:
    """With its channel, its message, and where to answer."""
    async with EchoBot() as bot, SlackEmulator(request_url=bot.url) as slack:
        alice = slack.user("alice")
        room = slack.channel("pm-learning", members=[alice], bot=True)
        await client_of(slack).chat_postMessage(channel=room.id, **render.message(CARD))
        (post,) = slack.posts(room)
        await slack.click(alice, post, label=label)
        press = payload.press(bot.heard[-1].payload, "")
        assert press.action == action
        assert (press.address.conversation, press.message_id, press.person) == (room.id, post.ts, alice.id)
        assert press.response_url
        assert not press.is_private


@pytest.mark.parametrize(("label", "action"), PRESSES)
async def test_a_press_in_a_home(label: str, action: Action) -> None:
    """With its person and a trigger alone: it is answered in a window, and its place is the person."""
    async with EchoBot() as bot, SlackEmulator(request_url=bot.url) as slack:
        alice = slack.user("alice")
        await client_of(slack).views_publish(user_id=alice.id, view=render.home(CARD))
        home = slack.home(alice)
        assert home is not None
        await slack.click(alice, home, label=label)
        press = payload.press(bot.heard[-1].payload, "")
        assert press.action == action
        assert (press.address.workspace, press.address.conversation, press.person) == (slack.team, alice.id, alice.id)
        assert (press.message_id, press.response_url, press.is_among_people) == (home.id, "", False)
        assert press.window == payload.Window(home.id)
        assert press.trigger_id
