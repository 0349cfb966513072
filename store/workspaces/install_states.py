"""What the store remembers of who is on the way from /slack/install to Slack's page and back: each is used once."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select

from store import locking
from store.database.connection import AsyncConnection
from store.installation_tables import install_state as table

MOST: Final = 100_000  # some 10 MB: whoever floods /slack/install pushes out who set out first


async def issue(connection: AsyncConnection, state: str, expires_at: datetime) -> None:
    """Write one down."""
    await connection.execute(insert(table).values(id=state, expires_at=expires_at))


async def consume(connection: AsyncConnection, state: str, now: datetime) -> bool:
    """Use one up; True for one of all who try, and only while it is good."""
    used = delete(table).where(table.c.id == state, table.c.expires_at > now)
    return (await connection.execute(used)).rowcount > 0


async def is_known(connection: AsyncConnection, state: str) -> bool:
    """Say whether one was issued, and is neither used up nor swept."""
    return await connection.scalar(select(table.c.id).where(table.c.id == state)) is not None


async def sweep(connection: AsyncConnection, now: datetime, most: int = MOST) -> None:
    """Delete what is no longer good, and of the rest the oldest, so that at most some `most` are left."""
    await locking.remove(connection, table, table.c.expires_at <= now)
    newest_first = select(table.c.expires_at).order_by(table.c.expires_at.desc())
    last = await connection.scalar(newest_first.offset(most).limit(1))
    if last is not None:
        await locking.remove(connection, table, table.c.expires_at <= last)
