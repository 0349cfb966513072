"""The database on a server: locks between processes, a server that goes away, its backups, and its words."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from store import facts, locking
from store.database.access import Database, UnusableError
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries
from store.due_subscriptions import DueSubscriptions
from store.facts import Facts
from store.posts import Posts
from store.subscriptions import Subscriptions
from tests import postgres as servers
from tests.postgres import Postgres
from tests.store import rows
from tests.store.rows import NOW

subscriptions, posts, deliveries = Subscriptions(), Posts(), Deliveries()
due_subscriptions, queue = DueSubscriptions(), Queue()


@pytest.fixture
async def peer(migrated_postgres: str) -> AsyncIterator[Database]:
    """Give the same database as `server`, as another process has it open."""
    database = Database(migrated_postgres)
    yield database
    await database.close()


async def test_rows_that_one_process_plans_or_leases_another_passes_over(server: Database, peer: Database) -> None:
    """Nobody waits for what is taken already, and nobody takes it twice."""
    async with server.write() as connection:
        await subscriptions.insert_many(connection, [rows.subscription("C1"), rows.subscription("C2")])
        await deliveries.insert_missing(connection, [rows.delivery("a"), rows.delivery("b")])
    async with server.write() as mine, peer.write() as theirs:
        (planned,) = await due_subscriptions.due(mine, NOW, 1)
        (leased,) = await queue.due(mine, NOW, 1)
        (others_planned,) = await due_subscriptions.due(theirs, NOW, 10)
        (others_leased,) = await queue.due(theirs, NOW, 10)
        assert planned.id != others_planned.id
        assert leased.id != others_leased.id
        assert await queue.overdue_leases(theirs, NOW) == ()
    async with server.read() as connection:  # reading locks nothing, and waits for nothing
        assert len(await due_subscriptions.due(connection, NOW, 10)) == 2


async def test_who_finds_no_row_keeps_others_from_making_it(server: Database, peer: Database) -> None:
    """Two people who turn tips on in one channel at the same moment end with one row, and neither with an error."""

    async def turn_on(through: Database) -> None:
        async with through.write() as connection:
            if await subscriptions.find(connection, "slack", "T1", "C1") is None:
                await subscriptions.insert(connection, rows.subscription("C1"))

    await asyncio.gather(*(turn_on(through) for through in (server, peer) * 5))
    async with server.read() as connection:
        assert len(await subscriptions.every(connection)) == 1


async def test_steering_and_settling_an_introduction_do_not_wait_for_each_other(
    server: Database, peer: Database
) -> None:
    """Both take the introduction before its subscription, so one waits and none is given up."""
    standing = rows.subscription("C1", state="starting", next_run_at=None)
    introduction = rows.delivery("introduction", kind="introduction", subscription_id=standing.id)
    async with server.write() as connection:
        await subscriptions.insert(connection, standing)
        await deliveries.insert_missing(connection, [introduction])

    async def steer() -> None:
        async with server.write() as connection:
            assert await subscriptions.by_id(connection, standing.id)
            await deliveries.withdraw_introductions(connection, standing.id, "off")

    async def settle() -> None:
        async with peer.write() as connection:
            await queue.leases(connection, [introduction.id])
            await subscriptions.by_ids(connection, [standing.id])

    await asyncio.gather(*(work() for work in (steer, settle) * 10))


async def test_pausing_one_workspace_from_two_processes(server: Database, peer: Database) -> None:
    """Each has a row of it in hand and wants all of them: they go one after the other."""
    one, two, other = rows.subscription("C1"), rows.subscription("C2"), rows.subscription("C1", workspace="T2")
    async with server.write() as connection:
        await subscriptions.insert_many(connection, [one, two, other])

    async def pause(through: Database, subscription_id: str) -> None:
        async with through.write() as connection:
            await subscriptions.hold(connection, [subscription_id], {("slack", "T1")})
            await subscriptions.by_ids(connection, [subscription_id])
            await subscriptions.pause_workspace(connection, "slack", "T1", "token_revoked")

    await asyncio.gather(*(pause(server, two.id) for _ in range(5)), *(pause(peer, one.id) for _ in range(5)))
    async with server.read() as connection:
        standing = {row.id: (row.state, row.reason) for row in await subscriptions.every(connection)}
    assert standing == {**dict.fromkeys((one.id, two.id), ("paused", "token_revoked")), other.id: ("on", "")}


async def test_what_is_answered_is_not_deleted_meanwhile(server: Database, peer: Database) -> None:
    """A post stands from the moment its answer is written, until that is committed."""
    async with server.write() as connection:
        await posts.remember(connection, [rows.post()])
    async with server.write() as connection:
        found = await posts.find(connection, "slack", "T1", "C1", "1.0")
        assert found is not None
        await deliveries.insert_missing(connection, [rows.delivery(post_id=found.id)])
        async with peer.write() as other:
            await posts.bury(other, [found.id])  # changes go on
        with pytest.raises(UnusableError, match="is busy"):  # noqa: PT012 # it has to leave the transaction
            async with peer.write() as other:
                await other.execute(text("SET LOCAL lock_timeout = '10ms'"))
                await posts.forget(other, [found.id])


async def test_buckets_with_work(server: Database) -> None:
    """Only rows that may be tried now count, and each bucket's are found by themselves."""
    early, late = rows.delivery("a", workspace="T1"), rows.delivery("b", workspace="T2")
    waiting = rows.delivery("c", workspace="T3", not_before=NOW.replace(year=2027))
    async with server.write() as connection:
        await deliveries.insert_missing(connection, [early, late, waiting])
        assert await queue.planned_buckets(connection, NOW) == tuple(sorted({early.bucket, late.bucket}))
        assert await queue.due(connection, NOW, 10, [late.bucket]) == (late,)
        assert await queue.due(connection, NOW, 10, []) == ()


async def test_one_bucket_is_found_by_its_index(server: Database) -> None:
    """However many rows are due, a worker looks at the planned ones of its bucket alone."""
    async with server.write() as connection:
        many = [rows.delivery(f"{number}", workspace=f"T{number}") for number in range(5000)]
        await deliveries.insert_missing(connection, many)
    async with server.write() as connection:
        await connection.execute(text("ANALYZE delivery"))
        plan = await connection.execute(
            text(
                "EXPLAIN SELECT * FROM delivery WHERE state = 'planned' AND bucket = 3 AND not_before <= 2e9 "
                "ORDER BY not_before LIMIT 64"
            )
        )
        assert "ix_delivery_planned_bucket" in "".join(row[0] for row in plan)


async def test_a_server_that_is_gone_for_a_while() -> None:
    """While it is down every transaction says so; once it is back the first one works, on the old connections' pool."""
    try:
        running = servers.running()
        own = running.__enter__()  # its own: others need theirs meanwhile
    except Exception as error:  # noqa: BLE001 # as in tests/conftest.py
        pytest.skip(f"PostgreSQL does not run here: {error}")
    try:
        database = Database(own.url(own.create()))
        await database.migrate()
        async with database.write() as connection:
            await subscriptions.insert(connection, rows.subscription())
        own.stop()
        for transaction in (database.read, database.write):
            with pytest.raises(UnusableError, match="does not answer"):
                async with transaction() as connection:
                    await connection.execute(text("SELECT 1"))
        with pytest.raises(UnusableError, match="does not answer"):
            await database.is_current()
        own.start()
        async with database.read() as connection:
            assert len(await subscriptions.every(connection)) == 1
        with pytest.raises(UnusableError, match="does not answer"):  # noqa: PT012 # it has to leave the transaction
            async with database.write() as connection:
                await connection.execute(text("SELECT 1"))
                own.stop()
                await subscriptions.insert(connection, rows.subscription("C2"))
        own.start()
        assert await database.is_current()
        await database.close()
    finally:
        running.__exit__(None, None, None)


async def test_faults_have_words(server: Database, postgres_server: Postgres, migrated_postgres: str) -> None:
    """Whatever the server refuses is said in a sentence, in which no address and no password stands."""
    name = make_url(migrated_postgres).database
    assert name
    with pytest.raises(UnusableError, match="can't be written: it is read-only"):
        async with server.read() as connection:
            await subscriptions.insert(connection, rows.subscription())
    with pytest.raises(UnusableError, match="cancelled what we asked"):  # noqa: PT012 # as above
        async with server.write() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 1"))
            await connection.execute(text("SELECT pg_sleep(1)"))
    for code, words in (("53100", "is full"), ("57P01", "does not answer"), ("42501", "all rights"), ("40P01", "busy")):
        with pytest.raises(UnusableError, match=words):
            async with server.write() as connection:
                await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '{code}'; END $$"))
    with pytest.raises(UnusableError, match="no database of the name"):
        await Database(migrated_postgres.replace(name, "secret")).is_current()
    with pytest.raises(UnusableError, match="refuses the name or the password"):
        await Database(migrated_postgres.replace("postgres:", "secret:", 1)).is_current()
    with pytest.raises(UnusableError, match="has an option that PostgreSQL does not know"):
        await Database(f"{migrated_postgres}&secret=1").is_current()
    with pytest.raises(UnusableError, match="does not answer") as caught:
        await Database("postgresql://user:secret@127.0.0.1:1/secret").is_current()
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    postgres_server.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
    postgres_server.execute("DROP ROLE IF EXISTS guest")
    postgres_server.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(UnusableError, match="no connection left"):
        await Database(migrated_postgres.replace("postgres:", "guest:", 1)).is_current()


async def test_other_errors_are_not_hidden(server: Database) -> None:
    """A fault of ours stays an error that names itself."""
    with pytest.raises(Exception, match="division by zero"):
        async with server.read() as connection:
            await connection.execute(text("SELECT 1 / 0"))


async def test_more_transactions_than_connections(server: Database) -> None:
    """They wait for each other, and all end well."""

    async def one(number: int) -> tuple[int, int]:
        async with server.read() as connection:
            slept = text("SELECT CAST(:number AS int), pg_backend_pid() FROM (SELECT pg_sleep(0.01)) AS slept")
            answered, backend = (await connection.execute(slept, {"number": number})).one()
            return answered, backend

    answers = await asyncio.gather(*(one(number) for number in range(50)))
    assert [answered for answered, _ in answers] == list(range(50))
    assert 1 < len({backend for _, backend in answers}) < 50


async def test_a_writer_that_must_be_alone(server: Database, peer: Database) -> None:
    """Others read on; who writes or holds rows waits."""
    async with server.write() as connection:
        await locking.alone(connection)
        async with peer.read() as other:
            assert await subscriptions.every(other) == ()
        with pytest.raises(UnusableError, match="is busy"):  # noqa: PT012 # as above
            async with peer.write() as other:
                await other.execute(text("SET LOCAL lock_timeout = '10ms'"))
                await queue.due(other, NOW, 1)


async def test_a_backup_restores_with_psql_and_knows_when_it_was_made(
    server: Database,
    postgres_server: Postgres,
    postgres: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """pg_dump's own SQL, with the note at its end; an existing file is left alone, and half a file never remains."""
    monkeypatch.setenv("PATH", str(postgres_server.program))
    standing = rows.subscription()
    async with server.write() as connection:
        await subscriptions.insert(connection, standing)
    copy = tmp_path / "copy.sql"
    assert await server.backup(copy, NOW)
    with pytest.raises(UnusableError, match="exists already"):
        await server.backup(copy, NOW)
    with pytest.raises(UnusableError, match="can't be written"):
        await server.backup(tmp_path / "missing" / "copy.sql", NOW)
    psql = [str(postgres_server.program / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(copy), postgres]
    await asyncio.to_thread(subprocess.run, psql, check=True, stdout=subprocess.DEVNULL)
    restored = Database(postgres)
    assert await restored.is_current()
    async with restored.read() as connection:
        assert await subscriptions.every(connection) == (standing,)
        assert (await Facts().every(connection))[facts.BACKUP].at == NOW
    await restored.close()
    async with server.read() as connection:
        assert facts.BACKUP not in await Facts().every(connection)


async def test_a_backup_without_pg_dump_says_what_to_do(
    server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the program is not there, or fails, the sentence names it and nothing is left behind."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnusableError, match="needs its program pg_dump"):
        await server.backup(tmp_path / "copy.sql", NOW)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'aborting because of server version mismatch' >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    with pytest.raises(UnusableError, match="it is older than the server"):
        await server.backup(tmp_path / "copy.sql", NOW)
    assert not (tmp_path / "copy.sql").exists()


async def test_the_driver_is_psycopgs_own(server: Database) -> None:
    """Procrastinate joins our transactions through it."""
    async with server.write() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
