"""A few facts about the database itself: heartbeats of its jobs, and whether it is a restored copy."""

from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Select, bindparam, delete, select, text

from store import bulk, tables
from store.database.connection import AsyncConnection

BACKUP = "backup"  # only in a copy made by a backup, or put back by one: when it was made
MOVED = "moved"  # this database was copied into another, which is the one in use: when, and what kind that is
# Nothing is planned or posted from a restored copy before it has been looked through: scheduler/recovery.py.
NOT_RESTORED = text(f"NOT EXISTS (SELECT 1 FROM note WHERE name = '{BACKUP}')")  # noqa: S608 # a constant of ours


class Fact(Struct, frozen=True):
    """A fact: what it is about, since when it holds, and a text with it."""

    name: str
    value: str
    at: datetime


class Facts:
    """Plain SQL on the table `note`; every method runs in the caller's transaction."""

    async def every(self, connection: AsyncConnection) -> dict[str, Fact]:
        """Give all facts by name."""
        return {row.name: Fact(row.name, row.value, row.at) for row in await connection.execute(select(tables.note))}

    async def names(self, connection: AsyncConnection, start: str) -> tuple[str, ...]:
        """List the names of facts that begin with this."""
        beyond = f"{start[:-1]}{chr(ord(start[-1]) + 1)}"
        return tuple(await connection.scalars(_names(), {"start": start, "beyond": beyond}))

    async def find(self, connection: AsyncConnection, name: str) -> Fact | None:
        """Find a fact; None where it is not known."""
        row = (await connection.execute(_by_name(), {"name": name})).one_or_none()
        return None if row is None else Fact(row.name, row.value, row.at)

    async def held(self, connection: AsyncConnection, name: str) -> Fact | None:
        """Find a fact that nobody else may change before this transaction ends; None where it is not known."""
        row = (await connection.execute(_held(), {"name": name})).one_or_none()
        return None if row is None else Fact(row.name, row.value, row.at)

    async def write(self, connection: AsyncConnection, note: Fact) -> None:
        """Write a fact, in place of what was known by its name."""
        await bulk.upsert(connection, tables.note, asdict(note))

    async def forget(self, connection: AsyncConnection, name: str) -> None:
        """Delete a fact."""
        await connection.execute(delete(tables.note).where(tables.note.c.name == name))


@cache  # to make a statement takes longer than to run it
def _names() -> Select[Any]:
    name = tables.note.c.name
    return select(name).where(name >= bindparam("start"), name < bindparam("beyond")).order_by(name)


@cache  # as above
def _by_name() -> Select[Any]:
    return select(tables.note).where(tables.note.c.name == bindparam("name"))


@cache  # as above
def _held() -> Select[Any]:
    return _by_name().with_for_update()
