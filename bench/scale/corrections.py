"""Measure what a correction to very many posts costs, and whether the tips that are due meanwhile are late.

`python -m bench.scale.corrections DATABASE_URL COUNT [--overdue]` prints its figures as JSON. The posts are of 1,000
workspaces; the platform takes 50 ms for each post and edit. `--overdue` measures the worst: no process ran since the
corrections were planned, so that all of them are due at once.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.scale.case import TIPS
from bot import logs
from cards.model import Card, Edition, Subject
from messengers.base import Address, CannotLook, LookedUp, Outcome, Posted
from scheduler.choosing import Candidates
from scheduler.clock import Clock
from scheduler.delivery.dispatch import Dispatcher
from scheduler.learning import corrections
from scheduler.learning.round_rows import Playable
from store.database.access import Database
from store.deliveries.rows import Delivery
from store.posts import Post, Posts
from store.subscriptions import Subscription, Subscriptions

SUBJECT = "tip/tip-01"
_WORKSPACES = 1_000
_TIPS = 1_000  # due at one minute, one in each workspace
_BATCH = 1_000
_BEFORE, _AFTER = 10.0, 20.0  # seconds of corrections before the tips are due, and after
_TAKES = 0.05  # seconds that the platform takes


class Timed(Database):
    """A database that notes how long its longest transaction took, in seconds, waiting for its turn included."""

    longest = 0.0

    @contextlib.asynccontextmanager
    async def write(self, *, many: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes."""
        began = time.perf_counter()
        async with super().write(many=many) as connection:
            yield connection
        self.longest = max(self.longest, time.perf_counter() - began)


class Platform:
    """Takes every post and edit after a while; notes how late each tip was, in seconds, and counts the edits."""

    def __init__(self, due: datetime) -> None:
        self.due = due
        self.late: list[float] = []
        self.edits = 0

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Take a post."""
        if card.title == "tip":
            self.late.append((datetime.now(UTC) - self.due).total_seconds())
        await asyncio.sleep(_TAKES)
        return Posted(f"{address.conversation} {delivery_id}")

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Take an edit."""
        self.edits += bool(address.conversation and card.title)
        await asyncio.sleep(_TAKES)
        return Posted(message_id)

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """See nothing."""
        return CannotLook(f"{address} {delivery_id} {since} {attempt}")

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show nobody anything."""
        raise AssertionError((address, person, card))

    async def link(self, address: Address, message_id: str) -> str:
        """Know no links."""
        return f"{address}{message_id}"[:0]


class Content:
    """Hooks: tips, one of which was corrected today."""

    def pool(self) -> Candidates:
        """Give the tips."""
        return TIPS

    def dilemmas(self) -> Mapping[str, Playable]:
        """Give none."""
        return {}

    def corrected(self) -> Mapping[str, Edition]:
        """Give the one that was corrected."""
        return {SUBJECT: Edition(2, datetime.now(UTC).date().isoformat())}

    def draw(self, row: Delivery, subscription: Subscription | None) -> Card:  # noqa: ARG002 # the protocol's
        """Draw a card that says what it is."""
        return Card(row.kind, (), Subject.parse(row.subject))

    async def settled(self, row: Delivery) -> None:
        """Hear how one ended."""


async def measure(url: str, count: int, *, is_overdue: bool) -> dict[str, float]:
    """Fill, plan, and run for half a minute in which tips come due."""
    database, content = Timed(url), Content()
    await database.migrate()
    await _fill(database, count)
    due = datetime.now(UTC) + timedelta(days=365)  # until the corrections are planned
    platform = Platform(due)
    dispatcher = Dispatcher(database, {"slack": platform}, content, clock=lambda: datetime.now(UTC))
    database.longest = 0.0
    began = time.perf_counter()
    planned = await corrections.plan(database, content.corrected(), datetime.now(UTC))
    plan, longest = time.perf_counter() - began, database.longest
    began = time.perf_counter()
    again = await corrections.plan(database, content.corrected(), datetime.now(UTC))
    idle = time.perf_counter() - began
    if (planned, again) != (count, 0):
        raise RuntimeError(f"{planned} and {again} of {count} were planned")
    if is_overdue:
        async with database.write() as connection:
            await connection.execute(text("UPDATE delivery SET not_before = created_at"))
    platform.due = datetime.now(UTC) + timedelta(seconds=_BEFORE)
    await _subscribe(database, platform.due)
    clock = Clock(database, dispatcher, content, now=lambda: datetime.now(UTC), monotonic=time.monotonic)
    async with dispatcher.running(30.0):
        until = time.monotonic() + _BEFORE + _AFTER
        while time.monotonic() < until:
            await clock.plan()
            dispatcher.wake()
            await asyncio.sleep(0.5)  # a tick comes every 15 s: what waits for it is not what is measured
    await database.close()
    if len(platform.late) != _TIPS:
        raise RuntimeError(f"{len(platform.late)} of {_TIPS} tips were posted")
    ordered = sorted(platform.late)
    rate = platform.edits / (_BEFORE + _AFTER)
    return {
        "plan": plan,
        "transaction": longest,
        "again": idle,
        "late_median": ordered[len(ordered) // 2],
        "late_most": ordered[-1],
        "edits": rate,
    }


async def _fill(database: Database, count: int) -> None:
    made = datetime.now(UTC) - timedelta(days=30)
    for start in range(0, count, _BATCH):
        async with database.write() as connection:
            await Posts().remember(
                connection, [_post(number, made) for number in range(start, min(start + _BATCH, count))]
            )


def _post(number: int, made: datetime) -> Post:
    room = f"C{number:08}"
    place = ("slack", f"T{number % _WORKSPACES:07}", room)
    return Post(f"{number:032x}", *place, f"{number}.0", SUBJECT, made, kind="tip", version=1)


async def _subscribe(database: Database, due: datetime) -> None:
    """Let tips come in rooms of their own, one in each workspace, at one moment."""
    rows = [
        Subscription(
            id=f"{number:032x}",
            platform="slack",
            workspace=f"T{number % _WORKSPACES:07}",
            conversation=f"R{number:08}",
            owner="U1",
            changed_by="anyone",
            weekday=due.weekday(),
            at=f"{due:%H:%M}",
            zone="UTC",
            state="on",
            created_at=due,
            next_run_at=due,
        )
        for number in range(_TIPS)
    ]
    async with database.write() as connection:
        await Subscriptions().insert_many(connection, rows)


if __name__ == "__main__":
    logs.configure("error", "json")
    _, address, count_, *more = sys.argv
    print(json.dumps(asyncio.run(measure(address, int(count_), is_overdue="--overdue" in more))))
