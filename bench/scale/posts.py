"""Measure how many tips a second one process posts to a Slack that takes 50 ms, beside a bare aiohttp loop.

`python -m bench.scale.posts DATABASE_URL STUB_PORT COUNT` prints posts a second of both, as JSON. The bare loop sends
the same bodies, as many at once as the dispatcher does, and writes nothing down.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
import uvloop

from bench.scale.case import DUE
from bot import app, logs
from bot.settings.checked import Settings
from cards.compose import dimensions
from cards.slack import render
from handlers.tips import pools
from scheduler import planning
from scheduler.delivery.settings import DispatchSettings
from store.database.access import Database

ROOT = Path(__file__).resolve().parents[2]


async def measure(url: str, port: int, count: int) -> dict[str, float]:
    """Plan `count` tips, one a workspace, and post them; then the same through a bare loop."""
    settings = Settings.read(
        {
            "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
            "SLACK_BOT_TOKEN": "xoxb-1-bench",
            "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
            "DATABASE_URL": url,
            "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
            "LOG_LEVEL": "error",
        },
        None,
    )
    logs.configure(settings.log_level, settings.log_format, settings.secrets())
    async with app.build(settings, lambda: DUE) as bot:
        tips = pools.of(bot.content.library)
        await planning.plan_due(bot.database, tips, DUE)
        began = time.perf_counter()
        delivered = await bot.dispatcher.deliver_due()
        ours = time.perf_counter() - began
        if delivered.sent != count:
            raise RuntimeError(f"{delivered} instead of {count} sent")
        await bot.dispatcher.finish()
        body = render.message(dimensions.tip(bot.content.library, bot.content.library.tips[0]))
    return {"ours": count / ours, "bare": count / await _bare(port, count, body)}


async def _bare(port: int, count: int, body: dict[str, object]) -> float:
    room = asyncio.Semaphore(DispatchSettings().concurrency)
    async with aiohttp.ClientSession() as session:

        async def post(number: int) -> None:
            form = {"channel": f"C{number:08}", **body, "unfurl_links": False, "unfurl_media": False}
            async with room, session.post(f"http://127.0.0.1:{port}/api/chat.postMessage", json=form) as answer:
                if not (await answer.json())["ok"]:
                    raise RuntimeError("the stub refused")

        began = time.perf_counter()
        await asyncio.gather(*(post(number) for number in range(count)))
        return time.perf_counter() - began


async def spread(url: str, count: int) -> None:
    """Put every subscription of the database into a workspace of its own, so that no workspace's pace holds it up."""
    from sqlalchemy import text

    database = Database(url)
    async with database.write() as connection:
        await connection.execute(text("UPDATE subscription SET workspace = 'T' || conversation"))
    await database.close()
    if count < 1:
        raise ValueError("nothing to measure")


if __name__ == "__main__":
    _, address, stub, number_ = sys.argv
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(spread(address, int(number_)))
        print(json.dumps(runner.run(measure(address, int(stub), int(number_)))))
