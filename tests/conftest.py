"""Settings every test runs under, and the PostgreSQL server that some of them use."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot import logs
from bot.settings.checked import Settings
from content import library
from content.library import Library
from tests import databases
from tests import postgres as servers
from tests.postgres import Postgres

# SQLite waits for the disk at each commit: in memory it need not, where there is room and programs may start from there.
MEMORY = Path("/dev/shm")  # noqa: S108 # a folder in it is made as in any other folder for temporary files
if "TMPDIR" not in os.environ and MEMORY.is_dir():
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize > 2**31 and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for already

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
    databases.migrated(postgres_server.url(name))
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
