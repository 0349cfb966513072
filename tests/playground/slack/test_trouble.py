"""Trouble befalls the calls it was ordered for, as often as ordered, and says so afterwards."""

import asyncio
from collections import Counter
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.emulator import SlackEmulator, Trouble
from playground.slack.page.trouble_catalogue import CATALOGUE, METHODS


def client_of(slack: SlackEmulator) -> AsyncWebClient:
    """Slack's own client, pointed at the emulator, that gives up after a moment and never tries again."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, timeout=5)
    client.retry_handlers.clear()
    return client


async def ending(call: Any) -> str:  # noqa: ANN401  # whatever slack_sdk's method gives
    """`ok`, Slack's error code, the HTTP status, or what became of the connection."""
    try:
        await call
    except SlackApiError as error:
        data = error.response.data
        return str(data["error"]) if isinstance(data, dict) else str(error.response.status_code)
    except (aiohttp.ClientError, TimeoutError, AttributeError) as error:  # AttributeError: slack_sdk on a text answer
        return type(error).__name__
    return "ok"


POSSIBLE = [(each.kind, each.error) for chapter in CATALOGUE for each in chapter.possible]


@pytest.mark.parametrize(("kind", "error"), [(kind, error) for kind, error in POSSIBLE if error])
async def test_every_code_can_be_set(kind: str, error: str, slack: SlackEmulator) -> None:
    """Each of Slack's codes is answered as ordered; only what is ordered as done has been done."""
    room = slack.channel("pm-learning", bot=True)
    slack.trouble.append(Trouble("chat.postMessage", kind, error=error))  # type: ignore[arg-type]  # checked by name
    assert await ending(client_of(slack).chat_postMessage(channel=room.id, text="x")) == error
    assert len(slack.posts(room)) == kind.endswith("_after")
    assert (slack.suffered[0].method, slack.suffered[0].kind) == ("chat.postMessage", kind)


async def test_a_missing_scope_is_named(slack: SlackEmulator) -> None:
    """`missing_scope` by order says which, as the real one does."""
    room = slack.channel("pm-learning", bot=True)
    slack.trouble.append(Trouble("*", "error", error="missing_scope"))
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).chat_postMessage(channel=room.id, text="x")
    assert refused.value.response["needed"] == "chat:write"
    assert "commands" in refused.value.response["provided"]


async def test_a_server_error_has_its_status(slack: SlackEmulator) -> None:
    """502 and its kin, after posting or before."""
    room = slack.channel("pm-learning", bot=True)
    slack.trouble.append(Trouble("chat.postMessage", "5xx_after", status=502))
    slack.trouble.append(Trouble("chat.postMessage", "5xx_before", status=504))
    form = {"channel": room.id, "text": "x", "token": slack.bot_token}
    async with aiohttp.ClientSession() as session:
        for status in (502, 504):
            async with session.post(f"{slack.api_url}chat.postMessage", data=form) as answer:
                assert answer.status == status
    assert len(slack.posts(room)) == 1


@pytest.mark.parametrize("kind", ["stall_before", "stall_after"])
async def test_silence_lasts_until_the_caller_hangs_up(kind: str, slack: SlackEmulator) -> None:
    """A stalled call has no answer, however long one waits; done or not is as ordered."""
    room = slack.channel("pm-learning", bot=True)
    slack.trouble.append(Trouble("chat.postMessage", kind))  # type: ignore[arg-type]  # one of the two above
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, timeout=1)
    client.retry_handlers.clear()
    assert await ending(client.chat_postMessage(channel=room.id, text="x")) == "TimeoutError"
    assert len(slack.posts(room)) == (kind == "stall_after")


async def test_trouble_keeps_to_its_place(slack: SlackEmulator) -> None:
    """By method and by channel; a person's direct messages are named by either id."""
    alice, room, other = slack.user("alice"), slack.channel("pm-learning", bot=True), slack.channel("other", bot=True)
    client = client_of(slack)
    slack.trouble.append(Trouble("chat.postMessage", "error", error="is_archived", channel=room.id, times=None))
    slack.trouble.append(
        Trouble("chat.postMessage", "error", error="user_disabled", channel=slack.dm(alice).id, times=2)
    )
    assert await ending(client.chat_postMessage(channel=other.id, text="x")) == "ok"
    assert await ending(client.auth_test()) == "ok"
    for _ in range(3):
        assert await ending(client.chat_postMessage(channel=room.id, text="x")) == "is_archived"
    assert await ending(client.chat_postMessage(channel=alice.id, text="x")) == "user_disabled"
    assert await ending(client.chat_postMessage(channel=slack.dm(alice).id, text="x")) == "user_disabled"
    assert await ending(client.chat_postMessage(channel=alice.id, text="x")) == "ok"
    assert [(trouble.error, trouble.met) for trouble in slack.trouble] == [("is_archived", 3)]
    slack.trouble.clear()
    assert await ending(client.chat_postMessage(channel=room.id, text="x")) == "ok"


async def test_shares_add_up_and_repeat(slack: SlackEmulator) -> None:
    """17 % in all, split between two troubles; the same seed gives the same calls the same trouble."""
    slack.trouble.append(Trouble("*", "error", error="fatal_error", times=None, share=0.1))
    slack.trouble.append(Trouble("*", "429", times=None, share=0.07))

    async def run() -> list[str]:
        slack.throw_dice(7)
        return [await ending(client.api_test()) for _ in range(400)]

    async with aiohttp.ClientSession() as session:  # one, where slack_sdk would open one for each call
        client = client_of(slack)
        client.session = session
        first, second = await run(), await run()
    assert first == second
    counts = Counter(first)
    assert 0.11 < (counts["fatal_error"] + counts["ratelimited"]) / 400 < 0.23
    assert counts["fatal_error"] > counts["ratelimited"] > 0
    assert [trouble.met for trouble in slack.trouble] == [2 * counts["fatal_error"], 2 * counts["ratelimited"]]


async def test_certain_trouble_goes_before_the_dice(slack: SlackEmulator) -> None:
    """What is ordered for the next call happens to the next call."""
    slack.trouble.append(Trouble("*", "error", error="fatal_error", times=None, share=1.0))
    slack.trouble.append(Trouble("*", "error", error="token_expired"))
    assert await ending(client_of(slack).auth_test()) == "token_expired"
    assert await ending(client_of(slack).auth_test()) == "fatal_error"


async def test_a_late_post_comes_all_the_same(slack: SlackEmulator) -> None:
    """A slow call works in the end, though nobody waits any more: so an outcome must rest before it is looked up."""
    room = slack.channel("pm-learning", bot=True)
    slow = Trouble("chat.postMessage", "slow", seconds=0.3)
    slack.trouble.append(slow)
    posting = asyncio.create_task(client_of(slack).chat_postMessage(channel=room.id, text="late"))
    await slack.wait_for(lambda: slow.met)  # the page says so at once, too
    posting.cancel()
    assert (slack.posts(room), slack.under_way) == ([], 1)
    await slack.wait_for(lambda: slack.posts(room) and not slack.under_way)


# -- the page's drawer


async def act(slack: SlackEmulator, done: str, /, **body: object) -> int:
    """The status of one act of the drawer."""
    who = {"user": slack.user("alice").id}
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}page/{done}", json=who | body) as answer:
        return answer.status


async def drawer(slack: SlackEmulator) -> dict[str, Any]:
    """What stands in it."""
    slack.user("alice")
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}page/state") as answer:
        found: dict[str, Any] = (await answer.json())["trouble"]
        return found


async def test_everything_on_the_menu_can_be_ordered(slack: SlackEmulator) -> None:
    """Each trouble and each method of the menus is understood, and stands in the list with its title."""
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}page/possible-trouble") as answer:
        menus = await answer.json()
    offered = [each for chapter in menus["chapters"] for each in chapter["possible"]]
    assert [(each["kind"], each["error"]) for each in offered] == POSSIBLE
    for each in offered:
        assert (
            await act(slack, "trouble", kind=each["kind"], error=each["error"], method="auth.test", times=None) == 200
        )
    for name, _ in METHODS:
        assert await act(slack, "trouble", kind="429", method=name, share=0.17, times=None, seconds=30) == 200
    waiting = (await drawer(slack))["waiting"]
    assert [each["title"] for each in waiting[: len(offered)]] == [each["title"] for each in offered]
    assert waiting[-1]["share"] == 0.17
    assert slack.trouble[-1].retry_after == 30


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "plague"},
        {"kind": "error", "error": "no code!"},
        {"kind": "429", "method": "../x"},
        {"kind": "429", "share": 0},
        {"kind": "429", "share": 1.5},
        {"kind": "429", "times": 0},
        {"kind": "429", "times": "many"},
        {"kind": "5xx_after", "status": 200},
        {"kind": "slow", "seconds": -1},
    ],
)
async def test_nonsense_is_refused(wanted: dict[str, Any], slack: SlackEmulator) -> None:
    """What cannot be understood orders nothing."""
    assert await act(slack, "trouble", **{"method": "auth.test", **wanted}) == 400
    assert slack.trouble == []


async def test_what_happened_is_shown_and_taken_back(slack: SlackEmulator) -> None:
    """The drawer shows what is ordered, how often it happened, and when; each can be taken back, and all of it."""
    room = slack.channel("pm-learning", bot=True)
    await act(slack, "trouble", kind="error", error="is_archived", method="chat.postMessage", times=None)
    await act(slack, "trouble", kind="cut_after", method="auth.test", times=3)
    await ending(client_of(slack).chat_postMessage(channel=room.id, text="x"))
    shown = await drawer(slack)
    assert [(each["title"], each["met"], each["times"]) for each in shown["waiting"]] == [
        ("is_archived", 1, None),
        ("Connection breaks after", 0, 3),
    ]
    (happened,) = shown["lately"]
    assert (happened["title"], happened["channel"]) == ("is_archived", room.id)
    await act(slack, "trouble", drop=shown["waiting"][0]["key"])
    assert [trouble.kind for trouble in slack.trouble] == ["cut_after"]
    await act(slack, "trouble", clear=True)
    shown = await drawer(slack)
    assert (shown["waiting"], len(shown["lately"])) == ([], 1)


async def test_rules_are_set_and_reset(slack: SlackEmulator) -> None:
    """Scopes, limits, the token and people are changed from the drawer; a reset brings the first day's rules back."""
    alice = slack.user("alice")
    before = set(slack.scopes)
    for change in (
        {"rule": "scope", "name": "users:read", "is_on": True},
        {"rule": "scope", "name": "commands", "is_on": False},
        {"rule": "rate", "is_on": True},
        {"rule": "slow_history", "is_on": True},
        {"rule": "admin", "name": alice.id, "is_on": True},
        {"rule": "gone", "name": alice.id, "is_on": True},
    ):
        assert await act(slack, "rules", **change) == 200
    user = (await client_of(slack).users_info(user=alice.id))["user"]
    assert (user["is_admin"], user["deleted"]) == (True, True)
    assert slack.scopes == (before | {"users:read"}) - {"commands"}
    assert (slack.rates.is_enforced, slack.rates.is_history_slow) == (True, True)
    await act(slack, "rules", rule="token", is_on=False)
    assert await ending(client_of(slack).auth_test()) == "token_revoked"
    assert await act(slack, "rules", rule="scope", name="admin", is_on=True) == 409
    await act(slack, "trouble", reset=True)
    assert slack.scopes == before
    assert (slack.rates.is_enforced, slack.rates.is_history_slow) == (False, False)
    assert await ending(client_of(slack).auth_test()) == "ok"
