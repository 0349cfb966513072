"""`migrate`, `backup`, and how every command treats the database."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.program import run, run_forked, typed
from tests.cli.test_tips_command import turn_on


async def test_three_migrations_at_once(tmp_path: Path) -> None:
    """Three processes may start on a new file: one migrates, the others wait, and none fails; later ones do nothing."""
    at_once = await asyncio.gather(*(run_forked(tmp_path, "migrate") for _ in range(3)))
    assert [(ended.code, ended.err) for ended in at_once] == [(0, "")] * 3
    assert sorted(ended.out for ended in at_once) == [
        "Migrated.\n",
        "The database is up to date.\n",
        "The database is up to date.\n",
    ]
    later = await run(tmp_path, "migrate")
    assert (later.code, later.out, later.err) == (0, "The database is up to date.\n", "")


def test_a_backup_opens_and_has_the_rows(tmp_path: Path) -> None:
    """The copy is a whole database; one that exists is never overwritten."""
    turn_on(tmp_path)
    ended = typed(tmp_path, "backup", "copy.db")
    assert (ended.code, ended.out) == (0, "The database is in copy.db.\n")
    again = typed(tmp_path, "backup", "copy.db")
    assert (again.code, again.out) == (1, "")
    assert "exists already: a backup never overwrites" in again.err
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT conversation, state FROM subscription").fetchall() == [("C024BE91L", "on")]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    restored = typed(tmp_path, "tips", "list", "--json", DATABASE_URL=f"sqlite:///{tmp_path / 'copy.db'}")
    assert "C024BE91L" in restored.out


def test_a_backup_of_nothing(tmp_path: Path) -> None:
    """Where there is no database there is no copy, and no empty file that looks like one."""
    ended = typed(tmp_path, "backup", "copy.db")
    assert ended.code == 1
    assert "There is no database at" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_auto_migrate_off_refuses_in_words(tmp_path: Path) -> None:
    """A command that needs the database says what to run, changes nothing, and works once that was done."""
    refused = typed(tmp_path, "tips", "list", AUTO_MIGRATE="off")
    assert (refused.code, refused.out) == (1, "")
    assert "AUTO_MIGRATE=off: run `python -m bot migrate`" in refused.err
    assert typed(tmp_path, "migrate", AUTO_MIGRATE="off").out == "Migrated.\n"
    assert typed(tmp_path, "tips", "list", AUTO_MIGRATE="off").code == 0


def test_a_database_in_a_missing_folder(tmp_path: Path) -> None:
    """A wrong path is said as such, not as SQLite's "unable to open database file"."""
    missing = f"sqlite:///{tmp_path / 'nowhere' / 'bot.db'}"
    for words in (("tips", "list"), ("migrate",), ("backup", "copy.db")):
        ended = typed(tmp_path, *words, DATABASE_URL=missing)
        assert ended.code == 1
        assert str(tmp_path / "nowhere") in ended.err
        assert "Traceback" not in ended.err
    assert "does not exist: create it, or name another" in typed(tmp_path, "migrate", DATABASE_URL=missing).err


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of another kind is left as it is."""
    (tmp_path / "bot.db").write_text("PM Compare, my notes")
    ended = typed(tmp_path, "migrate")
    assert ended.code == 1
    assert "is not a database" in ended.err
    assert (tmp_path / "bot.db").read_text() == "PM Compare, my notes"
