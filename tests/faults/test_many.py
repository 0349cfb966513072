"""Workspaces come and go while processes are killed: no tip twice, none lost in silence, none with a dead token.

`python -m bench.faults.many` runs the same with fifty of them, on both databases.
"""

from pathlib import Path

import pytest

from bench.faults.many import owners
from bench.faults.many import run as many_run
from bench.faults.many.plan import Outcome, Plan
from bench.programs import Start

pytestmark = [pytest.mark.long, pytest.mark.alone]

SETTINGS = {"CLIENT_TIMEOUT_SECONDS": "0.8", "LEASE_SECONDS": "2", "SETTLING_SECONDS": "4", "TICK_SECONDS": "0.5"}


async def outcome(plan: Plan, folder: Path, start: Start) -> Outcome:
    """Run it."""
    async with many_run.prepared(plan, folder, start) as run:
        return await run.outcome()


async def test_many_workspaces_that_come_and_go(postgres: str, tmp_path: Path, start: Start) -> None:
    """Six workspaces for two weeks, five of them removed in each way that there is: every promise is kept."""
    plan = Plan(6, 3, 2, 2, 2, postgres, seed=21, settings=SETTINGS, haste=3.0, removals=0.83)
    found = await outcome(plan, tmp_path, start)
    assert found.problems == ()
    assert sorted(found.removals) == sorted(owners.WAYS)
    assert len(found.records.installed) == 6
    assert found.installs >= 6 + 5
    assert any(each.refreshed for each in found.records.given)
    assert found.faults > 0
