"""Do once what the clock does all the time: for people with their own cron."""

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import datetime

from bot import app
from bot.clock import Clock
from bot.settings.checked import Settings
from scheduler.delivery.dispatch import Dispatcher
from store.database.access import Database
from store.deliveries.queue import Queue

LEFT = "left"  # counts what was due, and waits on at the end
_LONGEST_REST = 5.0  # seconds; another process may bring a turn forward
_SHORT_REST = 0.5  # seconds; where what waits is due, another process holds it just now
_queue = Queue()


async def tick(settings: Settings, clock: Clock, limit: float | None = None) -> dict[str, int]:
    """Plan what is due at the clock's moment and post it, each at its turn, then stop; gives how many ended how.

    It goes on until nothing of it is left, or for `limit` seconds: what then waits is counted under LEFT.
    """
    loop = asyncio.get_running_loop()
    until = None if limit is None else loop.time() + limit
    async with app.build(settings, clock) as bot:
        started = clock()
        ticked = await bot.ticker.tick(limit)
        counts = Counter(asdict(ticked.delivered))
        while (await _left(bot.database, started))[1] and (until is None or loop.time() < until):
            within = None if until is None else max(0.0, until - loop.time())
            await _rest(bot.dispatcher, within)
            counts["unknown"] += await bot.dispatcher.expire_leases()
            counts.update(asdict(await bot.dispatcher.deliver_due(within)))
        left, _ = await _left(bot.database, started)
        await bot.tasks.drain(settings.stop_seconds)
    return dict(counts) | {
        "planned": ticked.planned.planned,
        "skipped": counts["skipped"] + ticked.planned.skipped + ticked.planned.missed,
        "unknown": counts["unknown"] + ticked.lost,
        LEFT: left,
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


def sentence(counts: dict[str, int]) -> str:
    """Say what a tick did."""
    if not any(counts.values()):
        return "Nothing was due."
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) + "."


def exit_code(counts: dict[str, int]) -> int:
    """Give 3 where something that was due is left, 2 where something failed or nobody knows, else 0."""
    if counts[LEFT]:
        return 3
    return 2 if counts["failed"] or counts["unknown"] else 0
