"""Reading messages and people, where it was granted; and how fast that may be done."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.shared.clock import EmulatorClock
from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot


def client_of(slack: SlackEmulator) -> AsyncWebClient:
    """Slack's own client, pointed at the emulator, without retries."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    client.retry_handlers.clear()
    return client


async def refusal(call: Any) -> SlackApiError:  # noqa: ANN401  # whatever slack_sdk's method gives
    """The error of a call that is refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value


async def test_a_kind_of_channel_needs_its_own_scope(slack: SlackEmulator) -> None:
    """A scope for public channels opens neither private ones nor direct messages, and the refusal names what would."""
    alice = slack.user("alice")
    room, hidden = slack.channel("pm-learning", bot=True), slack.channel("leads", private=True, bot=True)
    client = client_of(slack)
    error = (await refusal(client.conversations_history(channel=room.id))).response
    assert (error["error"], error["needed"]) == ("missing_scope", "channels:history,groups:history,im:history")
    assert error["provided"] == error.headers["x-oauth-scopes"]
    slack.scopes.add("channels:history")
    assert (await client.conversations_history(channel=room.id))["messages"] == []
    for channel, needed in ((hidden.id, "groups:history"), (slack.dm(alice).id, "im:history")):
        assert (await refusal(client.conversations_history(channel=channel))).response["needed"] == needed
    slack.scopes.update(("groups:history", "im:history"))
    for channel in (hidden.id, slack.dm(alice).id):
        assert (await client.conversations_history(channel=channel))["messages"] == []
    slack.kick_bot(room)
    assert (await refusal(client.conversations_history(channel=room.id))).response["error"] == "not_in_channel"


async def test_history_in_pages_and_between_moments(slack: SlackEmulator) -> None:
    """`limit` and `cursor` walk through everything once; `oldest` and `latest` cut it, inclusive on request."""
    slack.scopes.add("channels:history")
    room, client = slack.channel("pm-learning", bot=True), client_of(slack)
    sent = [(await client.chat_postMessage(channel=room.id, text=str(n)))["ts"] for n in range(5)]
    seen, cursor = [], ""
    while True:
        page = await client.conversations_history(channel=room.id, limit=2, cursor=cursor)
        seen += [each["text"] for each in page["messages"]]
        assert page["has_more"] == ("response_metadata" in page.data)
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == ["4", "3", "2", "1", "0"]
    cut = await client.conversations_history(channel=room.id, oldest=sent[1], latest=sent[3])
    assert [each["text"] for each in cut["messages"]] == ["2"]
    cut = await client.conversations_history(channel=room.id, oldest=sent[1], latest=sent[3], inclusive=True)
    assert [each["text"] for each in cut["messages"]] == ["3", "2", "1"]
    for wrong, code in (
        ({"limit": 1000}, "invalid_limit"),
        ({"limit": "x"}, "invalid_limit"),
        ({"cursor": "next_ts:1"}, "invalid_cursor"),
        ({"oldest": "x"}, "invalid_ts_oldest"),
    ):
        error = await refusal(client.api_call("conversations.history", json={"channel": room.id, **wrong}))
        assert error.response["error"] == code


async def test_replies_carry_their_metadata(slack: SlackEmulator) -> None:
    """A thread is read with its parent first; what was posted with metadata shows it on request."""
    slack.scopes.add("channels:history")
    room, client = slack.channel("pm-learning", bot=True), client_of(slack)
    parent = (await client.chat_postMessage(channel=room.id, text="parent"))["ts"]
    metadata = {"event_type": "delivery", "event_payload": {"delivery": "7"}}
    for n in range(3):
        await client.chat_postMessage(channel=room.id, text=f"reply {n}", thread_ts=parent, metadata=metadata)
    read = await client.conversations_replies(channel=room.id, ts=parent, include_all_metadata=True)
    assert [each.get("metadata") for each in read["messages"]] == [None, *[metadata] * 3]
    assert "metadata" not in (await client.conversations_replies(channel=room.id, ts=parent))["messages"][1]
    late = await client.conversations_replies(channel=room.id, ts=parent, oldest=slack.thread(room, parent)[1].ts)
    assert [each["text"] for each in late["messages"]] == ["parent", "reply 2"]
    first = await client.conversations_replies(channel=room.id, ts=parent, limit=2)
    assert ([each["text"] for each in first["messages"]], first["has_more"]) == (["parent", "reply 0"], True)
    assert (await refusal(client.conversations_replies(channel=room.id, ts="1.0"))).response[
        "error"
    ] == "thread_not_found"


async def test_reading_can_be_slow() -> None:
    """Where it is, messages come 15 at a time, once a minute and method; the refusal says how long to wait."""
    async with SlackEmulator(scopes=("chat:write", "channels:history"), slow_history=True) as slack:
        room, client = slack.channel("pm-learning", bot=True), client_of(slack)
        for n in range(20):
            await client.chat_postMessage(channel=room.id, text=str(n))
        page = await client.conversations_history(channel=room.id, limit=100)
        assert (len(page["messages"]), page["has_more"]) == (15, True)
        error = await refusal(client.conversations_history(channel=room.id))
        assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
        assert 55 < int(error.response.headers["Retry-After"]) <= 60
        assert (await client.conversations_replies(channel=room.id, ts=page["messages"][0]["ts"]))["ok"]
        slack.clock.let_pass(60)
        assert (await client.conversations_history(channel=room.id))["ok"]
        slack.rates.is_history_slow = False
        assert len((await client.conversations_history(channel=room.id))["messages"]) == 20


async def test_a_burst_and_a_workspace_full() -> None:
    """A few at once are taken, then one a second a channel; and several hundred a minute are enough for a workspace."""
    still = EmulatorClock(monotonic=lambda: 0.0)
    async with SlackEmulator(enforce_rate=True, burst=3, clock=still) as slack:
        rooms = [slack.channel(f"room-{n}", bot=True) for n in range(4)]
        client = client_of(slack)
        for _ in range(3):
            await client.chat_postMessage(channel=rooms[0].id, text="x")
        error = await refusal(client.chat_postMessage(channel=rooms[0].id, text="x"))
        assert (error.response.status_code, error.response.headers["Retry-After"]) == (429, "1")
        await client.chat_postMessage(channel=rooms[1].id, text="another channel")
        crowd = [slack.channel(f"crowd-{n}", bot=True) for n in range(300)]
        ended = await asyncio.gather(
            *(client.chat_postMessage(channel=room.id, text="x") for room in crowd), return_exceptions=True
        )
        assert sum(isinstance(one, SlackApiError) for one in ended) == 4
        slack.clock.let_pass(1)
        await client.chat_postMessage(channel=rooms[0].id, text="later")


async def test_people(slack: SlackEmulator) -> None:
    """users.info tells an admin, and who has left; someone who left takes no direct messages."""
    slack.scopes.add("users:read")
    alice, bob = slack.user("alice", tz="Asia/Kolkata", admin=True), slack.user("bob")
    client = client_of(slack)

    async def facts(user: str) -> tuple[Any, ...]:
        found = (await client.users_info(user=user))["user"]
        return found["is_admin"], found["deleted"], found["tz"]

    assert await facts(alice.id) == (True, False, "Asia/Kolkata")
    slack.make_admin(alice, admin=False)
    slack.make_admin(bob)
    slack.deactivate(bob)
    assert await facts(alice.id) == (False, False, "Asia/Kolkata")
    assert await facts(bob.id) == (True, True, "Europe/London")
    assert (await refusal(client.users_info(user="U0NOBODY"))).response["error"] == "user_not_found"
    assert (await refusal(client.chat_postMessage(channel=bob.id, text="x"))).response["error"] == "user_disabled"


async def test_direct_messages_take_reactions(slack: SlackEmulator, bot: EchoBot) -> None:
    """A post to a person answers with the conversation it went to, and a reaction there names that conversation."""
    alice = slack.user("alice")
    posted = await client_of(slack).chat_postMessage(channel=alice.id, text="psst")
    assert posted["channel"] == slack.dm(alice).id
    assert posted["channel"].startswith("D")
    message = slack.message(slack.dm(alice), posted["ts"])
    assert message is not None
    await slack.react(alice, message, "mag")
    event = bot.heard[-1].event["event"]
    assert (event["type"], event["item"]) == (
        "reaction_added",
        {"type": "message", "channel": slack.dm(alice).id, "ts": posted["ts"]},
    )


async def test_a_revoked_token_is_restored(slack: SlackEmulator) -> None:
    """After a fresh installation the token works again."""
    slack.revoke_token()
    assert (await refusal(client_of(slack).auth_test())).response["error"] == "token_revoked"
    slack.restore_token()
    assert (await client_of(slack).auth_test())["ok"]
