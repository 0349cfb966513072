"""Slack's side worked by hand: people, channels, commands, the clock, the tour, and what goes over the wire."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import axe
from tests.browser.screen import Screen
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

STEPS = ("ask", "click", "react", "tip", "dilemma")


async def test_people_show_what_they_are_and_may_do_as_much(alice: Screen, world: PageWorld) -> None:
    """A guest changes nothing of a channel; who is of another workspace has no command, and is answered."""
    dan, elif_ = world.slack.user("dan", kind="guest"), world.slack.user("elif", kind="stranger")
    world.slack.channel("shared", members=[world.alice, dan, elif_], bot=True)
    people = alice.page.get_by_role("group", name="You are")
    await expect(people.get_by_role("button")).to_have_text(
        [re.compile(r"Member$")] * 2 + [re.compile("Guest$"), re.compile("From Northwind$")]
    )
    await people.get_by_role("button", name="Dan").click()
    await expect(people.get_by_role("button", name="Dan")).to_have_attribute("aria-pressed", "true")
    await alice.enter("shared")
    await expect(alice.page.get_by_role("main").locator("summary[aria-label^='What can be done']")).to_have_count(0)
    await people.get_by_role("button", name="Elif").click()
    await expect(people.get_by_role("button", name="Elif")).to_have_attribute("aria-pressed", "true")
    await expect(alice.page.get_by_role("main")).to_contain_text("shared with another workspace")
    await alice.say("/pm-compare risks")
    await expect(alice.cards.last).to_contain_text("/pm-compare is not a valid command.")
    await alice.say("@PM Compare risks")
    await alice.cards.last.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("heading", name="7 · Risks")).to_be_visible()
    assert world.slack.faults == []


async def test_channels_are_joined_archived_and_let_the_bot_in(alice: Screen, world: PageWorld) -> None:
    """By typing and by clicking; what is no command is said once, in the channel alone."""
    world.slack.channel("research", members=[world.bob])
    main, toasts = alice.page.get_by_role("main"), alice.page.locator("#toasts")
    menu = main.locator("summary[aria-label^='What can be done']")
    await alice.enter("product")
    await alice.say("/invite @PM Compare")
    await expect(main).to_contain_text("Alice, Bob and PM Compare")
    await menu.click()
    await main.get_by_role("button", name="Remove PM Compare").click()
    await expect(main).to_contain_text("PM Compare is not in this channel")
    await main.get_by_role("button", name="Invite it").click()
    await expect(main).to_contain_text("Alice, Bob and PM Compare")
    for typed, words in (("/invite @Nobody", "Nobody here is called “@Nobody”."), ("/nothing", "not a valid command")):
        await alice.say(typed)
        await expect(main.get_by_text(words)).to_have_count(1)
        await expect(alice.cards.last).to_contain_text("Only visible to you")
    await expect(toasts).to_be_empty()
    await menu.click()
    await main.get_by_role("button", name="Archive the channel").click()
    await expect(main).to_contain_text("This channel is archived: nobody can post here.")
    await expect(alice.composer).to_be_hidden()
    await menu.click()
    await main.get_by_role("button", name="Take it out of the archive").click()
    await expect(alice.composer).to_be_visible()
    await alice.page.get_by_role("navigation").get_by_role("button", name="research").click()
    await expect(main.get_by_role("heading", name="research", level=2)).to_be_visible()
    await expect(alice.cards.last).to_contain_text("@Alice joined.")


async def test_commands_are_offered_by_the_bots_grammar(alice: Screen) -> None:
    """A line a usage with what it brings; arrows walk, Tab takes, Escape closes, and Enter takes what was walked to."""
    options = alice.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await alice.composer.press_sequentially("/pm-compare t")
    await expect(options).to_contain_text(["tips", "tips me", "tips skip", "tip"])
    await expect(options.nth(1)).to_contain_text("a weekly tip for you alone")
    await alice.page.keyboard.press("ArrowDown")
    await alice.page.keyboard.press("Enter")
    await expect(alice.composer).to_have_value("/pm-compare tips me")
    await expect(options).to_have_count(0)
    await alice.composer.fill("/pm-compare wh")
    await alice.page.keyboard.press("Tab")
    await expect(alice.composer).to_have_value("/pm-compare what is ")
    await alice.composer.fill("/in")
    await expect(options).to_contain_text(["/invite @PM Compare"])
    await alice.page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await expect(alice.composer).to_have_value("/in")


async def test_the_clock_goes_a_week_on_and_to_the_zones_next_change(alice: Screen) -> None:
    """The change is named with its day and its hours."""
    clock = alice.page.get_by_label("Clock")
    for button, shown in (("One week on", "Mon 30 Nov, 09:3"), ("To the next clock change", "Sun 28 Mar, 01:00")):
        await alice.page.locator("#clock-menu summary").click()
        await alice.page.get_by_role("button", name=button).click()
        await expect(clock).to_contain_text(shown)
    words = "In Europe/Paris clocks go forward on Sunday 28 March 2027, from 02:00 to 03:00."
    await expect(alice.page.locator("#toasts")).to_contain_text(words)


async def test_the_tour_goes_in_any_order(alice: Screen, world: PageWorld) -> None:
    """Backwards, each step does it or shows where; what is done stays ticked, and the tour goes and comes back."""
    tour = alice.page.get_by_role("region", name="Tour")
    for step in reversed(STEPS):
        await tour.get_by_role("button", name=f"Show me: {step}").click()
        if step == "click":
            await expect(alice.cards.last.get_by_role("button", name="More detail")).to_be_focused()
            await alice.page.keyboard.press("Enter")
        await expect(tour.get_by_role("listitem").filter(has_text=step.title())).to_contain_text("done")
    await expect(tour).to_contain_text("All five done.")
    await expect(alice.page.get_by_role("complementary", name="Thread")).to_be_visible()
    await tour.get_by_role("button", name="Hide").click()
    await expect(tour).to_be_hidden()
    await expect(alice.page.get_by_role("button", name="Tour")).to_be_focused()
    await alice.page.keyboard.press("Enter")
    await expect(tour).to_contain_text("All five done.")
    assert world.slack.faults == []


async def test_what_is_done_by_oneself_is_ticked_too(alice: Screen) -> None:
    """Nobody needs the tour's buttons."""
    tour = alice.page.get_by_role("region", name="Tour")
    await alice.ask("risks")
    await expect(tour.get_by_role("listitem").filter(has_text="Ask")).to_contain_text("done")
    await alice.say("Hello")  # nothing that was said to the app
    await expect(alice.cards.last).to_contain_text("Hello")
    await alice.react(alice.cards.last, "mag")
    await expect(tour).to_contain_text("2 of 5 done")


async def test_the_requests_are_shown_newest_first_and_open(alice: Screen) -> None:
    """Opened by a button, filtered, walked by arrows, each with its bodies, and closed by Escape."""
    await alice.ask("risks")
    button = alice.page.get_by_role("button", name="Requests", exact=True)
    await button.click()
    drawer = alice.page.get_by_role("complementary", name="Requests")
    await expect(alice.page.locator("#theme-button")).to_be_in_viewport(ratio=1)  # the top makes room for the drawer
    rows = drawer.get_by_role("list").get_by_role("button")
    await expect(rows.first).to_contain_text("/pm-compare risks")
    await expect(rows.first).to_contain_text(re.compile(r"200.*POST /slack/events · [\d.]+ ms"))
    await alice.ask("skills share")
    # A line comes when its answer has: the post's may be sooner than that of the command which led to it.
    await expect(rows.filter(has_text="chat.postMessage")).to_have_count(1)
    await expect(rows.filter(has_text="/pm-compare skills share")).to_have_count(1)
    await drawer.get_by_role("searchbox").fill("skills")
    await expect(rows).to_have_count(1)
    await drawer.get_by_role("searchbox").fill("")
    await alice.ask("mission")
    await expect(rows.first).to_contain_text("/pm-compare mission")
    await rows.first.focus()
    await alice.page.keyboard.press("ArrowDown")
    await expect(rows.nth(1)).to_be_focused()
    await alice.page.keyboard.press("ArrowUp")
    await expect(rows.first).to_be_focused()
    await alice.page.keyboard.press("Enter")
    request = drawer.get_by_role("group", name="Request")
    await expect(request).to_contain_text('"text": "mission"')
    await expect(request).to_contain_text('"token": "•••"')
    assert await axe.faults(alice.page) == []
    await alice.page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()
    await expect(button).to_be_focused()


async def test_starting_over_says_what_goes_and_where_it_stood(alice: Screen) -> None:
    """The database's path is seen from where the playground was started; nothing happens without a yes."""
    await expect(alice.page.get_by_role("navigation", name="Channels and people")).to_contain_text(
        "Database: .playground/bot.db"
    )
    people = alice.page.get_by_role("group", name="You are").get_by_role("button")
    await people.nth(1).click()
    await expect(people.nth(1)).to_have_attribute("aria-pressed", "true")
    await alice.ask("risks")
    await alice.page.get_by_role("button", name="Start over").click()
    dialog = alice.page.get_by_role("dialog", name="Start over?")
    await expect(dialog).to_contain_text("on Slack and on Teams")
    await expect(dialog).to_contain_text("its database .playground/bot.db is emptied")
    async with alice.page.expect_request(lambda asked: asked.url.endswith("/page/stream?user=U0ALICE")):  # not Bob's
        await dialog.get_by_role("button", name="Start over").click()
    await expect(alice.page.get_by_role("region", name="Tour")).to_contain_text("0 of 5 done")
