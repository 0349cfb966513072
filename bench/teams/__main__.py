"""Compare the bot on Teams with the Teams SDK's own echo bot, in one run: `python -m bench.teams`, or with `--quick`.

docs/benchmarks.md says how to read the table.
"""

import argparse
import sys
from dataclasses import replace

from bench import command, rounds
from bench.teams import contest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.teams", description="Compare speed on Teams, and memory.")
    packages = ("microsoft-teams-apps", "fastapi", "uvicorn", "uvloop")
    plan = replace(rounds.FULL, minutes="6 minutes")
    sys.exit(command.run(parser, plan, contest.prepared, packages=packages, prefix="teams-"))
