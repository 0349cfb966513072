"""Prove it of many workspaces that come and go: no tip twice, none lost in silence, none with a dead workspace's token.

`python -m bench.faults.many --workspaces 50 --database postgres --seed 1`. Exits with 0 where every promise is kept, 1
where one is not, 2 where the run itself is broken. docs/faults.md says how to read it.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench import table
from bench.faults.command import BOTH, DatabaseKind, Kind, carried_out
from bench.faults.many import run as many_run
from bench.faults.many.owners import WAYS
from bench.faults.many.plan import Outcome, Plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once as asked, or on both databases with --all, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.many", description=__doc__.partition("\n")[0])
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--channels", type=int, default=12, help="with weekly tips, of each workspace")
    parser.add_argument("--weeks", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=6, help="each week")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=float, default=240.0, help="seconds until a week must be settled")
    parser.add_argument("--all", action="store_true", help="both databases")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that goes")
    given = parser.parse_args(arguments)
    kinds: tuple[DatabaseKind, ...] = BOTH if given.all else (given.database,)
    plans = [
        (
            kind,
            partial(
                Plan,
                given.workspaces,
                given.channels,
                given.weeks,
                given.processes,
                given.kills,
                seed=given.seed + number,
                within=given.within,
            ),
        )
        for number, kind in enumerate(kinds)
    ]
    kept = "None came twice, none was lost in silence, none with a dead token."
    return carried_out(plans, given.keep, Kind(_name, run, drawn, kept))


async def run(plan: Plan, place: Path) -> Outcome:
    """Run one plan in a folder."""
    async with many_run.prepared(plan, place) as prepared:
        return await prepared.outcome()


def drawn(outcomes: Sequence[Outcome]) -> str:
    """Draw the outcomes as a table, a column a run."""
    rows = [("", [_name(each.plan) for each in outcomes])]
    rows += [(name, [f"{read(each):,}" for each in outcomes]) for name, read in _LINES]
    rows.append(("verdict", ["missed" if each.problems else "met" for each in outcomes]))
    return "\n".join(table.aligned([(name, *cells) for name, cells in rows]))


def _tips(outcome: Outcome, *states: str) -> int:
    counts = Counter(row.state for row in outcome.records.rows if row.kind == "tip")
    return sum(counts[state] for state in states)


def _removals(way: str, outcome: Outcome) -> int:
    return outcome.removals.get(way, 0)


_LINES: Sequence[tuple[str, Callable[[Outcome], int]]] = (
    ("channels", lambda each: len(each.records.channels)),
    ("weeks", lambda each: each.plan.weeks),
    ("calls to Slack", lambda each: each.calls),
    ("  of them gone wrong", lambda each: each.faults),
    ("processes killed", lambda each: each.kills),
    ("installs", lambda each: each.installs),
    ("removals", lambda each: sum(each.removals.values())),
    *((f"  {way}", partial(_removals, way)) for way in WAYS),
    ("tokens given", lambda each: len(each.records.given)),
    ("  for a refresh token", lambda each: sum(bool(one.refreshed) for one in each.records.given)),
    ("    answer lost", lambda each: sum(bool(one.refreshed) and one.is_lost for one in each.records.given)),
    ("probes beside it", lambda each: each.watched.answers),
    ("commands beside it", lambda each: each.watched.commands),
    ("tips due", lambda each: len(each.records.channels) * each.plan.weeks),
    ("sent", lambda each: _tips(each, "sent")),
    ("unknown", lambda each: _tips(each, "unknown")),
    ("failed, with a reason", lambda each: _tips(each, "failed")),
    ("skipped, with a reason", lambda each: _tips(each, "skipped")),
    ("seconds", lambda each: round(each.seconds)),
)


def _name(plan: Plan) -> str:
    kind = "SQLite" if plan.database.startswith("sqlite") else "PostgreSQL"
    return f"{kind}, {plan.workspaces} workspaces"
