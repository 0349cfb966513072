"""Measure: speed in alternating rounds, then start-up, then memory."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import contest, loads, wrk
from bench.contest import BARE, OURS, RAW, Contest
from bench.loads import Load
from bench.servers import Recipe, Server, running
from bench.wrk import BrokenError

MANY = 32  # clients for throughput
FRESH = "first start"  # of ours: it makes the database
_DRAIN_SECONDS = 60.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured; the seconds are those of one wrk run, which takes whole ones only."""

    rounds: int
    throughput_seconds: int
    latency_seconds: int
    raw_rounds: int
    starts: int
    requests: int  # of each kind, before the memory is read again
    minutes: str  # how long all of it takes


FULL = Plan(
    rounds=5, throughput_seconds=1, latency_seconds=1, raw_rounds=2, starts=5, requests=10_000, minutes="4 minutes"
)
QUICK = Plan(
    rounds=1, throughput_seconds=1, latency_seconds=1, raw_rounds=1, starts=1, requests=1_000, minutes="1 minute"
)


@dataclass(slots=True)
class Samples:
    """What the runs of one server under one load showed, a value a round."""

    rate: list[float] = field(default_factory=list)  # requests a second
    p50: list[float] = field(default_factory=list)  # milliseconds
    p99: list[float] = field(default_factory=list)  # milliseconds
    cpu: list[float] = field(default_factory=list)  # microseconds of a core, a request


Speeds = dict[str, dict[str, Samples]]  # by a load's title, then by a server's name


@dataclass(slots=True)
class StartSamples:
    """What the starts of one server showed, in seconds until its first 200."""

    clock: list[float] = field(default_factory=list)
    core: list[float] = field(default_factory=list)  # of a core: what a busy machine changes little


Starts = dict[str, StartSamples]  # by a server's name, or FRESH


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB: at the start, and after many requests of each kind."""

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
        kinds = contest.all_loads(found, contest.own_post(found, servers[0]))
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
    alone = wrk.run(
        load, server.port, found.expected(load), clients=1, seconds=plan.latency_seconds, folder=found.folder
    )
    into.p50.append(alone.p50)
    into.p99.append(alone.p99)


def _throughput(found: Contest, server: Server, load: Load, seconds: int) -> tuple[float, float]:
    """Give requests a second, and the server's microseconds of a core for each.

    A button counts when its card has arrived: what was acknowledged and still waits is not done.
    """
    before, cpu = found.cards(), server.cpu_seconds()
    run = wrk.run(load, server.port, found.expected(load), clients=MANY, seconds=seconds, folder=found.folder)
    took = run.seconds
    if load.posts_back and server.name != RAW:
        took += _drained(found, before + run.requests)
    return run.requests / took, (server.cpu_seconds() - cpu) / run.requests * 1e6


def _drained(found: Contest, count: int) -> float:
    """Wait until so many cards have come, and give the seconds; then for those of requests that wrk cut short."""
    started = time.monotonic()
    while (arrived := found.cards()) < count:
        if time.monotonic() > started + _DRAIN_SECONDS:
            raise BrokenError(f"of {count} cards {count - arrived} never came to their response_url")
        time.sleep(_POLL_SECONDS)
    took = time.monotonic() - started
    time.sleep(_POLL_SECONDS)
    while (latest := found.cards()) != arrived:
        arrived = latest
        time.sleep(_POLL_SECONDS)
    return took


def starts(found: Contest, plan: Plan) -> Starts:
    """Measure the time from a process' start to its first 200 on /healthz."""
    samples: Starts = {name: StartSamples() for name in (OURS, BARE, FRESH, RAW)}
    for number in range(plan.starts + 1):
        recipes: dict[str, Recipe] = {
            OURS: found.bot(),
            BARE: found.bare_bolt(),
            FRESH: found.bot(f"fresh-{number}.db"),
            RAW: found.raw_asgi(),
        }
        for name, recipe in recipes.items():
            with running(recipe, found.cores.server, found.folder) as server:
                if number:  # the first one reads the files from the disk for all
                    samples[name].clock.append(server.start_seconds)
                    samples[name].core.append(server.cpu_seconds())
    return samples


def memories(found: Contest, plan: Plan) -> dict[str, Memory]:
    """Measure the memory of fresh processes, before and after many requests of each kind."""
    # A database of its own: on the other one the card is shared already, and that is not done twice.
    with running(found.bot("memory.db"), found.cores.server, found.folder) as bot:
        contest.wait_until_ready(bot)
        at_start = bot.megabytes()
        ours = _memory(found, plan, bot, at_start, contest.own_post(found, bot))
    with running(found.bare_bolt(), found.cores.server, found.folder) as bare:
        # It looks no post up: any will do.
        return {OURS: ours, BARE: _memory(found, plan, bare, bare.megabytes(), loads.SOMEBODYS_POST)}


def _memory(found: Contest, plan: Plan, server: Server, at_start: float, post: str) -> Memory:
    for load in contest.all_loads(found, post):
        sent = 0
        while sent < plan.requests:
            before = found.cards()
            run = wrk.run(load, server.port, found.expected(load), clients=MANY, seconds=1, folder=found.folder)
            sent += run.requests
            if load.posts_back:
                _drained(found, before + run.requests)
    return Memory(at_start, server.megabytes())
