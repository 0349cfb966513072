"""Give each scenario handlers of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.teams.hearing import Hearing


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Hearing]:
    """Give handlers that hear, on an empty database."""
    async with Hearing(tmp_path) as running:
        yield running
