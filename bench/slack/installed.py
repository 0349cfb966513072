"""Workspaces that installed the bot, as they stand in a database, and the bot that serves all of them."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import asdict
from sqlalchemy import insert

from bench.servers import Recipe
from bench.slack.contest import Contest
from cards import scopes
from messengers.slack.sealing import Seals
from playground.slack.world import APP, BOT_ID, BOT_USER
from store import bulk, ids
from store.database.access import Database
from store.installation_tables import installation
from store.installations import Stored

KEY = base64.urlsafe_b64encode(b"a key that seals bench tokens ..").decode()
SETTINGS = {
    "SLACK_CLIENT_ID": "1234567890.1234567890",
    "SLACK_CLIENT_SECRET": "0123456789abcdef0123456789abcdef",
    "TOKEN_ENCRYPTION_KEYS": KEY,
    "PUBLIC_URL": "https://bot.example",
}
_BATCH = 1_000
_AGO = timedelta(days=30)
_COLUMNS = ("id", "platform", *Stored.__struct_fields__)


def workspace(number: int) -> str:
    """Give a workspace's id."""
    return f"T{number:07}"


async def fill(url: str, count: int, *, now: datetime | None = None) -> None:
    """Install the bot in so many workspaces, a month before `now`, each with an encrypted token of its own."""
    database, seals = Database(url), Seals([KEY])
    await database.migrate()
    at = (now or datetime.now(UTC)) - _AGO
    for start in range(0, count, _BATCH):
        rows = [_row(seals, number, at) for number in range(start, min(start + _BATCH, count))]
        async with database.write() as connection:
            await bulk.run(connection, insert(installation), _COLUMNS, rows)
    await database.close()


def _row(seals: Seals, number: int, at: datetime) -> tuple[object, ...]:
    place = workspace(number)
    stored = Stored(
        place=place,
        enterprise="",
        name=f"Workspace {number}",
        app=APP,
        bot_user=BOT_USER,
        bot=BOT_ID,
        scopes=",".join(scope.name for scope in (*scopes.REQUIRED, *scopes.OPTIONAL)),
        installer="U0001",
        token=seals.seal(f"xoxb-{place}"),
        refresh_token="",
        expires_at=None,
        installed_at=at,
        changed_at=at,
    )
    return (ids.digest("slack", place), "slack", *asdict(stored).values())


def bot(found: Contest, database: str, counts: Path) -> Recipe:
    """Give the bot that serves them, on a database in the folder, with its statements counted."""
    return counted(of_many(found.bot(database)), counts)


def of_many(one: Recipe) -> Recipe:
    """Give the bot of many workspaces in place of the one with a token."""
    kept: Mapping[str, str] = {name: value for name, value in one.environment.items() if name != "SLACK_BOT_TOKEN"}
    return replace(one, name="many workspaces", environment={**kept, **SETTINGS})


def counted(recipe: Recipe, counts: Path) -> Recipe:
    """Give the same with its statements counted into a file."""
    return replace(recipe, arguments=("-m", "bench.slack.counted", str(counts), *recipe.arguments[2:]))
