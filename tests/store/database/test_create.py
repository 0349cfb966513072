"""A new database, made at once, beside one that every migration was run on: nobody could tell them apart."""

import asyncio
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from store.columns import metadata
from store.database import sqlite
from store.database.access import Database, UnusableError
from tests import databases, ready
from tests.postgres import Postgres
from tests.store.conftest import BOTH

KILLED = """
import asyncio, os, signal, sys
from sqlalchemy import Engine, event

made = 0

@event.listens_for(Engine, "after_cursor_execute")
def count(_connection, _cursor, statement, *_):
    global made
    made += statement.lstrip().startswith(("CREATE", "INSERT"))
    if made == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    database = Database(sys.argv[1])
    await database.migrate()
    await database.close()
asyncio.run(main())
"""


def told(address: str, postgres_server: Postgres | None) -> list[list[str]]:
    """Give all that a database says of itself, rows included: statements as a copy has them, columns in any order."""
    if postgres_server is None:
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
            statements = [*connection.iterdump()]
    else:
        words = [str(postgres_server.program / "pg_dump"), "--inserts", "--dbname", address]
        dump = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603 # our own words
        lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\"))]  # a \restrict has a key
        statements = re.split(r";\n", "\n".join(lines))
    return sorted(sorted(_definitions(each)) for each in statements)


def _definitions(statement: str) -> list[str]:
    """Take a statement apart at the commas that stand in its outermost parentheses alone."""
    depth, found = 0, [""]
    for piece in re.split(r"([(),])", " ".join(statement.split())):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if (piece, depth) in {("(", 1), (",", 1), (")", 0)}:
            found.append("")
        else:
            found[-1] += piece
    return [each.strip() for each in found]


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """Give the PostgreSQL server, or None where the database is a file."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_server")


@pytest.fixture
def empty(server: Postgres | None, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database without tables."""
    return f"sqlite:///{tmp_path}/bot.db" if server is None else str(request.getfixturevalue("postgres"))


def test_made_at_once_is_the_same_as_migrated(empty: str, server: Postgres | None, tmp_path: Path) -> None:
    """Tables, columns, types, defaults, keys, checks, indexes and their conditions, rows: all that a dump has."""
    other = f"sqlite:///{tmp_path}/other.db" if server is None else server.url(server.create())
    databases.migrated(empty)
    databases.at(other, "0001")
    databases.migrated(other)
    made, migrated = told(empty, server), told(other, server)
    assert made == migrated
    indexes = [words for statement in made for words in statement if "INDEX" in words]
    assert len(indexes) == sum(len(table.indexes) for table in metadata.tables.values()) - (server is None)
    if server is not None:
        server.drop(make_url(other).database or "")


async def test_where_all_migrations_were_taken_back_everything_is_made_again(empty: str) -> None:
    """Alembic leaves its own table, with nothing in it."""
    databases.at(empty, "head")
    databases.at(empty, "base")
    database = Database(empty)
    assert await database.migrate()
    assert await database.is_current()
    await database.close()


async def test_other_peoples_tables_are_left_alone(empty: str, server: Postgres | None) -> None:
    """Beside ours they may stay; where one has a name that we need, nothing is made at all."""
    database = Database(empty)
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE vote (theirs INTEGER)"))
        await connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    before = told(empty, server)
    with pytest.raises(DBAPIError, match="vote"):
        await database.migrate()
    assert told(empty, server) == before
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE vote"))
    assert await database.migrate()
    assert await database.is_current()
    await database.close()


async def test_a_kill_leaves_nothing_or_all(empty: str, server: Postgres | None) -> None:
    """It is one transaction, whatever it has come to."""
    before = told(empty, server)
    last = 2 + sum(1 + len(table.indexes) for table in metadata.tables.values()) - (server is None)
    for statement in (last // 2, last):
        killed = await asyncio.to_thread(ready.ended, ready.DATABASES, KILLED, empty, str(statement))
        assert killed.returncode == -9, killed.stderr
        assert told(empty, server) == before
    database = Database(empty)
    assert await database.migrate()
    await database.close()


async def test_a_new_file_that_another_program_is_switching_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself refuses at once there: two that started together on a new file, and one did not come up."""
    tried: asyncio.Queue[bool] = asyncio.Queue()
    switched = sqlite._switched  # noqa: SLF001 # what it says is all that can be seen of the wait

    async def told(driver: object) -> bool:
        is_done = await switched(driver)
        tried.put_nowait(is_done)
        return is_done

    monkeypatch.setattr(sqlite, "_switched", told)
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        migrating = asyncio.create_task(database.migrate())
        assert not await tried.get()
        assert not await tried.get()
    assert await migrating
    assert await database.is_current()
    await database.close()


async def test_a_new_file_that_stays_locked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer for it than for any other lock."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnusableError, match="is locked by another program for too long"):
            await database.migrate()
    await database.close()
