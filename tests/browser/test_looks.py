"""How the page looks and is heard: bars on a telephone, light and dark, what is announced, and what Escape closes."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.screen import Screen
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

BARS = """() => [document.querySelector('.top'), document.querySelector('#slack .room-head')]
    .map((bar) => bar.getBoundingClientRect().height).reduce((sum, height) => sum + height, 0)"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
# What a screen reader is told: whatever comes into a live part of the page.
LISTEN = """() => {
    window.announced = [];
    const isHeard = (node) => {
        const part = node.closest('[aria-live], [role=log], [role=status], [role=alert]');
        return part && part.getAttribute('aria-live') !== 'off';
    };
    new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
        if (isHeard(target)) addedNodes.forEach((node) => window.announced.push(node.textContent));
    })).observe(document.body, { childList: true, subtree: true });
}"""


async def light(page: Page) -> int:
    """Give how bright the page's ground is, from 0 to 255."""
    found = str(await page.evaluate(GROUND))
    return int(found.removeprefix("rgb(").split(",")[0])


async def test_bars_leave_room_on_a_telephone(alice: Screen) -> None:
    """The two bars on top take less than 110 of 800 pixels, and what has no room there waits behind *More*."""
    page = alice.page
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate(BARS) < 110
    more = page.get_by_role("button", name="More", exact=True)
    await expect(page.get_by_role("button", name="+1 day")).to_be_hidden()
    await more.click()
    await expect(page.get_by_role("button", name="+1 day")).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="+1 day")).to_be_hidden()
    await expect(more).to_be_focused()


async def test_light_and_dark_follow_the_system_and_can_be_switched(alice: Screen) -> None:
    """As the system, then light, then dark, which a reload keeps; then as the system again."""
    page = alice.page
    await page.emulate_media(color_scheme="dark")
    assert await light(page) < 60
    switch = page.get_by_role("button", name="Colors")
    await switch.click()
    assert await light(page) > 200
    await switch.click()
    await page.emulate_media(color_scheme="light")
    assert await light(page) < 60
    await page.reload()
    await expect(switch).to_have_accessible_name("Colors: dark")
    assert await light(page) < 60
    await switch.click()
    assert await light(page) > 200


async def test_a_message_is_announced_once_and_the_history_is_not(alice: Screen, world: PageWorld) -> None:
    """Another room's history comes in silence; what is said while one looks is told, once, whatever changes in it."""
    for number in range(3):
        await world.slack.say(world.bob, world.elsewhere, f"Number {number}.")
    await alice.page.reload()  # what had not arrived yet would come while she looks
    await expect(alice.composer).to_be_visible()
    await alice.page.evaluate(LISTEN)
    await alice.enter("product")
    await expect(alice.cards).to_have_count(3)
    assert await alice.page.evaluate("window.announced") == []
    await world.slack.say(world.bob, world.elsewhere, "Good morning.")
    await expect(alice.cards).to_have_count(4)
    await alice.react(alice.cards.last, "mag")
    await expect(alice.cards.last.get_by_role("button", name="mag, 1: Alice")).to_be_visible()
    await alice.ask("risks")
    first, second = await alice.page.evaluate("window.announced")
    assert first == "Bob: Good morning."
    assert second.startswith("Only visible to you. PM Compare: ")
    assert "Risks and responsibilities" in second


async def test_escape_closes_what_lies_on_top_first(alice: Screen) -> None:
    """Emoji before the thread; the thread last, whatever its message box holds."""
    page = alice.page
    await alice.say("@PM Compare mission")
    await alice.cards.first.get_by_role("button", name="1 reply").click()
    answer = alice.thread.get_by_role("article").last
    await expect(answer).to_contain_text("1 · Core mission")
    await answer.hover()
    smiley = answer.get_by_role("button", name="React with another emoji")
    await smiley.click()
    picker = page.get_by_role("dialog", name="Emoji to react with")
    await expect(picker).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(picker).to_be_hidden()
    await expect(smiley).to_be_focused()
    await expect(alice.thread).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(alice.thread).to_be_hidden()
