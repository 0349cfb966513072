"""The page for everybody: names for a screen reader, a telephone's width, and nothing from elsewhere."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.screen import Kept, Screen
from tests.browser.world import PageWorld

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

# Roles that mean nothing to a screen reader without a name, as chromium's accessibility tree calls them.
NEEDS_NAME = {
    *("button", "link", "textbox", "combobox", "listbox", "radio", "radiogroup", "tab", "heading", "dialog", "article"),
    *("DisclosureTriangle", "DisclosureTriangleGrouped", "Date", "DateTime", "InputTime", "image", "log"),
}
DOUBLE_IDS = """() => {
    const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""

STICKING_OUT = """() => [...document.querySelectorAll('html, .messages, .sidebar, .modal-body')]
    .filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.className || node.tagName)"""


async def unnamed(page: Page) -> list[str]:
    """List what a screen reader would announce by its role alone."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    await session.detach()
    nodes = [node for node in tree["nodes"] if not node.get("ignored")]
    found = {str(node.get("role", {}).get("value")) for node in nodes}
    assert {"button", "heading"} <= found, "the tree is not what this test knows"
    assert found & {"combobox", "textbox"}, "nor is what one writes in"
    return [
        str(node["role"]["value"])
        for node in nodes
        if node.get("role", {}).get("value") in NEEDS_NAME and not str(node.get("name", {}).get("value", "")).strip()
    ]


async def test_nothing_can_be_pressed_before_the_first_state_is_there(world: PageWorld, unopened: Screen) -> None:
    """While the first state is under way nothing is offered and nothing breaks; then the first press counts."""
    screen, page = unopened, unopened.page
    asked, released = asyncio.Event(), asyncio.Event()

    async def linger(route: Route) -> None:
        asked.set()
        await released.wait()
        await route.continue_()

    await page.route("**/page/stream?*", linger)
    await page.goto(world.address)
    await asked.wait()
    first = page.get_by_role("button", name="Show me: ask")
    await expect(first).to_be_hidden()
    await expect(screen.composer).to_be_hidden()
    # A mouse presses whatever is under it, also what waits; only one with nothing to press does nothing.
    for name in ("#tour-button", "#next-tip", "#trouble-button", "#wire-button", "[data-shift]"):
        box = await page.locator(name).first.bounding_box()
        assert box is not None
        await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(page.locator("#tour")).to_be_hidden()
    await expect(page.locator("#trouble")).to_be_hidden()
    released.set()
    await first.click()
    await expect(screen.cards.last.get_by_role("heading", name="7 · Risks and responsibilities")).to_be_visible()


async def test_a_page_opened_in_a_silence_begins_when_it_is_over(world: PageWorld, unopened: Screen) -> None:
    """A first state that never comes is asked for again as soon as the playground has something to tell."""
    screen, page = unopened, unopened.page
    with screen.expecting_complaints() as complaints:
        await page.route("**/page/stream?*", lambda route: route.abort())
        async with page.expect_event("requestfailed"):
            await page.goto(world.address)
        await expect(screen.composer).to_be_hidden()
    assert all("ERR_FAILED" in complaint for complaint in complaints)
    await page.unroute("**/page/stream?*")
    await world.slack.say(world.alice, world.room, "Is anybody there?")
    await expect(screen.cards.last).to_contain_text("Is anybody there?")


async def test_everything_has_a_name(alice: Screen, world: PageWorld) -> None:
    """Every button, field, message and heading says what it is, in the room, in a thread and in a form."""
    await alice.ask("risks")
    assert await unnamed(alice.page) == []
    post = await alice.ask("value share")
    await world.settle()  # the bot has written down that the post is its own: nobody reacts as fast as a test
    await alice.react(post, "mag")
    await post.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    assert await unnamed(alice.page) == []
    assert await alice.page.evaluate(DOUBLE_IDS) == []
    await expect(alice.page.get_by_role("heading", level=1)).to_have_count(1)
    card = await alice.ask("tips")
    await card.get_by_role("button", name="Turn on…").click()
    await expect(alice.modal).to_be_visible()
    assert await unnamed(alice.page) == []
    await expect(alice.page.locator("html")).to_have_attribute("lang", "en")


async def test_a_button_without_a_name_would_be_noticed(alice: Screen) -> None:
    """The look for names finds one that is missing."""
    await alice.page.evaluate("document.body.append(document.createElement('button'))")
    assert await unnamed(alice.page) == ["button"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_telephones_width_needs_no_sideways_scrolling(alice: Screen, scheme: str) -> None:
    """At 390 by 800 nothing sticks out: first screen, card, level, thread, form, channels."""
    page = alice.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 390, "height": 800})

    async def assert_fits() -> None:
        assert await page.evaluate(STICKING_OUT) == []

    await assert_fits()
    card = await alice.ask("risks")
    await assert_fits()
    await card.get_by_label("More actions").click()
    await assert_fits()
    await card.get_by_role("button", name="Sources").click()
    await expect(card.get_by_role("heading", name="sources")).to_be_in_viewport()
    await assert_fits()
    await alice.ask("help")
    await assert_fits()
    settings = await alice.ask("tips")
    await settings.get_by_role("button", name="Turn on…").click()
    await expect(alice.modal.get_by_role("button", name="Turn on")).to_be_in_viewport()
    await assert_fits()
    await page.keyboard.press("Escape")
    await expect(alice.modal).to_be_hidden()
    await alice.say("@PM Compare mission")
    await alice.cards.last.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("heading", name="1 · Core mission")).to_be_visible()
    await assert_fits()
    await alice.thread.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Channels and people").click()
    await expect(page.get_by_role("navigation")).to_be_in_viewport()
    await assert_fits()


async def test_what_one_sends_is_in_view(alice: Screen) -> None:
    """However far up one had read, what one says next is on the screen, and a long answer begins at its beginning."""
    await alice.ask("help")
    await alice.ask("list")
    answer = await alice.ask("privacy")
    await alice.page.get_by_role("main").get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
    await expect(answer.get_by_role("heading").first).not_to_be_in_viewport()
    await alice.say("Good to know")
    await expect(alice.cards.last).to_contain_text("Good to know")
    await expect(alice.cards.last).to_be_in_viewport(ratio=1)
    overview = await alice.ask("list")
    await expect(overview.get_by_role("heading")).to_be_in_viewport()


async def test_the_page_lets_nothing_in_from_elsewhere(alice: Screen) -> None:
    """The policy stops a foreign script and a foreign request, and the watch that every test here has says so."""
    with alice.expecting_complaints() as complaints:
        await alice.page.evaluate(
            """async () => {
                const script = document.createElement('script');
                script.src = 'http://127.0.0.1:9/x.js';
                const stopped = new Promise((resolve) => script.addEventListener('error', resolve));
                document.head.append(script);
                await stopped;
                await fetch('http://localhost:9/').catch(() => null);
            }"""
        )
    assert any("Content Security Policy" in complaint for complaint in complaints)
    assert not any(complaint.startswith("request: http://localhost:9") for complaint in complaints)


async def test_the_window_that_is_kept_keeps_nothing(alice: Screen, world: PageWorld, kept: Kept) -> None:
    """What a test stores, sets or opens in it is not there for the next."""
    page = alice.page
    found = """[localStorage.ours, sessionStorage.ours, document.cookie, innerWidth,
        matchMedia('(prefers-color-scheme: dark)').matches]"""
    alice.leave()  # the page says what it may not load
    await page.route("**/*", lambda route: route.abort())
    await page.evaluate("localStorage.ours = sessionStorage.ours = document.cookie = 'ours=1'")
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(found) == ["ours=1", "ours=1", "ours=1", 390, True]
    await page.context.new_page()
    await kept.clean()
    assert await kept.page() == page
    assert page.context.pages == [page]
    await page.goto(world.address)
    assert await page.evaluate(found) == [None, None, "", 1280, False]
