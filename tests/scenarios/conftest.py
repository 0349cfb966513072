"""Give each scenario each platform in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.chat import Chat
from tests.scenarios.slack_chat import SlackChat


@pytest.fixture(params=["slack"])
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chat]:
    """Give a running platform with the bot in its room."""
    async with SlackChat(tmp_path) as running:
        yield running
