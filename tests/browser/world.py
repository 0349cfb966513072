"""The scenarios' world with a page in front: its time is the one that the page's buttons move."""

from datetime import datetime
from pathlib import Path

from bot import clock
from bot.cli import playground_server
from playground.shared.clock import EmulatorClock
from playground.shared.page.about import About
from playground.slack.emulator import SlackEmulator
from tests.handlers.slack.world import MONDAY, HandClock, World

SLACK = About(playground_server.slack_usages(Path("content/ai-pm")), ".playground/bot.db")
TEAMS = About(playground_server.teams_usages(), ".playground/bot.db")

PATIENCE = 30.0  # seconds for each answer: how long one takes says more about the machine here than about the bot


class PageClock(HandClock):
    """The bot's clock, read from the file that the page's clock writes; no hand moves it."""

    def __init__(self, offset_file: Path) -> None:
        super().__init__(MONDAY)
        self._shown = clock.shifted(offset_file, "http://127.0.0.1/")

    def __call__(self) -> datetime:
        """Give the moment the page shows."""
        return self._shown()


class PageWorld(World):
    """An emulated Slack whose page starts on Monday 23 November 2026, 09:30 in Paris, and the real bot beside it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        offset_file = folder / "clock-offset"
        EmulatorClock(offset_file).move_to(MONDAY.timestamp())
        self.clock = PageClock(offset_file)
        self.slack = SlackEmulator(
            retry_delays=(0, 0, 0), answer_within=PATIENCE, clock_offset_file=offset_file, about=SLACK
        )
        self.alice = self.slack.user("alice", tz="Europe/Paris")
        self.bob = self.slack.user("bob", tz="America/New_York")
        self.room = self.slack.channel("pm-learning", members=[self.alice, self.bob], bot=True)
        self.elsewhere = self.slack.channel("product", members=[self.alice, self.bob])

    @property
    def address(self) -> str:
        """Give where a window is opened."""
        return self.slack.url
