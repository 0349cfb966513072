"""The clock: three jobs, each watched; and what housekeeping clears."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from messengers.base import Unknown
from scheduler import clock as clocks
from scheduler.clock import Clock, Ticked
from scheduler.delivery.dispatch import Summary
from scheduler.heartbeats import Heartbeat
from scheduler.planning import Planned
from store.database.access import UnusableError
from store.posts import Posts
from tests.scheduler.ledger import Ledger
from tests.store import rows


@dataclass
class Seconds:
    """A monotonic clock that stands until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def late(clock: Clock, seconds: Seconds) -> list[str]:
    """Name the jobs that hang or fail every time, as a health check does."""
    return [name for name, heartbeat in clock.heartbeats.items() if heartbeat.is_late(seconds())]


def _clock(ledger: Ledger, seconds: Seconds | None = None) -> Clock:
    return Clock(
        ledger.database,
        ledger.dispatcher(),
        ledger,
        now=lambda: ledger.now,
        monotonic=seconds or Seconds(),
        tick_every=1.0,
    )


async def test_a_tick_plans_expires_and_delivers(ledger: Ledger) -> None:
    """One call does all that is due, for people with their own cron."""
    lost = rows.delivery(state="sending", lease_until=ledger.now - timedelta(seconds=1))
    await ledger.add(rows.subscription(), lost)
    clock = _clock(ledger)
    assert await clock.tick() == Ticked(Planned(planned=1), 1, Summary(sent=1))
    assert await clock.tick() == Ticked(Planned(), 0, Summary())


async def test_reconcile_counts_what_is_unknown(ledger: Ledger) -> None:
    """Unknown deliveries stay visible, those of a dead process among them."""
    await ledger.add(rows.delivery("share:1"))
    await ledger.add(rows.delivery("share:2", state="sending", lease_until=ledger.now - timedelta(seconds=1)))
    ledger.messenger.script.append(Unknown("timeout"))
    clock = _clock(ledger)
    await ledger.dispatcher().deliver_due()
    assert await clock.reconcile() == 2


async def test_housekeeping_clears_what_is_settled_and_old(ledger: Ledger) -> None:
    """After 400 days settled rows and posts go; what is still open stays, and so does what is younger."""
    old, young = ledger.now - timedelta(days=401), ledger.now - timedelta(days=399)
    ancient, recent = rows.post("1.0", created_at=old), rows.post("2.0", created_at=young)
    await ledger.add(ancient, recent)
    for state in ("sent", "failed", "skipped", "planned", "sending", "unknown"):
        await ledger.add(rows.delivery(f"old:{state}", kind="tip", state=state, now=old, post_id=recent.id))
    await ledger.add(rows.delivery("young", state="sent", now=young, post_id=ancient.id))
    cleared = await _clock(ledger).housekeep()
    assert (cleared.deliveries, cleared.posts) == (3, 1)
    left = {row.key: row.post_id for row in await ledger.deliveries()}
    assert left == {"old:planned": recent.id, "old:sending": recent.id, "old:unknown": recent.id, "young": None}
    async with ledger.database.read() as connection:
        assert await Posts().by_id(connection, ancient.id) is None
        assert await Posts().by_id(connection, recent.id) == recent


async def test_more_than_a_chunk_is_cleared(ledger: Ledger) -> None:
    """However much has piled up, one run clears it."""
    old = ledger.now - timedelta(days=500)
    await ledger.add(*(rows.delivery(f"share:{number}", state="sent", now=old) for number in range(1100)))
    assert (await _clock(ledger).housekeep()).deliveries == 1100
    assert await ledger.deliveries() == []


async def test_exactly_three_jobs_that_never_skip_a_late_wake_up(ledger: Ledger) -> None:
    """APScheduler's defaults lose weeks and pile up ticks; each job is due at once after a start."""
    before = datetime.now(UTC)
    scheduler = _clock(ledger).scheduler()
    jobs = scheduler.get_jobs()
    assert {job.id: job.trigger.interval.total_seconds() for job in jobs} == {
        "tick": 1.0,
        "reconcile": clocks.RECONCILE_SECONDS,
        "housekeeping": clocks.HOUSEKEEPING_SECONDS,
    }
    for job in jobs:
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert before <= job.next_run_time <= datetime.now(UTC)


async def test_running_it_tells_what_is_due_and_its_hearts_beat(ledger: Ledger) -> None:
    """Started, the clock ticks at once, and every job reports that it came to its end."""
    await ledger.add(rows.subscription())
    clock = _clock(ledger)
    async with clock.running():
        await ledger.messenger.arrived.wait()
        while any(heartbeat.last_finished is None for heartbeat in clock.heartbeats.values()):
            await ledger.deliveries()
    assert [row.state for row in await ledger.deliveries()] == ["sent"]


async def test_a_hung_tick_turns_late(ledger: Ledger) -> None:
    """A tick that waits for ever is seen from outside, and stopping does not wait for it."""
    await ledger.add(rows.subscription())
    seconds = Seconds()
    clock = _clock(ledger, seconds)
    ledger.messenger.door.clear()
    async with clock.running():
        await ledger.messenger.arrived.wait()
        assert late(clock, seconds) == []
        seconds.now += 93
        assert late(clock, seconds) == ["tick"]
        assert clock.heartbeats["tick"].last_finished is None
    ledger.messenger.door.set()
    await ledger.heard.wait()
    assert (await ledger.delivery()).state == "sent"


async def test_a_tick_that_fails_beats_no_heart(ledger: Ledger) -> None:
    """With its table gone the tick raises, and nothing pretends that it ran; the other jobs go on."""
    async with ledger.database.write() as connection:
        await connection.execute(text("DROP TABLE subscription"))
    clock = _clock(ledger)
    with pytest.raises(UnusableError, match="python -m bot migrate"):
        await clock.tick()
    async with clock.running():
        while clock.heartbeats["reconcile"].last_finished is None:
            await ledger.deliveries()
    assert clock.heartbeats["tick"].last_finished is None


@pytest.mark.parametrize(
    ("started", "finished", "now", "is_late"),
    [
        (None, None, 1e9, False),  # this program has no clock
        (0.0, None, 120.0, False),
        (0.0, None, 121.0, True),
        (0.0, 100.0, 220.0, False),
        (0.0, 100.0, 221.0, True),
    ],
)
def test_when_a_heart_is_late(started: float | None, finished: float | None, now: float, is_late: bool) -> None:  # noqa: FBT001 # a column of the table above
    """Two intervals and the time limit after the last end, or after the start."""
    heartbeat = Heartbeat("tick", 15.0, 90.0)
    if started is not None:
        heartbeat.start(started)
    if finished is not None:
        heartbeat.beat(finished)
    assert heartbeat.is_late(now) is is_late
    assert heartbeat.age(now) == (None if finished is None else now - finished)
