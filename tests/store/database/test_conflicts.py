"""Prove that what people ask for is not lost to others on the same PostgreSQL, nor to connections that were cut."""

import ast
import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database.access import ConflictError, Database, UnusableError, tried_again
from store.subscriptions import Subscriptions
from tests.store import rows

HANDLERS = Path(__file__).resolve().parents[3] / "handlers"


CUT = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


async def test_a_conflict_is_tried_again_and_nothing_else() -> None:
    """Until it goes well; whatever else keeps a database from being used is said at once."""
    endings: list[Exception | None] = [ConflictError("busy"), ConflictError("busy"), None]

    @tried_again
    async def act(word: str) -> str:
        ending = endings.pop(0)
        if ending is not None:
            raise ending
        return word

    assert await act("done") == "done"
    assert endings == []
    endings = [UnusableError("gone"), None]
    with pytest.raises(UnusableError, match="gone"):
        await act("done")
    assert endings == [None]


async def test_a_conflict_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before whoever asked has been waiting for longer than their platform does, which is 3 s on Slack."""
    tries, loop = 0, asyncio.get_running_loop()
    slept: list[float] = []
    began = now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now)

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    @tried_again
    async def act() -> None:
        nonlocal tries, now
        tries += 1
        now += 0.01
        raise ConflictError("busy")

    with pytest.raises(ConflictError):
        await act()
    assert now - began < 3
    assert 4 < tries < 20  # and whoever holds it is not asked without a pause
    assert slept[0] == 0 < slept[1]
    longest = max(slept)
    assert all(later == min(2 * one, longest) for one, later in pairwise(slept[1:]))
    assert slept.count(longest) > 1


def test_every_handler_that_writes_is_tried_again() -> None:
    """A walk over the handlers: a function that opens a transaction to write bears the mark."""
    found, unmarked = 0, []
    for path in sorted(HANDLERS.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef) and "database.write(" in ast.unparse(function):
                found += 1
                if "tried_again" not in [ast.unparse(mark) for mark in function.decorator_list]:
                    unmarked.append(f"{path.name}: {function.name}")
    assert unmarked == []
    assert found > 5


async def test_what_is_held_in_other_workspaces_is_left_alone(server: Database, migrated_postgres: str) -> None:
    """However many are held: whoever lets one workspace go on takes its rows, and no place in the server's memory."""
    held = [
        rows.subscription("C1", workspace=workspace, state="paused", reason="app_uninstalled")
        for workspace in ("T1", "T2", "T3")
    ]
    async with server.write() as connection:
        await Subscriptions().insert_many(connection, held)
    peer = Database(migrated_postgres)
    async with server.write() as connection:
        found = await Subscriptions().paused_because(connection, "slack", ("app_uninstalled",), "T1")
        assert found == (held[0],)
        turns = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert (await connection.execute(turns)).scalar() == 0
        async with peer.write() as other:
            await other.execute(text("SET LOCAL lock_timeout = '10ms'"))
            assert await Subscriptions().find(other, "slack", "T2", "C1") == held[1]
    await peer.close()


async def test_connections_that_were_cut_a_moment_ago_are_replaced(server: Database, migrated_postgres: str) -> None:
    """The server was started anew, or somebody ended our connections: the first transaction works all the same."""
    outside = Database(migrated_postgres)
    for transaction in (server.read, server.write) * 3:
        async with server.read() as one, server.read() as two, transaction() as three:
            for connection in (one, two, three):
                await connection.execute(text("SELECT 1"))
        async with outside.write() as connection:
            await connection.execute(text(CUT))
        async with transaction() as connection:
            assert await Subscriptions().every(connection) == ()
    await outside.close()
