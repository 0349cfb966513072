"""Copy an SQLite file while it is in use."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from store import facts
from store.database.backend import UnusableError
from store.database.sqlite_words import OWN_ENDINGS, OWN_NAME, in_words

HAS_NOTES = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'note'"
# A copy of a restored copy that nobody looked through is as old as the first.
NOTE = "INSERT INTO note (name, value, at) VALUES (:name, '', :at) ON CONFLICT DO NOTHING"


def existing(path: Path) -> sqlite3.Connection:
    """Open a file that is there: one that vanished must fail, not be created empty."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def back_up(source: Path, target: Path, now: datetime) -> bool:
    """Copy through SQLite's online backup; gives whether the copy could note that it is one, made at `now`."""
    if not source.is_file():
        raise UnusableError(f"There is no database at {source} to copy.")
    if target.name.endswith(OWN_ENDINGS):
        raise UnusableError(OWN_NAME.format(path=target))
    try:
        target.open("xb").close()  # SQLite has it open nowhere: it is new
    except FileExistsError as error:
        raise UnusableError(f"{target} exists already: a backup never overwrites. Name a new file.") from error
    except OSError as error:
        raise UnusableError(f"{target} can't be written: {error.strerror}.") from error
    try:
        with (
            in_words(source),
            closing(existing(source)) as original,
            closing(sqlite3.connect(target, isolation_level=None)) as made,
        ):
            original.backup(made)
            has_notes = made.execute(HAS_NOTES).fetchone() is not None
            if has_notes:
                made.execute(NOTE, {"name": facts.BACKUP, "at": now.timestamp()})
            return has_notes
    except BaseException:
        target.unlink()
        raise
