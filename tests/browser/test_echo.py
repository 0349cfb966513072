"""The page before a bot that is none of ours: ask, be told, go deeper, with mouse and keyboard."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import JSONResponse, Response

from playground.slack.emulator import SlackEmulator
from tests.browser.screen import Kept, Screen
from tests.playground.echo_bot import EchoBot, Heard
from tests.playground.slack.test_limits import chart, thumb, thumbs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


CARD: dict[str, Any] = {
    "text": "Risks",
    "blocks": [
        {"type": "header", "text": plain("7 · Risks")},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Traditional PM*\n<script>alert(1)</script> &lt;b&gt;"},
                {"type": "mrkdwn", "text": "*AI PM*\nInherits _those_ risks"},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain("Share"), "action_id": "share", "style": "primary"},
                {
                    "type": "button",
                    "text": plain("Turn off"),
                    "action_id": "off",
                    "style": "danger",
                    "confirm": {
                        "title": plain("Sure?"),
                        "text": plain("Really"),
                        "confirm": plain("Yes"),
                        "deny": plain("No"),
                    },
                },
            ],
        },
    ],
}
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": plain("Weekly tips"),
    "submit": plain("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "hour",
            "label": plain("Time"),
            "element": {"type": "timepicker", "action_id": "hour", "initial_time": "09:00"},
        },
        {
            "type": "input",
            "block_id": "zone",
            "label": plain("Time zone"),
            "element": {"type": "external_select", "action_id": "zone"},
        },
    ],
}


HOME: dict[str, Any] = {
    "type": "home",
    "blocks": [{"type": "header", "text": plain("Your weekly tips")}, CARD["blocks"][2], chart()],
}


@pytest_asyncio.fixture(loop_scope="session")
async def bot() -> AsyncIterator[EchoBot]:
    """A bot that listens, on the loop of the browser."""
    async with EchoBot() as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def lively(bot: EchoBot) -> AsyncIterator[SlackEmulator]:
    """A furnished emulator with a bot that answers, shares, opens a modal and goes deeper."""
    async with SlackEmulator(request_url=bot.url, furnished=True) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

        async def reply(heard: Heard) -> Response:
            if heard.event and heard.event["event"]["type"] == "app_home_opened":
                await client.views_publish(user_id=heard.event["event"]["user"], view=HOME)
                return Response()
            if heard.payload.get("type") == "shortcut":
                await client.views_open(trigger_id=heard.payload["trigger_id"], view=MODAL)
                return Response()
            if heard.payload.get("view", {}).get("type") == "home":
                return Response()
            if heard.form.get("text") == "tips":
                await client.views_open(trigger_id=heard.form["trigger_id"], view=MODAL)
                return Response()
            if heard.form.get("command"):
                return JSONResponse(CARD)
            if heard.payload.get("type") == "block_suggestion":
                return JSONResponse({"options": [{"text": plain("Europe/Paris"), "value": "Europe/Paris"}]})
            if heard.payload.get("type") == "block_actions":
                await client.chat_postMessage(
                    channel=heard.payload["channel"]["id"], text="Shared", blocks=CARD["blocks"]
                )
            if heard.event and heard.event["event"]["type"] == "reaction_added":
                item = heard.event["event"]["item"]
                await client.chat_postMessage(channel=item["channel"], thread_ts=item["ts"], text="More *detail*")
            return Response()

        bot.reply = reply
        yield slack


@pytest_asyncio.fixture(loop_scope="session")
async def page(lively: SlackEmulator, kept: Kept) -> AsyncIterator[Page]:
    """The window that is kept, whose page must not complain; it is left before the server that it polls stops."""
    assert lively.url
    screen = Screen(await kept.page())
    yield screen.page
    screen.leave()
    await kept.clean()
    assert screen.complaints == []


async def test_ask_and_go_deeper(page: Page, lively: SlackEmulator) -> None:
    """A typed command shows a card to its person alone; shared, it takes a reaction, and the thread answers."""
    await page.goto(lively.url)
    await page.get_by_label("Message #pm-learning, or / for commands").fill("/pm-compare risks")
    await page.keyboard.press("Enter")
    card = page.get_by_role("article").first
    await expect(card).to_contain_text("Only visible to you")
    await expect(card.get_by_role("heading", name="7 · Risks")).to_be_visible()
    await expect(card).to_contain_text("<script>alert(1)</script> <b>")
    await card.get_by_role("button", name="Share").click()
    post = page.get_by_role("article").nth(1)
    await expect(post).not_to_contain_text("Only visible to you")
    await card.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("article")).to_have_count(1)
    post = page.get_by_role("article").first
    await post.hover()
    await post.get_by_role("button", name="React with mag").click()
    await post.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("More detail")
    await expect(post.get_by_role("button", name="mag, 1: Alice")).to_have_attribute("aria-pressed", "true")
    assert lively.faults == []


async def test_be_told(page: Page, lively: SlackEmulator, bot: EchoBot) -> None:
    """The settings are filled in with the keyboard, and the clock jumps to the next tip."""
    await page.goto(lively.url)
    await page.get_by_role("textbox", name="or / for commands").fill("/pm-compare tips")
    await page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name="Weekly tips")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_contain_text("Please complete this required field.")
    await modal.get_by_label("Time zone").press_sequentially("par")
    await expect(modal.get_by_role("option", name="Europe/Paris")).to_be_visible()
    await page.keyboard.press("Enter")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_be_hidden()
    values = bot.heard[-1].payload["view"]["state"]["values"]
    assert values["zone"]["zone"]["selected_option"]["value"] == "Europe/Paris"
    assert values["hour"]["hour"]["selected_time"] == "09:00"
    bot.metrics = f"pm_compare_next_tip_timestamp_seconds {lively.clock.now() + 86_400}\n"
    await page.get_by_role("button", name="Next tip").click()
    await expect(page.get_by_role("status")).to_contain_text("It is time for the tip")
    await expect(page.get_by_label("Clock")).to_contain_text("moved")


async def test_a_risky_click_is_asked_about(page: Page, lively: SlackEmulator, bot: EchoBot) -> None:
    """A button with a question sends nothing until it is answered with yes."""
    await page.goto(lively.url)
    await page.get_by_role("button", name="Show me: ask").click()
    await page.get_by_role("button", name="Turn off").click()
    await page.get_by_role("button", name="No", exact=True).click()
    assert all(not heard.payload for heard in bot.heard)
    await page.get_by_role("button", name="Turn off").click()
    await page.get_by_role("button", name="Yes").click()
    async with asyncio.timeout(5):
        await lively.wait_for(lambda: lively.posts(lively.channel("pm-learning")))


async def test_inviting_with_a_click(page: Page, lively: SlackEmulator) -> None:
    """Where the bot is missing the page says so, and one click lets it in."""
    await page.goto(lively.url)
    await page.get_by_role("navigation").get_by_role("button", name="channel product").click()
    await page.get_by_role("button", name="Invite it").click()
    await expect(page.get_by_role("main")).to_contain_text("joined, invited by @Alice")
    assert lively.has_bot(lively.channel("product"))


async def test_the_app_s_home(page: Page, lively: SlackEmulator, bot: EchoBot) -> None:
    """It is drawn when somebody opens it, for them alone, and what is pressed there comes from no channel."""
    await page.goto(lively.url)
    await page.get_by_role("button", name="app PM Compare").click()
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="Your weekly tips")).to_be_visible()
    await expect(page.get_by_role("figure")).to_contain_text("Votes")
    await expect(page.get_by_text("Sending messages to this app")).to_be_hidden()
    await page.get_by_role("button", name="Share").click()
    pressed = await bot.until(lambda heard: heard.payload.get("actions"))
    assert pressed.payload["container"]["type"] == "view"
    await page.get_by_role("button", name="Bob").last.click()
    await expect(page.get_by_role("heading", name="Your weekly tips")).to_be_hidden()
    assert lively.home(lively.user("bob")) is None
    assert lively.faults == []


async def test_a_shortcut_beside_the_message_box(page: Page, lively: SlackEmulator, bot: EchoBot) -> None:
    """The menu offers it in every channel, and its form opens."""
    await page.goto(lively.url)
    await page.locator("#composer").get_by_label("Shortcuts").click()
    await page.get_by_role("button", name="Compare PM roles").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Weekly tips")
    assert bot.heard[-1].payload["callback_id"] == "compare"
    assert lively.faults == []


async def test_thumbs_a_chart_and_an_edited_message(page: Page, lively: SlackEmulator, bot: EchoBot) -> None:
    """Each thumb says which it is; bars are as long as their counts; Slack says what was edited."""
    room = lively.channel("pm-learning")
    client = AsyncWebClient(token=lively.bot_token, base_url=lively.api_url)
    pair = thumbs(negative_button=thumb(value="down", accessibility_label="Not useful"))
    drawn = chart()
    drawn["chart"]["series"][0]["data"][1]["value"] = 4
    posted = await client.chat_postMessage(channel=room.id, text="Votes", blocks=[drawn, pair])
    await page.goto(lively.url)
    bars = page.locator(".bar")
    await expect(bars).to_have_count(2)
    widths = [await bar.evaluate("node => node.getBoundingClientRect().width") for bar in await bars.all()]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.02)
    await expect(page.get_by_text("(edited)")).to_be_hidden()
    await page.get_by_role("button", name="Not useful").click()
    pressed = await bot.until(lambda heard: heard.payload.get("actions"))
    assert pressed.payload["actions"][0]["value"] == "down"
    await client.chat_update(channel=room.id, ts=posted["ts"], text="Corrected", blocks=[])
    await expect(page.get_by_text("Corrected (edited)")).to_be_visible()


async def test_trouble_is_ordered_in_words(page: Page, lively: SlackEmulator) -> None:
    """The drawer says what each trouble means; one is ordered for a channel, seen to happen, and taken back."""
    room = lively.channel("pm-learning")
    client = AsyncWebClient(token=lively.bot_token, base_url=lively.api_url, retry_handlers=[])
    await page.goto(lively.url)
    await page.get_by_role("button", name="Trouble").click()
    drawer = page.get_by_role("complementary", name="Trouble")
    await expect(drawer).to_contain_text("Sending it again would post it twice")
    await drawer.get_by_label("What goes wrong").select_option(label="is_archived")
    await expect(drawer).to_contain_text("The channel is archived.")
    await drawer.get_by_label("Where").select_option(label="#pm-learning")
    await drawer.get_by_label("How often").select_option(label="every call, until taken back")
    await drawer.get_by_role("button", name="Order it").click()
    ordered = drawer.get_by_role("region", name="Ordered")
    await expect(ordered).to_contain_text("It has not happened yet.")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="is_archived"):
            await client.chat_postMessage(channel=room.id, text="x")
    await expect(ordered).to_contain_text("It has happened 2 times.")
    await expect(drawer.get_by_role("region", name="What happened lately")).to_contain_text("#pm-learning")
    await ordered.get_by_role("button", name="Take it back").click()
    await expect(ordered).to_contain_text("None")
    await client.chat_postMessage(channel=room.id, text="It works again.")
    await drawer.get_by_label("users:read").check()
    await drawer.get_by_role("group", name="Bob").get_by_label("admin").check()
    await expect(drawer.get_by_label("users:read")).to_be_checked()
    bob = lively.user("bob")
    await lively.wait_for(lambda: "users:read" in lively.scopes and lively.user("bob").is_admin)
    assert (await client.users_info(user=bob.id))["user"]["is_admin"]
    await drawer.get_by_role("button", name="Reset everything here").click()
    await expect(drawer.get_by_label("users:read")).not_to_be_checked()
    await page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()


async def test_a_share_of_calls(page: Page, lively: SlackEmulator) -> None:
    """Numbers are asked for only where they mean something, and reach the emulator as they were entered."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(lively.url)
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("button", name="Trouble").click()
    drawer = page.get_by_role("complementary", name="Trouble")
    await expect(drawer.get_by_label("Per cent of the calls")).to_be_hidden()
    await drawer.get_by_label("What goes wrong").select_option(label="Too fast (429)")
    await drawer.get_by_label("How often").select_option(label="a share of all calls")
    await drawer.get_by_label("Per cent of the calls").fill("25")
    await drawer.get_by_label("Seconds to wait (Retry-After)").fill("7")
    await drawer.get_by_label("With which calls").select_option(label="any call")
    await drawer.get_by_role("button", name="Order it").click()
    await expect(drawer.get_by_role("region", name="Ordered")).to_contain_text("any call, anywhere: 25 % of the calls.")
    (trouble,) = lively.trouble
    assert (trouble.method, trouble.share, trouble.retry_after, trouble.times) == ("*", 0.25, 7, None)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_a_narrow_screen(page: Page, lively: SlackEmulator) -> None:
    """Nothing is cut off at the width of a telephone, and channels are one press away."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(lively.url)
    await expect(page.get_by_role("button", name="Next tip")).to_be_in_viewport()
    await page.get_by_role("button", name="Channels and people").click()
    await page.get_by_role("button", name="Bob Member").click()
    await page.get_by_role("button", name="channel product").click()
    await expect(page.get_by_role("heading", name="product")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
