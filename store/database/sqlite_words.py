"""Put into sentences what can be wrong with an SQLite file."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from store.database.backend import UnusableError

OWN_ENDINGS = ("-wal", "-shm", "-journal")  # of the files that SQLite keeps beside a database
OWN_NAME = "{path} is named like a file that SQLite itself keeps beside a database: choose another name."
NO_FOLDER = "The folder {folder} of the database does not exist: create it, or name another."
NOT_A_DATABASE = "{path} is not a database, or it is damaged: name another, or restore a backup."
IN_USE = "Another file took the place of the database {path} while the old one was being read. Trying again may work."
_LOCKED = "The database {path} is locked by another program for too long: close what else has it open."
_SENTENCES = (
    ("unable to open database", "The database {path} can't be opened: may this user read and write there?"),
    ("readonly database", "The database {path} can't be written: give this user write access to it and its folder."),
    ("not a database|malformed", NOT_A_DATABASE),
    ("disk is full", "The disk of the database {path} is full: make room."),
    ("disk I/O error", "The disk of the database {path} failed: check the disk, then restore a backup if need be."),
    ("is locked", _LOCKED),
    ("no such (table|column)", "The database {path} is empty or from an older version: run `python -m bot migrate`."),
    (
        "moved to another",
        "The database {path} was moved to another: stop this bot, and set DATABASE_URL to the new one.",
    ),
)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise UnusableError, in a sentence about the file, for what SQLite says of it."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not path.absolute().parent.is_dir():
            raise UnusableError(NO_FOLDER.format(folder=path.absolute().parent)) from error
        for pattern, sentence in _SENTENCES:
            if re.search(pattern, str(cause)):
                raise UnusableError(sentence.format(path=path)) from error
        raise
