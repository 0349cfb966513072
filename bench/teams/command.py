"""Compare the bot on Teams with the Teams SDK's own echo bot, in one run: `python -m bench.teams`, or with `--quick`.

Exits with 0 whether aims are met or missed, 1 when the bench itself is broken (an answer that is no 200, or not the
expected one), 2 when wrk is missing. docs/benchmarks.md says how to read the table.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench import rounds, servers, table, wrk
from bench.__main__ import conditions, keep
from bench.servers import Cores
from bench.teams import contest
from bench.teams import rounds as teams_rounds

COLUMNS = (contest.OURS, contest.ECHO, "")
_PACKAGES = ("microsoft-teams-apps", "fastapi", "uvicorn", "uvloop")


def main() -> int:
    """Measure, print, keep the single values in bench/results, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.teams", description="Compare speed on Teams, and memory.")
    parser.add_argument("--quick", action="store_true", help="one short round of everything: is it in order at all?")
    plan = rounds.QUICK if parser.parse_args().quick else replace(rounds.FULL, minutes="6 minutes")
    if not wrk.is_there():
        print(wrk.INSTALL, file=sys.stderr)
        return 2
    began, cores = time.monotonic(), Cores.of_this_machine()
    said = conditions(cores, _PACKAGES)
    print(f"{said}\nMeasuring on Teams, about {plan.minutes} …", flush=True)
    servers.stay_on(cores.client)
    try:
        with tempfile.TemporaryDirectory() as folder, contest.prepared(Path(folder), cores) as found:
            speeds, starts = teams_rounds.speeds(found, plan), teams_rounds.starts(found, plan)
            memories = teams_rounds.memories(found, plan)
    except wrk.BrokenError as error:
        print(f"The bench is broken: {error}", file=sys.stderr)
        return 1
    rows = teams_rounds.rows(speeds, starts, memories, plan.requests)
    print(f"\n{table.drawn(rows, COLUMNS)}\n")
    kept = keep(said, rows, "teams-")
    print(
        f"{time.monotonic() - began:.0f} s; load average at the end {os.getloadavg()[0]:.1f}; every round is in {kept}"
    )
    return 0
