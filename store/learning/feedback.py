"""What readers told the writers: plain SQL on the table `feedback`.

Every function runs in the caller's transaction. A row is open until it is closed (`closed_at`); it names a person only
where that person wants to be told, and only while it is open.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import ColumnElement, Insert, Select, and_, select, true

from store import bulk, learning_tables, locking
from store.database.connection import AsyncConnection
from store.learning_tables import FeedbackKind

_TABLE = learning_tables.feedback


class Feedback(Struct, frozen=True):
    """One thing that a reader told the writers.

    `conversation` is where it was told, '' in a chat with one person alone. `subject` (`tip/…`) and the `version` of it
    that was read are empty and 0 for what was `missing`, and for the suggestions `tip` and `dilemma`; `place` is where
    in the text: a level, a page, '' for the card. `source` is a suggestion's. `person` wants to be told; '' for nobody.
    `fixed_in` is the version that mended it, 0 while it is open and where it was closed without.
    """

    id: str
    platform: str
    workspace: str
    conversation: str
    kind: FeedbackKind
    created_at: datetime
    subject: str = ""
    version: int = 0
    place: str = ""
    words: str = ""
    source: str = ""
    person: str = ""
    fixed_in: int = 0
    closed_at: datetime | None = None


async def add(connection: AsyncConnection, row: Feedback) -> bool:
    """Write a row down, once for its id; gives whether it is new."""
    statement = _adding(connection.dialect.name)
    return await bulk.run_one(connection, statement, Feedback.__struct_fields__, astuple(row)) is not None


async def listed(
    connection: AsyncConnection, *, kinds: Collection[FeedbackKind] = (), only_open: bool = False
) -> tuple[Feedback, ...]:
    """List rows, oldest first: of these kinds, or of all."""
    table = _TABLE.c
    chosen = table.kind.in_(kinds) if kinds else true()
    waiting = table.closed_at.is_(None) if only_open else true()
    query = select(_TABLE).where(chosen, waiting).order_by(table.created_at, table.id)
    return await _read(connection, query)


async def beginning(connection: AsyncConnection, prefix: str) -> tuple[Feedback, ...]:
    """Find the rows whose id begins like this, at most two: who names one wants to know whether it is the only one."""
    query = select(_TABLE).where(_TABLE.c.id.startswith(prefix, autoescape=True)).order_by(_TABLE.c.id).limit(2)
    return await _read(connection, query)


async def still_open(connection: AsyncConnection, where: ColumnElement[bool]) -> tuple[Feedback, ...]:
    """Find open rows which nobody else closes before this transaction ends."""
    query = select(_TABLE).where(where, _TABLE.c.closed_at.is_(None)).order_by(_TABLE.c.id)
    return await _read(connection, locking.held(connection, query))


def with_ids(ids: Collection[str]) -> ColumnElement[bool]:
    """Mean the rows of these ids."""
    return _TABLE.c.id.in_(ids)


def about(subject: str, kinds: Collection[FeedbackKind] = ()) -> ColumnElement[bool]:
    """Mean what was told of a subject: of these kinds, or of all."""
    return and_(_TABLE.c.subject == subject, _TABLE.c.kind.in_(kinds) if kinds else true())


async def close(connection: AsyncConnection, ids: Collection[str], fixed_in: int, now: datetime) -> int:
    """Close open rows, with the version that mended them or 0, and erase who wants to be told; gives how many."""
    where = and_(with_ids(ids), _TABLE.c.closed_at.is_(None))
    return await locking.change(connection, _TABLE, where, fixed_in=fixed_in, closed_at=now, person="")


async def forget_person(connection: AsyncConnection, platform: str, workspace: str, person: str) -> int:
    """Erase a person: what they told stays without them, and nobody is told; gives of how many rows."""
    table = _TABLE.c
    where = and_(table.platform == platform, table.workspace == workspace, table.person == person)
    return await locking.change(connection, _TABLE, where, person="")


async def clear_old(connection: AsyncConnection, before: datetime) -> int:
    """Delete what was closed before a moment, and erase who waits since before it; gives how many were deleted."""
    table = _TABLE.c
    gone = await locking.remove(connection, _TABLE, table.closed_at < before)
    await locking.change(connection, _TABLE, and_(table.created_at < before, table.person != ""), person="")
    return gone


@cache  # to make it and to compile it takes longer than to run it
def _adding(dialect: str) -> Insert:
    return bulk.insert_missing_into(dialect, _TABLE).returning(_TABLE.c.id)


async def _read(connection: AsyncConnection, query: Select[Any]) -> tuple[Feedback, ...]:
    return tuple(Feedback(**row) for row in (await connection.execute(query)).mappings())
