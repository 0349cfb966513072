"""Give each scenario a world of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.slack.court import Court
from tests.handlers.slack.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a running world; at its end nothing the bot said may have been refused by Slack."""
    async with World(tmp_path) as running:
        yield running
        assert running.failures() == 0  # a polite answer hides a fault of ours: the meter does not
        # The one call that may be refused: whether users:read was granted is found out by asking.
        asked = [
            fault for fault in running.slack.faults if (fault.where, fault.error) == ("users.info", "missing_scope")
        ]
        assert len(asked) <= 1
        assert [fault for fault in running.slack.faults if fault not in asked] == []


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[Court]:
    """Give a court in which users:read was granted."""
    async with World(tmp_path, scopes=("users:read",)) as world:
        court = Court(world)
        await court.settle()
        yield court
        assert world.failures() == 0
