"""Measure what it costs that many workspaces are in the store: `python -m bench.scale.installations`.

`--sizes 100 100000 --databases sqlite --plot FILE`. Each workspace installed the bot, and one channel of it has weekly
tips. At each size the bot is started as it is served; then its parts that come round by themselves are timed, in a
process of their own. Exits with 0 whether aims are met or missed.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert

from bench import command, contest, databases, servers
from bench.databases import Kind
from bench.scale import case
from bench.scale.command import check_plot
from bench.servers import ROOT, Cores, running
from bench.slack import contest as slack_contest
from bench.slack import installed, loads
from bench.slack.contest import Contest
from bot import app, clock
from bot.settings.checked import Settings
from scheduler import housekeeping
from store import bulk, tables
from store.database.access import Database

SIZES = (100, 1_000, 10_000, 100_000)
FLAT = 1.5  # the aim: how much more at the largest size than at the smallest
_BATCH = 1_000
_TIMES = 15
_STARTS = 3
_RUNS_FOR = 8.0  # seconds: it looks what changed twice, and what was removed once
_JUDGED = ("start, s", "core, s", "memory, MB", "tick, ms", "its core, ms", "watch, ms")


@dataclass(frozen=True, slots=True)
class Figures:
    """One size on one database: what was measured, by its name with its unit."""

    database: str
    size: int
    values: dict[str, float]


async def fill(url: str, size: int) -> dict[str, float]:
    """Install the bot in so many workspaces, with weekly tips in one channel of each; none is due for days."""
    now = datetime.now(UTC)
    await installed.fill(url, size, now=now)
    database = Database(url)
    names = tuple(column.name for column in tables.subscription.columns)
    for start in range(0, size, _BATCH):
        rows = [
            case.subscription(
                number,
                {
                    "workspace": installed.workspace(number),
                    "next_run_at": now + timedelta(days=3, minutes=number % 5_000),
                    "last_slot": "",
                    "created_at": now,
                },
            )
            for number in range(start, min(start + _BATCH, size))
        ]
        async with database.write() as connection:
            await bulk.run(connection, insert(tables.subscription), names, rows)
    await database.close()
    return {}


async def parts(url: str, size: int) -> dict[str, float]:
    """Time what comes round by itself, in milliseconds: the median of several, or once where it is rare."""
    settings = Settings.read(
        {
            **installed.SETTINGS,
            "SLACK_SIGNING_SECRET": loads.SECRET,
            "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
            "DATABASE_URL": url,
        },
        None,
    )
    async with app.build(settings, clock.real) as bot:
        slack: Any = bot.platforms["slack"]
        many = slack.installation  # of many workspaces, for these settings
        many.client = AsyncWebClient(base_url="http://127.0.0.1:9/")
        known = await many.stored.find(installed.workspace(0))
        if known is None or size < 1:
            raise RuntimeError("nothing is installed")

        async def ready() -> None:
            many.counted = (-1e9, "")
            await bot.health.ready()

        (tick, tick_core), (watch, watch_core) = await _timed(bot.ticker.tick), await _timed(many.stored.watch)
        return {
            "tick, ms": tick,
            "its core, ms": tick_core,
            "watch, ms": watch,
            "of it core, ms": watch_core,
            "tokens, ms": (await _timed(lambda: many.stored.refresh_due(bot.clock())))[0],
            "removals, ms": (await _timed(slack.look_for_removals))[0],
            "readyz, ms": (await _timed(ready))[0],
            "metrics, ms": (await _timed(bot.health.scrape))[0],
            "clearing, ms": (await _timed(lambda: housekeeping.clear_old(bot.database, bot.clock()), 3))[0],
            "doctor, ms": (await _timed(many.examined, 1))[0],
        }


async def _timed(act: Callable[[], Awaitable[object]], times: int = _TIMES) -> tuple[float, float]:
    """Give the medians of how long it took, and how much of a core."""
    if times > 1:
        await act()
    took, used = [], []
    for _ in range(times):
        began, core = time.perf_counter(), time.process_time()
        await act()
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - core)
    return statistics.median(took) * 1000, statistics.median(used) * 1000


def measured(
    found: Contest, kind: Kind, sizes: Sequence[int], *, runs_for: float = _RUNS_FOR, starts: int = _STARTS
) -> list[Figures]:
    """Measure all sizes on one kind of database: the bot starts with each in turn, so that a busy minute is nobody's.

    Raises:
        BrokenError: the bot does not come up.
    """
    addresses = {size: kind.address(f"installed{size}") for size in sizes}
    for size, address in addresses.items():
        kind.make(f"installed{size}")
        _step("fill", address, size)
    one = installed.of_many(found.bot())
    samples: dict[int, list[tuple[float, float, float]]] = {size: [] for size in sizes}
    for number in range(starts):
        for size, address in addresses.items():
            recipe = replace(one, environment={**one.environment, "DATABASE_URL": address})
            samples[size].append(_started(found, recipe, 0.0 if number else runs_for))
    figures = []
    for size, address in addresses.items():
        start, core, _ = (statistics.median(values) for values in zip(*samples[size], strict=True))
        started = {"start, s": start, "core, s": core, "memory, MB": samples[size][0][2]}
        figures.append(Figures(kind.name, size, started | _step("parts", address, size)))
    return figures


def _started(found: Contest, recipe: servers.Recipe, runs_for: float) -> tuple[float, float, float]:
    """Start the bot and let it run; seconds until it answers, of a core until it is ready, and MB at the end."""
    with running(recipe, found.cores.server, found.folder) as bot:
        contest.wait_until_ready(bot)
        core = bot.cpu_seconds()
        time.sleep(runs_for)
        return bot.start_seconds, core, bot.megabytes()


def _step(step: str, url: str, size: int) -> dict[str, float]:
    arguments = (sys.executable, "-m", "bench.scale.installations", "--step", step, url, "--sizes", str(size))
    done = subprocess.run(arguments, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 # our own arguments
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def table(figures: Sequence[Figures]) -> str:
    """Draw the figures, and judge the largest size beside the smallest."""
    names = list(figures[0].values)
    lines = [f"{'database':<11} {'workspaces':>10}  " + "  ".join(f"{name:>12}" for name in names)]
    lines += [
        f"{one.database:<11} {one.size:>10,}  " + "  ".join(f"{one.values[name]:>12.2f}" for name in names)
        for one in figures
    ]
    for database in dict.fromkeys(one.database for one in figures):
        mine = [one for one in figures if one.database == database]
        for name in _JUDGED:
            share = mine[-1].values[name] / mine[0].values[name]
            verdict = "met" if share <= FLAT else "missed"
            lines.append(
                f"{database}: {name}, {mine[-1].size:,} to {mine[0].size:,}: {share:.2f} (aim ≤ {FLAT:g}, {verdict})"
            )
    return "\n".join(lines)


def plot(figures: Sequence[Figures], file: Path) -> None:
    """Draw start, memory and what comes round by itself against how many workspaces there are."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "pm-compare"  # the same figures give the same file
    from matplotlib import pyplot as plt

    shown = (
        ("From start to the first answer", "seconds", ("start, s", "core, s")),
        ("Memory", "MB", ("memory, MB",)),
        ("Coming round, nothing due", "milliseconds", ("tick, ms", "watch, ms", "tokens, ms", "removals, ms")),
    )
    chart, places = plt.subplots(1, len(shown), figsize=(12, 4), layout="constrained")
    for axes, (title, unit, names) in zip(places, shown, strict=True):
        for database, style in zip(dict.fromkeys(one.database for one in figures), ("-", ":"), strict=False):
            mine = [one for one in figures if one.database == database]
            for name, color in zip(names, ("tab:blue", "tab:orange", "tab:green", "tab:red"), strict=False):
                label = f"{name.partition(',')[0]}, {database}"
                values = [one.values[name] for one in mine]
                axes.plot([one.size for one in mine], values, style, color=color, marker="o", label=label)
        highest = max(one.values[name] for one in figures for name in names)
        axes.set(title=title, ylabel=unit, xlabel="workspaces", xscale="log", ylim=(0, 1.4 * highest))
        axes.grid(alpha=0.3)
        axes.legend()
    chart.savefig(file, metadata={"Date": None})


def main() -> int:
    """Measure, print, keep the figures in bench/results, and draw them where a file is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale.installations", description=(__doc__ or "")[:71])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite",))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    check_plot(parser, given.plot)
    if given.step:
        step, url = given.step
        print(json.dumps(asyncio.run({"fill": fill, "parts": parts}[step](url, given.sizes[0]))))
        return 0
    figures: list[Figures] = []
    cores = Cores.of_this_machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kinds = stack.enter_context(databases.kinds(folder, given.databases))
        found = stack.enter_context(slack_contest.prepared(folder, cores))
        for kind in kinds:
            figures += measured(found, kind, sorted(given.sizes))
    print(f"{command.conditions(cores, ())}\n{table(figures)}")
    command.keep({"figures": [asdict(one) for one in figures]}, "installations-")
    if given.plot:
        plot(figures, given.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
