"""Measure one size on one database, a process for each step, so that none inherits another's memory.

`python -m bench.scale.case STEP URL SIZE` prints its figures as JSON. Steps: `fill`, `tick`, `plan`, `bare`.
"""

import asyncio
import json
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psutil
from sqlalchemy import insert

from cards.model import Card, Edition
from scheduler import planning
from scheduler.choosing import Candidate, Candidates
from scheduler.clock import Clock
from scheduler.delivery.dispatch import Dispatcher
from scheduler.learning.round_rows import Playable
from store import bulk, tables
from store.database.access import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
DUE = NOW + timedelta(days=1)
FIRST = DUE - timedelta(hours=1)  # one of them is due then: whoever plans it has its statements ready for the others
TIPS = {f"tip-{number:02}": Candidate("risks") for number in range(77)}
TIPS["tip-77"] = Candidate("risks", date(2027, 1, 15))  # as shipped content has a few with a date
_BATCH = 1000
_CHANNELS = 100  # in a workspace
_TICKS = 25
_COLUMNS = tuple(column.name for column in tables.subscription.columns)


async def fill(url: str, size: int) -> dict[str, float]:
    """Make a database with `size` subscriptions, all but one due at the same minute of tomorrow."""
    database = Database(url)
    await database.migrate()
    for start in range(0, size, _BATCH):
        async with database.write() as connection:
            rows = [subscription(number) for number in range(start, min(start + _BATCH, size))]
            await bulk.run(connection, insert(tables.subscription), _COLUMNS, rows)
    await database.close()
    return {}


def subscription(number: int, own: Mapping[str, object] | None = None) -> tuple[object, ...]:
    """Give a row of the table, in its columns' order; `own` says what differs from the others."""
    named: dict[str, object] = {
        "id": f"{number:032x}",
        "platform": "slack",
        "workspace": f"T{number // _CHANNELS:07}",
        "conversation": f"C{number:08}",
        "owner": "U0001",
        "changed_by": "anyone",
        "weekday": 1,
        "dilemmas": 0,
        "corrections": 1,
        "at": "09:00",
        "zone": "UTC",
        "state": "on",
        "cycle": 1,
        "last_slot": "2026-W47",
        "next_run_at": DUE if number else FIRST,
        "created_at": NOW,
        **(own or {}),
    }
    empty = {"paused_until": None, "claimed_at": None}
    return tuple(named.get(name, empty.get(name, "")) for name in _COLUMNS)


async def tick(url: str, size: int) -> dict[str, float]:  # noqa: ARG001 # every step takes both
    """Time a tick that finds nothing to do: the median of several, in seconds."""
    database = Database(url)
    dispatcher = Dispatcher(database, {}, _Idle(), clock=lambda: NOW)
    clock = Clock(database, dispatcher, _Idle(), now=lambda: NOW, monotonic=time.monotonic)
    await clock.tick()
    seconds = []
    for _ in range(_TICKS):
        began = time.perf_counter()
        await clock.tick()
        seconds.append(time.perf_counter() - began)
    await database.close()
    return {"idle": statistics.median(seconds)}


class _Idle:
    """Hooks of which nothing is asked but the tips."""

    def pool(self) -> Candidates:
        """Give the tips."""
        return TIPS

    def dilemmas(self) -> dict[str, Playable]:
        """Give none."""
        return {}

    def corrected(self) -> dict[str, Edition]:
        """Know of no corrections."""
        return {}

    def draw(self, *_: object) -> Card:
        """Draw nothing: nothing is due."""
        raise LookupError("nothing is due")

    async def settled(self, *_: object) -> None:
        """Hear nothing."""


async def plan(url: str, size: int) -> dict[str, float]:
    """Plan all of them at once; how long it took, and how much the memory grew meanwhile, in MB of 1,000,000 bytes."""
    database = Database(url)
    await planning.plan_due(database, TIPS, FIRST)  # as in a bot that has run for a while
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    planned = await planning.plan_due(database, TIPS, DUE)
    seconds = time.perf_counter() - began
    await database.close()
    if planned.planned != size - 1:
        raise RuntimeError(f"{planned.planned} of {size} were planned")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"plan": seconds, "grown": (peak - before) / 1e6}


async def bare(url: str, size: int) -> dict[str, float]:
    """Write the rows that `plan` wrote, and the same changes, with nothing but the driver into the copy at `url`.

    As large transactions as ours. What is written is read before the time counts.
    """
    source, target = url.split("|")
    writer = _write_sqlite if target.startswith("sqlite") else _write_postgres
    seconds, count = 0.0, 0
    with closing(_opened(target)) as connection:
        for batch in _batches(source):
            began = time.perf_counter()
            writer(connection, *batch)
            seconds += time.perf_counter() - began
            count += len(batch[0])
    if count != size:
        raise RuntimeError(f"{count} of {size} were written")
    return {"bare": seconds}


_WRITTEN = tuple(column.name for column in tables.delivery.columns)
_MOVED = ("next_run_at", "seen", "cycle", "last_slot", "id")


def _opened(url: str) -> Any:  # noqa: ANN401 # either driver's connection
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -16000", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(url)


def _batches(url: str) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
    with closing(_opened(url)) as connection:
        deliveries, subscriptions = connection.cursor(), connection.cursor()
        # In the order in which ours wrote them. psycopg's cursors hold their whole result, sqlite3's read on.
        deliveries.execute(f"SELECT {', '.join(_WRITTEN)} FROM delivery ORDER BY id")  # noqa: S608 # our own names
        moved = ", ".join(f"subscription.{name}" for name in _MOVED)
        subscriptions.execute(
            f"SELECT {moved} FROM delivery JOIN subscription ON subscription.id = subscription_id ORDER BY delivery.id"  # noqa: S608 # as above
        )
        while rows := deliveries.fetchmany(_BATCH):
            yield rows, subscriptions.fetchmany(_BATCH)


def _write_sqlite(connection: Any, deliveries: Sequence[Any], subscriptions: Sequence[Any]) -> None:  # noqa: ANN401 # sqlite3's
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_insert("?"), deliveries)
    connection.executemany(_update("?"), subscriptions)
    connection.execute("COMMIT")


def _write_postgres(connection: Any, deliveries: Sequence[Any], subscriptions: Sequence[Any]) -> None:  # noqa: ANN401 # psycopg's
    with connection.cursor() as cursor:
        cursor.executemany(_insert("%s"), deliveries)
        cursor.executemany(_update("%s"), subscriptions)
    connection.commit()


def _insert(mark: str) -> str:
    return f"INSERT INTO delivery ({', '.join(_WRITTEN)}) VALUES ({', '.join([mark] * len(_WRITTEN))})"  # noqa: S608 # our own names


def _update(mark: str) -> str:
    return f"UPDATE subscription SET {', '.join(f'{name} = {mark}' for name in _MOVED[:-1])} WHERE id = {mark}"  # noqa: S608 # as above


if __name__ == "__main__":
    _, step, address, count_ = sys.argv
    steps: dict[str, Callable[[str, int], Any]] = {"fill": fill, "tick": tick, "plan": plan, "bare": bare}
    print(json.dumps(asyncio.run(steps[step](address, int(count_)))))
