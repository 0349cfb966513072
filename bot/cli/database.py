"""The commands with which an operator moves the database, or takes up a restored one."""

from datetime import datetime

import click
from rich.console import Console

from bot import clock
from bot.cli import move as moving
from bot.cli import parts


@click.command(
    cls=parts.Command,
    examples=(
        "python -m bot move --to postgresql://bot@db.example.org/pm_compare",
        "python -m bot move --to sqlite:////srv/pm-compare/bot.db",
        "python -m bot move --undo",
    ),
)
@click.option("--to", metavar="URL", help="Address of an empty database, of either kind.")
@click.option("--undo", is_flag=True, help="Use the database that was moved again.")
def move(to: str | None, *, undo: bool) -> None:
    """Move everything from DATABASE_URL into another database, SQLite to PostgreSQL or back.

    Stop the bot first. Either everything is in the new one, every row counted, and the old one takes nothing more, or
    nothing has changed. libpq's PGPASSWORD or .pgpass keeps a password out of the command.
    """
    if bool(to) == undo:
        raise click.UsageError("Give either --to URL or --undo.")
    settings = parts.read_served_settings()
    if to:
        click.echo(parts.run(moving.move(settings, to, clock.real, Console(stderr=True))).as_text())
        return
    moved = parts.run(moving.undo(settings))
    click.echo(
        f"This database is in use again, as it was on {moved:%d %B %Y at %H:%M} UTC. Tips that came due since are not "
        "posted by themselves: the next start lists them as unknown."
    )


@click.command(cls=parts.Command, examples=("python -m bot restored --since 2026-11-30T02:00+01:00",))
@click.option(
    "--since",
    type=parts.Moment(),
    required=True,
    metavar="ISO",
    help="When the copy was made; without a zone it is UTC.",
)
def restored(since: datetime) -> None:
    """Take up a database that was put back to an earlier state, so that nothing is posted twice.

    Copies made by `backup` know what they are and need no such command. Stop the bot first. What may have been posted
    since becomes unknown: `doctor` lists it, and a person may send it.
    """
    found = parts.run(moving.restored(parts.read_served_settings(), since, clock.real))
    click.echo(moving.restored_text(found))
