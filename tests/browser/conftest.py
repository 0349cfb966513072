"""Give each scenario a real browser, the real bot, and a page that must not complain.

The browser starts once, so whatever speaks to it runs on one loop: the session's.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from content import library
from content.library import Library
from tests.browser.screen import Kept, Screen
from tests.browser.teams_screen import TeamsScreen, greeted
from tests.browser.world import PageWorld

# The same engine without windows comes first: these tests take a quarter less of the processor with it.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _PROGRAMS)), None)
expect.set_options(timeout=15_000)  # ms; the page is measured elsewhere, and two cores are shared here
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session", autouse=True)
def searchable() -> Library:
    """Hold the content with its search built, as `serve` has it before the first request; every world's bot gets it."""
    content = library.load(Path("content/ai-pm"))
    content.prepare()
    return content


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start Debian's chromium, once; tests share no window but the one that is kept."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def kept(browser: Browser) -> Kept:
    """Give the window that is kept."""
    return Kept(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def world(request: pytest.FixtureRequest, tmp_path: Path, kept: Kept) -> AsyncIterator[PageWorld]:
    """Give a running world, of the kind that a module names as its WORLD; no window looks at it when it stops."""
    kind: type[PageWorld] = getattr(request.module, "WORLD", PageWorld)
    async with kind(tmp_path) as running:
        yield running
        await kept.clean()


@pytest_asyncio.fixture(loop_scope="session")
async def look(world: PageWorld, kept: Kept) -> AsyncIterator[Callable[[str], Awaitable[Screen]]]:
    """Open a window as a person; at the end no window may have complained or reached beyond this machine."""
    screens: list[Screen] = []

    async def look(name: str) -> Screen:
        page = await (await kept.window()).new_page() if screens else await kept.page()
        screen = Screen(page)
        screens.append(screen)
        await screen.page.goto(world.address)
        person = screen.page.get_by_role("group", name="You are").get_by_role("button", name=name)
        await person.click()
        await expect(person).to_have_attribute("aria-pressed", "true")
        return screen

    yield look
    for screen in screens:
        screen.leave()
    assert [complaint for screen in screens for complaint in screen.complaints] == []


@pytest_asyncio.fixture(loop_scope="session")
async def unopened(world: PageWorld, kept: Kept) -> AsyncIterator[Screen]:
    """Give the first person's window before it opens the page, for what happens then; it may not complain either."""
    assert world.address
    screen = Screen(await kept.page())
    yield screen
    screen.leave()
    assert screen.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def alice(look: Callable[[str], Awaitable[Screen]]) -> Screen:
    """Give Alice's window."""
    return await look("Alice")


@pytest_asyncio.fixture(loop_scope="session")
async def bob(look: Callable[[str], Awaitable[Screen]], alice: Screen) -> Screen:
    """Give Bob's window, beside Alice's."""
    assert alice.page.url
    return await look("Bob")


@pytest_asyncio.fixture(loop_scope="session")
async def hers(alice: Screen) -> TeamsScreen:
    """Give Alice's window on Teams' side, in her chat with the app, which has greeted her."""
    return await greeted(alice)


@pytest_asyncio.fixture(loop_scope="session")
async def his(bob: Screen) -> TeamsScreen:
    """Give Bob's window, beside Alice's."""
    return await greeted(bob)
