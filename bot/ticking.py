"""Tick once: post what is due, each at its turn, until nothing of it is left or the time is up."""

import asyncio
from collections import Counter
from datetime import datetime

from msgspec import structs

from bot import app
from bot.clock import Clock
from bot.settings.checked import Settings
from scheduler.delivery.dispatch import Dispatcher
from store.database.access import Database
from store.deliveries.queue import Queue

_LONGEST_REST = 5.0  # seconds; another process may bring a turn forward
_SHORT_REST = 0.5  # seconds; where what waits is due, another process holds it just now
_queue = Queue()


async def ticked(settings: Settings, now: Clock, limit: float | None = None) -> dict[str, int]:
    """Plan what is due at the clock's moment and post it, each at its turn, then stop; gives how many ended how.

    It goes on until nothing of it is left, or for `limit` seconds: what then waits is counted under `left`.
    """
    loop = asyncio.get_running_loop()
    until = None if limit is None else loop.time() + limit
    async with app.build(settings, now) as bot:
        started = now()
        first = await bot.ticker.tick(limit)
        counts = Counter(structs.asdict(first.delivered))
        while (await _left(bot.database, started))[1] and (until is None or loop.time() < until):
            within = None if until is None else max(0.0, until - loop.time())
            await _rest(bot.dispatcher, within)
            counts["unknown"] += await bot.dispatcher.expire_leases()
            counts.update(structs.asdict(await bot.dispatcher.deliver_due(within)))
        left, _ = await _left(bot.database, started)
        if until is None or loop.time() < until:
            await bot.ticker.housekeep_daily()
        await bot.tasks.drain(settings.stop_seconds)
    return dict(counts) | {
        "planned": first.planned.planned,
        "skipped": counts["skipped"] + first.planned.skipped + first.planned.missed,
        "unknown": counts["unknown"] + first.lost,
        "left": left,
    }


async def _left(database: Database, since: datetime) -> tuple[int, int]:
    """Count what was due by then and still waits, and what of it comes by itself."""
    async with database.read() as connection:
        return await _queue.left(connection, since)


async def _rest(dispatcher: Dispatcher, within: float | None) -> None:
    """Wait for the next turn of what waits for one, as long as there is time."""
    turn = await dispatcher.next_turn()
    longest = _LONGEST_REST if within is None else min(within, _LONGEST_REST)
    await asyncio.sleep(min(longest, _SHORT_REST if turn is None else turn))
