"""The page: what it shows, what it does, and whom it keeps out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from starlette.responses import JSONResponse, Response

from playground.slack.emulator import SlackEmulator, User
from tests.playground.echo_bot import EchoBot, Heard

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Something that speaks HTTP."""
    async with aiohttp.ClientSession() as session:
        yield session


async def do(
    browser: aiohttp.ClientSession, slack: SlackEmulator, act: str, user: User, **body: object
) -> dict[str, Any]:
    """One act of a person on the page."""
    async with browser.post(f"{slack.url}page/{act}", json={"user": user.id, **body}) as response:
        found: dict[str, Any] = await response.json()
        return found | {"status": response.status}


async def state(browser: aiohttp.ClientSession, slack: SlackEmulator, user: User) -> dict[str, Any]:
    """What the page shows to this person."""
    async with browser.get(f"{slack.url}page/state", params={"user": user.id}) as response:
        found: dict[str, Any] = await response.json()
        return found


async def test_the_page_brings_everything_itself(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """Its files come from here, under a policy that allows nothing else; no path leads out of its folder."""
    async with browser.get(slack.url) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "http" not in (await response.text()).replace("http-equiv", "")
    for name in ("app.js", "style.css", "icon.svg", "blocks.js"):
        async with browser.get(f"{slack.url}page/{name}") as response:
            assert response.status == 200
    for name in ("index.html", "..%2Fslack.py", "nothing.js"):
        async with browser.get(f"{slack.url}page/{name}") as response:
            assert response.status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**JSON, "Host": "pm.example.com"}, 421),
        ({**JSON, "Origin": "http://pm.example.com"}, 403),
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        (JSON, 400),
    ],
)
async def test_strangers_are_kept_out(
    headers: dict[str, str], status: int, slack: SlackEmulator, browser: aiohttp.ClientSession
) -> None:
    """Another site's page, and a name that only resolves to this machine, change nothing."""
    async with browser.post(f"{slack.url}page/start-over", data=b"{}", headers=headers) as response:
        assert response.status == status


async def test_everyone_sees_their_own(slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot) -> None:
    """Private channels, notes and modals are shown to those they are for."""
    alice, bob = slack.user("alice"), slack.user("bob")
    room = slack.channel("pm-learning", bot=True)
    slack.channel("leads", members=[alice], private=True)
    bot.answers({"text": "for alice alone"})
    assert (await do(browser, slack, "say", alice, channel=room.id, text="/pm-compare risks"))["error"] is None
    hers, his = await state(browser, slack, alice), await state(browser, slack, bob)
    assert {"leads", "pm-learning"} <= {channel["name"] for channel in hers["channels"]}
    assert "leads" not in {channel["name"] for channel in his["channels"]}
    note = next(c for c in hers["channels"] if c["id"] == room.id)["messages"][0]
    assert (note["text"], note["is_ephemeral"]) == ("for alice alone", True)
    assert next(c for c in his["channels"] if c["id"] == room.id)["messages"] == []
    place = {"channel": room.id, "ts": note["ts"]}
    assert (await do(browser, slack, "click", bob, place=place, action_id="x"))["status"] == 409


async def test_inviting_by_typing(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """/invite lets the bot in and /remove sends it away, and both are told to the channel."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    await do(browser, slack, "say", alice, channel=room.id, text="/invite @PM Compare")
    assert slack.has_bot(room)
    await do(browser, slack, "say", alice, channel=room.id, text="/remove @PM Compare")
    assert not slack.has_bot(room)
    assert len(slack.posts(room)) == 2


async def test_names_are_stored_as_slack_does(
    slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot
) -> None:
    """@names and #channels become ids, and what could be markup is escaped."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    await do(browser, slack, "say", alice, channel=room.id, text="@PM Compare risks <b> in #pm-learning, @alice")
    assert slack.posts(room)[0].text == f"<@{slack.bot_user}> risks &lt;b&gt; in <#{room.id}>, <@{alice.id}>"
    assert bot.heard[0].event["event"]["type"] == "app_mention"


async def test_reactions_go_on_and_off(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """The same reaction twice takes it back; a name that is none is refused in words."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    said = await slack.say(alice, room, "tip")
    place = {"channel": room.id, "ts": said.ts}
    await do(browser, slack, "react", alice, place=place, name=":mag:")
    assert slack.posts(room)[0].reactions == {"mag": (alice.id,)}
    await do(browser, slack, "react", alice, place=place, name="mag")
    assert slack.posts(room)[0].reactions == {}
    assert "name" in (await do(browser, slack, "react", alice, place=place, name="no such!"))["error"]


async def test_an_error_is_told(slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot) -> None:
    """What a person of Slack would see fail is named, with what the bot did wrong."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    bot.answers({"text": "x", "blocks": [{"type": "carousel"}]})
    told = await do(browser, slack, "say", alice, channel=room.id, text="/pm-compare")
    assert told["error"] == "invalid_command_response"
    assert "unsupported type: carousel" in told["details"][0]


async def test_the_next_tip(slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot) -> None:
    """The clock jumps to the moment the bot's metrics name; without one it says so."""
    alice = slack.user("alice")
    assert "No tip is scheduled" in (await do(browser, slack, "clock", alice, to="next-tip"))["error"]
    moment = slack.clock.real() + 3 * 24 * 3600
    bot.metrics = f"# TYPE x gauge\npm_compare_next_tip_timestamp_seconds {moment:.1f}\n"
    assert (await do(browser, slack, "clock", alice, to="next-tip"))["error"] is None
    assert slack.clock.now() == pytest.approx(moment + 1, abs=5)
    assert "already" in (await do(browser, slack, "clock", alice, to="next-tip"))["error"]
    await do(browser, slack, "clock", alice, shift=3600)
    assert slack.clock.now() == pytest.approx(moment + 3601, abs=5)
    await do(browser, slack, "clock", alice, reset=True)
    assert slack.clock.offset == 0


async def test_a_modal_on_the_page(slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot) -> None:
    """A modal is shown, filled with a suggestion, refused by the bot, and closed."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    option = {"text": {"type": "plain_text", "text": "Paris"}, "value": "Europe/Paris"}
    modal = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Tips"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [
            {
                "type": "input",
                "block_id": "zone",
                "label": {"type": "plain_text", "text": "Zone"},
                "element": {"type": "external_select", "action_id": "zone"},
            }
        ],
    }

    async def reply(heard: Heard) -> Response:
        if heard.form.get("trigger_id"):
            headers = {"Authorization": f"Bearer {slack.bot_token}"}
            body = {"trigger_id": heard.form["trigger_id"], "view": modal}
            async with browser.post(f"{slack.api_url}views.open", json=body, headers=headers) as opened:
                assert (await opened.json())["ok"]
        elif heard.payload["type"] == "block_suggestion":
            return JSONResponse({"options": [option]})
        elif heard.payload["type"] == "view_submission":
            return JSONResponse({"response_action": "errors", "errors": {"zone": "Not there"}})
        return Response()

    bot.reply = reply
    await do(browser, slack, "say", alice, channel=room.id, text="/pm-compare tips")
    place = {"view": (await state(browser, slack, alice))["modals"][0]["id"]}
    assert (await do(browser, slack, "submit", alice, place=place))["error"] == "required"
    found = await do(browser, slack, "suggest", alice, place=place, action_id="zone", typed="par")
    assert found["options"] == [option]
    await do(browser, slack, "submit", alice, place=place, values={"zone": option})
    assert (await state(browser, slack, alice))["modals"][0]["errors"] == {"zone": "Not there"}
    await do(browser, slack, "close", alice, place=place)
    assert (await state(browser, slack, alice))["modals"] == []


async def test_trouble_and_a_fresh_start(browser: aiohttp.ClientSession) -> None:
    """Trouble is ordered and taken back; starting over brings the first day back."""
    async with SlackEmulator(furnished=True) as slack:
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        await do(browser, slack, "trouble", alice, method="chat.postMessage", kind="429")
        assert [trouble.kind for trouble in slack.trouble] == ["429"]
        await do(browser, slack, "trouble", alice, clear=True)
        assert slack.trouble == []
        await slack.say(alice, room, "x")
        slack.clock.shift(60)
        late = await slack.say(alice, room, "y")
        await do(browser, slack, "start-over", alice)
        assert slack.posts(slack.channel("pm-learning")) == []
        assert slack.clock.offset == 0
        alice, room = slack.user("alice"), slack.channel("pm-learning")
        assert float((await slack.say(alice, room, "z")).ts) < float(late.ts) - 50  # as the clock shows
        assert slack.has_bot(slack.channel("pm-learning"))


async def test_the_stream_tells_of_changes(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """A change is told at once to whoever looks, and the stream ends with the emulator."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with browser.get(f"{slack.url}page/stream") as response:
        first = await response.content.readuntil(b"\n\n")
        await slack.say(alice, room, "x")
        async with asyncio.timeout(5):
            second = await response.content.readuntil(b"\n\n")
        assert first.startswith(b"data: ")
        assert second != first
        await slack.stop()
        async with asyncio.timeout(5):
            await response.content.read()
