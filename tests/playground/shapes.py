"""Cards, modals and clients that several tests of the emulator use."""

from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.emulator import Ephemeral, SlackEmulator
from tests.playground.echo_bot import EchoBot

BUTTON: dict[str, Any] = {
    "type": "button",
    "text": {"type": "plain_text", "text": "More"},
    "action_id": "more",
    "value": "risks",
    "accessibility_label": "More about risks",
}
MENU: dict[str, Any] = {
    "type": "static_select",
    "action_id": "pick",
    "options": [
        {"text": {"type": "plain_text", "text": "One"}, "value": "1"},
        {"text": {"type": "plain_text", "text": "Two"}, "value": "2"},
    ],
}
CARD: dict[str, Any] = {
    "text": "card",
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*card*"}},
        {"type": "actions", "block_id": "row", "elements": [BUTTON, MENU]},
    ],
}


def text_input(name: str, **more: object) -> dict[str, Any]:
    """An input block whose block_id and action_id are `name`."""
    element = {"type": "plain_text_input", "action_id": name}
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": name},
        "element": element,
        **more,
    }


MODAL: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Weekly tips"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "C1",
    "notify_on_close": True,
    "blocks": [
        text_input("name"),
        {
            "type": "input",
            "block_id": "zone",
            "label": {"type": "plain_text", "text": "Zone"},
            "element": {"type": "external_select", "action_id": "zone", "min_query_length": 2},
        },
        {
            "type": "input",
            "block_id": "hour",
            "optional": True,
            "label": {"type": "plain_text", "text": "Hour"},
            "element": {"type": "timepicker", "action_id": "hour", "initial_time": "09:00"},
        },
    ],
}
ZONES: dict[str, Any] = {"options": [{"text": {"type": "plain_text", "text": "Paris"}, "value": "Europe/Paris"}]}


def client_of(slack: SlackEmulator) -> AsyncWebClient:
    """Slack's own client, pointed at the emulator."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


async def respond(url: str, body: dict[str, Any]) -> tuple[int, str]:
    """Uses a response_url as a bot would."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def card(slack: SlackEmulator, bot: EchoBot) -> Ephemeral:
    """A card that alice asked for in a channel the bot is not in."""
    bot.answers(CARD)
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare risks")
    bot.answers()
    assert answer.ephemeral is not None
    return answer.ephemeral


async def opened(slack: SlackEmulator) -> None:
    """Opens MODAL for alice."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare tips")
    await client_of(slack).views_open(trigger_id=str(answer.trigger_id), view=MODAL)
