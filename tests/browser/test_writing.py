"""Writing while the playground is open, in a real browser: the changed card on both platforms, and what check says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.cli.writers.watch import Watcher
from playground.shared.page.writing import Writing
from playground.slack.emulator import SlackEmulator
from tests.browser.screen import Kept, Screen
from tests.browser.teams_world import BothWorld
from tests.content import decks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]

CHECKED = 120_000  # milliseconds in which a busy machine checks the content
SHOWN = 30_000


class WrittenWorld(BothWorld):
    """Both platforms on one page, a bot on a copy of the content, and whoever watches the copy."""

    def __init__(self, folder: Path) -> None:
        self.content = folder / "written"
        self.content.mkdir()
        decks.written(self.content)
        super().__init__(folder)
        self._environ |= {"CONTENT_PATH": str(self.content)}
        self.writing = Writing()
        self.reloads = 0
        clock = self.teams.clock
        self.slack = SlackEmulator(
            retry_delays=(0, 0, 0), clock=clock, beside={"teams": self.teams.routes()}, writing=self.writing
        )
        self.alice = self.slack.user("alice", tz="Europe/Paris")
        self.bob = self.slack.user("bob", tz="America/New_York")
        self.room = self.slack.channel("pm-learning", members=[self.alice, self.bob], bot=True)

    def reload(self) -> None:
        """Have the bot read the content anew, as SIGHUP does."""
        self.reloads += 1
        self.bot.tasks.spawn(self.bot.reload())

    def change(self, name: str, old: str, new: str) -> None:
        """Write a file as an editor does: whole."""
        path = self.content / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, kept: Kept) -> AsyncIterator[WrittenWorld]:
    """Give a running world that is watched; no window looks at it when it stops."""
    async with WrittenWorld(tmp_path) as running:
        watcher = Watcher(running.content, running.writing.tell, running.reload)
        watching = asyncio.create_task(watcher.run())
        await watcher.ready.wait()
        yield running
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await kept.clean()
        running.writing.end()


async def test_what_is_written_is_shown_on_both_platforms_and_checked(alice: Screen, world: WrittenWorld) -> None:
    """A changed tip, then a broken file, which leaves the last good card, then the file as it was."""
    panel = alice.page.get_by_role("complementary", name="Preview while writing")
    await expect(panel).to_be_hidden()
    world.change("tips.yaml", "title: Let the water cool", "title: Let the kettle cool")
    for platform in ("Slack", "Teams"):
        card = panel.get_by_role("region", name=f"The card on {platform}", include_hidden=True)
        await expect(card).to_contain_text("Let the kettle cool", timeout=SHOWN)
        await expect(card).to_contain_text("Try this week")
    said = panel.get_by_role("list", name="What check says")
    await expect(panel.get_by_role("status")).to_have_text("All well.", timeout=CHECKED)
    assert world.reloads == 1

    world.change("tips.yaml", "    title: Let", "    titel: Let")
    await expect(panel.get_by_role("status")).to_contain_text("Not in use yet", timeout=SHOWN)
    await expect(said).to_contain_text("tips.yaml:")
    await expect(panel).to_contain_text("Let the kettle cool")
    assert world.reloads == 1
    assert world.bot.content.library.tip("cool-water") is not None

    world.change("tips.yaml", "    titel: Let the kettle cool", "    title: Let the water cool")
    await expect(panel.get_by_role("status")).to_have_text("All well.", timeout=CHECKED)
    await expect(said.get_by_role("listitem")).to_have_count(0)
    assert world.reloads == 2


async def test_a_closed_preview_stays_closed_and_marks_what_is_new(alice: Screen, world: WrittenWorld) -> None:
    """A term of the glossary; once closed, a change marks the button, and pressing it shows the newest."""
    panel = alice.page.get_by_role("complementary", name="Preview while writing")
    world.change("glossary.yaml", "terms:", "# a comment\nterms:")
    await expect(panel.get_by_role("region", name="The card on Slack", include_hidden=True)).to_be_visible(
        timeout=SHOWN
    )
    await panel.get_by_role("button", name="Close the preview").click()
    await expect(panel).to_be_hidden()
    world.change("references.yaml", "references:", "# another comment\nreferences:")
    button = alice.page.get_by_role("button", name="Writing")
    await expect(button).to_have_class("plain fresh", timeout=SHOWN)
    await expect(panel).to_be_hidden()
    await button.click()
    await expect(panel).to_contain_text("references.yaml has no card of its own.")


async def test_many_windows_share_what_is_written(alice: Screen, world: WrittenWorld) -> None:
    """A browser has six connections to one address: four windows leave some, and each shows what is written.

    A window that comes later has it behind its button; and where the first one has gone, another goes on listening.
    """
    context = alice.page.context
    others = [await context.new_page() for _ in range(3)]
    for page in others:
        await page.goto(world.address)
        await expect(page.get_by_role("group", name="You are")).to_be_visible()
    world.change("tips.yaml", "title: Let the water cool", "title: Let the kettle cool")
    for page in (alice.page, *others):
        panel = page.get_by_role("complementary", name="Preview while writing")
        await expect(panel.get_by_role("region", name="The card on Slack", include_hidden=True)).to_contain_text(
            "Let the kettle cool", timeout=SHOWN
        )
        # Told last: a window that is opened before that would hear of it, and show itself.
        await expect(panel.get_by_role("status")).to_have_text("All well.", timeout=CHECKED)
    assert await others[-1].evaluate("fetch('/page/next-tip').then(({ status }) => status)") == 200
    await alice.page.close()
    late = await context.new_page()
    await late.goto(world.address)
    await late.get_by_role("button", name="Writing").click()
    await expect(late.get_by_role("complementary", name="Preview while writing")).to_contain_text("kettle cool")
    world.change("tips.yaml", "title: Let the kettle cool", "title: Let the pot cool")
    for page in (*others, late):
        panel = page.get_by_role("complementary", name="Preview while writing")
        await expect(panel).to_contain_text("Let the pot cool", timeout=SHOWN)
