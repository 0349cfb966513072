"""A real database for the store's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty, migrated database in a folder of its own."""
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    await database.migrate()
    yield database
    await database.close()
