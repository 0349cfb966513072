"""What a person sees and does on the page, by the names a screen reader would say."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    FloatRect,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
)

EMPTY = "about:blank"
SIZE: ViewportSize = {"width": 1280, "height": 800}


class Screen:
    """One person's browser window on the playground; what the page complains about is kept in `complaints`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.on("request", self._watch)
        page.on("dialog", self._close)

    def leave(self) -> None:
        """Hear no more of what the page complains about."""
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._fail)
        self.page.remove_listener("request", self._watch)
        self.page.remove_listener("dialog", self._close)

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium reports what the Content-Security-Policy stopped as a console error too.
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _fail(self, error: Error) -> None:
        self.complaints.append(f"error: {error}")

    def _watch(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.complaints.append(f"request: {request.url}")

    async def _close(self, dialog: Dialog) -> None:
        # The page draws its own; one of the browser's means that a foreign script ran.
        self.complaints.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    @contextmanager
    def expecting_complaints(self) -> Iterator[list[str]]:
        """Collect what the page complains about inside; only that is forgiven."""
        outer, self.complaints = self.complaints, []
        try:
            yield self.complaints
        finally:
            self.complaints = outer

    @property
    def composer(self) -> Locator:
        """The box one types in."""
        return self.page.get_by_role("textbox", name="or / for commands")

    @property
    def cards(self) -> Locator:
        """The room's messages, oldest first."""
        return self.page.get_by_role("main").get_by_role("article")

    @property
    def thread(self) -> Locator:
        """The open thread, beside the room."""
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def modal(self) -> Locator:
        """The form on top."""
        return self.page.get_by_role("dialog")

    async def say(self, text: str) -> None:
        """Type and send."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, words: str) -> Locator:
        """Type `/pm-compare words` and give the card that answers."""
        before = await self.cards.count()
        await self.say(f"/pm-compare {words}")
        await expect(self.cards).to_have_count(before + 1)
        return await self.newest()

    async def newest(self) -> Locator:
        """Give the room's last message, which stays this one whatever comes after it."""
        name = await self.cards.last.get_attribute("id")
        return self.page.get_by_role("main").locator(f'[id="{name}"]')

    async def enter(self, channel: str) -> None:
        """Go to a channel of the sidebar."""
        await self.page.get_by_role("navigation").get_by_role("button", name=f"channel {channel}").click()

    async def react(self, card: Locator, name: str) -> None:
        """React to a message with one of the emoji offered beside it."""
        await card.hover()
        await card.get_by_role("button", name=f"React with {name}").click()


def sides(card: Locator) -> tuple[Locator, Locator]:
    """Find the two sides of the card about risks."""
    return card.get_by_text("Primary risks are usability issues"), card.get_by_text("Inherits those risks and adds")


async def boxes(*shown: Locator) -> list[FloatRect]:
    """Measure where all of them are at one moment: what comes between two looks moves the second."""
    nodes = [await each.element_handle() for each in shown]
    found: list[FloatRect] = await shown[0].page.evaluate(
        "nodes => nodes.map((each) => each.getBoundingClientRect().toJSON())", nodes
    )
    assert all(each["width"] > 0 for each in found), "one of them is not there any more"
    return found


class Kept:
    """The window that each test's first person looks through: opening one takes the browser longer than most tests.

    Nothing of one test is in the next: each world has an address of its own, and what was stored, set or opened goes.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    async def window(self) -> BrowserContext:
        """Open a window that shares nothing with others."""
        return await self._browser.new_context(viewport=SIZE, reduced_motion="reduce")

    async def page(self) -> Page:
        """Give an empty page, as it is in a new window."""
        if self._page is None or self._page.is_closed():
            self._page = await (await self.window()).new_page()
        return self._page

    async def clean(self) -> None:
        """Close all other windows, and empty this one; where that fails, the next is a new one."""
        kept, self._page = self._page, None
        for context in self._browser.contexts:
            if kept is None or kept.is_closed() or context != kept.context:
                await context.close()
        if kept is None or kept.is_closed():
            return
        for other in kept.context.pages:
            if other != kept:
                await other.close()
        await kept.unroute_all()
        if kept.url != EMPTY:  # which stores nothing, and says so loudly
            await kept.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        await kept.goto(EMPTY)
        await kept.context.clear_cookies()
        await kept.mouse.move(0, 0)
        await kept.set_viewport_size(SIZE)
        await kept.emulate_media(color_scheme="light", reduced_motion="reduce")
        self._page = kept
