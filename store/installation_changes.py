"""Write down what Slack tells of a place after the app was installed there: what it is called, where it belongs."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.installation_tables import installation as table
from store.installations import of_place


async def rename(connection: AsyncConnection, place: str, name: str, now: datetime) -> None:
    """Write what a workspace or an organization is called now."""
    await connection.execute(update(table).where(_is(place)).values(name=name, changed_at=now))


async def move(connection: AsyncConnection, place: str, enterprise: str, now: datetime) -> None:
    """Write which organization a workspace belongs to now; its own installation stays its own."""
    await connection.execute(update(table).where(_is(place)).values(enterprise=enterprise, changed_at=now))


async def is_newer(connection: AsyncConnection, place: str, at: datetime) -> bool:
    """Say whether a place was installed in after a moment, and still is."""
    found = await of_place(connection, place)
    return found is not None and found.removed_at is None and found.installed_at > at


async def counts(connection: AsyncConnection) -> tuple[int, int, int]:
    """Count workspaces and organizations that are installed, and places that removed the app and are not forgotten."""
    lives = table.c.removed_at.is_(None)
    query = select(
        func.count().filter(and_(lives, table.c.place.like("T%"))),
        func.count().filter(and_(lives, table.c.place.like("E%"))),
        func.count().filter(table.c.removed_at.is_not(None)),
    ).where(table.c.platform == "slack")
    one, other, gone = (await connection.execute(query)).one()
    return int(one), int(other), int(gone)


def _is(place: str) -> ColumnElement[bool]:
    return and_(table.c.platform == "slack", table.c.place == place)
