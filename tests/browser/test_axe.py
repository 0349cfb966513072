"""axe-core finds nothing on either platform, in light and dark, wide and narrow, whatever is open."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser import axe
from tests.browser.screen import Screen
from tests.browser.teams_screen import TeamsScreen, greeted
from tests.browser.teams_world import BothWorld
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]
TELEPHONE: ViewportSize = {"width": 390, "height": 800}


class Looks:
    """Everything found so far, each with what was open when it was."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: list[str] = []

    async def at(self, what: str) -> None:
        """Look at the page as it is."""
        self.found += [f"{what}: {fault}" for fault in await axe.faults(self._page)]


async def test_nothing_is_wrong_on_slacks_side(alice: Screen, world: PageWorld) -> None:
    """The first visit, cards and their levels, a form, a thread, emoji, the Home, the drawer; then a telephone."""
    page = alice.page
    looks = Looks(page)
    await looks.at("first visit")
    await alice.say("Hello, see https://example.org/paper")
    await expect(alice.cards).to_have_count(1)
    await alice.ask("risks")
    card = await alice.ask("value")
    await card.get_by_role("button", name="More detail").click()
    await expect(card.get_by_role("heading", name="more detail").first).to_be_visible()
    await alice.ask("dilemma")
    settings = await alice.ask("tips")
    await looks.at("comparison, detail, dilemma and settings")
    await settings.get_by_role("button", name="Turn on…").click()
    await alice.modal.get_by_label("Time zone").press_sequentially("par")
    await expect(alice.modal.get_by_role("option", name="Europe/Paris")).to_be_visible()
    await looks.at("form")
    await page.keyboard.press("Enter")
    await alice.modal.get_by_role("button", name="Turn on").click()
    await expect(alice.modal).to_be_hidden()
    await expect(settings).to_contain_text("Next: 30 Nov 2026")  # the introduction stands, and the tips are on
    await tipped(page, world)
    await alice.react(alice.cards.last, "mag")
    await alice.cards.last.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    await looks.at("tip, its thread and a note")
    await page.get_by_role("button", name="Close the thread").click()
    await alice.cards.last.hover()
    await alice.cards.last.get_by_role("button", name="React with another emoji").click()
    await looks.at("emoji")
    await page.keyboard.press("Escape")
    await opened_elsewhere(alice, looks)
    assert "\n".join(looks.found) == ""


async def opened_elsewhere(alice: Screen, looks: Looks) -> None:
    """Look at the drawer, what can be typed, the Home, and a telephone's lists."""
    page = alice.page
    await page.get_by_role("button", name="Trouble").click()
    await alice.composer.fill("/")
    await looks.at("drawer and commands")
    await alice.composer.fill("")
    await page.get_by_role("button", name="Trouble").click()
    await page.get_by_role("button", name="app PM Compare").click()
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("main").get_by_role("heading", level=3).first).to_be_visible()
    await looks.at("Home")
    await page.set_viewport_size(TELEPHONE)
    await page.get_by_role("button", name="Channels and people").click()
    await looks.at("channels, narrow")
    await alice.enter("pm-learning")
    await page.get_by_role("button", name="More", exact=True).click()
    await looks.at("room and more, narrow")


async def tipped(page: Page, world: PageWorld) -> None:
    """Go to the next tip."""
    await page.get_by_role("button", name="Next tip").click()
    await expect(page.get_by_label("Clock")).to_contain_text("Mon 30 Nov")
    await world.bot.ticker.tick()
    await world.settle()
    await expect(page.get_by_role("status").last).to_contain_text("The tip came")


async def test_nothing_is_wrong_on_teams_side(tmp_path: Path, browser: Browser) -> None:
    """Cards and their levels, a dialog, a post with replies, emoji, menus, the drawer; then a telephone."""
    async with BothWorld(tmp_path) as world:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        screen = Screen(await context.new_page())
        await screen.page.goto(world.address)
        hers = await greeted(screen)
        looks = Looks(screen.page)
        await walk(hers, world, looks)
        await context.close()
    assert "\n".join(looks.found) == ""
    assert screen.complaints == []


async def walk(hers: TeamsScreen, world: BothWorld, looks: Looks) -> None:
    """Go through Teams' side."""
    page = hers.page
    await hers.ask("risks")
    card = await hers.ask("value")
    await card.get_by_role("button", name="More detail").click()
    await expect(card.get_by_role("heading", name="more detail").first).to_be_visible()
    await hers.ask("dilemma")
    await looks.at("greeting, comparison, detail and dilemma")
    await hers.enter("pm-learning")
    post = await hers.post("tips")
    await post.get_by_role("button", name="Turn on…").click()
    await expect(hers.dialog.get_by_label("Day")).to_be_focused()
    await looks.at("settings and dialog")
    await hers.dialog.get_by_role("button", name="Turn on").click()
    await expect(hers.dialog).to_be_hidden()
    await world.settle()
    await tipped(page, world)
    tip = hers.posts.last.get_by_role("article").first
    await hers.react(tip, "magnifying glass")
    await expect(hers.posts.last.get_by_role("article")).to_have_count(2)
    await hers.posts.last.get_by_role("button", name="Reply").click()
    await looks.at("tip, its replies and a note")
    await page.keyboard.press("Escape")
    await tip.hover()
    await tip.get_by_role("button", name="React with another emoji").click()
    await looks.at("emoji")
    await page.keyboard.press("Escape")
    # axe takes what an open menu covers in part for a button that is too small.
    await page.get_by_role("button", name="Hide the tour").click()
    await page.get_by_role("button", name="Trouble").click()
    await page.get_by_role("main").locator("summary[aria-label^='What can be done with']").click()
    await looks.at("menu and drawer")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Trouble").click()
    await page.set_viewport_size(TELEPHONE)
    await looks.at("channel, narrow")
    await page.get_by_role("button", name="Chats, teams and people").click()
    await looks.at("list, narrow")


async def test_what_is_wrong_would_be_found(alice: Screen) -> None:
    """A picture without a name, and words too faint for their ground, behind something that axe can't see through."""
    assert await axe.faults(alice.page) == []
    await alice.page.evaluate(
        """() => {
            const main = document.querySelector('#messages');
            main.append(document.createElement('img'));
            const faint = document.createElement('p');
            faint.id = 'faint';
            faint.textContent = 'Faint words';
            faint.className = 'faint';
            main.append(faint);
            faint.style.color = 'color-mix(in srgb, var(--ground) 70%, var(--ink))';
            faint.style.backgroundImage = 'linear-gradient(transparent, transparent)';
        }"""
    )
    found = await axe.faults(alice.page)
    assert any(fault.startswith("image-alt") for fault in found)
    assert any("Faint words" in fault for fault in found)
