"""A worker as an operator starts it, on PostgreSQL."""

import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.slack.emulator import SlackEmulator
from store.database.access import Database
from store.subscriptions import Subscriptions
from tests.cli.program import credentials, started, until
from tests.store import rows


async def test_a_worker_posts_and_ends_in_good_order(tmp_path: Path, slack: SlackEmulator, postgres: str) -> None:
    """Alone, without a web server: it migrates, posts what is due once, and ends at SIGTERM with 0."""
    room = slack.channel("pm-learning")
    database = Database(postgres)
    await database.migrate()
    now = datetime.now(UTC)
    due = rows.subscription(
        room.id, workspace=slack.team, weekday=now.weekday(), next_run_at=now - timedelta(minutes=5), created_at=now
    )
    async with database.write() as connection:
        await Subscriptions().insert(connection, due)
    named = {**credentials(slack), "DATABASE_URL": postgres, "TICK_SECONDS": "1", "LOG_FORMAT": "json"}
    async with started(tmp_path, sys.executable, "-m", "bot", "worker", **named) as worker:
        await worker.says('"worker.running"')
        await until(lambda: slack.posts(room))
        assert await worker.end(signal.SIGTERM) == 0, worker.text
    assert len(slack.posts(room)) == 1
    assert "Traceback" not in worker.text
    assert '"stopped"' in worker.said[-1]
    async with database.read() as connection:
        standing = await Subscriptions().find(connection, "slack", slack.team, room.id)
    assert standing is not None
    assert len(standing.seen) == 1
    await database.close()
