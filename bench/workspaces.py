"""Measure what it costs that many workspaces installed the bot: `python -m bench.workspaces`.

The same question from each workspace, to a bot that serves all of them and to one that has a token, both in one
run; and whether anything is looked up for it: statements to the database, calls of `auth.test`. `python -m bench`
prints these figures too; docs/benchmarks.md says how to read them.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench import command, contest, rounds, servers, table, wrk
from bench.rounds import Measured, Plan, Samples
from bench.servers import Cores, running
from bench.slack import contest as slack_contest
from bench.slack import installed, loads
from bench.slack.contest import Contest
from bench.slack.counted import Statements
from bench.table import Aim, Row
from bench.wrk import BrokenError
from bot.web.fairness import Fairness

WORKSPACES = 1_000
COLUMNS = ("installed", "one token", "")
_LITTLE = Aim(3.0, is_least=False, unit="%")
_ASKED = 50_000
_AUTH_TEST = "/api/auth.test"


@dataclass(slots=True)
class Taken:
    """What a run showed; `first` and `later` count statements, of each workspace's first request and of all others.

    `sharing` is what it costs to share the bot between workspaces, in microseconds a request.
    """

    workspaces: int
    many: Samples = field(default_factory=Samples)
    one: Samples = field(default_factory=Samples)
    first: int = 0
    later: int = 0
    sharing: float = 0.0
    asked: int = 0  # calls to auth.test for the many

    def rows(self) -> list[Row]:
        """Give the rows of the table."""
        heads = (
            f"/pm-compare risks, {self.workspaces:,} workspaces that installed it (first), beside one token (second)"
        )
        rate, none = Aim(table.RATE_AIM, is_least=True), Aim(0.0, is_least=False, unit="in all")
        return [
            Row("requests/s, 32 clients", self.many.rate, self.one.rate, aim=rate, digits=0, heads=heads),
            Row("core a request, µs", self.many.cpu, self.one.cpu, digits=0),
            Row("of it to be fair, %", [100 * self.sharing / median(self.many.cpu)], aim=_LITTLE, digits=1),
            Row("p50, ms, 1 client", self.many.p50, self.one.p50, digits=3),
            Row("p99, ms, 1 client", self.many.p99, self.one.p99, digits=3),
            Row("statements, a workspace's first", [self.first / self.workspaces]),
            Row("statements, all that follow", [self.later], aim=none, digits=0),
            Row("calls of auth.test", [self.asked], aim=none, digits=0),
        ]


def main() -> int:
    """Run, print the table and give the exit code: 1 when the run is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.workspaces", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--workspaces", type=int, default=WORKSPACES)
    parser.add_argument("--quick", action="store_true", help="one short round: is it in order at all?")
    given = parser.parse_args()
    if not wrk.is_there():
        print(wrk.INSTALL, file=sys.stderr)
        return 2
    cores = Cores.of_this_machine()
    said = command.conditions(cores, ("slack-bolt", "uvicorn", "uvloop"))
    servers.stay_on(cores.client)
    try:
        with tempfile.TemporaryDirectory() as folder, slack_contest.prepared(Path(folder), cores) as found:
            rows = measured(found, rounds.QUICK if given.quick else rounds.FULL, given.workspaces)
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 1
    print(f"{said}\n{table.drawn(rows, COLUMNS)}")
    return 0


def measured(found: Contest, plan: Plan, workspaces: int = WORKSPACES) -> list[Row]:
    """Measure both bots in turn, after one request of each workspace.

    Raises:
        BrokenError: something does not come up, or an answer is not the card.
    """
    taken = Taken(workspaces)
    asyncio.run(installed.fill(f"sqlite:///{found.folder / 'many.db'}", workspaces))
    counts = found.folder / "many.counts", found.folder / "one.counts"
    recipes = (
        installed.bot(found, "many.db", counts[0]),
        replace(installed.counted(found.bot("one.db"), counts[1]), name="one token"),
    )
    places = [installed.workspace(number) for number in range(workspaces)]
    load = loads.spread(loads.command("risks", found.response_url), places)
    with ExitStack() as stack:
        one = stack.enter_context(running(recipes[1], found.cores.server, found.folder))
        contest.wait_until_ready(one)
        asked = found.count(_AUTH_TEST)
        many = stack.enter_context(running(recipes[0], found.cores.server, found.folder))
        contest.wait_until_ready(many)
        for message in load.messages(many.port, time.time()):
            status, body = many.answer(message)
            if status != HTTPStatus.OK or body != found.card:
                raise BrokenError(f"a workspace is answered with {status}: {body[:300]!r}")
        first = Statements.read(counts[0])
        both = (
            (Measured(found, many, load, found.check(many, load)), taken.many),
            (Measured(found, one, load, found.check(one, load)), taken.one),
        )
        if plan.rounds > 1:  # one alone says whether all is in order, and its figures are nobody's
            for each, _ in both:
                each.run(rounds.MANY, plan.throughput_seconds)
        for number in range(plan.rounds):
            for each, samples in both if number % 2 == 0 else reversed(both):
                each.measure(plan, samples)
        taken.first = first.of_requests
        taken.later = Statements.read(counts[0]).of_requests - first.of_requests
        taken.sharing = asyncio.run(sharing(places))
        taken.asked = found.count(_AUTH_TEST) - asked
    return taken.rows()


async def sharing(places: Sequence[str]) -> float:
    """Measure what `Fairness` takes of a request, in microseconds, where as many come at once as in the run."""
    fairness, came = Fairness(time.monotonic), cycle(places)
    began = time.process_time()
    for _ in range(_ASKED // rounds.MANY):
        together = list(islice(came, rounds.MANY))
        if not all([await fairness.begin(place) for place in together]):
            raise BrokenError("fairness refuses somebody")
        for place in together:
            fairness.end(place)
        await asyncio.sleep(0)
    return (time.process_time() - began) / _ASKED * 1e6


if __name__ == "__main__":
    sys.exit(main())
