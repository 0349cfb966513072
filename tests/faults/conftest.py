"""How the programs of fault runs are started."""

from collections.abc import Iterator

import pytest

from bench import programs
from bench.programs import Start


@pytest.fixture(scope="session")
def start() -> Iterator[Start]:
    """Fork the bots, and what runs beside them: real processes that need not import everything anew."""
    with programs.forking() as forks:
        yield forks
