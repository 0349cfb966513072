"""What people do reaches the bot as Slack would send it, and its answers are held to Slack's rules."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from starlette.responses import JSONResponse, Response

from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot, Heard
from tests.playground.shapes import CARD, MODAL, ZONES, card, client_of, opened, respond

# -- commands


async def test_a_command_is_signed_and_whole(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_answers_of_a_command(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_bad_answers_of_a_command(slack: SlackEmulator, bot: EchoBot) -> None:
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
    async with SlackEmulator(request_url=bot.url, answer_within=0.05) as slack:
        answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare")
    assert (answer.status, answer.error) == (None, "operation_timeout")
    never.set()


async def test_where_a_command_cannot_be_typed(slack: SlackEmulator, bot: EchoBot) -> None:
    """Threads and unknown commands never reach the bot."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    threaded = await slack.command(alice, room, "/pm-compare", thread_ts="1.1")
    unknown = await slack.command(alice, room, "/giphy")
    assert (threaded.error, unknown.error) == ("not_supported_in_threads", "unknown_command")
    assert bot.heard == []


# -- response_url and trigger_id


async def test_a_response_url_has_five_uses(slack: SlackEmulator) -> None:
    """The sixth use is refused; a refused body is no use."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    answer = await slack.command(alice, room, "/pm-compare")
    url = str(answer.response_url)
    assert await respond(url, {"text": ""}) == (400, "no_text")
    for number in range(5):
        assert await respond(url, {"text": str(number)}) == (200, "ok")
    assert await respond(url, {"text": "5"}) == (404, "used_url")
    assert [each.text for each in slack.ephemerals(alice, room)] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_lasts_thirty_minutes(slack: SlackEmulator) -> None:
    """One second later it is expired."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare")
    slack.clock.let_pass(30 * 60 - 5)
    assert (await respond(str(answer.response_url), {"text": "in time"}))[0] == 200
    slack.clock.let_pass(6)
    assert await respond(str(answer.response_url), {"text": "late"}) == (404, "expired_url")


async def test_a_card_is_replaced_and_removed(slack: SlackEmulator, bot: EchoBot) -> None:
    """replace_original keeps the card's place; delete_original takes it away."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    shown = await card(slack, bot)
    first = await slack.click(alice, shown, action_id="more")
    await respond(str(first.response_url), {"text": "another", "replace_original": True})
    assert [(each.ts, each.text) for each in slack.ephemerals(alice, room)] == [(shown.ts, "another")]
    await respond(str(first.response_url), {"delete_original": True})
    assert slack.ephemerals(alice, room) == []


async def test_a_trigger_lasts_three_seconds_and_opens_once(slack: SlackEmulator) -> None:
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


async def test_a_click_on_a_private_card(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_a_choice_on_a_post(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_a_click_nobody_answers(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_a_modal_is_filled_and_sent(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_mistakes_in_a_modal(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_closing_a_modal(slack: SlackEmulator, bot: EchoBot) -> None:
    """view_closed comes where the view asked for it."""
    alice = slack.user("alice")
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    await slack.close(alice, view)
    assert bot.heard[-1].payload["type"] == "view_closed"
    assert slack.view(alice) is None


async def test_suggestions_have_limits(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_views_are_updated_and_pushed(slack: SlackEmulator, bot: EchoBot) -> None:
    """An update needs the current hash; three modals stand on each other and no more."""
    alice, client = slack.user("alice"), client_of(slack)
    await opened(slack)
    view = slack.view(alice)
    assert view is not None
    changed = await client.views_update(view_id=view.id, view={**MODAL, "blocks": []}, hash=view.body["hash"])
    assert changed["view"]["id"] == view.id
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view.id, view=MODAL, hash=view.body["hash"])
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V0", view=MODAL)
    shown = await card(slack, bot)
    for _ in range(2):
        click = await slack.click(alice, shown, action_id="more")
        await client.views_push(trigger_id=str(click.trigger_id), view=MODAL)
    click = await slack.click(alice, shown, action_id="more")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=str(click.trigger_id), view=MODAL)
    top = slack.view(alice)
    assert top is not None
    assert (top.body["root_view_id"] == view.id, top.body["previous_view_id"] != view.id) == (True, True)


async def test_a_post_is_replaced_and_removed(slack: SlackEmulator, bot: EchoBot) -> None:
    """A response_url from a post reaches the post itself."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    await client_of(slack).chat_postMessage(channel=room.id, **CARD)
    click = await slack.click(alice, slack.posts(room)[0], action_id="more")
    await respond(str(click.response_url), {"text": "changed", "replace_original": "true"})
    assert [(post.text, post.edited) for post in slack.posts(room)] == [("changed", True)]
    await respond(str(click.response_url), {"text": "for all", "response_type": "in_channel"})
    await respond(str(click.response_url), {"delete_original": True})
    assert [post.text for post in slack.posts(room)] == ["for all"]
    assert bot.heard[-1].payload["channel"]["id"] == room.id
