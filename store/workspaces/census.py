"""Count installations, and name those that something is wrong with, from indexes where there are many."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select

from store import tables
from store.database.connection import AsyncConnection
from store.installation_tables import admitted, installation
from store.installations import COLUMNS, Stored, stored_of
from store.subscriptions import HAS_REASON

_table = installation.c
_lives = _table.removed_at.is_(None)
_is_refused = and_(_lives, _table.refused_at.is_not(None))


class Census(Struct, frozen=True):
    """How many workspaces and organizations are installed, and how many places are something else.

    `removed` ones are not forgotten yet; the token of those that `ended` is past its time; of the `refused` Slack says
    that the app is gone, and nobody heard it.
    """

    workspaces: int
    organizations: int
    removed: int
    ended: int
    refused: int


async def counted(connection: AsyncConnection, before: datetime) -> Census:
    """Count them; a token has ended that did `before` a moment.

    All rows are counted at once and without a look at any, which takes the databases a moment; the others are few, and
    an index leads to them. Which platform is not asked, or it would be answered from the index of places, row by row.
    """
    every = select(func.count()).select_from(installation)

    async def count(*where: ColumnElement[bool]) -> int:
        return int(await connection.scalar(every.where(*where)) or 0)

    is_organization = and_(_table.platform == "slack", _table.place >= "E", _table.place < "F")
    places = select(_table.place).where(_table.removed_at.is_not(None))
    removed = [place.startswith("E") for place in await connection.scalars(places)]
    organizations = await count(is_organization)
    return Census(
        workspaces=await count() - organizations - removed.count(False),
        organizations=organizations - removed.count(True),
        removed=len(removed),
        ended=await count(_has_ended(before)),
        refused=await count(_is_refused),
    )


async def ended(connection: AsyncConnection, before: datetime, limit: int) -> Sequence[str]:
    """Name places whose token ended before a moment, first those that did first."""
    query = select(_table.place).where(_has_ended(before)).order_by(_table.expires_at, _table.place)
    return (await connection.scalars(query.limit(limit))).all()


async def refused(connection: AsyncConnection, limit: int) -> Sequence[str]:
    """Name places of which Slack says that the app is gone, though nobody heard it."""
    query = select(_table.place).where(_is_refused).order_by(_table.refused_at, _table.place)
    return (await connection.scalars(query.limit(limit))).all()


async def granted(connection: AsyncConnection) -> Sequence[tuple[str, int, str]]:
    """Tell what was granted: scopes, in how many places, and the first of these; there are few ways to grant."""
    query = select(_table.scopes, func.count(), func.min(_table.place)).where(_lives).group_by(_table.scopes)
    return [(scopes, count, place) for scopes, count, place in await connection.execute(query.order_by(_table.scopes))]


async def outermost(connection: AsyncConnection, limit: int) -> Sequence[Stored]:
    """Give the rows that were changed first and last, so many of each: their tokens are of all the keys there were."""
    found: dict[str, Stored] = {}
    for order in (_table.changed_at, _table.changed_at.desc()):
        query: Select[Any] = select(*COLUMNS).order_by(order).limit(limit)
        found |= {row.place: stored_of(row) for row in await connection.execute(query)}
    return [one for one in found.values() if one.removed_at is None]


def _has_ended(before: datetime) -> ColumnElement[bool]:
    return and_(_lives, _table.expires_at <= before)


async def stopped_though_served(
    connection: AsyncConnection, platform: str, reasons: Collection[str], now: datetime
) -> tuple[str, ...]:
    """List whose tips are stopped for one of some reasons, though they have an installation that may serve them.

    Nothing is refused to that, and its token has not ended, or can be renewed. In one statement: in a year a great many
    may leave, and some leave rows that nobody ever tells us to forget.
    """
    row, own = tables.subscription.c, installation.alias("own")
    stopped = and_(row.platform == platform, row.state == "paused", row.reason.in_(reasons), HAS_REASON)
    has_own = and_(own.c.platform == row.platform, own.c.place == row.workspace, own.c.removed_at.is_(None))
    is_admitted = and_(
        admitted.c.platform == row.platform,
        admitted.c.workspace == row.workspace,
        _table.platform == admitted.c.platform,
        _table.place == admitted.c.enterprise,
        _lives,
        _may_serve(installation, now),
    )
    is_served = or_(
        exists().where(has_own, _may_serve(own, now)), and_(~exists().where(has_own), exists().where(is_admitted))
    )
    return tuple(sorted({*await connection.scalars(select(row.workspace).where(stopped, is_served))}))


def _may_serve(table: FromClause, now: datetime) -> ColumnElement[bool]:
    row = table.c
    return and_(row.refused_at.is_(None), or_(row.expires_at.is_(None), row.expires_at > now, row.refresh_token != ""))
