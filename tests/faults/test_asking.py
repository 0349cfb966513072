"""People ask while processes are killed: no answer twice, none before its lease stands, none lost in silence.

`python -m bench.faults.asking` runs the same with thousands, on both databases.
"""

from pathlib import Path

import pytest

from bench.faults.asking import run as asking_run
from bench.faults.asking.run import Plan
from bench.programs import Start

pytestmark = [pytest.mark.long, pytest.mark.alone]

SETTINGS = {"CLIENT_TIMEOUT_SECONDS": "0.8", "LEASE_SECONDS": "2", "SETTLING_SECONDS": "4", "TICK_SECONDS": "0.5"}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_people_ask_for_is_answered_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, start: Start
) -> None:
    """Every confirmed question has its row, and every post came when that row stood leased for everybody."""
    address = request.getfixturevalue("postgres") if kind == "postgresql" else f"sqlite:///{tmp_path / 'bot.db'}"
    plan = Plan(150, 2, 2, address, seed=31, settings=SETTINGS)
    async with asking_run.prepared(plan, tmp_path, start) as run:
        found = await run.outcome()
    assert found.problems == ()
    assert found.kills == 2
    assert all(each.is_heard for each in found.records.asked)
    assert {"sending"} <= {each.stood for each in found.records.posts}
    assert found.faults > 0
