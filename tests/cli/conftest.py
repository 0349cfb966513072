"""An emulated Slack for the commands that reach out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.slack.emulator import SlackEmulator


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackEmulator]:
    """Give a furnished emulator, whose clock the program can be told to follow."""
    async with SlackEmulator(furnished=True, retry_delays=(0, 0, 0), clock_offset_file=tmp_path / "offset") as emulator:
        yield emulator
