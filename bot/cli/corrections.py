"""Say how many posts would be corrected and why others would not, or plan their corrections now."""

from collections.abc import Iterator

import click

from bot import app, clock
from bot.cli import commands, parts
from bot.clock import Clock
from bot.settings.checked import Settings
from cards.compose.learning.corrections import editions
from content import library
from content.library import FaultyContent
from scheduler.learning import corrections as planning
from store.database.access import UnusableError
from store.learning.corrections import STANDINGS, Standing

_WORDS: dict[Standing, str] = {
    "current": "up to date",
    "dead": "deleted",
    "not kept": "made before versions were kept, or a level",
    "made later": "made after the correction's day",
    "too old": "older than 400 days",
    "opted out": "in channels that leave posts as they are",
    "planned": "with a correction planned or tried",
    "waiting": "to be corrected",
}


@commands.command(examples=("python -m bot corrections --dry-run", "python -m bot corrections"))
@click.option("--dry-run", is_flag=True, help="Only count.")
def corrections(*, dry_run: bool) -> None:
    """Plan corrections of the posts that show what was corrected since; a running bot does so by itself.

    First it counts the posts of everything that was ever corrected. Whichever process runs the clock makes the edits.
    """
    try:
        for line in parts.run(_planned(parts.read_settings(), clock.real, dry_run=dry_run)):
            click.echo(line)
    except (FaultyContent, UnusableError) as error:
        raise click.ClickException(str(error)) from error


async def _planned(settings: Settings, now: Clock, *, dry_run: bool) -> list[str]:
    corrected = editions(library.load(settings.content_path, kept=settings.content_cache))
    async with app.database_up_to_date(settings) as database:
        async with database.read() as connection:
            census = await planning.census(connection, corrected, now())
        lines = [line for subject, counts in census.items() for line in _said(subject, counts)]
        total = sum(counts["waiting"] for counts in census.values())
        if dry_run:
            return [*lines, f"{total} to be corrected; nothing was planned"]
        return [*lines, f"{await planning.plan(database, corrected, now())} corrections planned"]


def _said(subject: str, counts: dict[Standing, int]) -> Iterator[str]:
    """Say how the posts of a subject stand, in a line; nothing where none was ever posted."""
    found = [f"{counts[standing]} {_WORDS[standing]}" for standing in reversed(STANDINGS) if counts[standing]]
    if found:
        yield f"{subject}: {', '.join(found)}"
