"""Settings every test runs under, and the PostgreSQL server that some of them use."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

from bot import logs
from bot.settings.checked import Settings
from content import library
from content.library import Library
from store.database.access import Database
from tests import postgres as servers
from tests.postgres import Postgres

# Time limits of single examples say more about the machine than about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture(autouse=True, scope="session")
def _quiet_log() -> None:
    """Log as the program does, warnings only."""
    logs.configure("warning", "json")


@pytest.fixture(autouse=True, scope="session")
def shipped_content() -> Library:
    """Keep the shipped content in use, so that each bot that starts here need not read it anew."""
    return library.load(Settings.read({}, None).content_path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Give a PostgreSQL server that runs until the last test; one for each process that tests."""
    try:
        running = servers.running()
        server = running.__enter__()  # not `with`: what a test raises is no reason to skip
    except Exception as error:  # noqa: BLE001 # whatever keeps it from running here is the reason to skip
        pytest.skip(f"PostgreSQL does not run here: {type(error).__name__}: {error}")
    yield server
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def _migrated(postgres_server: Postgres) -> str:
    """Give the name of a database with our tables, to be copied."""
    name = postgres_server.create()

    async def migrate() -> None:
        database = Database(postgres_server.url(name))
        await database.migrate()
        await database.close()

    with ThreadPoolExecutor() as apart:  # whoever asks for this may be in a loop already
        apart.submit(asyncio.run, migrate()).result()
    return name


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, which is dropped after the test."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def migrated_postgres(postgres_server: Postgres, _migrated: str) -> Iterator[str]:
    """Give the address of a PostgreSQL database with our tables, empty, which is dropped after the test."""
    name = postgres_server.create(_migrated)
    yield postgres_server.url(name)
    postgres_server.drop(name)
