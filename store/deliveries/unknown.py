"""Find the deliveries of unknown outcome that are worth looking up at their platform again, one process each."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from store import bulk, locking, tables
from store.database.connection import AsyncConnection
from store.deliveries import rows
from store.deliveries.rows import Delivery

LONGEST_WAIT = timedelta(hours=6)


class Unsettled:
    """Plain SQL on the table `delivery`; every method runs in the caller's transaction.

    A row that is being looked up is held by its `lease_until`: whoever dies over it leaves it as if nobody had looked.
    """

    async def due(
        self, connection: AsyncConnection, now: datetime, rested: timedelta, limit: int, platforms: Collection[str]
    ) -> tuple[Delivery, ...]:
        """List rows of these platforms that were tried, unknown for `rested` or longer, and held by nobody.

        At most `limit`: each workspace's first before anybody's second, in a workspace those that were not looked at
        for longest. What another transaction holds is left to it. Those that were looked up in vain come again after as
        long as they had been unknown by then, six hours at most; where a platform asked to wait, none comes before.
        """
        values = {
            "now": now,
            "seconds": now.timestamp(),
            "changed": now - rested,
            "platforms": sorted(platforms),
            "most": limit,
        }
        return await rows.read(connection, locking.held(connection, _due(), skip=True), values)

    async def hold(self, connection: AsyncConnection, deliveries: Sequence[Delivery], until: datetime) -> None:
        """Let nobody else look up rows before a moment that are due in this transaction."""
        ids = [row.id for row in deliveries]
        await locking.change(connection, tables.delivery, tables.delivery.c.id.in_(ids), lease_until=until)

    async def release(self, connection: AsyncConnection, deliveries: Sequence[Delivery], until: datetime) -> None:
        """Let go of rows that are held `until` then yet, and write their `looked_at` as it is given here."""
        table = tables.delivery
        written = sorted((row.id, row.attempt, until, row.looked_at) for row in deliveries)
        listed = select(table.c.id).where(table.c.id.in_([one[0] for one in written])).order_by(table.c.id)
        await connection.execute(locking.held(connection, listed))  # the update itself takes them in no order
        await bulk.run(connection, _releasing(), ("row_id", "row_attempt", "row_lease_until", "new_looked_at"), written)


@cache  # to make a statement takes longer than to run it
def _due() -> Select[Any]:
    table = tables.delivery.c
    looked, changed = type_coerce(table.looked_at, Double), type_coerce(table.changed_at, Double)
    seconds: ColumnElement[float] = bindparam("seconds", type_=Double())
    waited = seconds - looked
    is_due = and_(
        table.state == "unknown",
        # What was never tried in this row is found nowhere by its id: a tip that was planned anew after a
        # backup was restored may have been posted under the id it had then. Only a person sends it.
        table.attempt > 0,
        table.platform.in_(bindparam("platforms", expanding=True)),
        table.not_before <= bindparam("now"),
        table.changed_at <= bindparam("changed"),
        or_(table.lease_until.is_(None), table.lease_until < bindparam("now")),
        or_(
            table.looked_at.is_(None),
            waited >= LONGEST_WAIT.total_seconds(),
            waited >= looked - changed,
        ),
    )
    longest = (table.looked_at.is_not(None), table.looked_at, table.id)
    turn = func.row_number().over(partition_by=(table.platform, table.workspace), order_by=longest)
    ranked = select(table.id, table.not_before, turn.label("turn")).where(is_due).subquery().c
    # Of as many workspaces as ask to wait each time, others have their turn: what had to wait comes behind.
    first = select(ranked.id).order_by(ranked.turn, ranked.not_before, ranked.id)
    chosen = first.limit(bindparam("most", type_=Integer()))
    # Asked once more: on PostgreSQL somebody else may have taken one since it was chosen.
    return select(tables.delivery).where(table.id.in_(chosen), is_due).order_by(*longest)


@cache  # to make it and to compile it takes longer than to run it
def _releasing() -> Update:
    table = tables.delivery.c
    is_still = and_(
        table.state == "unknown",
        table.attempt == bindparam("row_attempt"),
        table.lease_until == bindparam("row_lease_until"),
    )
    statement = update(tables.delivery).where(table.id == bindparam("row_id"), is_still)
    return statement.values(looked_at=bindparam("new_looked_at"), lease_until=null())
