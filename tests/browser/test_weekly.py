"""Weekly tips in a real browser: switched on in the form, and met by moving the clock."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.screen import Screen
from tests.browser.world import PageWorld
from tests.in_order import received

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


# The page's next stream can be held by `isHeld` until `release()`; a later one says when it has told of something new.
HOLD_THE_FIRST_STREAM = """() => {
    const Real = window.EventSource;
    const released = new Promise((resolve) => { window.release = resolve; });
    let isFirst = true;
    window.EventSource = class extends Real {
        set onmessage(hear) {
            const held = async (event) => { if (window.isHeld) await released; hear(event); };
            const told = (event) => {
                hear(event);
                const { first, messages } = JSON.parse(event.data);
                if (!first && Object.keys(messages).length) document.body.dataset.found = "yes";
            };
            super.onmessage = isFirst ? held : told;
            isFirst = false;
        }
    };
}"""


async def turn_on(alice: Screen) -> None:
    """Fill in the form that her newest card opens."""
    await alice.cards.last.get_by_role("button", name="Turn on…").click()
    zone = alice.modal.get_by_label("Time zone")
    await zone.press_sequentially("par")
    await expect(alice.modal.get_by_role("option", name="Europe/Paris")).to_have_attribute("aria-selected", "true")
    await alice.page.keyboard.press("Enter")
    await expect(zone).to_have_value("Europe/Paris (UTC+01:00)")
    await alice.modal.get_by_role("button", name="Turn on").click()
    await expect(alice.modal).to_be_hidden()


async def test_tips_are_turned_on_in_the_form_and_come_at_their_moment(
    alice: Screen, bob: Screen, world: PageWorld
) -> None:
    """A zone found by typing, an introduction for all, and with `Next tip` the tip itself, which takes a reaction."""
    card = await alice.ask("tips")
    await turn_on(alice)
    await expect(card).to_contain_text("Next: 30 Nov 2026 at 09:00 your time")
    await expect(bob.cards.first).to_contain_text("@Alice turned on a weekly AI PM tip")
    his = await bob.ask("tips")
    await expect(his).to_contain_text("When: Mondays 09:00, Europe/Paris")
    await expect(his).to_contain_text("Next: 30 Nov 2026 at 03:00 your time")  # Bob is in New York

    await alice.page.get_by_role("button", name="Next tip").click()
    await expect(alice.page.get_by_label("Clock")).to_contain_text("Mon 30 Nov, 09:00")
    await world.bot.ticker.tick()
    await world.settle()
    await expect(alice.page.get_by_role("status").last).to_contain_text("The tip came in #pm-learning.")
    tip = bob.cards.last
    title = received(world.bot.content.library, 1)[0].title
    await expect(tip.get_by_role("heading", name=title)).to_be_in_viewport()
    await expect(bob.page.get_by_label("Clock")).to_contain_text("Mon 30 Nov, 03:00")

    await bob.react(tip, "books")
    await tip.get_by_role("button", name="1 reply").click()
    await expect(bob.thread.get_by_role("heading", name="sources")).to_be_in_viewport()


async def test_next_tip_without_tips_says_what_to_do(alice: Screen) -> None:
    """Nothing is scheduled: the clock stays, and a note says how to switch tips on."""
    await alice.page.get_by_role("button", name="Next tip").click()
    await expect(alice.page.get_by_role("status")).to_contain_text("Type /pm-compare tips in a channel")
    await expect(alice.page.get_by_label("Clock")).to_contain_text("Mon 23 Nov, 09:3")


async def test_next_tip_is_looked_for_before_the_clock_is_moved(alice: Screen) -> None:
    """What a stream tells first stands there already: the tip must not come before that, however late it is opened."""
    asked, released = asyncio.Event(), asyncio.Event()
    moved: list[bool] = []

    async def linger(route: Route) -> None:
        asked.set()
        await released.wait()
        await route.continue_()

    async def move(route: Route) -> None:
        moved.append(released.is_set())
        await route.continue_()

    await alice.page.route("**/page/stream?*", linger)
    await alice.page.route("**/page/clock", move)
    await alice.page.get_by_role("button", name="Next tip").click()
    await asked.wait()
    await alice.page.evaluate("() => null")  # whatever was asked for together with it is heard of before this
    released.set()
    await expect(alice.page.get_by_role("status")).to_contain_text("Type /pm-compare tips in a channel")
    assert moved == [True]


async def test_the_tip_is_pointed_at_once_it_is_drawn(alice: Screen, world: PageWorld) -> None:
    """What looks for it may hear of it sooner than what draws the page: nothing is said before it stands there."""
    page = alice.page
    await page.evaluate(HOLD_THE_FIRST_STREAM)
    await page.get_by_role("group", name="You are").get_by_role("button", name="Alice").click()
    card = await alice.ask("tips")
    await turn_on(alice)
    await expect(card).to_contain_text("Next: 30 Nov 2026")
    await page.get_by_role("button", name="Next tip").click()
    await expect(page.get_by_label("Clock")).to_contain_text("Mon 30 Nov, 09:00")
    await page.evaluate("() => { window.isHeld = true; }")
    await world.bot.ticker.tick()
    await world.settle()
    await expect(page.locator("body")).to_have_attribute("data-found", "yes")
    assert "The tip came" not in await page.get_by_role("status").last.inner_text()
    await page.evaluate("() => window.release()")
    await expect(page.get_by_role("status").last).to_contain_text("The tip came in #pm-learning.")
    title = received(world.bot.content.library, 1)[0].title
    await expect(alice.cards.last.get_by_role("heading", name=title)).to_be_in_viewport()


async def test_next_tip_can_be_pressed_again_and_again(alice: Screen) -> None:
    """A browser opens six connections to one place: those that looked for a tip are given back where none is due."""
    for _ in range(6):
        async with alice.page.expect_response("**/page/clock", timeout=15_000):
            await alice.page.get_by_role("button", name="Next tip").click()
    await alice.ask("risks")


async def test_the_form_keeps_the_focus_and_gives_it_back(alice: Screen) -> None:
    """Inside the form Tab stays there; a missing zone is pointed at; Escape returns to the button that opened it."""
    card = await alice.ask("tips")
    button = card.get_by_role("button", name="Turn on…")
    await button.focus()
    await alice.page.keyboard.press("Enter")
    await expect(alice.modal.get_by_label("Day")).to_be_focused()
    await alice.modal.get_by_role("button", name="Turn on").click()
    zone = alice.modal.get_by_label("Time zone")
    await expect(zone).to_be_focused()
    await expect(zone).to_have_attribute("aria-invalid", "true")
    await expect(zone).to_have_accessible_description("Please complete this required field.")
    inside = "[document.body, ...document.querySelectorAll('dialog[open] *')].includes(document.activeElement)"
    for _ in range(12):  # more than there is to press; past the last comes the browser's own bar, then the first
        await alice.page.keyboard.press("Tab")
        assert await alice.page.evaluate(inside)
    await alice.page.keyboard.press("Escape")
    await expect(alice.modal).to_be_hidden()
    await expect(button).to_be_focused()


async def test_typing_replaces_what_was_chosen_in_a_search_field(alice: Screen) -> None:
    """A click into a filled field selects it, so that the next city is searched for alone."""
    card = await alice.ask("tips")
    await card.get_by_role("button", name="Turn on…").click()
    zone = alice.modal.get_by_label("Time zone")
    for typed, city in (("par", "Europe/Paris"), ("toky", "Asia/Tokyo")):
        await zone.click()
        await alice.page.keyboard.type(typed)
        await expect(alice.modal.get_by_role("option", name=city)).to_have_attribute("aria-selected", "true")
        await alice.page.keyboard.press("Enter")
    await expect(zone).to_have_value("Asia/Tokyo (UTC+09:00)")
