"""Settings every test runs under."""

import pytest
from hypothesis import settings

from bot import logs

# Time limits of single examples say more about the machine than about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture(autouse=True, scope="session")
def _quiet_log() -> None:
    """Log as the program does, warnings only."""
    logs.configure("warning", "json")
