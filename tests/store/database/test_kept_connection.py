"""Prove that the tests' own server serves on when it was in trouble: else all that come later would fail with one."""

import os
import signal
import time

import psycopg
import pytest

from tests.postgres import Postgres

KEPT = "SELECT pid FROM pg_stat_activity WHERE datname = 'postgres' AND query LIKE 'DROP DATABASE IF EXISTS%'"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])  # by name: Windows has but one of them
def test_a_broken_connection_is_renewed(postgres_server: Postgres, name: str) -> None:
    """Whether its process was told to end, or killed, at which the server ends all others and recovers."""
    postgres_server.drop(postgres_server.create())
    with psycopg.connect(postgres_server.url("postgres")) as connection:
        kept = connection.execute(KEPT).fetchall()
    assert len(kept) == 1
    os.kill(kept[0][0], signal.Signals[name])
    for _ in range(2):
        made = postgres_server.create()
        with psycopg.connect(postgres_server.url(made)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        postgres_server.drop(made)


def test_what_the_server_refuses_is_told_at_once(postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is whole, and no other would do better."""
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits"))
    with pytest.raises(psycopg.errors.ObjectInUse):
        postgres_server.drop("postgres")
