"""Teams' side of the page in a real browser: asking, dialogs, reactions, places, and the switch between platforms."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import boxes, sides
from tests.browser.teams_screen import TeamsScreen
from tests.browser.teams_world import BothWorld
from tests.browser.test_page import DOUBLE_IDS, STICKING_OUT, unnamed
from tests.in_order import received

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]
WORLD = BothWorld


async def test_a_question_in_the_chat_with_the_app_is_answered_and_its_buttons_change_the_card(
    hers: TeamsScreen, world: BothWorld
) -> None:
    """`risks` brings the two sides next to each other; a level takes the card's place, and a button leads back."""
    card = await hers.ask("risks")
    await expect(card.get_by_role("heading", name="7 · Risks and responsibilities")).to_be_in_viewport()
    left, right = await boxes(*sides(card))
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 2
    await card.get_by_role("button", name="More detail").click()
    await expect(card.get_by_role("heading", name="Risks and responsibilities: more detail")).to_be_in_viewport()
    await expect(card).to_contain_text("Your view")
    folded = card.get_by_role("button", name="What to measure")
    await expect(folded).to_have_attribute("aria-expanded", "false")
    await expect(card.get_by_text("Harmful-output rate:")).to_be_hidden()
    await folded.click()
    await expect(folded).to_have_attribute("aria-expanded", "true")
    await expect(card.get_by_text("Harmful-output rate:")).to_be_visible()
    menu = card.get_by_role("button", name="Pages")
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await menu.focus()
    await hers.page.keyboard.press("Enter")
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await card.get_by_role("button", name="Examples").click()
    await expect(card.get_by_role("heading", name="Risks and responsibilities: examples")).to_be_visible()
    await card.get_by_role("button", name="Back to the card").click()
    await expect(card.get_by_role("heading", name="7 · Risks and responsibilities")).to_be_in_viewport()
    await card.get_by_role("button", name="Skills").click()
    await expect(card.get_by_role("heading", name="6 · Skills")).to_be_visible()
    assert world.teams.faults == []


async def test_what_looks_like_markup_stays_text(hers: TeamsScreen, world: BothWorld) -> None:
    """Typed as a question, `<img onerror>` is shown as it was typed, by both sides, and runs nothing."""
    typed = "quux <img src=x onerror=alert(1)> **bold** [x](https://example.org/) quux"
    card = await hers.ask(typed)
    await expect(hers.messages.nth(-2)).to_contain_text(typed)
    await expect(card.get_by_role("heading")).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(hers.messages.locator("img")).to_have_count(0)
    assert world.teams.faults == []


async def test_tips_are_turned_on_in_the_dialog_and_come_at_their_moment(
    hers: TeamsScreen, his: TeamsScreen, world: BothWorld
) -> None:
    """A missing zone is pointed at, one is found by typing, all read the introduction, and the tip comes."""
    await hers.enter("pm-learning")
    await his.enter("pm-learning")
    post = await hers.post("tips")
    await post.get_by_role("button", name="Turn on…").click()
    await hers.page.set_viewport_size({"width": 1280, "height": 600})
    await expect(hers.dialog.get_by_role("button", name="Turn on")).to_be_in_viewport(ratio=1)  # whatever is above it
    await hers.page.set_viewport_size({"width": 1280, "height": 800})
    zone = hers.dialog.get_by_label("Time zone")
    await zone.fill("")
    await hers.dialog.get_by_label("Day").focus()
    await hers.dialog.get_by_role("button", name="Turn on").click()
    await expect(zone).to_be_focused()
    await expect(zone).to_have_attribute("aria-invalid", "true")
    await expect(zone).to_have_accessible_description("Choose a time zone from the list, such as Europe/Paris.")
    await zone.fill("Nowhere at all")  # words that are no zone stay where they were typed, and choose nothing
    await hers.dialog.get_by_label("Day").focus()
    await hers.dialog.get_by_role("button", name="Turn on").click()
    await expect(zone).to_have_value("Nowhere at all")
    await expect(zone).to_have_attribute("aria-invalid", "true")
    await zone.fill("")
    await zone.press_sequentially("par")
    await expect(hers.dialog.get_by_role("option", name="Europe/Paris")).to_have_attribute("aria-selected", "true")
    await hers.page.keyboard.press("Enter")
    await hers.dialog.get_by_role("button", name="Turn on").click()
    await expect(hers.dialog).to_be_hidden()
    await world.settle()
    await expect(his.posts.last).to_contain_text("Alice Martin turned on a weekly AI PM tip")
    await expect(post).to_contain_text("Next: Mon, 30 Nov 2026 at 09:00 your time")  # Alice is in Paris
    await his.page.get_by_role("main").get_by_role("log").press("End")  # he has read the introduction

    await hers.page.get_by_role("button", name="Next tip").click()
    await expect(hers.page.get_by_label("Clock")).to_contain_text("Mon 30 Nov, 09:00")
    await world.bot.ticker.tick()
    await world.settle()
    tip = his.posts.last
    await expect(tip.get_by_role("heading", name=received(world.bot.content.library, 1)[0].title)).to_be_in_viewport()
    await his.react(tip.get_by_role("article").first, "books")
    await expect(tip.get_by_role("heading", name="sources")).to_be_in_viewport()
    assert world.teams.faults == []


async def test_escape_closes_a_dialog_and_gives_the_focus_back(hers: TeamsScreen) -> None:
    """What was typed is gone with it, and the button that opened it can be pressed again."""
    await hers.enter("pm-learning")
    button = (await hers.post("tips")).get_by_role("button", name="Turn on…")
    await button.focus()
    await hers.page.keyboard.press("Enter")
    await expect(hers.dialog.get_by_label("Day")).to_be_focused()
    await hers.page.keyboard.press("Escape")
    await expect(hers.dialog).to_be_hidden()
    await expect(button).to_be_focused()


async def test_a_reaction_opens_the_thread_once_and_can_be_taken_back(
    hers: TeamsScreen, his: TeamsScreen, world: BothWorld
) -> None:
    """Bob reacts to the answer in Alice's post, more stands below; a second one adds nothing, replies do."""
    await hers.enter("pm-learning")
    await his.enter("pm-learning")
    post = await hers.post("risks")
    theirs = his.posts.last
    await world.settle()  # the bot has written down that the post is its own: nobody reacts as fast as a test
    await his.react(theirs.get_by_role("article").last, "magnifying glass")
    await expect(theirs.get_by_role("heading", name="Risks and responsibilities: more detail")).to_be_visible()
    answer = post.get_by_role("article").nth(1)
    await expect(answer.get_by_role("button", name="magnifying glass, 1: Bob Okafor")).to_be_visible()
    await hers.react(answer, "magnifying glass")
    await answer.get_by_role("button", name="magnifying glass, 2: Bob Okafor, Alice Martin").click()
    await expect(answer.get_by_role("button", name="magnifying glass, 1: Bob Okafor")).to_be_visible()
    await world.settle()
    await expect(post.get_by_role("article")).to_have_count(3)
    await post.get_by_role("button", name="Reply").click()
    reply = post.get_by_role("textbox", name="Reply")
    await expect(reply).to_be_focused()
    await reply.fill("Good to know")
    await reply.press("Enter")
    await expect(theirs.get_by_role("article").last).to_contain_text("Good to know")
    await expect(his.posts).to_have_count(1)
    assert world.teams.faults == []


async def test_the_app_is_let_into_a_chat_and_archived_teams_take_nothing(hers: TeamsScreen, world: BothWorld) -> None:
    """Mentioned where it is not, the page says so; added, it greets; an archived team has no box to type in."""
    await hers.enter("AI working group")
    await hers.say("@PM Compare risks")
    await expect(hers.page.get_by_role("status")).to_contain_text("PM Compare is not here. Add the app first.")
    await hers.page.get_by_role("button", name="Add the app").click()
    await expect(hers.messages.last.get_by_text("I show how an AI PM")).to_be_visible()
    await hers.manage("Rename the chat…")
    await hers.dialog.get_by_label("Name").fill("Readers")
    await hers.dialog.get_by_role("button", name="Rename").click()
    await expect(hers.page.get_by_role("heading", name="Readers", level=2)).to_be_visible()
    await hers.manage("Remove the app")
    await expect(hers.page.get_by_role("main")).to_contain_text("PM Compare is not here")

    await hers.enter("pm-learning")
    await hers.manage("Archive the team")
    await expect(hers.page.get_by_role("main")).to_contain_text("Product is archived: nobody can post here.")
    await expect(hers.composer).to_be_hidden()
    await hers.manage("Take the team out of the archive")
    await expect(hers.composer).to_be_visible()
    await hers.manage("Delete the channel…")
    await hers.dialog.get_by_role("button", name="Delete").click()
    await expect(hers.list.get_by_role("button", name="pm-learning")).to_have_count(0)
    await hers.page.get_by_role("button", name="Restore").click()
    await expect(hers.list.get_by_role("button", name="pm-learning")).to_be_visible()
    assert world.teams.faults == []


async def test_ordered_trouble_happens_and_is_told(hers: TeamsScreen, world: BothWorld) -> None:
    """An answer is lost once in the drawer's order; the bot posts nothing twice, and the drawer says what happened."""
    await hers.page.get_by_role("button", name="Trouble").click()
    drawer = hers.page.get_by_role("complementary", name="Trouble")
    await expect(drawer).to_contain_text("calls to Teams go wrong")
    await drawer.get_by_label("What goes wrong").select_option("Connection breaks after")
    await drawer.get_by_role("button", name="Order it").click()
    await expect(drawer.get_by_role("region", name="Ordered")).to_contain_text("posting a message, anywhere: once")
    await hers.ask("risks")
    await expect(drawer.get_by_role("region", name="What happened lately")).to_contain_text("Connection breaks after")
    await world.settle()
    await expect(hers.messages).to_have_count(3)  # the greeting, the question, the answer
    await drawer.get_by_label("The client secret works").uncheck()
    await drawer.get_by_role("button", name="Reset everything here").click()
    await expect(drawer.get_by_label("The client secret works")).to_be_checked()


async def test_the_switch_goes_there_and_back_and_is_remembered(hers: TeamsScreen, his: TeamsScreen) -> None:
    """The address says which side it is, a visit without one begins where the last one was, and one stays oneself."""
    platform = his.page.get_by_role("group", name="Platform")
    await expect(platform.get_by_role("button", name="Teams")).to_have_attribute("aria-pressed", "true")
    await platform.get_by_role("button", name="Slack").click()
    await expect(his.page.get_by_role("heading", name="pm-learning", level=2)).to_be_visible()
    assert his.page.url.endswith("/#slack")
    you = his.page.get_by_role("group", name="You are")
    await expect(you.get_by_role("button", name="Bob")).to_have_attribute("aria-pressed", "true")
    await his.screen.ask("risks")
    await his.page.goto("about:blank")
    await his.page.goto(hers.page.url.partition("#")[0])
    await expect(his.screen.cards.get_by_role("heading", name="7 · Risks")).to_be_visible()
    await his.page.get_by_role("group", name="Platform").get_by_role("button", name="Teams").click()
    await expect(his.page.get_by_role("heading", name="PM Compare", level=2)).to_be_visible()
    await expect(you.get_by_role("button", name="Bob Okafor")).to_have_attribute("aria-pressed", "true")
    await expect(hers.page.get_by_role("heading", name="PM Compare", level=2)).to_be_visible()


async def test_everything_has_a_name_and_no_id_is_there_twice(hers: TeamsScreen) -> None:
    """In the chat, in a channel's post with a reply box, in the menu and in a dialog."""
    await hers.ask("risks")
    assert await unnamed(hers.page) == []
    await hers.enter("pm-learning")
    post = await hers.post("tips")
    await post.get_by_role("button", name="Reply").click()
    await hers.page.get_by_role("main").locator("summary[aria-label^='What can be done with']").click()
    assert await unnamed(hers.page) == []
    assert await hers.page.evaluate(DOUBLE_IDS) == []
    await expect(hers.page.get_by_role("heading", level=1)).to_have_count(1)
    await hers.page.keyboard.press("Escape")
    await post.get_by_role("button", name="Turn on…").click()
    await expect(hers.dialog).to_be_visible()
    assert await unnamed(hers.page) == []
    assert await hers.page.evaluate(DOUBLE_IDS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_telephones_width_needs_no_sideways_scrolling(hers: TeamsScreen, scheme: str) -> None:
    """At 390 by 800 nothing sticks out, the two sides stand one below the other, and the list folds."""
    page = hers.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 390, "height": 800})

    async def assert_fits() -> None:
        assert await page.evaluate(STICKING_OUT) == []

    card = await hers.ask("risks")
    left, right = await boxes(*sides(card))
    assert left["y"] + left["height"] <= right["y"]
    await assert_fits()
    await card.get_by_role("button", name="Sources").click()
    await expect(card.get_by_role("heading", name="sources")).to_be_in_viewport()
    await assert_fits()
    await page.get_by_role("button", name="Chats, teams and people").click()
    await assert_fits()
    await hers.enter("pm-learning")
    post = await hers.post("tips")
    await assert_fits()
    await post.get_by_role("button", name="Turn on…").click()
    await expect(hers.dialog.get_by_role("button", name="Turn on")).to_be_visible()
    await assert_fits()
