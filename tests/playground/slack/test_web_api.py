"""The emulator's Web API answers as Slack's does: tokens, scopes, membership, threads, trouble."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.shared.trouble import TroubleKind
from playground.slack.emulator import SlackEmulator, Trouble


def client_of(slack: SlackEmulator, token: str | None = None) -> AsyncWebClient:
    """Slack's own client, pointed at the emulator, without retries."""
    client = AsyncWebClient(token=token or slack.bot_token, base_url=slack.api_url)
    client.retry_handlers.clear()
    return client


async def error_of(slack: SlackEmulator, method: str, **arguments: object) -> str:
    """The error code of a call that is refused."""
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).api_call(method, json=arguments)
    return str(refused.value.response["error"])


async def test_identity(slack: SlackEmulator) -> None:
    """auth.test says who the bot is, and which scopes it has."""
    told = await client_of(slack).auth_test()
    assert (told["user_id"], told["bot_id"], told["team_id"]) == (slack.bot_user, slack.bot_id, slack.team)
    assert told.headers["x-oauth-scopes"] == "app_mentions:read,chat:write,commands,reactions:read"


async def test_tokens(slack: SlackEmulator) -> None:
    """A wrong token, none, and a revoked one are told apart."""
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client_of(slack, "xoxb-other").auth_test()
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    slack.revoke_token()
    assert await error_of(slack, "auth.test") == "token_revoked"


async def test_scopes(slack: SlackEmulator) -> None:
    """A method without its scope is refused, and says which; granting it opens it."""
    alice = slack.user("alice", tz="Asia/Kolkata")
    room = slack.channel("pm-learning", bot=True)
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).users_info(user=alice.id)
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "users:read"
    assert "chat:write" in refused.value.response["provided"]
    slack.scopes.add("users:read")
    user = (await client_of(slack).users_info(user=alice.id))["user"]
    assert (user["tz"], user["tz_offset"]) == ("Asia/Kolkata", 19_800)
    for method in ("conversations.history", "conversations.replies", "conversations.open", "reactions.add"):
        assert await error_of(slack, method, channel=room.id) == "missing_scope"
    assert await error_of(slack, "chat.everyone") == "unknown_method"
    assert await error_of(slack, "apps.connections.open") == "not_allowed_token_type"


async def test_where_a_bot_may_post(slack: SlackEmulator) -> None:
    """Membership, privacy, archives and restrictions each have their own refusal."""
    alice = slack.user("alice")
    outside, hidden = slack.channel("outside"), slack.channel("hidden", private=True)
    assert await error_of(slack, "chat.postMessage", channel=outside.id, text="x") == "not_in_channel"
    assert await error_of(slack, "chat.postMessage", channel=hidden.id, text="x") == "channel_not_found"
    assert await error_of(slack, "chat.postMessage", channel="C0NOWHERE", text="x") == "channel_not_found"
    slack.invite_bot(hidden)
    assert (await client_of(slack).chat_postMessage(channel=hidden.id, text="x"))["ok"]
    slack.restrict(hidden)
    assert await error_of(slack, "chat.postMessage", channel=hidden.id, text="x") == "restricted_action"
    slack.archive(outside)
    assert await error_of(slack, "chat.postMessage", channel=outside.id, text="x") == "is_archived"
    slack.kick_bot(hidden)
    assert await error_of(slack, "chat.postMessage", channel=hidden.id, text="x") == "channel_not_found"
    direct = await client_of(slack).chat_postMessage(channel=alice.id, text="psst")
    assert direct["channel"] == slack.dm(alice).id
    assert [post.text for post in slack.posts(slack.dm(alice))] == ["psst"]


async def test_direct_messages_can_be_switched_off() -> None:
    """Without the messages tab a direct message is refused."""
    async with SlackEmulator(messages_tab=False) as slack:
        alice = slack.user("alice")
        assert await error_of(slack, "chat.postMessage", channel=alice.id, text="x") == "messages_tab_disabled"


async def test_threads(slack: SlackEmulator) -> None:
    """Replies gather under their parent; a deleted parent takes none."""
    room = slack.channel("pm-learning", bot=True)
    client = client_of(slack)
    parent = await client.chat_postMessage(channel=room.id, text="parent")
    reply = await client.chat_postMessage(channel=room.id, text="reply", thread_ts=parent["ts"])
    await client.chat_postMessage(channel=room.id, text="deeper", thread_ts=reply["ts"])
    assert [each.text for each in slack.thread(room, parent["ts"])] == ["reply", "deeper"]
    assert [each.text for each in slack.posts(room)] == ["parent"]
    assert float(parent["ts"]) < float(reply["ts"])
    slack.delete_message(slack.posts(room)[0])
    refused = await error_of(slack, "chat.postMessage", channel=room.id, text="late", thread_ts=parent["ts"])
    assert refused == "cannot_reply_to_message"


async def test_updating_and_deleting(slack: SlackEmulator) -> None:
    """A bot changes its own messages only; text alone takes the blocks away."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    client = client_of(slack)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "words"}}]
    mine = await client.chat_postMessage(channel=room.id, text="mine", blocks=blocks)
    await client.chat_update(channel=room.id, ts=mine["ts"], text="changed")
    changed = slack.message(room, mine["ts"])
    assert changed is not None
    assert (changed.text, changed.blocks, changed.edited) == ("changed", (), True)
    hers = await slack.say(alice, room, "hers")
    assert await error_of(slack, "chat.update", channel=room.id, ts=hers.ts, text="x") == "cant_update_message"
    assert await error_of(slack, "chat.delete", channel=room.id, ts=hers.ts) == "cant_delete_message"
    await client.chat_delete(channel=room.id, ts=mine["ts"])
    assert await error_of(slack, "chat.delete", channel=room.id, ts=mine["ts"]) == "message_not_found"


async def test_a_note_for_one_person(slack: SlackEmulator) -> None:
    """chat.postEphemeral is seen by its person alone and is no message that could be updated or reacted to."""
    alice, bob = slack.user("alice"), slack.user("bob")
    room = slack.channel("pm-learning", members=[alice], bot=True)
    told = await client_of(slack).chat_postEphemeral(channel=room.id, user=alice.id, text="psst")
    assert [each.text for each in slack.ephemerals(alice, room)] == ["psst"]
    assert slack.ephemerals(bob, room) == []
    assert slack.posts(room) == []
    refused = await error_of(slack, "chat.update", channel=room.id, ts=told["message_ts"], text="x")
    assert refused == "message_not_found"
    refused = await error_of(slack, "chat.postEphemeral", channel=room.id, user=bob.id, text="x")
    assert refused == "user_not_in_channel"


async def test_history_with_its_scope(slack: SlackEmulator) -> None:
    """Where an operator granted history, messages come back with their metadata, newest first."""
    room = slack.channel("pm-learning", bot=True)
    client = client_of(slack)
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    first = await client.chat_postMessage(channel=room.id, text="first", metadata=metadata)
    await client.chat_postMessage(channel=room.id, text="reply", thread_ts=first["ts"])
    await client.chat_postMessage(channel=room.id, text="second")
    slack.scopes.add("channels:history")
    found = await client.conversations_history(channel=room.id, include_all_metadata=True)
    assert [each["text"] for each in found["messages"]] == ["second", "first"]
    assert found["messages"][1]["metadata"] == metadata
    assert "metadata" not in (await client.conversations_history(channel=room.id))["messages"][1]
    later = await client.conversations_history(channel=room.id, oldest=first["ts"])
    assert [each["text"] for each in later["messages"]] == ["second"]
    replies = await client.conversations_replies(channel=room.id, ts=first["ts"])
    assert [each["text"] for each in replies["messages"]] == ["first", "reply"]


async def test_home_tab(slack: SlackEmulator) -> None:
    """A Home tab is published per person; an old hash is a conflict."""
    alice = slack.user("alice")
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    client = client_of(slack)
    first = await client.views_publish(user_id=alice.id, view=home)
    second = await client.views_publish(user_id=alice.id, view=home, hash=first["view"]["hash"])
    assert second["view"]["id"] == first["view"]["id"]
    refused = await error_of(slack, "views.publish", user_id=alice.id, view=home, hash=first["view"]["hash"])
    assert refused == "hash_conflict"


async def test_one_message_a_second() -> None:
    """With the rate enforced, the second message within a second gets 429 and Retry-After."""
    async with SlackEmulator(enforce_rate=True) as slack:
        slack.user("alice")
        room = slack.channel("pm-learning", bot=True)
        client = client_of(slack)
        await client.chat_postMessage(channel=room.id, text="one")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=room.id, text="two")
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "1"
        slack.clock.let_pass(1)
        await client.chat_postMessage(channel=room.id, text="three")


async def test_links(slack: SlackEmulator) -> None:
    """A permalink leads to the page of the emulator."""
    room = slack.channel("pm-learning", bot=True)
    posted = await client_of(slack).chat_postMessage(channel=room.id, text="x")
    link = (await client_of(slack).chat_getPermalink(channel=room.id, message_ts=posted["ts"]))["permalink"]
    async with aiohttp.ClientSession() as session, session.get(link) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("kind", "is_posted"),
    [
        ("429", False),
        ("error", False),
        ("5xx_before", False),
        ("5xx_after", True),
        ("fatal_error_after", True),
        ("garbage_after", True),
        ("cut_before", False),
        ("cut_after", True),
        ("slow", True),
    ],
)
async def test_trouble(kind: TroubleKind, *, is_posted: bool, slack: SlackEmulator) -> None:  # a parameter
    """Each trouble fails in its own way, once; what was done before it stays done."""
    room = slack.channel("pm-learning", bot=True)
    slack.trouble.append(Trouble("chat.postMessage", kind, seconds=0.01, retry_after=7, error="is_archived"))
    client = client_of(slack)
    outcome: object = None
    try:
        outcome = await client.chat_postMessage(channel=room.id, text="x")
    except (SlackApiError, aiohttp.ClientError, AttributeError) as error:  # slack_sdk on a text answer
        outcome = error
    assert [post.text for post in slack.posts(room)] == (["x"] if is_posted else [])
    if kind == "429":
        assert isinstance(outcome, SlackApiError)
        assert outcome.response.headers["Retry-After"] == "7"
    if kind == "error":
        assert isinstance(outcome, SlackApiError)
        assert outcome.response["error"] == "is_archived"
    if kind.startswith("cut"):
        assert isinstance(outcome, aiohttp.ClientConnectionError)
    assert slack.trouble == []
    await client.chat_postMessage(channel=room.id, text="after")
    assert slack.posts(room)[-1].text == "after"
    assert [call.method for call in slack.calls] == ["chat.postMessage", "chat.postMessage"]
