"""Give each scenario each platform in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.chat import Chat
from tests.scenarios.slack_chat import SlackChat
from tests.scenarios.teams_chat import TeamsChat


@pytest.fixture(params=["slack", "teams"])
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chat]:
    """Give a running platform with the bot in its room."""
    async with SlackChat(tmp_path) if request.param == "slack" else TeamsChat(tmp_path) as running:
        yield running
