"""Real processes, killed again and again against a Slack that fails: no tip comes twice, none is lost in silence.

`python -m bench.faults` runs the same with thousands, each case on both databases.
"""

from datetime import datetime
from pathlib import Path

import pytest

from bench.faults import run as faults_run
from bench.faults.outcome import Outcome, Plan
from bench.programs import Start
from cards.reason import Cause
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.tables import DeliveryState

pytestmark = [pytest.mark.long, pytest.mark.alone]

# Shorter yet than the bench's: there are few posts to wait for.
SETTINGS = {"CLIENT_TIMEOUT_SECONDS": "0.8", "LEASE_SECONDS": "2", "SETTLING_SECONDS": "4", "TICK_SECONDS": "0.5"}
# Each workspace's first tip at once and the others seconds later: whoever dies early has not begun those.
PACED = {"PACE_PER_SECOND": "1", "PACE_BURST": "1"}


async def outcome(plan: Plan, folder: Path, start: Start) -> Outcome:
    """Run it."""
    async with faults_run.prepared(plan, folder, start) as run:
        return await run.outcome()


async def test_none_twice_and_none_lost_in_silence(tmp_path: Path, start: Start) -> None:
    """Without history: whatever is not in its channel is on the doctor's list, and nothing is in a channel twice."""
    address = f"sqlite:///{tmp_path / 'bot.db'}"
    # Either process dies early, by these dice: whichever has leased what is due has posts under way.
    plan = Plan(120, 2, 3, address, has_history=False, seed=32, settings=SETTINGS)
    found = await outcome(plan, tmp_path, start)
    assert found.problems == ()
    assert (found.duplicates, found.lost, found.kills) == (0, 0, 3)
    assert found.arrived + found.unknown - found.unknown_arrived == 120
    assert Cause.LEASE_EXPIRED in {row.reason for row in await ledger(address, "unknown")}
    assert found.taken.faults["5xx_after"] + found.taken.faults["cut_after"] > 0


async def test_with_history_everything_arrives(postgres: str, tmp_path: Path, start: Start) -> None:
    """Where the channels may be read, every unknown outcome is settled: all arrive, each once."""
    # Only posts go wrong: a look that fails rests, and costs a restart (the bench has those too).
    plan = Plan(24, 2, 2, postgres, has_history=True, seed=12, settings=SETTINGS, method="chat.postMessage")
    found = await outcome(plan, tmp_path, start)
    assert found.problems == ()
    assert (found.arrived, found.posted, found.unknown) == (24, 24, 0)


async def test_a_cluster_keeps_the_same_promise(postgres: str, tmp_path: Path, start: Start) -> None:
    """Processes that share the work through a queue, killed and started anew: none twice, none lost in silence."""
    plan = Plan(60, 2, 2, postgres, has_history=False, seed=13, settings=SETTINGS, scheduler="cluster")
    found = await outcome(plan, tmp_path, start)
    assert found.problems == ()
    assert (found.duplicates, found.lost, found.kills) == (0, 0, 2)


async def test_a_worker_that_dies_for_good_is_replaced_by_its_peer(postgres: str, tmp_path: Path, start: Start) -> None:
    """It dies amid its work and never returns: what it had not begun is posted by the other, and nothing twice."""
    plan = Plan(
        180,
        2,
        0,
        postgres,
        has_history=False,
        seed=14,
        within=60.0,
        settings=SETTINGS | PACED,
        scheduler="cluster",
        abandon=1,
        faults=(("slow", 1.0),),  # nothing goes wrong, but it has posts under way when it dies
        slow_seconds=0.3,
    )
    found = await outcome(plan, tmp_path, start)
    assert found.problems == ()
    assert (found.duplicates, found.lost, found.abandoned) == (0, 0, 1)
    assert found.taken_over > 0
    sent, unknown = await ledger(postgres, "sent"), await ledger(postgres, "unknown")
    survivor = max(sent, key=lambda row: row.changed_at).lease_owner
    held = [row for row in unknown if row.reason == Cause.LEASE_EXPIRED]
    assert survivor not in {row.lease_owner for row in held}  # the dead one's alone
    last = max((lease_until(row) for row in (*sent, *unknown) if row.lease_owner != survivor), default=None)
    assert last is not None, "it died before it had anything"
    assert any(lease_until(row) > last for row in sent), "nothing was left to be begun when it died"


def lease_until(row: Delivery) -> datetime:
    """Give when the lease of one that was begun ends: all are as long."""
    assert row.lease_until is not None
    return row.lease_until


async def ledger(address: str, state: DeliveryState) -> tuple[Delivery, ...]:
    """Read the deliveries of one state."""
    database = Database(address)
    try:
        async with database.read() as connection:
            return await Deliveries().in_state(connection, state, 1000)
    finally:
        await database.close()
