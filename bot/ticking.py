"""Do once what the clock does all the time: for people with their own cron."""

from dataclasses import asdict

from bot import app
from bot.settings import Settings
from bot.timing import Clock


async def tick(settings: Settings, clock: Clock) -> dict[str, int]:
    """Plan and post what is due at the clock's moment, then stop; gives how many ended in each way."""
    async with app.build(settings, clock) as bot:
        ticked = await bot.ticker.tick()
        await bot.tasks.drain(settings.stop_seconds)
    counts = asdict(ticked.delivered)
    return counts | {
        "planned": ticked.planned.planned,
        "skipped": counts["skipped"] + ticked.planned.skipped + ticked.planned.missed,
        "unknown": counts["unknown"] + ticked.lost,
    }


def sentence(counts: dict[str, int]) -> str:
    """Say what a tick did."""
    if not any(counts.values()):
        return "Nothing was due."
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) + "."
