"""The commands with which an operator looks after the database: copies it, migrates it, moves it, takes up a copy."""

from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress

from bot import app, clock
from bot.cli import commands, parts
from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from content import library
from handlers.learning.posts import rounds as round_posts
from handlers.tips import pools
from scheduler import recovery
from scheduler.recovery import Recovered
from store import copying, facts, locking, shutting
from store.database.access import Database, UnusableError
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue
from store.facts import Fact, Facts

_KINDS = {"sqlite": "an SQLite file", "postgresql": "PostgreSQL"}

_queue = Queue()
_facts = Facts()


@commands.command(examples=("python -m bot backup /backups/bot-2026-11-30.db",))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the database to FILE while the bot runs. FILE must not exist."""
    is_noted = parts.run(_back_up(parts.read_served_settings(), file, clock.real))
    click.echo(f"The database is in {file}.")
    if not is_noted:
        click.echo(
            "It is of an older version: after restoring it, run `python -m bot restored --since` with this moment."
        )


@commands.command(examples=("python -m bot migrate",))
def migrate() -> None:
    """Bring the database to this version's revision. Harmless to run twice."""
    is_changed = parts.run(_migrated(parts.read_served_settings()))
    click.echo("Migrated." if is_changed else "The database is up to date.")


@commands.command(
    examples=(
        "python -m bot move --to postgresql://bot@db.example.org/pm_compare",
        "python -m bot move --to sqlite:////srv/pm-compare/bot.db",
        "python -m bot move --undo",
    )
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
        click.echo(parts.run(moved(settings, to, clock.real, Console(stderr=True))).as_text())
        return
    since = parts.run(taken_back(settings))
    click.echo(
        f"This database is in use again, as it was on {since:%d %B %Y at %H:%M} UTC. Tips that came due since are not "
        "posted by themselves: the next start lists them as unknown."
    )


@commands.command(examples=("python -m bot restored --since 2026-11-30T02:00+01:00",))
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
    found = parts.run(recovered(parts.read_served_settings(), since, clock.real))
    click.echo(_recovered_text(found))


async def _back_up(settings: Settings, target: Path, clock: Clock) -> bool:
    """Copy the database to a new file, while the bot runs; gives whether the copy knows that it is one."""
    async with app.database_as_it_is(settings) as database:
        return await database.backup(target, clock())


async def _migrated(settings: Settings) -> bool:
    """Bring the database to this version's revision; gives whether anything was to be done."""
    async with app.database_as_it_is(settings) as database:
        return await database.migrate()


class Moved(Struct, frozen=True):
    """How many rows of each table are in the new database now, and what kind it is."""

    counts: dict[str, int]
    kind: str

    def as_text(self) -> str:
        """Say what was done, and what to set next."""
        rows = ", ".join(f"{count:,} of {name}" for name, count in self.counts.items())
        then = " With PostgreSQL, SCHEDULER=cluster lets several machines share the work." * (self.kind == "postgresql")
        return (
            f"Moved into {_KINDS[self.kind]}, every row counted: {rows}.\n"
            f"Now set DATABASE_URL to the new database and start the bot.{then}\n"
            "The old database keeps everything and takes nothing more; to go back to it: python -m bot move --undo"
        )


async def moved(settings: Settings, url: str, clock: Clock, console: Console) -> Moved:
    """Copy everything from the configured database into an empty one, all or nothing, and shut the old one.

    While it runs nobody can write to either. Raises OperatorError, and changes nothing, where the target is the source
    or is not empty, where the source is of another version, or where something is being posted at this moment;
    UnusableError where either cannot be used.
    """
    source, target = Database(settings.database_url.reveal()), _opened(url)
    try:
        await _refuse_older(source)
        await target.migrate()
        # Before anything is locked: both addresses may be those of one database, which would wait for itself.
        async with target.read() as writing:
            await _refuse_unless_empty(writing)
        async with source.write() as reading:
            await locking.alone(reading)
            if posting := await _queue.under_way(reading, clock()):
                raise OperatorError(
                    f"{posting} deliveries are being posted at this moment: stop the bot, and try again in a minute."
                )
            expected = await copying.counts(reading)
            async with target.write() as writing:
                await locking.alone(writing)
                await _refuse_unless_empty(writing)
                with Progress(console=console, transient=True) as progress:
                    bar = progress.add_task("Moving", total=sum(expected.values()))
                    await copying.copy(reading, writing, lambda count: progress.advance(bar, count))
                found = await copying.counts(writing)
                if found != expected:
                    raise OperatorError(f"Nothing was moved: of {expected} rows {found} arrived.")
            # Only once the target is committed: a crash in between leaves two whole databases, and the old one in use.
            await _facts.write(reading, Fact(facts.MOVED, _KINDS[target.kind], clock()))
            await shutting.shut(reading)
    finally:
        await source.close()
        await target.close()
    return Moved(found, target.kind)


async def taken_back(settings: Settings) -> datetime:
    """Take a database that was moved into use again; gives when it was moved.

    What the other one posted since is not known here: it is treated as a backup of that moment at the next start.
    """
    async with app.database_as_it_is(settings) as database, database.write() as connection:
        note = await _facts.held(connection, facts.MOVED)
        if note is None:
            raise OperatorError("This database was not moved: there is nothing to undo.")
        await shutting.reopen(connection)
        await _facts.forget(connection, facts.MOVED)
        await _facts.write(connection, Fact(facts.BACKUP, "moved and taken back", note.at))
    return note.at


async def recovered(settings: Settings, since: datetime, clock: Clock) -> Recovered:
    """Take up a database that was put back to where it stood at `since`: nothing since then is posted again blindly."""
    if since > clock():
        raise OperatorError("--since lies ahead: name the moment at which the copy was made.")
    content = library.load(settings.content_path, kept=settings.content_cache)
    tips, dilemmas = pools.of(content), round_posts.playables(content)
    async with app.database_as_it_is(settings) as database:
        await _refuse_older(database)
        found = await recovery.recover(database, tips, clock(), dilemmas=dilemmas, since=since)
    assert found is not None  # noqa: S101 # it is given wherever `since` is; tells mypy
    return found


def _recovered_text(found: Recovered) -> str:
    """Say what was found, and what to do about it."""
    if not found.deliveries + found.tips + found.rounds:
        return "Nothing came due since then: the bot goes on as if nothing had happened."
    rounds = f", and {found.rounds} votes ended, whose outcome may have been told" if found.rounds else ""
    return (
        f"{found.tips} tips came due since {found.since:%d %B %Y %H:%M} UTC, and {found.deliveries} "
        f"deliveries were open{rounds}: whether they were posted is not known here. They are listed by "
        "`python -m bot doctor` "
        "and can be sent from each channel's settings."
    )


async def _refuse_older(database: Database) -> None:
    if not await database.is_current():
        raise OperatorError("The database is from an older version: run `python -m bot migrate` first.")


async def _refuse_unless_empty(connection: AsyncConnection) -> None:
    if any((await copying.counts(connection)).values()):
        raise OperatorError("The target holds rows already: name an empty database.")


def _opened(url: str) -> Database:
    try:
        return Database(url)
    except UnusableError as error:
        raise OperatorError(str(error).replace("DATABASE_URL", "--to")) from error
