"""The scenarios' world with both platforms on one page, and the bot beside it set up for both."""

import json
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from playground.slack.emulator import SlackEmulator
from playground.teams.emulator import TeamsEmulator
from tests.browser.world import PATIENCE, SLACK, TEAMS, PageWorld


class BothWorld(PageWorld):
    """An emulated Slack and an emulated Teams with one clock; windows are opened on Teams."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        clock = self.slack.clock
        manifest = json.loads(Path("appPackage/manifest.json").read_text(encoding="utf-8"))
        self.teams = TeamsEmulator(
            messaging_endpoint="http://127.0.0.1:9/api/messages",
            answer_within=PATIENCE,
            clock=clock,
            about=TEAMS,
            manifest=manifest,
        )
        alice = self.teams.person("Alice Martin", zone="Europe/Paris", kind="owner")
        bob = self.teams.person("Bob Okafor", zone="America/New_York")
        self.product = self.teams.team("Product", members=[alice, bob])
        self.channel = self.teams.channel(self.product, "pm-learning")
        self.group = self.teams.group("AI working group", members=[alice, bob])
        self.chats = (self.teams.personal(alice), self.teams.personal(bob))
        self.slack = SlackEmulator(
            answer_within=PATIENCE,
            retry_delays=(0, 0, 0),
            clock=clock,
            about=SLACK,
            beside={"teams": self.teams.routes()},
        )
        self.alice = self.slack.user("alice", tz="Europe/Paris")
        self.bob = self.slack.user("bob", tz="America/New_York")
        self.room = self.slack.channel("pm-learning", members=[self.alice, self.bob], bot=True)

    @property
    def address(self) -> str:
        """Give where a window is opened."""
        return f"{self.slack.url}#teams"

    async def __aenter__(self) -> Self:
        """Start both emulators, then the bot, and add the app to the team and to both people's chats."""
        await self.teams.start()
        self._environ |= {
            "TEAMS_CLOUD": self.teams.url,
            "TEAMS_CLIENT_ID": self.teams.client_id,
            "TEAMS_CLIENT_SECRET": self.teams.client_secret,
            "TEAMS_TENANT_ID": self.teams.tenant_id,
        }
        await super().__aenter__()
        if self.slack.request_url is None:
            raise AssertionError("the bot is not there")
        self.teams.messaging_endpoint = urljoin(self.slack.request_url, "/api/messages")
        for place in (self.channel, *self.chats):
            await self.teams.install(place)
        await self.settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them again."""
        await super().__aexit__(kind, error, trace)
        await self.teams.stop()
