"""Name in presses and forms what is another person's or workspace's: every verb, with ids that stand in the store."""

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.columns import metadata
from tests.handlers.forged import VERBS

_NAMING = ("id", "conversation", "person", "owner", "message_id", "subscription_id")
Rows = list[tuple[str, tuple[object, ...]]]


async def rows(connection: AsyncConnection, *marks: str) -> Rows:
    """Give all rows of the store in which one of these marks stands: of a workspace, or of what belongs to a person."""
    found: Rows = []
    for table in metadata.sorted_tables:
        for row in await connection.execute(select(table).order_by(*table.primary_key)):
            if any(mark in str(value) for value in row for mark in marks):
                found.append((table.name, tuple(row)))
    return found


async def names(connection: AsyncConnection, *marks: str) -> Sequence[str]:
    """List ids that stand in those rows: one of each column that has any, and of each table's own all."""
    found: dict[tuple[str, str], str] = {}
    for table in metadata.sorted_tables:
        columns = [column.name for column in table.columns if column.name in _NAMING]
        for row in (await connection.execute(select(table).order_by(*table.primary_key))).mappings():
            if any(mark in str(value) for value in row.values() for mark in marks):
                found |= {(table.name, name): str(row[name]) for name in columns if row[name]}
    return sorted(set(found.values()))


def values(named: Sequence[str]) -> Iterator[str]:
    """Give the values of buttons: each verb with each id as its argument and as its place, and a vote with each."""
    yield from (f"{verb}||{one}|{one}" for verb in VERBS for one in named)
    yield from (f"vote||{one}:0" for one in named)


def carried(named: Sequence[str]) -> Iterator[str]:
    """Give what forms may be made to bring along, each id in each place of it."""
    for one in named:
        yield json.dumps({"conversation": one, "thread": one, "message": one, "place": one})
