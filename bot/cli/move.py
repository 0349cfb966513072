"""Move everything into another database, or take up one that was restored from a copy."""

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from content import library
from scheduler import recovery
from scheduler.recovery import Recovered
from store import copying, facts, locking, shutting
from store.database.access import Database, UnusableError
from store.deliveries.queue import Queue
from store.facts import Fact, Facts

_KINDS = {"sqlite": "an SQLite file", "postgresql": "PostgreSQL"}

_queue = Queue()
_notes = Facts()


@dataclass(frozen=True, slots=True)
class Moved:
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


async def move(settings: Settings, url: str, clock: Clock, console: Console) -> Moved:
    """Copy everything from the configured database into an empty one, all or nothing, and shut the old one.

    While it runs nobody can write to either. Raises OperatorError, and changes nothing, where the target is the source
    or is not empty, where the source is of another version, or where something is being posted at this moment;
    UnusableError where either cannot be used.
    """
    source, target = Database(settings.database_url.reveal()), _opened(url)
    try:
        if not await source.is_current():
            raise OperatorError("The database is from an older version: run `python -m bot migrate` first.")
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
            await _notes.write(reading, Fact(facts.MOVED, _KINDS[target.kind], clock()))
            await shutting.shut(reading)
    finally:
        await source.close()
        await target.close()
    return Moved(found, target.kind)


async def undo(settings: Settings) -> datetime:
    """Take a database that was moved into use again; gives when it was moved.

    What the other one posted since is not known here: it is treated as a backup of that moment at the next start.
    """
    database = Database(settings.database_url.reveal())
    try:
        async with database.write() as connection:
            note = await _notes.held(connection, facts.MOVED)
            if note is None:
                raise OperatorError("This database was not moved: there is nothing to undo.")
            await shutting.reopen(connection)
            await _notes.forget(connection, facts.MOVED)
            await _notes.write(connection, Fact(facts.BACKUP, "moved and taken back", note.at))
    finally:
        await database.close()
    return note.at


async def restored(settings: Settings, since: datetime, clock: Clock) -> Recovered:
    """Take up a database that was put back to where it stood at `since`: nothing since then is posted again blindly."""
    if since > clock():
        raise OperatorError("--since lies ahead: name the moment at which the copy was made.")
    tips = {tip.id: tip.dimension for tip in library.load(settings.content_path).tips}
    database = Database(settings.database_url.reveal())
    try:
        if not await database.is_current():
            raise OperatorError("The database is from an older version: run `python -m bot migrate` first.")
        recovered = await recovery.recover(database, tips, clock(), since=since)
    finally:
        await database.close()
    assert recovered is not None  # noqa: S101 # it is given wherever `since` is; tells mypy
    return recovered


def restored_text(recovered: Recovered) -> str:
    """Say what was found, and what to do about it."""
    if not recovered.deliveries + recovered.tips:
        return "Nothing came due since then: the bot goes on as if nothing had happened."
    return (
        f"{recovered.tips} tips came due since {recovered.since:%d %B %Y %H:%M} UTC, and {recovered.deliveries} "
        "deliveries were open: whether they were posted is not known here. They are listed by `python -m bot doctor` "
        "and can be sent from each channel's settings."
    )


async def _refuse_unless_empty(connection: AsyncConnection) -> None:
    if any((await copying.counts(connection)).values()):
        raise OperatorError("The target holds rows already: name an empty database.")


def _opened(url: str) -> Database:
    try:
        return Database(url)
    except UnusableError as error:
        raise OperatorError(str(error).replace("DATABASE_URL", "--to")) from error
