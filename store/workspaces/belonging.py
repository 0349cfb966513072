"""Tell which rows belong to a workspace: from the tables themselves, so that a new one is not left out."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, RowMapping, Table, and_, func, select

from store import copying, installation_tables, tables
from store.columns import metadata
from store.database.connection import AsyncConnection

# Who is on the way to an installation has no workspace yet; such a row lives for minutes.
NOBODYS: Final = frozenset({installation_tables.install_state})
# What nobody is shown, encrypted or not.
SECRET: Final[frozenset[Column[Any]]] = frozenset(
    {installation_tables.installation.c.token, installation_tables.installation.c.refresh_token}
)
_BATCH = 500


class UnplacedError(Exception):
    """A table does not tell whose its rows are."""


def removal_note(platform: str, workspace: str) -> str:
    """Name the note that says that a workspace removed the app."""
    return f"removed {platform} {workspace}"


def theirs() -> tuple[Table, ...]:
    """List the tables with rows of workspaces, each after those that its rows refer to."""
    return tuple(table for table in copying.TABLES if table not in NOBODYS)


def of(table: Table, platform: str, workspace: str) -> ColumnElement[bool]:
    """Say which rows of a table are a workspace's, or an organization's.

    Raises:
        UnplacedError: the table names no workspace and refers to none that does.
    """
    column = table.c
    if table is tables.note:
        return column.name == removal_note(platform, workspace)
    if table is installation_tables.installation:
        return and_(column.platform == platform, column.place == workspace)
    if "platform" in column and "workspace" in column:
        return and_(column.platform == platform, column.workspace == workspace)
    for key in table.foreign_keys:
        there = of(key.column.table, platform, workspace)
        return key.parent.in_(select(key.column).where(there))
    raise UnplacedError(f"{table.name}: say in store/workspaces/belonging.py whose its rows are")


def shown(table: Table) -> list[Column[Any]]:
    """List the columns that may be shown."""
    return [column for column in table.columns if column not in SECRET]


async def has_any(connection: AsyncConnection, platform: str, workspace: str) -> bool:
    """Say whether anything is kept of a workspace."""
    for table in theirs():
        (key,) = table.primary_key.columns
        if await connection.scalar(select(key).where(of(table, platform, workspace)).limit(1)) is not None:
            return True
    return False


async def counts(connection: AsyncConnection, platform: str, workspace: str) -> dict[str, int]:
    """Count a workspace's rows, by table; only tables with some are named."""
    found = {}
    for table in theirs():
        query = select(func.count()).select_from(table).where(of(table, platform, workspace))
        if count := await connection.scalar(query):
            found[table.name] = count
    return found


async def rows(
    connection: AsyncConnection, platform: str, workspace: str
) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """Give a workspace's rows, each with its table's name; never a token. Moments are ISO 8601, UTC."""
    for table in theirs():
        (key,) = table.primary_key.columns
        query = select(*shown(table)).where(of(table, platform, workspace)).order_by(key).limit(_BATCH)
        last = ""
        while batch := (await connection.execute(query.where(key > last))).mappings().all():
            for row in batch:
                yield table.name, dict(_plain(row))
            last = batch[-1][key.name]


def _plain(row: RowMapping) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        yield name, value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def unplaced() -> frozenset[Table]:
    """List the tables that nothing here speaks of; there are none."""
    return frozenset(metadata.tables.values()) - set(theirs()) - NOBODYS
