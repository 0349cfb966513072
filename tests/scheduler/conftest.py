"""A ledger for the scheduler's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database.access import Database
from tests import databases
from tests.scheduler.ledger import Ledger


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """Give an empty ledger on a database of its own; its clock stands on Monday 23 November 2026, 09:00 UTC."""
    database = Database(databases.put(tmp_path / "bot.db"))
    yield Ledger(database)
    await database.close()
