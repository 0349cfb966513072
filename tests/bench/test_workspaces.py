"""The bench of many workspaces: it counts what it says, asks from each of them, and judges by its aims."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench import table, workspaces, wrk
from bench.rounds import QUICK
from bench.servers import Cores
from bench.slack import contest, counted, installed, loads
from bench.workspaces import COLUMNS, Taken
from handlers.current_request import current_request
from store.database.access import Database

# Each workspace still asks a dozen times; of the figures nothing is asked but that they are there.
SHORT = replace(QUICK, throughput_seconds=0.2, latency_seconds=0.2)


@pytest.mark.long
@pytest.mark.skipif(not wrk.is_there(), reason=wrk.INSTALL)
def test_only_the_first_request_of_a_workspace_looks_anything_up(tmp_path: Path) -> None:
    """Both bots run; all figures are there."""
    with contest.prepared(tmp_path, Cores(None, None)) as found:
        rows = {row.label: row for row in workspaces.measured(found, SHORT, 20)}
    assert rows["statements, a workspace's first"].ours[0] >= 1
    assert rows["statements, all that follow"].verdict == "met"
    assert rows["calls of auth.test"].verdict == "met"
    assert rows["requests/s, 32 clients"].ratio > 0
    assert 0 < rows["of it to be fair, %"].ours[0] < 100


@pytest.mark.parametrize(("later", "asked", "verdicts"), [(0, 0, []), (1, 0, ["statements"]), (0, 2, ["calls"])])
def test_one_look_too_many_is_a_miss(later: int, asked: int, verdicts: list[str]) -> None:
    """Of statements and of calls each."""
    taken = Taken(10, first=20, later=later, asked=asked)
    for samples in (taken.many, taken.one):
        samples.rate, samples.cpu, samples.p50, samples.p99 = [1.0], [1.0], [1.0], [1.0]
    missed = [row.label.partition(",")[0].partition(" ")[0] for row in taken.rows() if row.verdict == "missed"]
    assert missed == verdicts
    assert re.search(r"a workspace's first +2\.00", table.drawn(taken.rows(), COLUMNS))


def test_each_workspace_asks_with_its_own_id() -> None:
    """Signed like the first, and the same otherwise."""
    load = loads.spread(loads.command("risks", "http://x/"), ["T0000001", "T0000002"])
    first, second = load.messages(1, 1_795_000_000)
    assert first == load.message(1, 1_795_000_000)
    assert b"team_id=T0000001" in first
    assert b"team_id=T0000002" in second
    assert b"T0POCKET" not in first + second


async def test_statements_are_counted_by_who_asked(tmp_path: Path) -> None:
    """A file tells them from outside; what starts a transaction is none."""
    file = tmp_path / "counts"
    stop = counted.count(file)
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    await installed.fill(f"sqlite:///{tmp_path}/bot.db", 1)
    before = counted.Statements.read(file)
    assert before.of_requests == 0 < before.of_others
    token = current_request.set("r1")
    async with database.read() as connection:
        await connection.exec_driver_sql("SELECT 1")
    current_request.reset(token)
    stop()
    await database.close()
    after = counted.Statements.read(file)
    assert after.of_requests > 0
    assert after.of_others == before.of_others
