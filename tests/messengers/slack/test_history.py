"""Looking up a delivery on Slack: only with a scope, never wrong, and at the pace Slack allows."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from messengers.base import Absent, Address, CannotLook, Found, Posted
from messengers.slack.messenger import SlackMessenger
from playground.shared.trouble import Trouble, TroubleKind
from tests.messengers.conftest import CARD, Opened, lately


async def test_a_delivery_is_found_by_its_id(opened: Opened) -> None:
    """In the channel, or in the thread it answers in."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        root = await here.post(room, "d1")
        reply = await here.post(room, "d2", root)
        for delivery_id, thread, ts in (("d1", "", root), ("d2", root, reply)):
            found = await here.messenger.look_up(here.address(room, thread), delivery_id, lately())
            assert found == Found(Posted(ts))
        assert here.calls()["conversations.replies"] == 1
        assert here.calls()["auth.test"] == 1


async def test_what_was_read_through_and_is_not_there_is_absent(opened: Opened) -> None:
    """Page after page, with other people's messages and our own in between."""
    async with opened("channels:history") as here:
        alice = here.slack.user("alice")
        room = here.slack.channel("pm", members=[alice], bot=True)
        root = await here.post(room, "d1")
        for number in range(450):
            await here.slack.say(alice, room, f"message {number}")
        since = lately()
        assert await here.messenger.look_up(here.address(room), "d2", since) == Absent()
        assert here.calls()["conversations.history"] == 3
        assert await here.messenger.look_up(here.address(room), "d1", since) == Found(Posted(root))
        assert await here.messenger.look_up(here.address(room, root), "d2", since) == Absent()


async def test_a_post_whose_answer_was_lost_is_found(opened: Opened) -> None:
    """That is what it is for."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("chat.postMessage", "error_after", error="fatal_error"))
        here.slack.trouble.append(Trouble("chat.postMessage", "error", error="fatal_error"))
        for delivery_id in ("d1", "d2"):
            await here.messenger.post(here.address(room), CARD, delivery_id)
        assert here.endings == ["unknown", "unknown"]
        (message,) = here.slack.posts(room)
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == Found(Posted(message.ts))
        assert await here.messenger.look_up(here.address(room), "d2", lately()) == Absent()


@pytest.mark.parametrize("scopes", [(), ("im:history",), ("users:read",)])
async def test_without_the_scope_nothing_is_read(opened: Opened, scopes: tuple[str, ...]) -> None:
    """Who we are is asked once in ten minutes; no history, ever."""
    async with opened(*scopes) as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        for _ in range(3):
            found = await here.messenger.look_up(here.address(room), "d1", lately())
            assert found == CannotLook("no history scope for channels")
        assert here.calls() == {"auth.test": 1}
        here.now += 601
        await here.messenger.look_up(here.address(room), "d1", lately())
        assert here.calls() == {"auth.test": 2}


async def test_a_scope_for_another_kind_of_channel_is_not_enough(opened: Opened) -> None:
    """An id does not say whether a channel is private: Slack does, and nothing is called absent."""
    async with opened("channels:history") as here:
        room = here.slack.channel("secret", members=[here.slack.user("alice")], bot=True, private=True)
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == CannotLook("missing_scope")


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "internal_error", "token_revoked"])
async def test_a_refusal_is_not_absence(opened: Opened, code: str) -> None:
    """Whatever Slack's reason is: nothing was read."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("conversations.history", "error", error=code))
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == CannotLook(code)


@pytest.mark.parametrize("kind", ["cut_before", "5xx_before", "garbage_after"])
async def test_an_answer_that_does_not_come_is_not_absence(opened: Opened, kind: TroubleKind) -> None:
    """Nor is one that nobody can read."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("conversations.history", kind, times=None))
        assert isinstance(await here.messenger.look_up(here.address(room), "d1", lately()), CannotLook)


async def test_an_unreachable_slack_is_not_absence() -> None:
    """Not even who we are can be asked."""
    async with aiohttp.ClientSession() as session:

        async def client_of(_: str) -> AsyncWebClient:
            return AsyncWebClient("xoxb", "http://127.0.0.1:9/api/", session=session, retry_handlers=[])

        messenger = SlackMessenger(client_of, session, lambda _, __: None)
        found = await messenger.look_up(Address("slack", "T1", "C1"), "d1", lately())
    assert found == CannotLook("ClientConnectorError")


async def test_where_reading_is_limited_it_goes_on_a_minute_later(opened: Opened) -> None:
    """15 messages a minute: never absent before all were read, and no call before Slack allows it."""
    async with opened("channels:history", slow_history=True) as here:
        alice = here.slack.user("alice")
        room = here.slack.channel("pm", members=[alice], bot=True)
        wanted = await here.post(room, "d1")
        for number in range(40):
            await here.slack.say(alice, room, f"message {number}")
        since, found = lately(), None
        for _ in range(20):
            found = await here.messenger.look_up(here.address(room), "d1", since)
            if not isinstance(found, CannotLook):
                break
            assert (found.reason, 0 < found.seconds <= 61) == ("ratelimited", True)
            before = here.calls()["conversations.history"]
            assert await here.messenger.look_up(here.address(room), "d2", since) == found
            assert here.calls()["conversations.history"] == before
            here.now += found.seconds
            here.slack.rates.forget()
        assert found == Found(Posted(wanted))
        assert here.calls()["conversations.history"] <= 5


@pytest.mark.parametrize("method", ["auth.test", "conversations.open", "conversations.history"])
async def test_once_slack_asks_to_wait_nothing_is_asked_for_a_look(opened: Opened, method: str) -> None:
    """Whatever it was that Slack found too much: no scope, no person's conversation, no history, until that is over."""
    async with opened("channels:history", "im:history", "im:write") as here:
        alice = here.slack.user("alice")
        room = here.slack.channel("pm", members=[alice], bot=True)
        elsewhere = (here.address(room), Address("slack", here.slack.team, alice.id))
        here.slack.trouble.append(Trouble(method, "429", retry_after=90))
        for address in elsewhere[:: 1 if method == "conversations.history" else -1]:
            found = await here.messenger.look_up(address, "d1", lately())
            assert found == CannotLook("ratelimited", 90)
        here.now += 89
        before = here.calls()
        for address in elsewhere:
            assert await here.messenger.look_up(address, "d1", lately()) == CannotLook("ratelimited", 1)
        assert here.calls() == before
        here.now += 1
        assert await here.messenger.look_up(elsewhere[0], "d1", lately()) == Absent()


async def test_whoever_reads_too_fast_is_not_taken_for_one_who_may_read_a_page_a_minute(opened: Opened) -> None:
    """50 calls a minute, of which a look takes one: after what Slack asks to wait for, looking goes on as before."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        for _ in range(2):
            for _ in range(5):
                assert await here.messenger.look_up(here.address(room), "d1", lately()) == Absent()
                here.now += 10
            here.slack.trouble.append(Trouble("conversations.history", "429", retry_after=7))
            found = await here.messenger.look_up(here.address(room), "d1", lately())
            assert found == CannotLook("ratelimited", 7)
            here.now += 7


async def test_whoever_was_taken_for_limited_is_tried_an_hour_later(opened: Opened) -> None:
    """The 429 had another reason, perhaps: then pages are read one after the other again, each as long as any."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        for number in range(4):
            assert await here.messenger.look_up(here.address(room), f"d{number}", lately()) == Absent()
            here.now += 1
        here.slack.trouble.append(Trouble("conversations.history", "429", retry_after=7))
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == CannotLook("ratelimited", 60)
        here.now += 60
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == Absent()
        assert await here.messenger.look_up(here.address(room), "d1", lately()) == CannotLook("ratelimited", 60)
        here.now += 3540
        for _ in range(2):
            assert await here.messenger.look_up(here.address(room), "d1", lately()) == Absent()
        sizes = [call.arguments["limit"] for call in here.slack.calls if call.method == "conversations.history"]
        assert [int(size) for size in sizes] == [*[200] * 5, 15, 200, 200]


async def test_after_another_attempt_a_limited_look_begins_anew(opened: Opened) -> None:
    """What that one posted stands above the place where the look would go on."""
    async with opened("channels:history", slow_history=True) as here:
        alice = here.slack.user("alice")
        room = here.slack.channel("pm", members=[alice], bot=True)
        for number in range(40):
            await here.slack.say(alice, room, f"message {number}")
        since = lately()
        assert isinstance(await here.messenger.look_up(here.address(room), "d1", since), CannotLook)
        wanted = await here.post(room, "d1")
        here.now += 61
        here.slack.rates.forget()
        assert await here.messenger.look_up(here.address(room), "d1", since, 2) == Found(Posted(wanted))


async def test_our_own_messages_without_metadata_make_nothing_absent(opened: Opened) -> None:
    """Where Slack keeps metadata from us, what is not seen may be there all the same."""
    async with opened("channels:history") as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        await AsyncWebClient(here.slack.bot_token, here.slack.api_url).chat_postMessage(channel=room.id, text="Hello")
        found = await here.messenger.look_up(here.address(room), "d1", lately())
        assert found == CannotLook("Slack shows no metadata of our own messages")


async def test_direct_messages_need_scopes_of_their_own(opened: Opened) -> None:
    """A person's id names no conversation: with im:write it is opened, or it is known from an earlier post."""
    async with opened("channels:history") as here:
        alice = here.slack.user("alice")
        address = Address("slack", here.slack.team, alice.id)
        found = await here.messenger.look_up(address, "d1", lately())
        assert found == CannotLook("no history scope for direct messages")
    async with opened("im:history") as here:
        alice = here.slack.user("alice")
        address = Address("slack", here.slack.team, alice.id)
        found = await here.messenger.look_up(address, "d1", lately())
        assert found == CannotLook("im:write was not granted, which finds a person's direct messages")
        posted = await here.messenger.post(address, CARD, "d1")
        assert isinstance(posted, Posted)
        assert posted.conversation.startswith("D")
        assert await here.messenger.look_up(address, "d1", lately()) == Found(posted)
    async with opened("im:history", "im:write") as here:
        alice = here.slack.user("alice")
        address = Address("slack", here.slack.team, alice.id)
        here.slack.trouble.append(Trouble("chat.postMessage", "error_after", error="fatal_error"))
        await here.messenger.post(address, CARD, "d1")
        found = await here.messenger.look_up(address, "d1", lately())
        assert isinstance(found, Found)
        assert found.posted.conversation.startswith("D")
        assert await here.messenger.look_up(address, "d2", lately()) == Absent()
        assert here.calls()["conversations.open"] == 1
