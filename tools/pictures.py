"""Draw the pictures of README and docs: the playground, driven in Debian's chromium as a person would.

Run by `make pictures`; wants chromium, and fonts-noto-color-emoji for the emoji. Every picture is of the real bot,
which a playground of its own starts, in a folder that is gone afterwards.
"""

import asyncio
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser.screen import Screen
from tests.browser.teams_screen import TeamsScreen

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDE = (1200, 760)  # CSS pixels
_SCALE = 2  # screen pixels to a CSS pixel
_COLORS = 128  # as many as a flat page needs; a quarter of the bytes
_MARGIN = 16  # CSS pixels around a card
_MOVING_SCALE = 0.72  # of the page's size, for the animation


@asynccontextmanager
async def playground() -> AsyncIterator[str]:
    """Give the address of a fresh playground, which is stopped and forgotten afterwards.

    Raises:
        RuntimeError: it does not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "bot", "playground", "--no-browser", "--port", str(port))
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
            "TZ": "Europe/Paris",
        }
        program = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            if program.stdout is None or not [line async for line in _until(program.stdout, b"is open")]:
                raise RuntimeError("The playground did not start; `make run` says why.")
            yield f"http://127.0.0.1:{port}/"
        finally:
            if program.returncode is None:
                program.terminate()
            await program.wait()


async def _until(lines: asyncio.StreamReader, words: bytes) -> AsyncIterator[bytes]:
    """Read up to the line with these words, and give that one."""
    async for line in lines:
        if words in line:
            yield line
            return


@asynccontextmanager
async def window(browser: Browser, address: str, scheme: str = "light") -> AsyncIterator[Screen]:
    """Open a window on the playground, and close it."""
    context = await browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]},
        device_scale_factor=_SCALE,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Paris",
    )
    screen = Screen(await context.new_page())
    await screen.page.goto(address)
    yield screen
    await context.close()


def save(name: str, png: bytes) -> None:
    """Write a picture as a PNG of few colors."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE)
    image.save(FOLDER / f"{name}.png", optimize=True)


async def portrait(name: str, *parts: Locator) -> None:
    """Draw what lies in these parts of the page, and a margin around it."""
    page = parts[0].page
    boxes = []
    for part in parts:
        await part.scroll_into_view_if_needed()
        box = await part.bounding_box()
        if box is None:
            raise RuntimeError(f"{name}: nothing to be seen")
        boxes.append(box)
    left = min(box["x"] for box in boxes) - _MARGIN
    top = min(box["y"] for box in boxes) - _MARGIN
    right = max(box["x"] + box["width"] for box in boxes) + _MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + _MARGIN
    clip = {"x": max(left, 0), "y": max(top, 0), "width": right - max(left, 0), "height": bottom - max(top, 0)}
    save(name, await page.screenshot(clip=clip))  # type: ignore[arg-type] # its own TypedDict of the same keys


@dataclass(slots=True)
class Film:
    """An animation: pictures of the page, each with the time for which it stands."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)

    async def shoot(self, milliseconds: int) -> None:
        """Take the page as it is now."""
        png = await self.page.screenshot(scale="css")
        image = Image.open(io.BytesIO(png)).convert("RGB")
        size = (round(image.width * _MOVING_SCALE), round(image.height * _MOVING_SCALE))
        self.frames.append(image.resize(size, Image.Resampling.LANCZOS))
        self.milliseconds.append(milliseconds)

    def save(self, name: str) -> None:
        """Write what was taken, as a GIF that begins anew."""
        palette = self.frames[-1].quantize(_COLORS, dither=Image.Dither.NONE)
        drawn = [frame.quantize(_COLORS, palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        first, *rest = drawn
        first.save(
            FOLDER / f"{name}.gif", save_all=True, append_images=rest, duration=self.milliseconds, loop=0, optimize=True
        )


async def type_slowly(film: Film, box: Locator, text: str) -> None:
    """Type, with a picture every few letters."""
    for end in range(3, len(text) + 3, 3):
        await box.fill(text[:end])
        await film.shoot(90)
    await film.shoot(500)


async def slack_pictures(browser: Browser, address: str) -> None:
    """Draw Slack's side: the tour, a card, a dilemma, a tip with its thread, and why tips come."""
    async with window(browser, address) as alice:
        await expect(alice.page.get_by_role("heading", name="A tour of 60 seconds")).to_be_visible()
        save("tour", await alice.page.screenshot())
        await alice.page.get_by_role("button", name="Hide").click()
        await portrait("slack-card", await alice.ask("risks"))
        await portrait("dilemma", await alice.ask("dilemma"))
        card = await alice.ask("tips")
        await card.get_by_role("button", name="Turn on…").click()
        await alice.modal.get_by_role("button", name="Turn on").click()
        await expect(alice.modal).to_be_hidden()
        for came in (1, 2):  # the first may be of a law's day, which says little of the others
            await alice.page.get_by_role("button", name="Next tip").click()
            await expect(alice.cards.filter(has_text="Try this week")).to_have_count(came)
            await alice.page.locator("#toasts").get_by_role("button", name="Dismiss").click()
        tip = alice.cards.filter(has_text="Try this week").last
        await alice.react(tip, "books")
        await tip.get_by_role("button", name="1 reply").click()
        await expect(alice.thread.get_by_role("article").nth(1)).to_be_visible()
        await tip.scroll_into_view_if_needed()
        await alice.page.mouse.move(0, 0)  # off the post, whose tools hide
        save("tip-thread", await alice.page.screenshot())
        await alice.page.keyboard.press("Escape")
        await portrait("doctor", await alice.ask("doctor"))


async def teams_pictures(browser: Browser, address: str) -> None:
    """Draw Teams' side: a card in a channel."""
    async with window(browser, address) as screen:
        await screen.page.get_by_role("button", name="Teams", exact=True).click()
        teams = TeamsScreen(screen)
        await teams.enter("pm-learning")
        await screen.page.get_by_role("button", name="Hide").click()
        post = await teams.post("risks")
        await portrait("teams-card", post.get_by_role("article").last)


async def film(browser: Browser, address: str) -> None:
    """Shoot the animation: ask, a card, share it, react, and read on in the thread."""
    async with window(browser, address, "dark") as alice:
        await alice.page.get_by_role("button", name="Hide").click()
        moving = Film(alice.page)
        await moving.shoot(900)
        await type_slowly(moving, alice.composer, "/pm-compare risks")
        await alice.composer.press("Enter")
        card = alice.cards.last
        await expect(card.get_by_role("heading", name="Risks")).to_be_visible()
        await moving.shoot(2600)
        await card.get_by_role("button", name="Share").click()
        shared = alice.cards.filter(has_text="Shared by").last
        await expect(shared).to_be_visible()
        await moving.shoot(1500)
        await alice.react(shared, "mag")
        reply = shared.get_by_role("button", name="1 reply")
        await expect(reply).to_be_visible()
        await moving.shoot(1500)
        await reply.click()
        await expect(alice.thread.get_by_role("article").nth(1)).to_be_visible()
        await moving.shoot(4200)
        moving.save("minute")


async def main() -> None:
    """Draw all of them anew."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("make pictures needs chromium: apt-get install chromium fonts-noto-color-emoji")
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        async with playground() as address:
            await slack_pictures(browser, address)
            await teams_pictures(browser, address)
        async with playground() as address:
            await film(browser, address)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
