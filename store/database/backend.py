"""What the two kinds of database have in common: the error in words, and the shape of what stands behind `Database`."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Connection, text

from store import facts
from store.database import migrate
from store.database.connection import AsyncConnection
from store.facts import Fact

Kind = Literal["sqlite", "postgresql"]


class UnusableError(Exception):
    """The database can't be used; says in a sentence why and what to do, and never repeats an address or a password."""


class ConflictError(UnusableError):
    """PostgreSQL gave our transaction up, because it and another stood in each other's way: nothing was written."""


class HeldError(UnusableError):
    """A row that is needed was held by somebody else for too long: nothing was written, and others can be."""


class Backend(Protocol):
    """One kind of database: what `Database` says of its methods of the same names holds here."""

    kind: Kind
    path: Path | None

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""

    def write(self, *, many: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may write, `many` rows at that."""

    def migration(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may change the tables, one at a time across all processes."""

    async def prepare(self) -> None:
        """Do what has to be done once before tables are made."""

    def inspect(self) -> None:
        """Raise UnusableError for faults that can be seen without a connection."""

    async def backup(self, target: Path, now: datetime) -> bool:
        """Copy the database into a new file."""

    async def close(self) -> None:
        """Close all connections."""


def is_current(connection: Connection) -> bool:
    """Say whether the tables are at the newest revision.

    Raises UnusableError where this database has been moved into another one.
    """
    if not migrate.is_current(connection):
        return False
    moved = connection.execute(text("SELECT value, at FROM note WHERE name = :name"), {"name": facts.MOVED}).first()
    if moved is not None:
        raise UnusableError(moved_words(Fact(facts.MOVED, moved.value, datetime.fromtimestamp(moved.at, UTC))))
    return True


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision in the caller's transaction; UnusableError for a newer database."""
    try:
        migrate.upgrade(connection)
    except migrate.ForeignRevisionError as error:
        raise UnusableError(
            f"The database was written by another version of this program ({error}). "
            "Run the newest version, or restore a backup that is as old as this one."
        ) from error


def moved_words(note: Fact) -> str:
    """Say that a database has been moved, and the way back."""
    return (
        f"This database was moved to {note.value} on {note.at:%d %B %Y at %H:%M} UTC: set DATABASE_URL to the new one. "
        "To go on with this one instead, run `python -m bot move --undo`."
    )
