"""Serve the database from PostgreSQL."""

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from store import facts
from store.database.backend import ConflictError, HeldError, Kind, UnusableError
from store.database.connection import AsyncConnection, close_all, create_async_engine

BUSY_SECONDS = 2.5  # how long a statement waits for a row that another transaction holds; Slack waits for 3
_CONNECTIONS = 10  # at most; a small server gives twenty to all its clients
_WRITERS = 7  # of them, for transactions that write
_TRUSTED_SECONDS = 5.0  # how long a connection may rest before it is tried
_POOL_SECONDS = 10.0  # how long a transaction waits for one of them
_ADVISORY_LOCK = 7_290_631_507  # ours alone, by being arbitrary: whoever holds it changes the tables

# libpq's: a server that is gone is noticed within seconds, between statements and during them.
_CONNECT = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "pm-compare",
}
# A process that was cut off holds its rows for a minute at most; commits survive a power cut, whatever the default is;
# and locked rows are for READ COMMITTED, whatever the default is.
_SESSION = f"""
SELECT set_config('lock_timeout', '{int(BUSY_SECONDS * 1000)}', false),
       set_config('idle_in_transaction_session_timeout', '60000', false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                  ELSE current_setting('synchronous_commit') END, false)
"""


class PostgresBackend:
    """A database on a PostgreSQL server, through psycopg; see `Database`."""

    kind: Kind = "postgresql"
    path: Path | None = None

    def __init__(self, url: URL) -> None:
        if not url.database:
            raise UnusableError("DATABASE_URL names no database: write postgresql://user@host/name.")
        url = url.set(drivername="postgresql+psycopg")
        self._url = url.update_query_dict({name: value for name, value in _CONNECT.items() if name not in url.query})
        engine = create_async_engine(
            self._url,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            use_native_hstore=False,  # would be asked for at the start; we have none
            hide_parameters=True,  # a fault must not show in the log what people typed
        )
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "checkout", partial(_try_rested, engine.dialect.do_ping))
        event.listen(engine.sync_engine, "checkin", _note_rest)
        self._engine = engine
        # However many wait for the same row, each with a connection in hand, some are left for who only reads.
        self._writing = asyncio.Semaphore(_WRITERS)
        # READ COMMITTED with locked rows: whoever waited for a row goes on with what the other wrote. Stricter levels
        # would refuse it and want the whole transaction done again.
        self._writer = engine.execution_options(writes=True)
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one moment of the database and changes nothing."""
        with _in_words():
            async with self._reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self, *, many: bool = False) -> AsyncIterator[AsyncConnection]:  # noqa: ARG002 # the server has its own memory
        """Open a transaction that may write; any number run at once, and the rows they read are locked."""
        try:
            async with asyncio.timeout(_POOL_SECONDS):
                await self._writing.acquire()
        except TimeoutError as error:
            raise UnusableError(_CROWDED) from error
        try:
            with _in_words():
                async with self._writer.begin() as connection:
                    yield connection
        finally:
            self._writing.release()

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may change the tables; others wait here, as long as it takes."""
        async with self.write() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            yield connection

    async def prepare(self) -> None:
        """Do nothing: a server is ready when it answers."""

    def inspect(self) -> None:
        """Find no fault: nothing of a server can be seen without a connection."""

    async def backup(self, target: Path, now: datetime) -> bool:
        """Copy the database through pg_dump, as SQL; gives whether the copy could note when it was made."""
        program = shutil.which("pg_dump")
        if program is None:
            raise UnusableError(
                "A backup of PostgreSQL needs its program pg_dump, which is not installed here: install the PostgreSQL "
                "client, or run pg_dump where it is. After restoring such a copy, run `python -m bot restored --since` "
                "with the moment it was made."
            )
        async with self.read() as connection:
            schema = await connection.scalar(text("SELECT current_schema()"))
            has_notes = await connection.scalar(text("SELECT to_regclass('note') IS NOT NULL"))
        await self._dump(program, target)
        if has_notes:
            note = _NOTE.format(schema=schema.replace('"', '""'), name=facts.BACKUP, at=now.timestamp())
            await asyncio.to_thread(_append, target, note)
        return bool(has_notes)

    async def _dump(self, program: str, target: Path) -> None:
        try:
            file = target.open("xb")
        except FileExistsError as error:
            raise UnusableError(f"{target} exists already: a backup never overwrites. Name a new file.") from error
        except OSError as error:
            raise UnusableError(f"{target} can't be written: {error.strerror}.") from error
        try:
            with file:
                dump = await asyncio.create_subprocess_exec(
                    program, "--no-password", stdout=file, stderr=asyncio.subprocess.PIPE, env=_environment(self._url)
                )
                _, errors = await dump.communicate()
            if dump.returncode:
                # Its own words may hold the address.
                reason = "it is older than the server" if b"version mismatch" in errors else "run it by hand to see why"
                raise UnusableError(f"pg_dump could not copy the database: {reason}.")  # noqa: TRY301 # removed below, like whatever else goes wrong
        except BaseException:
            await asyncio.to_thread(target.unlink)
            raise

    async def close(self) -> None:
        """Close all connections, those in use when they come back."""
        await close_all(self._engine)


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 # SQLAlchemy's adapter around psycopg has no public type
    cursor = connection.cursor()
    cursor.execute(_SESSION)
    cursor.close()
    connection.commit()


def _try_rested(ping: Callable[[Any], bool], connection: Any, record: Any, _: object) -> None:  # noqa: ANN401 # as above
    """Replace a connection that died while it rested: the first transaction after a restart of the server works.

    What the server said at its end lies here already, and is read before each transaction. That it went without a word
    only a round trip tells, which under load is a round of the event loop too: after a rest alone.
    """
    try:
        for _ in range(2):  # its last words, then the end itself; reads what is there, and never waits
            connection.driver_connection.pgconn.consume_input()
        if time.monotonic() - record.info.get("rested", 0.0) >= _TRUSTED_SECONDS:
            ping(connection)
    except psycopg.OperationalError as error:
        raise DisconnectionError from error  # the pool takes another


def _note_rest(_connection: object, record: Any) -> None:  # noqa: ANN401 # as above
    record.info["rested"] = time.monotonic()


def _environment(url: URL) -> Mapping[str, str]:
    """Give pg_dump its address where no list of processes shows it."""
    named = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    query = {f"PG{name.upper()}": value for name, value in url.query.items() if name in _IN_ENVIRONMENT}
    given = {**named, "PGDATABASE": url.database, **query}
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def _append(target: Path, words: str) -> None:
    with target.open("a", encoding="utf-8") as file:
        file.write(words)


_IN_ENVIRONMENT = ("host", "port", "user", "password", "sslmode", "sslcert", "sslkey", "sslrootcert", "options")
# A copy of a restored copy that nobody looked through is as old as the first.
_NOTE = """
INSERT INTO "{schema}".note (name, value, at) VALUES ('{name}', '', {at!r}) ON CONFLICT DO NOTHING;
"""
_GONE = "The PostgreSQL server does not answer: check that it runs, and that this machine may reach it."
_DENIED = "PostgreSQL refuses the name or the password in DATABASE_URL."
_NONE = "PostgreSQL has no database of the name in DATABASE_URL: create it."
_TOO_MANY = "PostgreSQL has no connection left for us: raise its max_connections, or run fewer processes."
_READ_ONLY = "The PostgreSQL database can't be written: it is read-only, perhaps a standby of the real one."
_OLD = "The PostgreSQL database is empty or from an older version: run `python -m bot migrate`."
_BUSY = "The PostgreSQL database is busy: a row we need was locked for too long. Trying again may work."
_RIGHTS = "PostgreSQL does not let this user do that: give it all rights on its own database and schema."
_MOVED = "This database was moved to another: stop this bot, and set DATABASE_URL to the new one."
_CROWDED = "Too much is going on at once for our connections to PostgreSQL: try again."
# A serialization failure, a deadlock, a lock that was not given: these are about the rows of one transaction.
_OF_ROWS = {"40001": ConflictError, "40P01": ConflictError, "55P03": HeldError}
# https://www.postgresql.org/docs/current/errcodes-appendix.html; a prefix stands for its class.
_BY_CODE = {
    "28": _DENIED,
    "3D": _NONE,
    "53300": _TOO_MANY,
    "25006": _READ_ONLY,
    "53100": "The disk of the PostgreSQL server is full: make room.",
    "53200": "The PostgreSQL server is out of memory.",
    "57014": "PostgreSQL cancelled what we asked: it took longer than its statement_timeout, or somebody stopped it.",
    "25P03": "PostgreSQL ended our transaction, which stood still for too long. Trying again may work.",
    "55P03": _BUSY,
    "40": _BUSY,
    "42P01": _OLD,
    "42703": _OLD,
    "42501": _RIGHTS,
    "PM001": _MOVED,
    "58": "The disk of the PostgreSQL server failed: check it, then restore a backup if need be.",
    "XX001": "The PostgreSQL database is damaged: restore a backup.",
    "XX002": "The PostgreSQL database is damaged: restore a backup.",
    "57P": _GONE,
    "08": _GONE,
}
# A connection that was never made has no code, only words.
_BY_WORDS = (
    ("authentication failed|no password supplied|pg_hba.conf|role .* does not exist", _DENIED),
    ("database .* does not exist", _NONE),
    ("too many clients|too many connections|connection slots", _TOO_MANY),
    (
        "invalid connection option|invalid .* value|unrecognized",
        "DATABASE_URL has an option that PostgreSQL does not know.",
    ),
    ("resolve|translate host name|not known", "The PostgreSQL server's name in DATABASE_URL can't be found."),
)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise UnusableError(_CROWDED) from error
    except DBAPIError as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        kind = _OF_ROWS.get(getattr(error.orig, "sqlstate", None) or "", UnusableError)
        # Not `from error`: its words may hold the address.
        raise kind(sentence) from None


def _sentence(error: DBAPIError) -> str | None:
    code = getattr(error.orig, "sqlstate", None)
    if code:
        known = (code[:length] for length in (5, 3, 2))
        return next((_BY_CODE[prefix] for prefix in known if prefix in _BY_CODE), None)
    is_cut = isinstance(error, OperationalError)
    known = (sentence for pattern, sentence in _BY_WORDS if re.search(pattern, str(error.orig)))
    return next(known, _GONE if is_cut else None)
