"""Remember which workspaces removed the app, for as long as what is kept of them waits for the grace to pass."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, literal, select

from store import bulk, tables
from store.columns import Instant
from store.database.connection import AsyncConnection
from store.installation_tables import admitted, installation
from store.workspaces import belonging

GONE: Final = "gone"  # the note's value where it is known; another one says that Slack is still being asked


async def note_turned_out(connection: AsyncConnection, served: ColumnElement[bool], at: datetime) -> None:
    """Note that workspaces which an organization's installation serves lose the app at `at`; `served` says which.

    One that has an installation of its own keeps it, and is left out.
    """
    note, own = tables.note, installation.alias()
    has_own = exists().where(
        own.c.platform == admitted.c.platform, own.c.place == admitted.c.workspace, own.c.removed_at.is_(None)
    )
    name = literal(belonging.removal_note("slack", "")) + admitted.c.workspace
    rows = select(name, literal(GONE), literal(at, Instant())).where(served, ~has_own).order_by(admitted.c.id)
    columns = ("name", "value", "at")
    await connection.execute(bulk.insert_or_set(connection.dialect.name, note, columns, rows, ("value", "at")))


async def noted_before(connection: AsyncConnection, before: datetime) -> tuple[tuple[str, str], ...]:
    """List the workspaces (platform, id) that are known to have lost the app before a moment."""
    note = tables.note.c
    query = select(note.name).where(note.value == GONE, note.at < before).order_by(note.name)
    found = []
    for name in await connection.scalars(query):
        _, platform, workspace = name.split(" ", 2)
        found.append((platform, workspace))
    return tuple(found)


async def forget_note(connection: AsyncConnection, platform: str, workspace: str) -> None:
    """Forget that a workspace lost the app: it has it again."""
    note = tables.note
    gone = and_(note.c.name == belonging.removal_note(platform, workspace), note.c.value == GONE)
    await connection.execute(note.delete().where(gone))
