"""Find the deliveries of unknown outcome that are worth looking up at their platform again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Double, Integer, Select, Update, and_, bindparam, or_, select, type_coerce, update

from store import bulk, locking, tables
from store.database.connection import AsyncConnection
from store.deliveries import rows
from store.deliveries.rows import Delivery

LONGEST_WAIT = timedelta(hours=6)


class Unsettled:
    """Plain SQL on the table `delivery`; every method runs in the caller's transaction."""

    async def due(
        self, connection: AsyncConnection, now: datetime, rested: timedelta, limit: int
    ) -> tuple[Delivery, ...]:
        """List rows that were tried, unknown for `rested` or longer and under no lease, longest not looked at first.

        What another transaction holds is left to it. Those that were looked up in vain come again after as long as
        they had been unknown by then, six hours at most.
        """
        values = {"now": now, "seconds": now.timestamp(), "changed": now - rested, "most": limit}
        return await rows.read(connection, locking.held(connection, _due(), skip=True), values)

    async def mark(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Write `looked_at` of rows that are still unknown, as they were read."""
        table = tables.delivery
        marks = sorted((row.id, row.attempt, row.looked_at) for row in deliveries)
        listed = select(table.c.id).where(table.c.id.in_([mark[0] for mark in marks])).order_by(table.c.id)
        await connection.execute(locking.held(connection, listed))  # the update itself takes them in no order
        await bulk.run(connection, _marking(), ("row_id", "row_attempt", "new_looked_at"), marks)


@cache  # to make a statement takes longer than to run it
def _due() -> Select[Any]:
    table = tables.delivery.c
    looked, changed = type_coerce(table.looked_at, Double), type_coerce(table.changed_at, Double)
    seconds: ColumnElement[float] = bindparam("seconds", type_=Double())
    waited = seconds - looked
    return (
        select(tables.delivery)
        .where(
            table.state == "unknown",
            # What was never tried in this row is found nowhere by its id: a tip that was planned anew after a
            # backup was restored may have been posted under the id it had then. Only a person sends it.
            table.attempt > 0,
            table.changed_at <= bindparam("changed"),
            or_(table.lease_until.is_(None), table.lease_until < bindparam("now")),
            or_(
                table.looked_at.is_(None),
                waited >= LONGEST_WAIT.total_seconds(),
                waited >= looked - changed,
            ),
        )
        .order_by(table.looked_at.is_not(None), table.looked_at)
        .limit(bindparam("most", type_=Integer()))
    )


@cache  # to make it and to compile it takes longer than to run it
def _marking() -> Update:
    table = tables.delivery.c
    is_still = and_(table.state == "unknown", table.attempt == bindparam("row_attempt"))
    statement = update(tables.delivery).where(table.id == bindparam("row_id"), is_still)
    return statement.values(looked_at=bindparam("new_looked_at"))
