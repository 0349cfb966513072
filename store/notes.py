"""A few facts about the database itself: heartbeats of its jobs, and whether it is a restored copy."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import tables

BACKUP = "backup"  # only in a copy made by a backup: when it was made


@dataclass(frozen=True, slots=True)
class Note:
    """A fact: what it is about, since when it holds, and a text with it."""

    name: str
    value: str
    at: datetime


class Notes:
    """Plain SQL on the table `note`; every method runs in the caller's transaction."""

    async def every(self, connection: AsyncConnection) -> dict[str, Note]:
        """Give all facts by name."""
        return {row.name: Note(row.name, row.value, row.at) for row in await connection.execute(select(tables.note))}

    async def write(self, connection: AsyncConnection, note: Note) -> None:
        """Write a fact, in place of what was known by its name."""
        table = tables.note
        changed = await connection.execute(
            update(table).where(table.c.name == note.name).values(value=note.value, at=note.at)
        )
        if not changed.rowcount:
            await connection.execute(insert(table).values(name=note.name, value=note.value, at=note.at))

    async def forget(self, connection: AsyncConnection, name: str) -> None:
        """Delete a fact."""
        await connection.execute(delete(tables.note).where(tables.note.c.name == name))
