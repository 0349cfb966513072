"""Measure how late small workspaces' tips are while large ones have thousands due: `python -m bench.scale.fairness`.

Each case runs the whole bot in a process of its own, on a stub of Slack: the large workspaces' tips all fall due at one
moment, one of each small one at that moment and in the seconds after it. All small ones share their bucket with the
first large one. A tip counts when its post arrives at the stub; the aim is 2 s at most.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import insert

from bench import command, servers
from bench.databases import Kind, kinds
from bench.scale import case
from bench.servers import ROOT, Recipe
from store import bulk, ids, tables
from store.database.access import Database

AIM = 2.0  # seconds
OFFSETS = (0.0, 1.5, 4.0, 8.0, 12.0)  # seconds after the large ones' moment
_START = 6.0  # seconds from filling to the moment: time to build the bot
_LONGEST = 40.0  # seconds after the last moment, after which what has not arrived counts as that late
_BATCH = 1000
_COLUMNS = tuple(column.name for column in tables.subscription.columns)


@dataclass(frozen=True, slots=True)
class Case:
    """Large workspaces, the channels that each has due, and the seconds that Slack takes for an answer."""

    name: str
    bigs: int
    channels: int
    seconds: float


CASES = (
    Case("nothing else due", 0, 0, 0.2),
    Case("one with 10,000", 1, 10_000, 0.2),
    Case("40 with 1,000 each", 40, 1_000, 0.2),
    Case("40 with 1,000 each, Slack takes 10 s", 40, 1_000, 10.0),
)


async def fill(url: str, found: Case, due: datetime) -> None:
    """Make a database with the large workspaces' subscriptions, and the small ones' behind them."""
    database = Database(url)
    await database.migrate()
    large = [(f"TBIG{big:04}", f"C{big:04}{n:05}", due) for big in range(found.bigs) for n in range(found.channels)]
    moments = (due + timedelta(seconds=offset) for offset in OFFSETS)
    small = [(name, f"PROBE{n}", moment) for n, (name, moment) in enumerate(zip(small_workspaces(), moments))]  # noqa: B905 # the first has no end
    wanted = [*large, *small]
    for start in range(0, len(wanted), _BATCH):
        part = enumerate(wanted[start : start + _BATCH], start)
        rows = [_subscription(number, *one, created=due - timedelta(days=1)) for number, one in part]
        async with database.write() as connection:
            await bulk.run(connection, insert(tables.subscription), _COLUMNS, rows)
    await database.close()


def small_workspaces() -> Iterator[str]:
    """Name workspaces that share their bucket with the first large one, without end."""
    wanted = ids.bucket("slack", "TBIG0000")
    return (name for n in count() if ids.bucket("slack", name := f"TSMALL{n}") == wanted)


def _subscription(
    number: int, workspace: str, conversation: str, due: datetime, created: datetime
) -> tuple[object, ...]:
    own = {"id": f"{number:032x}", "workspace": workspace, "conversation": conversation, "last_slot": ""}
    return case.subscription(number, own | {"next_run_at": due, "created_at": created})


async def run(url: str, port: int, due: datetime, scheduler: str) -> dict[str, float]:
    """Run the bot until the small ones' tips have arrived; gives how late each was, and the posts until then."""
    from bot import app, clock, logs
    from bot.settings.checked import Settings

    environment = {
        "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
        "SLACK_BOT_TOKEN": "xoxb-1-bench",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "DATABASE_URL": url,
        "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
        "LOG_LEVEL": "error",
        "SCHEDULER": scheduler,
    }
    settings = Settings.read(environment, None)
    logs.configure(settings.log_level, settings.log_format, settings.secrets())
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(app.build(settings, clock.real))
        await asyncio.to_thread(bot.content.library.prepare)
        await stack.enter_async_context(bot.dispatcher.running(1.0))
        await stack.enter_async_context(bot.timekeeper.running())
        until = due.timestamp() + OFFSETS[-1] + _LONGEST
        arrived: dict[str, float] = {}
        while len(arrived) < 1 + len(OFFSETS) and time.time() < until:
            await asyncio.sleep(0.25)
            arrived = await asyncio.to_thread(_arrivals, port)
    moments = {f"PROBE{n}": due.timestamp() + offset for n, offset in enumerate(OFFSETS)}
    late = {name: arrived.get(name, until) - moment for name, moment in moments.items()}
    return late | {"posts": arrived["posts"]}


def _arrivals(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/arrivals", timeout=10) as answer:  # our own stub
        found: dict[str, float] = json.load(answer)
    return found


def measured(kind: Kind, number: int, scheduler: str, folder: Path) -> dict[str, float]:
    """Measure one case on one kind of database."""
    found, name = CASES[number], f"fair{number}{scheduler}"
    port = servers.free_port()
    stub = Recipe("slow slack", ("-m", "bench.scale.stub_slow", str(port), str(found.seconds)), {}, port)
    kind.make(name)
    try:
        with servers.running(stub, None, folder):
            step = (sys.executable, "-m", "bench.scale.fairness", "--run", kind.address(name), str(port), str(number))
            done = subprocess.run((*step, scheduler), cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 # ours
    finally:
        kind.drop(name)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def line(database: str, found: Case, late: dict[str, float]) -> str:
    """Say how late each of the small ones' tips was, in seconds."""
    tips = [late[f"PROBE{n}"] for n in range(len(OFFSETS))]
    verdict = "met" if max(tips) <= AIM else "missed"
    words = " ".join(f"{one:6.2f}" for one in tips)
    return f"{database:<20}{found.name:<38}{words}   {verdict}, {late['posts']:,.0f} posts"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every case, print, and keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale.fairness", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--cases", type=int, nargs="+", default=range(len(CASES)))
    parser.add_argument("--run", nargs=4, metavar=("URL", "PORT", "CASE", "SCHEDULER"), help="one of them, in here")
    given = parser.parse_args(arguments)
    if given.run:
        url, port, number, scheduler = given.run
        print(json.dumps(asyncio.run(_filled_and_run(url, int(port), CASES[int(number)], scheduler))))
        return 0
    kept: dict[str, dict[str, float]] = {}
    print("seconds late, of the small ones' tips due at 0, 1.5, 4, 8 and 12 s")
    with tempfile.TemporaryDirectory() as folder, kinds(Path(folder), given.databases) as found:
        for kind in found:
            for scheduler in ("embedded",) if kind.name == "sqlite" else ("embedded", "cluster"):
                for number in given.cases:
                    late = measured(kind, number, scheduler, Path(folder))
                    database = kind.name if scheduler == "embedded" else f"{kind.name}, cluster"
                    kept[f"{database}: {CASES[number].name}"] = late
                    print(line(database, CASES[number], late), flush=True)
    command.keep({"fairness": kept}, "fairness-")
    return 0


async def _filled_and_run(url: str, port: int, found: Case, scheduler: str) -> dict[str, float]:
    # Filling takes a while, so the moment is set afterwards: a whole second, as schedules have it.
    rows = found.bigs * found.channels
    due = datetime.fromtimestamp(int(time.time() + _START + rows / 4000), UTC)
    await fill(url, found, due)
    if time.time() > due.timestamp() - 2:
        raise RuntimeError("filling took longer than expected; nothing was measured")
    return await run(url, port, due, scheduler)


if __name__ == "__main__":
    sys.exit(main())
