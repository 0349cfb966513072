"""Measure what size costs, on SQLite and PostgreSQL: `python -m bench.scale`, which `make bench` runs too.

At each size: a tick that finds nothing, planning everything at once beside the same rows written by the bare driver,
and how much the memory grows; at one size, posts a second beside a bare aiohttp loop. `--plot FILE` draws the figures.
"""

import argparse
import importlib.util
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import command, servers
from bench.databases import Kind, kinds
from bench.servers import ROOT, Recipe

SIZES = (1_000, 10_000, 100_000, 1_000_000)
POSTS = 3_000
CORRECTIONS = 100_000
FLAT, LINEAR, GROWN, POSTED = 3.0, 3.5, 64.0, 0.5  # the aims


@dataclass(frozen=True, slots=True)
class Figures:
    """One size on one database: seconds of an idle tick, of planning, of the bare driver; MB of growth."""

    database: str
    size: int
    idle: float
    plan: float
    bare: float
    grown: float


def measured(kind: Kind, size: int) -> Figures:
    """Measure one size on one kind of database."""
    first, second = f"ours{size}", f"bare{size}"
    kind.make(first)
    try:
        _step("bench.scale.case", "fill", kind.address(first), size)
        kind.copy(first, second)
        idle = _step("bench.scale.case", "tick", kind.address(first), size)
        ours = _step("bench.scale.case", "plan", kind.address(first), size)
        both = f"{kind.address(first)}|{kind.address(second)}"
        bare = _step("bench.scale.case", "bare", both, size)
    finally:
        kind.drop(first)
        kind.drop(second)
    return Figures(kind.name, size, idle["idle"], ours["plan"], bare["bare"], ours["grown"])


def posted(kind: Kind, folder: Path) -> dict[str, float]:
    """Measure posts a second to a platform that takes 50 ms."""
    port = servers.free_port()
    stub = Recipe("slow slack", ("-m", "bench.scale.stub_slow", str(port)), {}, port)
    kind.make("posts")
    try:
        _step("bench.scale.case", "fill", kind.address("posts"), POSTS)
        with servers.running(stub, None, folder):
            return _step("bench.scale.posts", kind.address("posts"), port, POSTS)
    finally:
        kind.drop("posts")


def mended(kind: Kind, count: int) -> dict[str, dict[str, float]]:
    """Measure corrections to many posts beside tips that come due, the worst of it, and the same tips beside one."""
    cases: dict[str, tuple[object, ...]] = {"one": (1,), "paced": (count,), "overdue": (count, "--overdue")}
    found: dict[str, dict[str, float]] = {}
    for name, arguments in cases.items():
        kind.make(f"mended_{name}")
        try:
            found[name] = _step("bench.scale.corrections", kind.address(f"mended_{name}"), *arguments)
        finally:
            kind.drop(f"mended_{name}")
    return found


def mended_lines(database: str, found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Say what corrections cost, and how late 1,000 tips of one minute were beside them, in seconds."""
    paced = found["paced"]
    late = ", ".join(f"{name} {one['late_median']:.1f} and {one['late_most']:.1f}" for name, one in found.items())
    return [
        (
            f"{database}: corrections planned in {paced['plan']:.1f} s, longest transaction "
            f"{paced['transaction']:.2f} s, planned again in {paced['again']:.2f} s, {paced['edits']:.1f} a second made"
        ),
        f"{database}: seconds that tips were late, median and most, by corrections that wait: {late}",
    ]


def _step(module: str, *arguments: object) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 # our own arguments
        (sys.executable, "-m", module, *map(str, arguments)), cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def table(figures: Sequence[Figures], posts: Mapping[str, Mapping[str, float]]) -> str:
    """Draw the figures with their aims."""
    lines = ["database    subscriptions  idle tick, ms  planning, s  bare, s  ratio  grown, MB"]
    lines += [
        f"{one.database:<10}  {one.size:>13,}  {one.idle * 1000:>13.2f}  {one.plan:>11.2f}  {one.bare:>7.2f}  "
        f"{one.plan / one.bare:>5.2f}  {one.grown:>9.1f}"
        for one in figures
    ]
    lines.append("")
    for name in dict.fromkeys(one.database for one in figures):
        mine = [one for one in figures if one.database == name]
        flat = mine[-1].idle / mine[0].idle
        ratio, grown = max(one.plan / one.bare for one in mine), max(one.grown for one in mine)
        lines += [
            f"{name}: idle tick, largest size to smallest: {flat:.2f} (aim ≤ {FLAT:g}, {_verdict(flat <= FLAT)})",
            f"{name}: planning to bare driver, at worst: {ratio:.2f} (aim ≤ {LINEAR:g}, {_verdict(ratio <= LINEAR)})",
            f"{name}: memory growth, at most: {grown:.1f} MB (aim < {GROWN:g}, {_verdict(grown < GROWN)})",
        ]
    for name, rate in posts.items():
        share = rate["ours"] / rate["bare"]
        lines.append(
            f"{name}: {rate['ours']:,.0f} posts/s, a bare loop {rate['bare']:,.0f}: {share:.2f} "
            f"(aim ≥ {POSTED:g}, {_verdict(share >= POSTED)})"
        )
    return "\n".join(lines)


def _verdict(met: bool) -> str:  # noqa: FBT001 # a word for a fact
    return "met" if met else "missed"


def check_plot(parser: argparse.ArgumentParser, file: Path | None) -> None:
    """Exit with a sentence where a plot is asked for that cannot be drawn: after ten minutes it would come too late."""
    if file is not None and importlib.util.find_spec("matplotlib") is None:
        parser.error(
            "--plot needs the dependency group `plots`: make .venv/.ready-requirements-plots, then the same again"
        )


def plot(figures: Sequence[Figures], file: Path) -> None:
    """Draw cost against size, both logarithmic: planning beside the bare driver, and the idle tick."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "pm-compare"  # the same figures give the same file
    from matplotlib import pyplot as plt

    chart, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    lines: tuple[tuple[Any, str, Callable[[Figures], float], str], ...] = (
        (left, "planning", lambda one: one.plan, "-"),
        (left, "bare driver", lambda one: one.bare, ":"),
        (right, "idle tick", lambda one: one.idle * 1000, "-"),
    )
    for name, colour in zip(dict.fromkeys(one.database for one in figures), ("tab:blue", "tab:orange"), strict=False):
        mine = [one for one in figures if one.database == name]
        sizes = [one.size for one in mine]
        for axes, label, value, style in lines:
            axes.plot(sizes, [value(one) for one in mine], style, color=colour, marker="o", label=f"{label}, {name}")
    left.set(title="All due at once", ylabel="seconds", yscale="log")
    right.set(title="Nothing due", ylabel="milliseconds", ylim=(0, 2 * max(one.idle for one in figures) * 1000))
    for axes in (left, right):
        axes.set(xlabel="subscriptions", xscale="log")
        axes.grid(alpha=0.3)
        axes.legend()
    chart.savefig(file, metadata={"Date": None})


def main() -> int:
    """Measure, print, keep the figures in bench/results, and draw them where a file is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Measure what size costs.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    check_plot(parser, given.plot)
    figures: list[Figures] = []
    posts: dict[str, dict[str, float]] = {}
    corrected: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, kinds(Path(folder), given.databases) as found:
        for kind in found:
            for size in sorted(given.sizes):
                figures.append(measured(kind, size))
                print(f"{kind.name}, {size:,}: planned in {figures[-1].plan:.2f} s", file=sys.stderr, flush=True)
            posts[kind.name] = posted(kind, Path(folder))
            corrected[kind.name] = mended(kind, CORRECTIONS)
    print(table(figures, posts))
    print("\n".join(line for name, found in corrected.items() for line in mended_lines(name, found)))
    command.keep({"figures": [asdict(one) for one in figures], "posts": posts, "corrections": corrected}, "scale-")
    if given.plot:
        plot(figures, given.plot)
    return 0 if all(math.isfinite(one.plan) for one in figures) else 1
