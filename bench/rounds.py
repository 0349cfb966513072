"""Measure: speed in alternating rounds, then start-up, then memory."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from bench import contest, wrk
from bench.contest import BARE, OURS, RAW, Contest
from bench.loads import Load
from bench.servers import Recipe, Server, running
from bench.wrk import BrokenError

MANY = 32  # clients for throughput
_DRAIN_SECONDS = 60.0
_POLL_SECONDS = 0.02
_FRESH = "ours, first start"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured; the seconds are those of one wrk run."""

    rounds: int
    throughput_seconds: int
    latency_seconds: int
    raw_rounds: int
    starts: int
    requests: int  # of each kind, before the memory is read again


FULL = Plan(rounds=4, throughput_seconds=2, latency_seconds=2, raw_rounds=2, starts=5, requests=10_000)
QUICK = Plan(rounds=2, throughput_seconds=1, latency_seconds=1, raw_rounds=1, starts=2, requests=2_000)


@dataclass(slots=True)
class Samples:
    """What the runs of one server under one load showed, a value a round; milliseconds, microseconds for `cpu`."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


Speeds = dict[str, dict[str, Samples]]  # by a load's title, then by a server's name


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB: at the start, and after `requests` requests of each kind."""

    at_start: float
    after: float


def speeds(found: Contest, plan: Plan) -> Speeds:
    """Measure all servers under all loads in turn; who begins changes from round to round."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(recipe, found.cores.server, found.folder))
            for recipe in (found.bot(), found.bare_bolt(), found.raw_asgi())
        ]
        contest.wait_until_ready(servers[0])
        kinds = contest.all_loads(found, servers[0])
        for load in kinds:
            for server in servers:
                contest.check(found, server, load)
                _throughput(found, server, load, 1)  # warms up: caches, and the tables of the first requests
        samples: Speeds = {load.title: {server.name: Samples() for server in servers} for load in kinds}
        for number in range(plan.rounds):
            taking_part = [server for server in servers if server.name != RAW or number < plan.raw_rounds]
            for load in kinds:
                for server in taking_part if number % 2 == 0 else reversed(taking_part):
                    _measure(found, server, load, plan, samples[load.title][server.name])
        return samples


def _measure(found: Contest, server: Server, load: Load, plan: Plan, into: Samples) -> None:
    rate, cpu = _throughput(found, server, load, plan.throughput_seconds)
    into.rate.append(rate)
    into.cpu.append(cpu)
    alone = wrk.load(
        load, server.port, found.expected(load), clients=1, seconds=plan.latency_seconds, folder=found.folder
    )
    into.p50.append(alone.p50)
    into.p99.append(alone.p99)


def _throughput(found: Contest, server: Server, load: Load, seconds: int) -> tuple[float, float]:
    """Give requests a second, and the server's microseconds of a core for each.

    A button counts when its card has arrived: what was acknowledged and waits is not done.
    """
    path = found.response_url.removeprefix(f"http://127.0.0.1:{found.slack.port}")
    posts_back = load.posts_back and server.name != RAW
    before, cpu = found.posts(path), server.cpu_seconds()
    run = wrk.load(load, server.port, found.expected(load), clients=MANY, seconds=seconds, folder=found.folder)
    took = run.seconds
    if posts_back:
        took += _drained(found, path, before + run.requests)
    return run.requests / took, (server.cpu_seconds() - cpu) / run.requests * 1e6


def _drained(found: Contest, path: str, count: int) -> float:
    """Wait for the cards that are still to come, then for those of the requests that wrk cut short; give the first."""
    started = time.monotonic()
    while (arrived := found.posts(path)) < count:
        if time.monotonic() > started + _DRAIN_SECONDS:
            raise BrokenError(f"of {count} cards {count - arrived} never came to their response_url")
        time.sleep(_POLL_SECONDS)
    took = time.monotonic() - started
    while (latest := found.posts(path)) != arrived:
        arrived = latest
        time.sleep(_POLL_SECONDS)
    return took


def starts(found: Contest, plan: Plan) -> dict[str, list[float]]:
    """Measure the seconds from a process' start to its first 200 on /healthz; "first start" makes the database too."""
    seconds: dict[str, list[float]] = {name: [] for name in (OURS, _FRESH, BARE, RAW)}
    for number in range(plan.starts + 1):
        fresh = found.bot(f"fresh-{number}.db")
        recipes: Sequence[tuple[str, Recipe]] = (
            (OURS, found.bot()),
            (BARE, found.bare_bolt()),
            (_FRESH, fresh),
            (RAW, found.raw_asgi()),
        )
        for name, recipe in recipes:
            with running(recipe, found.cores.server, found.folder) as server:
                if number:  # the first one reads the files from the disk for all
                    seconds[name].append(server.start_seconds)
    return seconds


def memories(found: Contest, plan: Plan) -> dict[str, Memory]:
    """Measure the memory of fresh processes, before and after many requests of each kind."""
    return {OURS: _memory(found, plan, found.bot()), BARE: _memory(found, plan, found.bare_bolt())}


def _memory(found: Contest, plan: Plan, recipe: Recipe) -> Memory:
    with ExitStack() as stack:
        server = stack.enter_context(running(recipe, found.cores.server, found.folder))
        bot = server
        if recipe.name != OURS:
            bot = stack.enter_context(running(found.bot(), found.cores.server, found.folder))
        contest.wait_until_ready(bot)
        at_start = server.megabytes()
        for load in contest.all_loads(found, bot):
            sent = 0
            while sent < plan.requests:
                before = found.posts("/response/T0001/1/abc")
                run = wrk.load(
                    load, server.port, found.expected(load), clients=MANY, seconds=1, folder=found.folder
                )
                sent += run.requests
                if load.posts_back:
                    _drained(found, "/response/T0001/1/abc", before + run.requests)
        return Memory(at_start, server.megabytes())


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    return median(values)
