"""Measure the bot beside the Teams SDK's echo bot: speed in alternating rounds, then start-up, then memory."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from bench import contest, loads, wrk
from bench.rounds import MANY, Memory, Plan, Samples, StartSamples
from bench.servers import Server, running
from bench.table import P50_AIM, RATE_AIM, START_AIM, Aim, Row
from bench.teams import contest as teams_contest
from bench.teams.contest import ECHO, OURS, TeamsContest
from bench.teams.loads import Load
from bench.wrk import BrokenError

MEMORY_AIM = 170.0
_ONE_BY_ONE = 20  # messages of which the time until the answer is taken, a round
_PAUSE_SECONDS = 0.05  # between them: people do not type faster, and nothing waits in a queue
_DRAIN_SECONDS = 120.0
_POLL_SECONDS = 0.02


@dataclass(slots=True)
class TeamsSamples(Samples):
    """What the runs of one server under one load showed; `until_posted` in milliseconds, where there is a post."""

    accepted: list[float] = field(default_factory=list)  # requests answered a second, whether or not posted yet
    until_posted: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """What throughput one run showed: `accepted` and `done` a second, `cpu` in microseconds a request."""

    accepted: float
    done: float
    cpu: float
    requests: int


Speeds = dict[str, dict[str, TeamsSamples]]  # by a load's title, then by a server's name


def speeds(found: TeamsContest, plan: Plan) -> Speeds:
    """Measure both servers under both loads in turn; who begins changes from round to round."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(recipe, found.cores.server, found.folder))
            for recipe in (found.bot(), found.echo())
        ]
        contest.wait_until_ready(servers[0])
        expected = {
            (load.title, server.name): teams_contest.check(found, server, load)
            for load in found.loads()
            for server in servers
        }
        samples: Speeds = {load.title: {server.name: TeamsSamples() for server in servers} for load in found.loads()}
        for number in range(-1, plan.rounds):  # the first one warms up: caches, and the tables of the first requests
            for load in found.loads():
                for server in servers if number % 2 == 0 else reversed(servers):
                    into = samples[load.title][server.name] if number >= 0 else TeamsSamples()
                    _measure(found, server, load, expected[load.title, server.name], plan, into)
        return samples


def _measure(found: TeamsContest, server: Server, load: Load, expected: bytes, plan: Plan, into: TeamsSamples) -> None:
    taken = _throughput(found, server, load, expected, plan.throughput_seconds)
    into.rate.append(taken.done)
    into.accepted.append(taken.accepted)
    into.cpu.append(taken.cpu)
    before = found.posts()
    alone = wrk.run(
        load,
        server.port,
        expected,
        clients=1,
        seconds=plan.latency_seconds,
        folder=found.folder,
        numbering=found.numbering(),
    )
    into.p50.append(alone.p50)
    into.p99.append(alone.p99)
    if load.posts_back:
        _drained(found, before + alone.requests)
        into.until_posted.append(_until_posted(found, server, load))


def _throughput(found: TeamsContest, server: Server, load: Load, expected: bytes, seconds: int) -> Taken:
    """Send from many clients. A message counts when its answer was posted: what was only accepted is not done."""
    before, cpu = found.posts(), server.cpu_seconds()
    run = wrk.run(
        load,
        server.port,
        expected,
        clients=MANY,
        seconds=seconds,
        folder=found.folder,
        numbering=found.numbering(),
    )
    took = run.seconds + (_drained(found, before + run.requests) if load.posts_back else 0.0)
    used = (server.cpu_seconds() - cpu) / run.requests * 1e6
    return Taken(run.rate, run.requests / took, used, run.requests)


def _drained(found: TeamsContest, count: int) -> float:
    """Wait until so many answers are posted, and give the seconds; then for those of requests that wrk cut short."""
    started = time.monotonic()
    while (arrived := found.posts()) < count:
        if time.monotonic() > started + _DRAIN_SECONDS:
            raise BrokenError(f"of {count} answers {count - arrived} were never posted")
        time.sleep(_POLL_SECONDS)
    took = time.monotonic() - started
    time.sleep(_POLL_SECONDS)
    while (latest := found.posts()) != arrived:
        arrived = latest
        time.sleep(_POLL_SECONDS)
    return took


def _until_posted(found: TeamsContest, server: Server, load: Load) -> float:
    """Give how long it took from sending a message until its answer came, in milliseconds: the median of several."""
    took = []
    for _ in range(_ONE_BY_ONE):
        sent = time.monotonic()
        conversation, _, _ = found.send(server, load)
        took.append((found.posted_at(conversation, sent) - sent) * 1e3)
        time.sleep(_PAUSE_SECONDS)
    return median(took)


def starts(found: TeamsContest, plan: Plan) -> dict[str, StartSamples]:
    """Measure the time from a process' start to its first 200 on /healthz, the database being there."""
    samples = {name: StartSamples() for name in (OURS, ECHO)}
    for number in range(plan.starts + 1):
        for name, recipe in {OURS: found.bot(), ECHO: found.echo()}.items():
            with running(recipe, found.cores.server, found.folder) as server:
                if number:  # the first one reads the files from the disk for both
                    samples[name].clock.append(server.start_seconds)
                    samples[name].core.append(server.cpu_seconds())
    return samples


def memories(found: TeamsContest, plan: Plan) -> dict[str, Memory]:
    """Measure the memory of fresh processes, before and after many requests of each kind; ours also gets Slack's."""
    with running(found.bot("teams-memory.db"), found.cores.server, found.folder) as bot:
        contest.wait_until_ready(bot)
        at_start = bot.megabytes()
        _many(found, plan, bot)
        for load in contest.all_loads(found.slack, contest.own_post(found.slack, bot)):
            _many_of_slack(found, plan, bot, load)
        ours = Memory(at_start, bot.megabytes())
    with running(found.echo(), found.cores.server, found.folder) as echo:
        at_start = echo.megabytes()
        _many(found, plan, echo)
        return {OURS: ours, ECHO: Memory(at_start, echo.megabytes())}


def _many(found: TeamsContest, plan: Plan, server: Server) -> None:
    for load in found.loads():
        expected, sent = teams_contest.check(found, server, load), 0
        while sent < plan.requests:
            sent += _throughput(found, server, load, expected, 1).requests


def _many_of_slack(found: TeamsContest, plan: Plan, server: Server, load: loads.Load) -> None:
    expected, sent = found.slack.expected(load), 0
    while sent < plan.requests:
        run = wrk.run(load, server.port, expected, clients=MANY, seconds=1, folder=found.folder)
        sent += run.requests


def rows(
    by_load: Speeds, started: Mapping[str, StartSamples], memory: Mapping[str, Memory], requests: int
) -> list[Row]:
    """Put the figures into rows; `requests` of each kind went before the second figure of the memory."""
    found: list[Row] = []
    for title, by_server in by_load.items():
        ours, echo = by_server[OURS], by_server[ECHO]
        found += [
            Row(
                "requests/s, 32 clients", ours.rate, echo.rate, aim=Aim(RATE_AIM, is_least=True), digits=0, heads=title
            ),
            Row("core a request, µs", ours.cpu, echo.cpu, digits=0),
            Row("p50, ms, 1 client", ours.p50, echo.p50, aim=Aim(P50_AIM, is_least=False), digits=2),
            Row("p99, ms, 1 client", ours.p99, echo.p99, digits=2),
        ]
        if ours.until_posted:
            found += [
                Row("accepted/s, 32 clients", ours.accepted, echo.accepted, digits=0),
                Row("until its answer is posted, ms", ours.until_posted, echo.until_posted, digits=1),
            ]
    start, least = Aim(START_AIM, is_least=False), Aim(MEMORY_AIM, is_least=False, unit="MB")
    mine, other, again, usual = memory[OURS], memory[ECHO], started[OURS], started[ECHO]
    return [
        *found,
        Row("restart, s", again.clock, usual.clock, aim=start, heads="from start to the first 200"),
        Row("core a restart, s", again.core, usual.core),
        Row("at start, MB", [mine.at_start], [other.at_start], digits=0, heads="resident memory"),
        Row(f"after {requests:,} of each, MB", [mine.after], [other.after], aim=least, digits=0),
    ]
