"""Find the subscriptions whose moment has come, and move them on once it is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import bulk, locking, subscriptions, tables
from store.facts import NOT_RESTORED
from store.subscriptions import Subscription


class Due(NamedTuple):
    """What planning needs of a subscription, of the same meaning as there: a tuple, since it is read by the million."""

    id: str
    platform: str
    workspace: str
    conversation: str
    weekday: int
    at: str
    zone: str
    cycle: int
    last_slot: str
    skip_slot: str
    skip_by: str
    next_run_at: datetime
    next_tip: str
    quiet_country: str
    dilemmas: bool
    seen: tuple[str, ...]
    dimensions: tuple[str, ...]
    quiet_dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advance:
    """What planning changes of a subscription: where it stands after the slots just planned."""

    id: str
    next_run_at: datetime
    seen: tuple[str, ...]
    cycle: int
    last_slot: str
    next_tip: str = ""


class DueSubscriptions:
    """Plain SQL on the table `subscription`; every method runs in the caller's transaction."""

    async def waking(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[Subscription, ...]:
        """List paused ones that are to resume by themselves by now, longest waiting first, at most `limit`."""
        table = tables.subscription.c
        query = (
            select(tables.subscription)
            .where(table.paused_until <= now, table.state == "paused")
            .order_by(table.paused_until)
            .limit(limit)
        )
        return await subscriptions.read(connection, query, skip=True)

    async def due(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[Due, ...]:
        """List those that are on and whose moment has come, longest waiting first, at most `limit`.

        What another transaction holds at the moment is left to it: several processes that plan share the work.
        """
        query = (
            select(*(tables.subscription.c[name] for name in Due._fields))
            .where(tables.subscription.c.next_run_at <= now, tables.subscription.c.state == "on", NOT_RESTORED)
            .order_by(tables.subscription.c.next_run_at)
            .limit(limit)
        )
        query = locking.held(connection, query, skip=True)
        return tuple(
            Due._make((*plain, tuple(seen.split()), tuple(dimensions.split()), tuple(dates.split())))
            for *plain, seen, dimensions, dates in await connection.execute(query)
        )

    async def advance(self, connection: AsyncConnection, advances: Sequence[Advance]) -> None:
        """Move many on after planning, in one statement."""
        table = tables.subscription
        changing = ("next_run_at", "seen", "cycle", "last_slot", "next_tip")
        statement = (
            update(table)
            .where(table.c.id == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in changing})
        )
        names = ("row_id", *(f"new_{name}" for name in changing))
        rows = [
            (one.id, one.next_run_at, " ".join(one.seen), one.cycle, one.last_slot, one.next_tip) for one in advances
        ]
        await bulk.run(connection, statement, names, rows)
