"""Teams' side worked by hand: people, commands, the clock, the tour, and what goes over the wire."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.teams_screen import TeamsScreen
from tests.browser.teams_world import BothWorld
from tests.browser.test_works import STEPS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]
WORLD = BothWorld


async def test_people_show_what_they_are_and_may_do_as_much(hers: TeamsScreen, world: BothWorld) -> None:
    """An owner archives a team, a member does not, and a guest changes nothing of it."""
    dan = world.teams.person("Dan Moreau", zone="Asia/Kolkata", kind="guest")
    world.teams.world.members[world.product.id].add(dan.id)
    world.teams.person("Elif Kaya", kind="outsider")
    people = hers.page.get_by_role("group", name="You are").get_by_role("button")
    await expect(people).to_have_text(
        [re.compile(f"{role}$") for role in ("Owner", "Member", "Guest", "From Northwind")]
    )
    main = hers.page.get_by_role("main")
    menu = main.locator("summary[aria-label^='What can be done with']")
    await hers.enter("pm-learning")
    for name, offered in (("Alice Martin", True), ("Bob Okafor", False)):
        await people.filter(has_text=name).click()
        await expect(people.filter(has_text=name)).to_have_attribute("aria-pressed", "true")
        await menu.click()
        await expect(main.get_by_role("button", name="New channel in Product…")).to_be_visible()
        await expect(main.get_by_role("button", name="Archive the team")).to_have_count(int(offered))
        await hers.page.keyboard.press("Escape")
    await people.filter(has_text="Dan").click()
    await expect(menu).to_have_count(0)
    post = await hers.post("risks")
    await expect(post.get_by_role("heading", name="7 · Risks")).to_be_visible()
    assert world.teams.faults == []


async def test_the_apps_commands_are_listed_when_it_is_named(hers: TeamsScreen) -> None:
    """In a channel after its name, in the chat after a slash: what the app's manifest lists there."""
    options = hers.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await hers.composer.press_sequentially("/ti")
    await expect(options).to_have_count(1)
    await expect(options).to_contain_text("A weekly tip for you alone")
    await hers.page.keyboard.press("Tab")
    await expect(hers.composer).to_have_value("tips")
    await hers.composer.fill("")
    await hers.enter("pm-learning")
    await hers.composer.press_sequentially("@PM")
    await hers.page.keyboard.press("Tab")
    await expect(hers.composer).to_have_value("@PM Compare ")
    await expect(options.filter(has_text="tips skip")).to_contain_text("Leave out the next tip")
    for _ in range(2):
        await hers.page.keyboard.press("ArrowDown")
    await hers.page.keyboard.press("Enter")
    await expect(hers.composer).to_have_value("@PM Compare dilemma")
    await expect(options).to_have_count(0)
    await hers.composer.fill("@PM")
    await hers.page.keyboard.press("Escape")
    await expect(options).to_have_count(0)


async def test_the_clock_goes_to_the_next_change_of_ones_own_zone(hers: TeamsScreen) -> None:
    """Bob's zone changes two weeks before Alice's."""
    people = hers.page.get_by_role("group", name="You are").get_by_role("button")
    await people.filter(has_text="Bob").click()
    await expect(people.filter(has_text="Bob")).to_have_attribute("aria-pressed", "true")
    await hers.page.locator("#clock-menu summary").click()
    await hers.page.get_by_role("button", name="To the next clock change").click()
    words = "In America/New_York clocks go forward on Sunday 14 March 2027, from 02:00 to 03:00."
    await expect(hers.page.locator("#toasts")).to_contain_text(words)
    await expect(hers.page.get_by_label("Clock")).to_contain_text("Sun 14 Mar, 01:00")


async def test_the_tour_goes_in_any_order(hers: TeamsScreen, world: BothWorld) -> None:
    """Backwards, each step does it or shows where; what is done on Teams is not yet done on Slack."""
    tour = hers.page.get_by_role("region", name="Tour")
    for step in reversed(STEPS):
        await tour.get_by_role("button", name=f"Show me: {step}").click()
        if step == "click":
            await expect(hers.page.get_by_role("main").locator(":focus")).to_contain_text("More detail")
            await hers.page.keyboard.press("Enter")
        await expect(tour.get_by_role("listitem").filter(has_text=step.title())).to_contain_text("done")
    await expect(tour).to_contain_text("All five done.")
    await hers.page.get_by_role("group", name="Platform").get_by_role("button", name="Slack").click()
    await expect(tour).to_contain_text("0 of 5 done")
    await world.settle()
    assert world.teams.faults == []


async def test_the_requests_of_teams_are_shown(hers: TeamsScreen) -> None:
    """The activity, the token, the post; tokens are left out, and the other platform has its own."""
    await hers.ask("risks")
    await hers.page.get_by_role("button", name="Requests", exact=True).click()
    drawer = hers.page.get_by_role("complementary", name="Requests")
    rows = drawer.get_by_role("list").get_by_role("button")
    # A line comes when its answer has: the post's may be sooner than that of the message which it answers.
    await expect(rows.filter(has_text=re.compile("post.*201")).first).to_be_visible()
    await drawer.get_by_role("combobox", name="Which requests").select_option("to the bot")
    await expect(rows.first).to_contain_text("message risks")
    await rows.first.click()
    await expect(drawer.get_by_role("group", name="Request")).to_contain_text('"text": "risks"')
    await hers.page.get_by_role("group", name="Platform").get_by_role("button", name="Slack").click()
    await expect(drawer).to_contain_text("between Slack and the bot")
    await expect(drawer.get_by_text("message risks")).to_have_count(0)


async def test_starting_over_says_the_same(hers: TeamsScreen) -> None:
    """On this side too."""
    await expect(hers.list).to_contain_text("Database: .playground/bot.db")
    await hers.page.get_by_role("button", name="Start over").click()
    await expect(hers.dialog).to_contain_text("on Slack and on Teams")
    await hers.dialog.get_by_role("button", name="Keep it").click()
    await expect(hers.dialog).to_be_hidden()
