"""Find the subscriptions whose moment has come, and move them on once it is planned."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Column, Integer, Select, Update, bindparam, func, select, update

from store import bulk, locking, subscriptions, tables
from store.database.connection import AsyncConnection
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


class Advance(Struct, frozen=True):
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
        return await subscriptions.read(connection, _waking(), {"now": now, "most": limit}, skip=True)

    async def due(
        self, connection: AsyncConnection, now: datetime, limit: int, among: Sequence[str] = ()
    ) -> tuple[Due, ...]:
        """List those that are on and whose moment has come, longest waiting first, at most `limit`.

        With `among`, of these ids alone, in the order in which they are named. What another transaction holds at the
        moment is left to it: several processes that plan share the work.
        """
        query = locking.held(connection, _due(bool(among)), skip=True)
        values = {"now": now, "most": limit} | ({"among": among} if among else {})
        found = tuple(
            Due._make((*plain, tuple(seen.split()), tuple(dimensions.split()), tuple(dates.split())))
            for *plain, seen, dimensions, dates in await connection.execute(query, values)
        )
        if not among:
            return found
        places = {one: place for place, one in enumerate(among)}
        return tuple(sorted(found, key=lambda one: places[one.id]))

    async def in_turns(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[str, ...]:
        """Give the ids of those that `due` lists, at most `limit`: one of each workspace first, then a second of each.

        Those of one workspace keep their order. Nothing is locked: whoever plans them looks at them again.
        """
        before: Counter[tuple[str, str]] = Counter()
        turns: list[tuple[int, str]] = []
        for one, platform, workspace in await connection.execute(_in_turns(), {"now": now, "most": limit}):
            turns.append((before[platform, workspace], one))
            before[platform, workspace] += 1
        return tuple(one for _, one in sorted(turns, key=itemgetter(0)))

    async def next_due(self, connection: AsyncConnection, after: datetime) -> datetime | None:
        """Give the earliest moment after another at which something is to be planned, None without."""
        moment: datetime | None = await connection.scalar(_next_due(), {"after": after})
        return moment

    async def advance(self, connection: AsyncConnection, advances: Sequence[Advance]) -> None:
        """Move many on after planning, in one statement."""
        names = ("row_id", *(f"new_{name}" for name in _CHANGING))
        rows = [
            (one.id, one.next_run_at, " ".join(one.seen), one.cycle, one.last_slot, one.next_tip) for one in advances
        ]
        await bulk.run(connection, _advancing(), names, rows)


@cache  # to make a statement takes longer than to run it
def _waking() -> Select[Any]:
    table = tables.subscription.c
    query = select(tables.subscription).where(table.paused_until <= bindparam("now"), table.state == "paused")
    return query.order_by(table.paused_until).limit(bindparam("most", type_=Integer()))


@cache  # as above
def _due(is_among: bool) -> Select[Any]:  # noqa: FBT001 # a key of the cache
    table = tables.subscription.c
    query = _first_due(*(table[name] for name in Due._fields))
    return query.where(table.id.in_(bindparam("among", expanding=True))) if is_among else query


@cache  # as above
def _in_turns() -> Select[Any]:
    table = tables.subscription.c
    return _first_due(table.id, table.platform, table.workspace)


def _first_due(*columns: Column[Any]) -> Select[Any]:
    table = tables.subscription.c
    query = select(*columns).where(table.next_run_at <= bindparam("now"), table.state == "on", NOT_RESTORED)
    return query.order_by(table.next_run_at).limit(bindparam("most", type_=Integer()))


@cache  # as above
def _next_due() -> Select[Any]:
    table = tables.subscription.c
    return select(func.min(table.next_run_at)).where(table.state == "on", table.next_run_at > bindparam("after"))


@cache  # as above
def _advancing() -> Update:
    statement = update(tables.subscription).where(tables.subscription.c.id == bindparam("row_id"))
    return statement.values({name: bindparam(f"new_{name}") for name in _CHANGING})


_CHANGING = ("next_run_at", "seen", "cycle", "last_slot", "next_tip")
