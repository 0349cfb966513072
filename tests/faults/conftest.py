"""How the programs of fault runs are started."""

import pytest

from bench.programs import Start
from tests import forked


@pytest.fixture(scope="session")
def start() -> Start:
    """Fork the bots, and what runs beside them: real processes that need not import everything anew."""
    return forked.forks()
