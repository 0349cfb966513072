"""Real databases for the store's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from store.database.access import Database
from tests import databases

BOTH = ["sqlite", "postgresql"]


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database of either kind that has no tables yet."""
    return f"sqlite:///{tmp_path}/bot.db" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """Give an empty, migrated database of its own, of either kind."""
    database = Database(address)
    yield database
    await database.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty, migrated SQLite database in a folder of its own."""
    database = Database(databases.put(tmp_path / "bot.db"))
    assert await database.is_current()
    yield database
    await database.close()


@pytest.fixture
async def server(migrated_postgres: str) -> AsyncIterator[Database]:
    """Give an empty, migrated PostgreSQL database."""
    database = Database(migrated_postgres)
    yield database
    await database.close()


@pytest.fixture
def closed() -> Iterator[list[object]]:
    """List each connection as it is closed, of whatever pool."""
    found: list[object] = []

    def close(connection: object, _record: object) -> None:
        found.append(connection)

    event.listen(Pool, "close", close)
    yield found
    event.remove(Pool, "close", close)
