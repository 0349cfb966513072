"""A row in every table for a workspace, made from the tables themselves, so that a new one is filled too."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Column, Integer, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store import copying, ids
from store.columns import Instant
from store.workspaces import belonging

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKEN = "planted-token-of-"  # noqa: S105 # nobody's
ORGANIZATION = "E0RG"


async def plant(connection: AsyncConnection, platform: str, workspace: str, **values: object) -> None:
    """Write a row into every table with rows of workspaces; `values` are for the columns of these names."""
    for table in belonging.theirs():
        given = {name: value for name, value in values.items() if name in table.c}
        row = {column.name: _value(table, column, platform, workspace) for column in table.columns}
        await connection.execute(insert(table).values({**row, **given}))


async def totals(connection: AsyncConnection) -> dict[str, int]:
    """Count all rows of every table."""
    return {
        table.name: await connection.scalar(select(func.count()).select_from(table)) or 0 for table in copying.TABLES
    }


def _value(table: Table, column: Column[object], platform: str, workspace: str) -> object:
    for key in column.foreign_keys:
        return _id(key.column.table, platform, workspace)
    is_named = column.name == "name" and column.primary_key
    named: dict[str, object] = {
        **dict.fromkeys(("id", "key"), _id(table, platform, workspace)),
        **dict.fromkeys(("workspace", "place"), workspace),
        **dict.fromkeys(("token", "refresh_token"), f"{TOKEN}{workspace}"),
        **({"name": belonging.removal_note(platform, workspace)} if is_named else {}),
        "platform": platform,
        "enterprise": ORGANIZATION,
        "conversation": "C1",  # the same in every workspace
    }
    if column.name in named:
        return named[column.name]
    if isinstance(column.type, Instant):
        return NOW
    return 1 if isinstance(column.type, Integer) else _allowed(table, column.name)


def _allowed(table: Table, name: str) -> str:
    """Give the first of the values that a column may hold, or any word."""
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and f"{name} IN (" in str(check.sqltext):
            return str(check.sqltext).split("'")[1]
    return "x"


def _id(table: Table, platform: str, workspace: str) -> str:
    return ids.digest(table.name, platform, workspace)
