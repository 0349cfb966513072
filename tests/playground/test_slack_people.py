"""What people do reaches the bot as Slack would send it, and its answers are held to Slack's rules."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import JSONResponse, Response

from playground.slack import Ephemeral, PocketSlack
from tests.playground.echo_bot import EchoBot, Heard

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


def client_of(slack: PocketSlack) -> AsyncWebClient:
    """Slack's own client, pointed at the pocket."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


async def respond(url: str, body: dict[str, Any]) -> tuple[int, str]:
    """Uses a response_url as a bot would."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def card(slack: PocketSlack, bot: EchoBot) -> Ephemeral:
    """A card that alice asked for in a channel the bot is not in."""
    bot.answers(CARD)
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare risks")
    bot.answers()
    assert answer.ephemeral is not None
    return answer.ephemeral


# -- commands


async def test_a_command_is_signed_and_whole(slack: PocketSlack, bot: EchoBot) -> None:
    """A command carries Slack's fields and a signature that slack_sdk's own verifier takes."""
    alice, room = slack.user("alice"), slack.channel("leads", private=True)
    await slack.command(alice, room, "/pm-compare  what is drift ")
    heard = bot.heard[0]
    assert SignatureVerifier(slack.signing_secret).is_valid_request(heard.raw, heard.headers)
    assert not SignatureVerifier("another").is_valid_request(heard.raw, heard.headers)
    assert heard.form["command"] == "/pm-compare"
    assert heard.form["text"] == "what is drift"
    assert (heard.form["channel_id"], heard.form["channel_name"]) == (room.id, "privategroup")
    assert {"token", "team_id", "team_domain", "user_id", "user_name", "api_app_id", "trigger_id"} <= set(heard.form)
    assert heard.form["response_url"].startswith(f"{slack.url}response/")


async def test_answers_of_a_command(slack: PocketSlack, bot: EchoBot) -> None:
    """Nothing, text, a private card and a public one are all shown as Slack shows them."""
    alice, bob, room = slack.user("alice"), slack.user("bob"), slack.channel("pm-learning")
    silent = await slack.command(alice, room, "/pm-compare")
    assert (silent.status, silent.ephemeral, silent.error) == (200, None, None)
    bot.answers("plain words")
    assert [e.text for e in [(await slack.command(alice, room, "/pm-compare")).ephemeral] if e] == ["plain words"]
    bot.answers(CARD)
    private = await slack.command(alice, room, "/pm-compare risks")
    assert private.ephemeral is not None
    assert private.ephemeral.text == "card"
    assert slack.ephemerals(bob, room) == []
    bot.answers({"response_type": "in_channel", "text": "for all"})
    public = await slack.command(alice, room, "/pm-compare risks")
    assert public.message is not None
    assert [post.text for post in slack.posts(room)] == ["for all"]
    assert slack.faults == []


async def test_bad_answers_of_a_command(slack: PocketSlack, bot: EchoBot) -> None:
    """A card beyond the limits, an error and a closed door are shown to the person, and are faults."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    bot.answers({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]})
    bad = await slack.command(alice, room, "/pm-compare")
    assert bad.error == "invalid_command_response"
    assert bad.faults[0].details[0] == "invalid_blocks"
    bot.answers(status=500)
    assert (await slack.command(alice, room, "/pm-compare")).error == "http_service_error"
    bot.answers(status=404)
    assert (await slack.command(alice, room, "/pm-compare")).error == "http_client_error"
    slack.request_url = "http://127.0.0.1:9/slack/events"
    assert (await slack.command(alice, room, "/pm-compare")).error == "dispatch_failed"
    notes = [note.text for note in slack.ephemerals(alice, room)]
    assert notes[-1] == '/pm-compare failed with the error "dispatch_failed"'
    assert all(note.from_slackbot for note in slack.ephemerals(alice, room))
    assert len(slack.faults) == 4


async def test_a_slow_answer(bot: EchoBot) -> None:
    """An answer that does not come in time is an operation_timeout."""
    never = asyncio.Event()

    async def wait(_: Heard) -> Response:
        await never.wait()
        return Response()

    bot.reply = wait
    async with PocketSlack(request_url=bot.url, answer_within=0.05) as slack:
        answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare")
    assert (answer.status, answer.error) == (None, "operation_timeout")
    never.set()


async def test_where_a_command_cannot_be_typed(slack: PocketSlack, bot: EchoBot) -> None:
    """Threads and unknown commands never reach the bot."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    threaded = await slack.command(alice, room, "/pm-compare", thread_ts="1.1")
    unknown = await slack.command(alice, room, "/giphy")
    assert (threaded.error, unknown.error) == ("not_supported_in_threads", "unknown_command")
    assert bot.heard == []


# -- response_url and trigger_id


async def test_a_response_url_has_five_uses(slack: PocketSlack) -> None:
    """The sixth use is refused; a refused body is no use."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    answer = await slack.command(alice, room, "/pm-compare")
    url = str(answer.response_url)
    assert await respond(url, {"text": ""}) == (400, "no_text")
    for number in range(5):
        assert await respond(url, {"text": str(number)}) == (200, "ok")
    assert await respond(url, {"text": "5"}) == (404, "used_url")
    assert [each.text for each in slack.ephemerals(alice, room)] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_lasts_thirty_minutes(slack: PocketSlack) -> None:
    """One second later it is expired."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare")
    slack.clock.let_pass(30 * 60 - 5)
    assert (await respond(str(answer.response_url), {"text": "in time"}))[0] == 200
    slack.clock.let_pass(6)
    assert await respond(str(answer.response_url), {"text": "late"}) == (404, "expired_url")


async def test_a_card_is_replaced_and_removed(slack: PocketSlack, bot: EchoBot) -> None:
    """replace_original keeps the card's place; delete_original takes it away."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    shown = await card(slack, bot)
    first = await slack.click(alice, shown, action_id="more")
    await respond(str(first.response_url), {"text": "another", "replace_original": True})
    assert [(each.ts, each.text) for each in slack.ephemerals(alice, room)] == [(shown.ts, "another")]
    await respond(str(first.response_url), {"delete_original": True})
    assert slack.ephemerals(alice, room) == []


async def test_a_trigger_lasts_three_seconds_and_opens_once(slack: PocketSlack) -> None:
    """Each way a trigger fails has its own error."""
    alice, room, client = slack.user("alice"), slack.channel("pm-learning"), client_of(slack)
    fresh = await slack.command(alice, room, "/pm-compare")
    await client.views_open(trigger_id=str(fresh.trigger_id), view=MODAL)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=str(fresh.trigger_id), view=MODAL)
    old = await slack.command(alice, room, "/pm-compare")
    slack.clock.let_pass(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=str(old.trigger_id), view=MODAL)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="made up", view=MODAL)


# -- clicks


async def test_a_click_on_a_private_card(slack: PocketSlack, bot: EchoBot) -> None:
    """Its payload names the container as ephemeral and carries no message."""
    alice = slack.user("alice")
    shown = await card(slack, bot)
    assert (await slack.click(alice, shown, label="More about risks")).status == 200
    payload = bot.heard[-1].payload
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": shown.channel,
        "is_ephemeral": True,
    }
    assert "message" not in payload
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("more", "row", "risks")
    assert {"action_ts", "type", "text"} <= set(action)
    assert {"trigger_id", "response_url", "team", "user", "api_app_id"} <= set(payload)


async def test_a_choice_on_a_post(slack: PocketSlack, bot: EchoBot) -> None:
    """A post's payload carries the message, and the state of every menu in it."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    await client_of(slack).chat_postMessage(channel=room.id, **CARD)
    await slack.choose(alice, slack.posts(room)[0], "pick", "Two")
    payload = bot.heard[-1].payload
    assert payload["actions"][0]["selected_option"]["value"] == "2"
    assert payload["message"]["ts"] == slack.posts(room)[0].ts
    assert payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "2"
    with pytest.raises(LookupError, match="not offered"):
        await slack.choose(alice, slack.posts(room)[0], "pick", "Three")


async def test_a_click_nobody_answers(slack: PocketSlack, bot: EchoBot) -> None:
    """The person is told, and it is a fault."""
    alice = slack.user("alice")
    shown = await card(slack, bot)
    bot.answers(status=500)
    answer = await slack.click(alice, shown, action_id="more")
    assert answer.error == "http_service_error"
    assert answer.ephemeral is not None
    assert answer.ephemeral.from_slackbot
    assert [fault.where for fault in slack.faults] == ["block_actions"]


# -- modals


async def opened(slack: PocketSlack) -> None:
    """Opens MODAL for alice."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare tips")
    await client_of(slack).views_open(trigger_id=str(answer.trigger_id), view=MODAL)


async def test_a_modal_is_filled_and_sent(slack: PocketSlack, bot: EchoBot) -> None:
    """Values arrive by block and action; an empty answer closes it."""
    alice = slack.user("alice")
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    bot.answers(ZONES)
    offered = await slack.suggest(alice, view, "zone", "par")
    assert [option["value"] for option in offered.options] == ["Europe/Paris"]
    asked = bot.heard[-1].payload
    assert (asked["type"], asked["value"], asked["action_id"]) == ("block_suggestion", "par", "zone")

    async def reply(heard: Heard) -> Response:
        return JSONResponse(ZONES) if heard.payload["type"] == "block_suggestion" else Response()

    bot.reply = reply
    answer = await slack.submit(alice, view, {"name": "Ada", "zone": "Europe/Paris"})
    assert (answer.status, answer.error) == (200, None)
    sent = bot.heard[-1].payload
    assert (sent["type"], sent["view"]["private_metadata"]) == ("view_submission", "C1")
    values = sent["view"]["state"]["values"]
    assert values["name"]["name"] == {"type": "plain_text_input", "value": "Ada"}
    assert values["zone"]["zone"]["selected_option"]["value"] == "Europe/Paris"
    assert values["hour"]["hour"] == {"type": "timepicker", "selected_time": "09:00"}
    assert "channel" not in sent
    assert slack.view(alice) is None
    assert slack.faults == []


async def test_mistakes_in_a_modal(slack: PocketSlack, bot: EchoBot) -> None:
    """An empty required input sends nothing; errors from the bot are shown; errors for no input are a fault."""
    alice = slack.user("alice")
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    heard = len(bot.heard)
    assert (await slack.submit(alice, view)).error == "required"
    assert len(bot.heard) == heard
    values = {"name": "Ada", "zone": ZONES["options"][0]}
    bot.answers({"response_action": "errors", "errors": {"name": "Taken"}})
    await slack.submit(alice, view, values)
    shown = slack.view(alice)
    assert shown is not None
    assert shown.errors == {"name": "Taken"}
    bot.answers({"response_action": "errors", "errors": {"nothing": "Taken"}})
    assert (await slack.submit(alice, view, values)).error == "invalid_errors"
    bot.answers({"response_action": "update", "view": {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}})
    assert (await slack.submit(alice, view, values)).error == "invalid_arguments"
    bot.answers({"response_action": "update", "view": {**MODAL, "blocks": []}})
    await slack.submit(alice, view, values)
    updated = slack.view(alice)
    assert updated is not None
    assert (updated.id, updated.blocks) == (view.id, ())
    bot.answers({"response_action": "clear"})
    await slack.submit(alice, updated)
    assert slack.view(alice) is None


async def test_closing_a_modal(slack: PocketSlack, bot: EchoBot) -> None:
    """view_closed comes where the view asked for it."""
    alice = slack.user("alice")
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    await slack.close(alice, view)
    assert bot.heard[-1].payload["type"] == "view_closed"
    assert slack.view(alice) is None


async def test_suggestions_have_limits(slack: PocketSlack, bot: EchoBot) -> None:
    """More than 100 options, or none of either kind, is a fault."""
    alice = slack.user("alice")
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    bot.answers({"options": [{"text": {"type": "plain_text", "text": "t"}, "value": str(n)} for n in range(101)]})
    assert (await slack.suggest(alice, view, "zone", "eu")).error == "invalid_options"
    bot.answers({})
    assert (await slack.suggest(alice, view, "zone", "eu")).error == "invalid_options"
    bot.answers({"options": []})
    assert (await slack.suggest(alice, view, "zone", "eu")).error is None
    heard = len(bot.heard)
    assert (await slack.suggest(alice, view, "zone", "e")).error == "too_short"
    assert len(bot.heard) == heard


# -- events


async def test_a_reaction(slack: PocketSlack, bot: EchoBot) -> None:
    """It comes in Slack's envelope, once, and only from channels the bot is in."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    await client_of(slack).chat_postMessage(channel=room.id, text="tip")
    tip = slack.posts(room)[0]
    delivery = await slack.react(alice, tip, "mag")
    assert delivery is not None
    assert delivery.is_accepted
    envelope = bot.heard[-1].event
    assert envelope["type"] == "event_callback"
    assert envelope["authorizations"][0]["team_id"] == envelope["team_id"] == slack.team
    assert envelope["event"]["item"] == {"type": "message", "channel": room.id, "ts": tip.ts}
    assert (envelope["event"]["reaction"], envelope["event"]["item_user"]) == ("mag", slack.bot_user)
    assert await slack.react(alice, tip, "mag") is None
    removed = await slack.unreact(alice, tip, "mag")
    assert removed is not None
    assert removed.envelope["event"]["type"] == "reaction_removed"
    slack.kick_bot(room)
    assert await slack.react(alice, tip, "books") is None
    again = await slack.resend(delivery)
    assert again.envelope["event_id"] != delivery.envelope["event_id"]
    assert again.envelope["event"] == delivery.envelope["event"]


async def test_an_event_comes_again_until_taken(slack: PocketSlack, bot: EchoBot) -> None:
    """Three retries, numbered and with their reason."""
    bot.answers(status=500)
    delivery = await slack.send_event({"type": "app_uninstalled"})
    assert len(delivery.attempts) == 4
    assert not delivery.is_accepted
    retries = [(h.headers.get("x-slack-retry-num"), h.headers.get("x-slack-retry-reason")) for h in bot.heard]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({heard.event["event_id"] for heard in bot.heard}) == 1


async def test_a_mention(slack: PocketSlack, bot: EchoBot) -> None:
    """It reaches a bot that is a member; elsewhere Slack offers to invite it, and a click does."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    said, delivery = await slack.mention(alice, room, "risks")
    assert delivery is None
    offer = slack.ephemerals(alice, room)[0]
    await slack.click(alice, offer, label="Invite them")
    assert slack.has_bot(room)
    said, delivery = await slack.mention(alice, room, "risks", thread_ts=said.ts)
    assert delivery is not None
    event = bot.heard[-1].event["event"]
    assert event["text"] == f"<@{slack.bot_user}> risks"
    assert (event["type"], event["ts"], event["thread_ts"]) == ("app_mention", said.ts, said.thread_ts)
    assert (await slack.mention(alice, slack.dm(alice), "risks"))[1] is None


async def test_home_is_opened(slack: PocketSlack, bot: EchoBot) -> None:
    """app_home_opened names the person and the tab."""
    alice = slack.user("alice")
    await slack.open_home(alice)
    assert bot.heard[-1].event["event"]["user"] == alice.id
    assert bot.heard[-1].event["event"]["tab"] == "home"


# -- raw requests, waiting


async def test_raw_requests(slack: PocketSlack, bot: EchoBot) -> None:
    """Signed bytes verify, an old signature does not, unsigned ones have none."""
    verifier = SignatureVerifier(slack.signing_secret)
    await slack.post_signed(b"ssl_check=1")
    await slack.post_signed(b"ssl_check=1", age=301)
    await slack.post_unsigned(b"ssl_check=1")
    assert [verifier.is_valid_request(heard.raw, heard.headers) for heard in bot.heard] == [True, False, False]


async def test_waiting_for_something(slack: PocketSlack) -> None:
    """A wait ends with the change it waits for, or with its deadline."""
    room = slack.channel("pm-learning", bot=True)
    waiting = asyncio.ensure_future(slack.wait_for(lambda: slack.posts(room)))
    await client_of(slack).chat_postMessage(channel=room.id, text="x")
    assert [post.text for post in await waiting] == ["x"]
    with pytest.raises(TimeoutError):
        await slack.wait_for(lambda: False, within=0.01)


# -- clock and memory


async def test_the_clock(tmp_path: Path, bot: EchoBot) -> None:
    """The shown time moves by an offset that lies in a file; signatures stay on real time."""
    file = tmp_path / "offset"
    async with PocketSlack(request_url=bot.url, clock_offset_file=file) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
        slack.clock.shift(7 * 24 * 3600)
        assert float(file.read_text()) == 7 * 24 * 3600
        said = await slack.say(alice, room, "a week later")
        assert float(said.ts) == pytest.approx(slack.clock.real() + 7 * 24 * 3600, abs=5)
        await slack.command(alice, room, "/pm-compare")
        heard = bot.heard[-1]
        assert SignatureVerifier(slack.signing_secret).is_valid_request(heard.raw, heard.headers)
        slack.clock.reset()
        later = await slack.say(alice, room, "back again")
        assert float(later.ts) > float(said.ts)
    slack.clock.shift(60)
    async with PocketSlack(clock_offset_file=file) as again:
        assert again.clock.offset == 60


async def test_a_restart(tmp_path: Path, bot: EchoBot) -> None:
    """A pocket with a data folder goes on where it was, cards and modals too."""
    async with PocketSlack(request_url=bot.url, data=tmp_path, furnished=True) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        posted = await client_of(slack).chat_postMessage(channel=room.id, **CARD)
        await slack.react(alice, slack.posts(room)[0], "mag")
        shown = await card(slack, bot)
        await opened(slack)
    async with PocketSlack(request_url=bot.url, data=tmp_path, furnished=True) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        assert slack.has_bot(room)
        assert [(post.ts, dict(post.reactions)) for post in slack.posts(room)] == [(posted["ts"], {"mag": [alice.id]})]
        assert (await slack.click(alice, shown, action_id="more")).status == 200
        assert slack.view(alice) is not None
        assert float((await slack.say(alice, room, "next")).ts) > float(posted["ts"])


def test_only_loopback() -> None:
    """A pocket never listens where others could reach it."""
    with pytest.raises(ValueError, match="loopback"):
        PocketSlack(host="0.0.0.0")  # noqa: S104  # to be refused
