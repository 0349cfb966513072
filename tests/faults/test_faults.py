"""Real processes, killed again and again against a Slack that fails: no tip comes twice, none is lost in silence.

`python -m bench.faults` runs the same with thousands.
"""

from pathlib import Path

import pytest

from bench import faults_run
from bench.faults_run import Outcome, Plan

DATABASES = ("sqlite", "postgresql")
# Shorter yet than the bench's: there are few posts to wait for.
SETTINGS = {"CLIENT_TIMEOUT_SECONDS": "0.8", "LEASE_SECONDS": "2", "SETTLING_SECONDS": "4", "TICK_SECONDS": "0.5"}


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


async def outcome(plan: Plan, folder: Path) -> Outcome:
    """Run it."""
    async with faults_run.prepared(plan, folder) as run:
        return await run.outcome()


@pytest.mark.parametrize("address", DATABASES, indirect=True)
async def test_none_twice_and_none_lost_in_silence(address: str, tmp_path: Path) -> None:
    """Without history: whatever is not in its channel is on the doctor's list, and nothing is in a channel twice."""
    plan = Plan(120, 2, 3, address, has_history=False, seed=11, settings=SETTINGS)
    found = await outcome(plan, tmp_path)
    assert found.problems == ()
    assert (found.duplicates, found.lost, found.kills) == (0, 0, 3)
    assert found.arrived + found.unknown - found.unknown_arrived == 120
    assert found.unknown > 0
    assert found.taken.faults["5xx_after"] + found.taken.faults["cut_after"] > 0


@pytest.mark.parametrize("address", DATABASES, indirect=True)
async def test_with_history_everything_arrives(address: str, tmp_path: Path) -> None:
    """Where the channels may be read, every unknown outcome is settled: all arrive, each once."""
    plan = Plan(40, 2, 3, address, has_history=True, seed=12, settings=SETTINGS)
    found = await outcome(plan, tmp_path)
    assert found.problems == ()
    assert (found.arrived, found.posted, found.unknown) == (40, 40, 0)
