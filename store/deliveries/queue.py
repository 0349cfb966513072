"""Find what waits to be posted, in the order of its turns, and write down what becomes of it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, literal, or_, select, true

from store import locking, tables
from store.database.connection import AsyncConnection
from store.deliveries import rows
from store.deliveries.rows import Delivery
from store.facts import NOT_RESTORED
from store.tables import DeliveryState

# Written out, not handed over: only so can a database know that its indexes of planned rows serve.
_PLANNED: Any = literal("planned", literal_execute=True)
_LAST: Any = [literal(kind, literal_execute=True) for kind in tables.LAST]


class Queue:
    """Plain SQL on the table `delivery`; every method runs in the caller's transaction."""

    async def due(
        self, connection: AsyncConnection, now: datetime, limit: int, buckets: Collection[int] | None = None
    ) -> tuple[Delivery, ...]:
        """List planned rows that may be tried now, longest waiting first, at most `limit`; of these `buckets` only.

        Those for which nobody waits (`tables.LAST`) are listed only where nothing else is due, however long they wait:
        with thousands of them, looking at each would hold up the others. What another transaction holds at the moment
        is left to it.
        """
        found: tuple[Delivery, ...] = ()
        values = {"now": now, "most": limit} | _named(buckets)
        for is_last in (False, True):
            query = locking.held(connection, _due(is_last, buckets is not None), skip=True)
            found = await rows.read(connection, query, values)
            if found:
                break
        return found

    async def planned_buckets(self, connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
        """List the buckets that have rows which may be tried now."""
        return tuple(await connection.scalars(_planned_buckets(), {"now": now}))

    async def next_turn(
        self, connection: AsyncConnection, now: datetime, buckets: Collection[int] | None = None
    ) -> datetime | None:
        """Give the moment after `now` at which the next planned row may be tried, None where none waits for one."""
        query = _next_turn(buckets is not None)
        moment: datetime | None = await connection.scalar(query, {"now": now} | _named(buckets))
        return moment

    async def left(self, connection: AsyncConnection, due: datetime) -> tuple[int, int]:
        """Count the planned rows that were due by a moment, and those of them whose turn comes by itself.

        A weekly tip whose subscription is paused waits for whatever ends that.
        """
        table, subscription = tables.delivery.c, tables.subscription.c
        comes = or_(table.key.not_like("tip:%"), table.person != "", subscription.state == "on")
        query = (
            select(func.count(), func.count().filter(comes))
            .select_from(tables.delivery.outerjoin(tables.subscription, table.subscription_id == subscription.id))
            .where(table.state == _PLANNED, table.due_at <= due)
        )
        total, coming = (await connection.execute(query)).one()
        return total, coming

    async def undecided(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """List rows that may have been posted since this copy of the database was made, in some order, at most `limit`.

        They were due by now, and wait or are under way. Edits are not among them: these may be made twice.
        """
        table = tables.delivery.c
        where = or_(table.state == "sending", and_(table.state == "planned", table.due_at <= now))
        query = select(tables.delivery).where(where, table.kind.not_in(tables.EDITS)).limit(limit)
        return await rows.read(connection, locking.held(connection, query))

    async def under_way(
        self, connection: AsyncConnection, now: datetime, platform: str = "", workspaces: Collection[str] = ()
    ) -> int:
        """Count the rows that somebody is posting at this moment; with a platform, those in workspaces there."""
        there = {"platform": platform, "workspaces": list(workspaces)} if platform else {}
        return await connection.scalar(_under_way(bool(platform)), {"now": now} | there) or 0

    async def overdue_leases(self, connection: AsyncConnection, now: datetime) -> tuple[Delivery, ...]:
        """List rows that were leased and never recorded, and whose lease has run out.

        One that is being recorded at the moment is not among them.
        """
        return await rows.read(connection, locking.held(connection, _overdue_leases(), skip=True), {"now": now})

    async def leases(
        self, connection: AsyncConnection, delivery_ids: Sequence[str]
    ) -> dict[str, tuple[DeliveryState, str, int]]:
        """Give state, lease owner and attempt of several rows, those that exist: whose lease each row is."""
        found = await connection.execute(locking.held(connection, _leases()), {"ids": delivery_ids})
        return {row.id: (row.state, row.lease_owner, row.attempt) for row in found}

    async def settle(self, connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        """Write what became of rows that were leased earlier, in one statement.

        Only while the row is still that lease's: a lease that ran out meanwhile ('unknown') is settled after all, for
        now we know; one that a person sent again is left alone.
        """
        await rows.write(connection, deliveries, guarded=True)

    async def settle_one(self, connection: AsyncConnection, delivery: Delivery) -> bool:
        """Do the same for one row, and give whether it was that lease's yet: what `leases` is asked for many."""
        return await rows.settle_one(connection, delivery)

    async def hold_back(
        self,
        connection: AsyncConnection,
        platform: str,
        workspace: str,
        until: datetime,
        conversation: str = "",
        state: DeliveryState = "planned",
    ) -> None:
        """Keep a workspace's rows in a state, or only those for one conversation, from being tried before `until`.

        Of those that are 'unknown', from being looked up. What another transaction holds at the moment is left to it:
        it is leased already, and to wait for it could be a deadlock, for this comes last, after subscriptions.
        """
        table = tables.delivery.c
        waiting = and_(
            table.state == state,
            table.not_before < until,
            table.platform == platform,
            table.workspace == workspace,
            table.conversation == conversation if conversation else true(),
        )
        await locking.change(connection, tables.delivery, waiting, skip=True, not_before=until)


@cache  # to make a statement takes longer than to run it
def _due(is_last: bool, has_buckets: bool) -> Select[Any]:  # noqa: FBT001 # keys of the cache
    table = tables.delivery.c
    kinds = table.kind.in_(_LAST) if is_last else table.kind.not_in(_LAST)
    query = (
        select(tables.delivery)
        .where(table.state == _PLANNED, table.not_before <= bindparam("now"), kinds, NOT_RESTORED)
        .order_by(table.not_before)
        .limit(bindparam("most", type_=Integer()))
    )
    return query.where(_is_in_buckets()) if has_buckets else query


@cache  # as above
def _planned_buckets() -> Select[Any]:
    table = tables.delivery.c
    is_due = and_(table.state == _PLANNED, table.not_before <= bindparam("now"), NOT_RESTORED)
    return select(table.bucket).where(is_due).distinct().order_by(table.bucket)


@cache  # as above
def _next_turn(has_buckets: bool) -> Select[Any]:  # noqa: FBT001 # a key of the cache
    table = tables.delivery.c
    query = select(func.min(table.not_before)).where(table.state == _PLANNED, table.not_before > bindparam("now"))
    return query.where(_is_in_buckets()) if has_buckets else query


@cache  # as above
def _under_way(has_platform: bool) -> Select[Any]:  # noqa: FBT001 # a key of the cache
    table = tables.delivery.c
    query = select(func.count()).where(table.state == "sending", table.lease_until >= bindparam("now"))
    there = and_(table.platform == bindparam("platform"), table.workspace.in_(bindparam("workspaces", expanding=True)))
    return query.where(there) if has_platform else query


@cache  # as above
def _overdue_leases() -> Select[Any]:
    table = tables.delivery.c
    return select(tables.delivery).where(table.state == "sending", table.lease_until < bindparam("now"))


@cache  # as above
def _leases() -> Select[Any]:
    table = tables.delivery.c
    query = select(table.id, table.state, table.lease_owner, table.attempt)
    return query.where(table.id.in_(bindparam("ids", expanding=True))).order_by(table.id)


def _is_in_buckets() -> ColumnElement[bool]:
    return tables.delivery.c.bucket.in_(bindparam("buckets", expanding=True))


def _named(buckets: Collection[int] | None) -> dict[str, object]:
    return {} if buckets is None else {"buckets": list(buckets)}
