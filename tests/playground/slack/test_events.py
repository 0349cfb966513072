"""Events reach the bot as Slack sends them; the clock and the memory of the emulator hold."""

import asyncio
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.shapes import CARD, card, client_of, opened


async def test_a_reaction(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_an_event_comes_again_until_taken(slack: SlackEmulator, bot: EchoBot) -> None:
    """Three retries, numbered and with their reason."""
    bot.answers(status=500)
    delivery = await slack.send_event({"type": "app_uninstalled"})
    assert len(delivery.attempts) == 4
    assert not delivery.is_accepted
    retries = [(h.headers.get("x-slack-retry-num"), h.headers.get("x-slack-retry-reason")) for h in bot.heard]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({heard.event["event_id"] for heard in bot.heard}) == 1


async def test_a_retry_that_waits(bot: EchoBot) -> None:
    """A retry with a delay comes by itself; the act that caused the event does not wait for it."""
    bot.answers(status=500)
    async with SlackEmulator(request_url=bot.url, retry_delays=(0, 0.01)) as slack:
        delivery = await slack.send_event({"type": "app_uninstalled"})
        assert len(delivery.attempts) == 2
        bot.answers()
        await slack.wait_for(lambda: delivery.is_accepted)
    assert bot.heard[-1].headers["x-slack-retry-num"] == "2"


async def test_a_mention(slack: SlackEmulator, bot: EchoBot) -> None:
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


async def test_home_is_opened(slack: SlackEmulator, bot: EchoBot) -> None:
    """app_home_opened names the person and the tab."""
    alice = slack.user("alice")
    await slack.open_home(alice)
    assert bot.heard[-1].event["event"]["user"] == alice.id
    assert bot.heard[-1].event["event"]["tab"] == "home"


# -- raw requests, waiting


async def test_raw_requests(slack: SlackEmulator, bot: EchoBot) -> None:
    """Signed bytes verify, an old signature does not, unsigned ones have none."""
    verifier = SignatureVerifier(slack.signing_secret)
    await slack.post_signed(b"ssl_check=1")
    await slack.post_signed(b"ssl_check=1", age=301)
    await slack.post_unsigned(b"ssl_check=1")
    assert [verifier.is_valid_request(heard.raw, heard.headers) for heard in bot.heard] == [True, False, False]


async def test_waiting_for_something(slack: SlackEmulator) -> None:
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
    async with SlackEmulator(request_url=bot.url, clock_offset_file=file) as slack:
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
    async with SlackEmulator(clock_offset_file=file) as again:
        assert again.clock.offset == 60


async def test_a_restart(tmp_path: Path, bot: EchoBot) -> None:
    """An emulator with a data folder goes on where it was, cards and modals too."""
    async with SlackEmulator(request_url=bot.url, data=tmp_path, furnished=True) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        posted = await client_of(slack).chat_postMessage(channel=room.id, **CARD)
        await slack.react(alice, slack.posts(room)[0], "mag")
        shown = await card(slack, bot)
        await opened(slack)
    async with SlackEmulator(request_url=bot.url, data=tmp_path, furnished=True) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        assert slack.has_bot(room)
        assert [(post.ts, dict(post.reactions)) for post in slack.posts(room)] == [(posted["ts"], {"mag": [alice.id]})]
        assert (await slack.click(alice, shown, action_id="more")).status == 200
        assert slack.view(alice) is not None
        assert float((await slack.say(alice, room, "next")).ts) > float(posted["ts"])


def test_only_loopback() -> None:
    """An emulator never listens where others could reach it."""
    with pytest.raises(ValueError, match="loopback"):
        SlackEmulator(host="0.0.0.0")  # noqa: S104  # to be refused
