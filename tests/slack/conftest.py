"""Give each scenario a world of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.slack.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a running world; at its end nothing the bot said may have been refused by Slack."""
    async with World(tmp_path) as running:
        yield running
        assert running.slack.faults == []
