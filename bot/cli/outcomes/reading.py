"""Say whose posts an operator means, and read what came of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from bot import app
from bot.cli import platform_ids
from bot.errors import OperatorError
from bot.platforms import PROFILES
from bot.settings.checked import Settings
from cards.compose.counts import Summary
from content import library
from handlers.outcomes import counting
from store.database.connection import AsyncConnection
from store.learning import outcomes
from store.learning.outcomes import Scope

PLATFORMS = click.Choice([profile.name for profile in PROFILES])


def scope(platform: str | None, workspace: str | None, channel: str | None) -> Scope:
    """Give what is meant, by ids or links.

    Raises:
        OperatorError: they do not fit together, or name a person.
    """
    team, conversation = platform_ids.understood((workspace or "").strip(), (channel or "").strip())
    if fault := platform_ids.fault(team, conversation):
        raise OperatorError(fault)
    if conversation and not team:
        raise OperatorError("Name the channel's workspace too: --workspace T… --channel C…; `tips list` shows both.")
    if conversation and platform_ids.is_person(team, conversation):
        raise OperatorError(
            f"{conversation} is a person. What one person gets alone is shown to nobody else: they type `stats`."
        )
    found = platform_ids.platform(team)
    if platform and found and found.name != platform:
        raise OperatorError(f"{team} is a workspace on {found.name}, not on {platform}.")
    return Scope(found.name if found else platform or "", team, (conversation,) if conversation else ())


async def summary(settings: Settings, meant: Scope) -> Summary:
    """Count what came of a scope's posts."""
    content = library.load(settings.content_path, kept=settings.content_cache)
    async with reading(settings) as connection:
        return counting.summary(content, await outcomes.of(connection, meant))


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """Open the database to be read."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        yield connection


def write(path: Path, words: str) -> None:
    """Write a file as it is, line ends too; `-` is standard output.

    Raises:
        OperatorError: it cannot be written.
    """
    if str(path) == "-":
        click.echo(words, nl=False)
        return
    try:
        path.write_text(words, encoding="utf-8", newline="")
    except OSError as error:
        raise OperatorError(f"{path} could not be written: {error.strerror}.") from error
    click.echo(f"Written: {path}", err=True)
