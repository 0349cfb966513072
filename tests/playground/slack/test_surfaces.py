"""What belongs to no channel, and what is pressed below a message: the Home, the shortcut, thumbs, edited posts."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from slack_sdk.errors import SlackApiError

from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.shapes import BUTTON, MODAL, client_of
from tests.playground.slack.test_limits import thumb, thumbs

HOME = {"type": "home", "blocks": [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]}
THUMBS = thumbs(
    positive_button=thumb(value="useful", accessibility_label="Useful"),
    negative_button=thumb(value="not-useful", accessibility_label="Not useful"),
)


@pytest.mark.parametrize(("label", "value"), [("Useful", "useful"), ("Not useful", "not-useful")])
async def test_a_thumb_says_which_one_it_was(label: str, value: str, slack: SlackEmulator, bot: EchoBot) -> None:
    """Slack: both have one action_id, and the pressed one's value and text come as if it were a button."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    await client_of(slack).chat_postMessage(channel=room.id, text="x", blocks=[THUMBS])
    (post,) = slack.posts(room)
    await slack.click(alice, post, label=label)
    payload = bot.heard[-1].payload
    (pressed,) = payload["actions"]
    assert (pressed["type"], pressed["action_id"], pressed["value"]) == ("feedback_buttons", "thumbs", value)
    assert pressed["text"]["type"] == "plain_text"
    assert pressed["block_id"] == post.blocks[0]["block_id"]
    assert payload["state"] == {"values": {}}
    assert payload["response_url"]
    assert slack.faults == []


async def test_a_press_in_a_home_has_no_channel(slack: SlackEmulator, bot: EchoBot) -> None:
    """It comes from a view of type home: with a trigger for forms, and no response_url."""
    alice = slack.user("alice")
    await client_of(slack).views_publish(user_id=alice.id, view=HOME)
    home = slack.home(alice)
    assert home is not None
    pressed = await slack.click(alice, home, label="More about risks")
    payload = bot.heard[-1].payload
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert (payload["view"]["type"], payload["view"]["id"]) == ("home", home.id)
    assert {"channel", "message", "response_url"}.isdisjoint(payload)
    await client_of(slack).views_open(trigger_id=str(pressed.trigger_id), view=MODAL)
    assert slack.view(alice) is not None
    assert slack.home(alice) == home


async def test_a_home_that_is_open_already_comes_with_the_event(slack: SlackEmulator, bot: EchoBot) -> None:
    """Slack sends the view that stands there, so that a bot may leave it; the first time there is none."""
    alice = slack.user("alice")
    await slack.open_home(alice)
    assert "view" not in bot.heard[-1].event["event"]
    await client_of(slack).views_publish(user_id=alice.id, view=HOME)
    await slack.open_home(alice)
    event = bot.heard[-1].event["event"]
    assert (event["type"], event["tab"], event["channel"]) == ("app_home_opened", "home", slack.dm(alice).id)
    assert event["view"]["type"] == "home"
    await slack.open_home(alice, tab="messages")
    event = bot.heard[-1].event["event"]
    assert (event["tab"], "view" in event) == ("messages", False)


async def test_an_app_without_a_home(bot: EchoBot) -> None:
    """Nothing is published, and nobody can open it."""
    async with SlackEmulator(request_url=bot.url, home_tab=False) as slack:
        alice = slack.user("alice")
        with pytest.raises(SlackApiError, match="not_enabled"):
            await client_of(slack).views_publish(user_id=alice.id, view=HOME)
        with pytest.raises(LookupError, match="switched off"):
            await slack.open_home(alice)
        assert bot.heard == []


async def test_a_global_shortcut_belongs_to_no_channel(slack: SlackEmulator, bot: EchoBot) -> None:
    """Its trigger opens a form; there is no channel and no response_url to answer in."""
    alice = slack.user("alice")
    picked = await slack.shortcut(alice, "compare")
    payload = bot.heard[-1].payload
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("shortcut", "compare", alice.id)
    assert payload["team"]["id"] == slack.team
    assert {"channel", "response_url", "actions", "view"}.isdisjoint(payload)
    await client_of(slack).views_open(trigger_id=payload["trigger_id"], view=MODAL)
    assert slack.view(alice) is not None
    assert (picked.status, picked.error) == (200, None)
    with pytest.raises(LookupError, match="no shortcut 'compete'"):
        await slack.shortcut(alice, "compete")


async def test_a_shortcut_that_nobody_hears_is_a_fault(slack: SlackEmulator, bot: EchoBot) -> None:
    """The person is told; there is no place for a note."""
    bot.answers(status=500)
    picked = await slack.shortcut(slack.user("alice"), "compare")
    assert picked.error == "http_service_error"
    assert [(fault.where, fault.error) for fault in slack.faults] == [("shortcut", "http_service_error")]


async def test_an_update_is_as_strict_as_slacks(slack: SlackEmulator) -> None:
    """By a channel's id only, within the limits of a message, and its metadata stays unless another is given."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    client = client_of(slack)
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    posted = await client.chat_postMessage(channel=alice.id, text="x", metadata=metadata)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_update(channel=alice.id, ts=posted["ts"], text="y")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y", blocks=[THUMBS])
    changed = slack.message(slack.dm(alice), posted["ts"])
    assert changed is not None
    assert (changed.text, changed.metadata, changed.edited) == ("y", metadata, True)
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="z", blocks=[THUMBS] * 51)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=room.id, ts=posted["ts"], text="z")
    hers = await slack.say(alice, room, "hers")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel=room.id, ts=hers.ts, text="z")
    mine = await client.chat_postMessage(channel=room.id, text="x")
    slack.archive(room)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_update(channel=room.id, ts=mine["ts"], text="z")
    assert slack.message(slack.dm(alice), posted["ts"]) == changed


async def until_refused(call: Callable[[], Awaitable[object]]) -> tuple[int, SlackApiError]:
    """Call until it is refused: how often it was taken, which is more than the burst while time passes, and how."""
    for taken in range(1_000):
        try:
            await call()
        except SlackApiError as error:
            return taken, error
    raise AssertionError("it was never refused")


async def test_updates_and_homes_have_rates_of_their_own() -> None:
    """Slack: tier 3 and tier 4, counted by method."""
    async with SlackEmulator(enforce_rate=True) as slack:
        alice = slack.user("alice")
        room = slack.channel("pm-learning", bot=True)
        client = client_of(slack)
        posted = await client.chat_postMessage(channel=room.id, text="x")
        change = partial(client.chat_update, channel=room.id, ts=posted["ts"], text="y")
        taken, refused = await until_refused(change)
        assert (refused.response.status_code, taken >= 50) == (429, True)
        taken, refused = await until_refused(partial(client.views_publish, user_id=alice.id, view=HOME))
        assert (refused.response["error"], taken >= 100) == ("ratelimited", True)
        slack.clock.let_pass(2)
        await client.chat_update(channel=room.id, ts=posted["ts"], text="y")
