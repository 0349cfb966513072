"""Installations in a database of either kind, as several processes see them, and the Slack that renews tokens."""

# ruff: noqa: ANN401, S107 # what slack_sdk takes; tokens of nobody

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from messengers.slack.installations import Token
from messengers.slack.rotation import AppSecrets, Rotation
from messengers.slack.sealing import Seals
from messengers.slack.stored_installations import Means, StoredInstallations
from store.database.access import Database
from store.installation_tables import installation
from tests.messengers.slack import oauth_slack
from tests.messengers.slack.oauth_slack import OAuthSlack

START = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOURS_12 = timedelta(hours=12)


def install(
    team: str = "T1", token: str = "xoxb-1", *, at: datetime = START, enterprise: str | None = None, **more: Any
) -> Installation:
    """Make what slack_sdk makes of Slack's answer when somebody installs."""
    given: dict[str, Any] = {
        "app_id": "A1",
        "team_id": team,
        "team_name": f"Workspace {team}",
        "enterprise_id": enterprise,
        "bot_token": token,
        "bot_id": "B1",
        "bot_user_id": "U0BOT",
        "bot_scopes": ["commands", "chat:write"],
        "user_id": "U1",
        "installed_at": at.timestamp(),
    }
    return Installation(**{**given, **more})


def organization(team: str | None = None, token: str = "xoxb-org", **more: Any) -> Installation:
    """Make an organization's, which came with a team's id or without."""
    given: dict[str, Any] = {"team_id": team, "enterprise_name": "Grid", "is_enterprise_install": True}
    return install("", token, enterprise="E1", **{**given, **more})


@dataclass
class Shop:
    """The database and Slack, the time, and how long anybody slept; `process` gives another process's view of it."""

    database: Database
    address: str
    slack: OAuthSlack
    session: aiohttp.ClientSession
    stack: AsyncExitStack
    now: datetime = START
    slept: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=lambda: [Fernet.generate_key().decode()])
    while_sleeping: Callable[[], None] = lambda: None
    takes_time: bool = False  # whoever sleeps does, for what others really need to end meanwhile
    statements: list[str] = field(default_factory=list)

    def process(self, *, own: bool = False, patience: float = 60.0) -> StoredInstallations:
        """Give a process's installations; with `own` it has a database connection of its own."""
        database = self.database
        if own:
            database = Database(self.address)
            self.stack.push_async_callback(database.close)
        seals = Seals(self.keys)
        app = AppSecrets("111.222", Token("the-secret"))

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.while_sleeping()
            await asyncio.sleep(seconds if self.takes_time else 0)

        rotation = Rotation(database, seals, app, self.client("", ""), clock=lambda: self.now, sleep=sleep)
        means = Means(self.client, lambda: self.now, monotonic=self.seconds, sleep=sleep, patience=patience)
        return StoredInstallations(database, seals, rotation, means)

    def client(self, token: str, team: str) -> AsyncWebClient:
        """Make a client, as bot/slack/sdk.py does."""
        return AsyncWebClient(
            token or None, self.slack.url, session=self.session, retry_handlers=[], team_id=team or None
        )

    def seconds(self) -> float:
        """Give the time as the clock of a machine that never stands still."""
        return self.now.timestamp()

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    async def rows(self) -> list[dict[str, object]]:
        """Give the rows of `installation`, in the order of their places."""
        async with self.database.read() as connection:
            found = await connection.execute(select(installation).order_by(installation.c.place))
            return [dict(row._mapping) for row in found]  # noqa: SLF001 # SQLAlchemy's own public name for it

    async def spoil(self, place: str, token: str) -> None:
        """Put a token into a row as it stands, with no encryption of ours."""
        async with self.database.write() as connection:
            changed = update(installation).where(installation.c.place == place).values(token=token)
            await connection.execute(changed)

    def reads(self) -> int:
        """Count the statements that read who is installed, since it was last asked."""
        count = sum(each.startswith("SELECT") and "installation" in each for each in self.statements)
        self.statements.clear()
        return count


@pytest.fixture
async def shop(address: str) -> AsyncIterator[Shop]:
    """Open a migrated database of either kind, and the Slack that renews tokens."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(oauth_slack.running())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        database = Database(address)
        stack.push_async_callback(database.close)
        shop = Shop(database, address, slack, session, stack)

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            shop.statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        stack.callback(event.remove, Engine, "before_cursor_execute", note)
        yield shop
