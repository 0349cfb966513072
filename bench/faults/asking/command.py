"""Prove it of what people ask for: no answer twice, none posted before its lease stood, none lost in silence.

`python -m bench.faults.asking --mentions 2000 --database postgres --seed 1`. Exits with 0 where every promise is kept,
1 where one is not, 2 where the run itself is broken. docs/faults.md says how to read it.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import table
from bench.faults.asking import run as asking_run
from bench.faults.asking.run import Outcome, Plan
from bench.faults.command import BOTH, DatabaseKind, Kind, carried_out


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once as asked, or on both databases with --all, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.asking", description=__doc__.partition("\n")[0])
    parser.add_argument("--mentions", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=float, default=300.0, help="seconds until all must be settled")
    parser.add_argument("--all", action="store_true", help="both databases")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that goes")
    given = parser.parse_args(arguments)
    kinds: tuple[DatabaseKind, ...] = BOTH if given.all else (given.database,)
    plans = [
        (
            kind,
            partial(Plan, given.mentions, given.processes, given.kills, seed=given.seed + number, within=given.within),
        )
        for number, kind in enumerate(kinds)
    ]
    kept = "None came twice, none before its lease, none was lost in silence."
    return carried_out(plans, given.keep, Kind(_name, run, drawn, kept))


async def run(plan: Plan, place: Path) -> Outcome:
    """Run one plan in a folder."""
    async with asking_run.prepared(plan, place) as prepared:
        return await prepared.outcome()


def drawn(outcomes: Sequence[Outcome]) -> str:
    """Draw the outcomes as a table, a column a run."""
    states = [Counter(row.state for row in each.records.rows) for each in outcomes]
    rows: list[tuple[str, list[str]]] = [
        ("", [_name(each.plan) for each in outcomes]),
        ("mentions", [f"{len(each.records.asked):,}" for each in outcomes]),
        ("  confirmed", [f"{sum(one.is_heard for one in each.records.asked):,}" for each in outcomes]),
        ("calls to Slack", [f"{each.calls:,}" for each in outcomes]),
        ("  gone wrong", [f"{each.faults:,}" for each in outcomes]),
        ("processes killed", [f"{each.kills:,}" for each in outcomes]),
        ("posted", [f"{len(each.records.posts):,}" for each in outcomes]),
        *((state, [f"{each[state]:,}" for each in states]) for state in ("sent", "unknown", "failed", "skipped")),
        ("seconds", [f"{each.seconds:.0f}" for each in outcomes]),
        ("verdict", ["missed" if each.problems else "met" for each in outcomes]),
    ]
    return "\n".join(table.aligned([(name, *cells) for name, cells in rows]))


def _name(plan: Plan) -> str:
    kind = "SQLite" if plan.database.startswith("sqlite") else "PostgreSQL"
    return f"{kind}, {plan.processes} processes"
