"""Opening a file leaves nothing behind where it fails, or where whoever wanted it has stopped."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from store.database import sqlite_steps
from store.database.backend import UnusableError

PATIENCE = 10  # seconds


def sound() -> None:
    """Find nothing wrong with a file."""


def ended(before: set[threading.Thread]) -> bool:
    """Say whether all threads that have begun since then come to their end."""
    begun = set(threading.enumerate()) - before
    for thread in begun:
        thread.join(PATIENCE)
    return not any(thread.is_alive() for thread in begun)


async def test_whoever_stops_meanwhile_waits_until_it_is_closed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the thread would tell a loop that has ended, and the file would stay open."""
    before, connect = set(threading.enumerate()), sqlite3.connect
    asked, goes_on, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()
    opened: list[sqlite3.Connection] = []

    def slow(*args: Any, **kwargs: Any) -> sqlite3.Connection:  # noqa: ANN401 # as sqlite3 takes them
        loop.call_soon_threadsafe(asked.set)
        assert goes_on.wait(PATIENCE)
        opened.append(connect(*args, **kwargs))
        return opened[0]

    monkeypatch.setattr(sqlite3, "connect", slow)
    opening = asyncio.create_task(sqlite_steps.opened(str(tmp_path / "bot.db"), sound, ("PRAGMA foreign_keys = ON",)))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    for _ in range(3):  # and whoever is told again
        opening.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not opening.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    assert ended(before)


async def test_its_thread_ends_where_it_fails(tmp_path: Path) -> None:
    """SQLite's own error comes, when the thread has nothing more to tell."""
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        await sqlite_steps.opened(str(tmp_path / "no folder" / "bot.db"), sound, ())
    assert ended(before)


async def test_what_is_not_to_be_used_is_closed_unread(tmp_path: Path) -> None:
    """The file is open when it is looked at, and what is wrong with it comes as it was said."""
    before, path = set(threading.enumerate()), tmp_path / "bot.db"

    def check() -> None:
        assert path.exists()
        raise UnusableError("another one")

    with pytest.raises(UnusableError, match="another one"):
        await sqlite_steps.opened(str(path), check, ("PRAGMA journal_mode = WAL",))
    assert path.stat().st_size == 0
    assert ended(before)
