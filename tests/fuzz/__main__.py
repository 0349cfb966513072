"""The large run: `python -m tests.fuzz --count 10000`, over each platform and both databases."""

import argparse
import asyncio
import sys
import tempfile
import time
from typing import get_args

from bot import logs
from tests import postgres
from tests.fuzz import running


def main() -> int:
    """Run, print what was found, and end with 1 where anything was."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--platform", choices=get_args(running.Platform), action="append")
    asked.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    options = asked.parse_args()
    logs.configure("warning", "json")
    is_clean = True
    for database in options.database or ("sqlite", "postgresql"):
        for platform in options.platform or get_args(running.Platform):
            began = time.monotonic()
            found = _run(platform, database, options.count, options.seed)
            print(f"== {platform} on {database}, {options.count} requests, {time.monotonic() - began:.0f} s")  # noqa: T201 # a program's own output
            print(found, flush=True)  # noqa: T201 # as above
            is_clean = is_clean and not found.wrong
    return 0 if is_clean else 1


def _run(platform: running.Platform, database: str, count: int, seed: int) -> running.Found:
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(running.run(platform, f"sqlite:///{folder}/bot.db", count, seed))
    with postgres.running() as server:
        return asyncio.run(running.run(platform, server.url(server.create()), count, seed))


if __name__ == "__main__":
    sys.exit(main())
