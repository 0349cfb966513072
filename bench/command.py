"""Run a contest from the command line: measure, print the table, and keep every round's values."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from bench import rounds, servers, table, wrk
from bench.contest import Contest
from bench.rounds import Plan
from bench.servers import Cores
from bench.table import Row

C = TypeVar("C", bound=Contest)
RESULTS = Path(__file__).with_name("results")


def run(
    parser: argparse.ArgumentParser,
    full: Plan,
    prepared: Callable[[Path, Cores], AbstractContextManager[C]],
    *,
    more: Callable[[C, Plan], Sequence[Row]] | None = None,
    packages: Sequence[str],
    prefix: str = "",
) -> int:
    """Measure, print, keep the single values in bench/results, and give the exit code; `more` measures what is alike.

    0 whether aims are met or missed, 1 when the bench itself is broken (an answer that is no 200, or not the expected
    one), 2 when wrk is missing.
    """
    parser.add_argument("--quick", action="store_true", help="one short round of everything: is it in order at all?")
    plan = rounds.QUICK if parser.parse_args().quick else full
    if not wrk.is_there():
        print(wrk.INSTALL, file=sys.stderr)
        return 2
    began, cores = time.monotonic(), Cores.of_this_machine()
    said = conditions(cores, packages)
    print(f"{said}\nMeasuring, about {plan.minutes} …", flush=True)
    servers.stay_on(cores.client)
    try:
        with tempfile.TemporaryDirectory() as folder, prepared(Path(folder), cores) as found:
            speeds, starts = rounds.speeds(found, plan), rounds.starts(found, plan)
            memories = rounds.memories(found, plan)
            besides = more(found, plan) if more else ()
    except wrk.BrokenError as error:
        print(f"The bench is broken: {error}", file=sys.stderr)
        return 1
    rows = table.rows(speeds, starts, memories, plan.requests, found.rivals)
    rows += [*table.beside(speeds, found.beside, found.rivals), *besides]
    print(f"\n{table.drawn(rows, found.rivals.columns)}\n")
    kept = keep({"conditions": said.splitlines(), "rows": [asdict(row) for row in rows]}, prefix)
    print(
        f"{time.monotonic() - began:.0f} s; load average at the end {os.getloadavg()[0]:.1f}; every round is in {kept}"
    )
    return 0


def conditions(cores: Cores, packages: Sequence[str]) -> str:
    """Say what the figures were taken on."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    where = (
        "server and load share their cores: figures are noisier"
        if cores.server is None
        else f"server on core {cores.server}, load on core {cores.client}"
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"load average {os.getloadavg()[0]:.1f}; {where}\nPython {platform.python_version()}, {versions}"
    )


def keep(content: Mapping[str, Any], prefix: str) -> Path:
    """Write all values beside the bench, where git does not look."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{prefix}{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
