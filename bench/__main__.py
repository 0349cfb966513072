"""Compare the bot with a bare Bolt app and a constant answer, in one run: `make bench`, or `python -m bench --quick`.

docs/benchmarks.md says how to read the table.
"""

import argparse
import sys

from bench import command, rounds, workspaces
from bench.slack import contest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compare speed, start-up and memory.")
    packages = ("slack-bolt", "uvicorn", "uvloop")
    sys.exit(command.run(parser, rounds.FULL, contest.prepared, more=workspaces.measured, packages=packages))
