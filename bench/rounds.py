"""Measure: speed in alternating rounds, then start-up, then memory."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import contest, wrk
from bench.contest import Contest
from bench.servers import Server, running
from bench.wrk import BrokenError, Load, Run

MANY = 32  # clients for throughput
_DRAIN_SECONDS = 120.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured; the seconds are those of one wrk run."""

    rounds: int
    throughput_seconds: float
    latency_seconds: float
    ceiling_rounds: int
    starts: int
    requests: int  # of each kind, before the memory is read again
    minutes: str  # how long all of it takes


FULL = Plan(
    rounds=5, throughput_seconds=1, latency_seconds=1, ceiling_rounds=2, starts=5, requests=10_000, minutes="4 minutes"
)
QUICK = Plan(
    rounds=1, throughput_seconds=1, latency_seconds=1, ceiling_rounds=1, starts=1, requests=1_000, minutes="1 minute"
)


@dataclass(slots=True)
class Samples:
    """What the runs of one server under one load showed, a value a round."""

    rate: list[float] = field(default_factory=list)  # requests a second
    p50: list[float] = field(default_factory=list)  # milliseconds
    p99: list[float] = field(default_factory=list)  # milliseconds
    cpu: list[float] = field(default_factory=list)  # microseconds of a core, a request
    accepted: list[float] = field(default_factory=list)  # requests answered a second, whether or not posted yet
    until_posted: list[float] = field(default_factory=list)  # milliseconds


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


@dataclass(frozen=True, slots=True)
class Measured:
    """One server under one load of a contest, with the body that must come back."""

    found: Contest
    server: Server
    load: Load
    expected: bytes

    def run(self, clients: int, seconds: float) -> tuple[Run, float]:
        """Send it; gives the run, and the seconds until what comes later had come too: accepted is not done."""
        before = self.found.arrived()
        run = wrk.run(
            self.load,
            self.server.port,
            self.expected,
            clients=clients,
            seconds=seconds,
            folder=self.found.folder,
            numbering=self.found.numbering(),
        )
        if not self.found.posts_back(self.server, self.load):
            return run, run.seconds
        return run, run.seconds + self._drained(before + run.requests)

    def _drained(self, count: int) -> float:
        """Wait until so many answers have come, and give the seconds; then for those of requests that wrk cut short."""
        started = time.monotonic()
        while (arrived := self.found.arrived()) < count:
            if time.monotonic() > started + _DRAIN_SECONDS:
                raise BrokenError(f"of {count} answers {count - arrived} never came")
            time.sleep(_POLL_SECONDS)
        took = time.monotonic() - started
        time.sleep(_POLL_SECONDS)
        while (latest := self.found.arrived()) != arrived:
            arrived = latest
            time.sleep(_POLL_SECONDS)
        return took

    def measure(self, plan: Plan, into: Samples) -> None:
        """Take one round's values."""
        cpu = self.server.cpu_seconds()
        run, took = self.run(MANY, plan.throughput_seconds)
        into.rate.append(run.requests / took)
        into.accepted.append(run.rate)
        into.cpu.append((self.server.cpu_seconds() - cpu) / run.requests * 1e6)
        alone, _ = self.run(1, plan.latency_seconds)
        into.p50.append(alone.p50)
        into.p99.append(alone.p99)
        into.until_posted += self.found.until_posted(self.server, self.load)


def speeds(found: Contest, plan: Plan) -> Speeds:
    """Measure all servers under all loads in turn; who begins changes from round to round."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(recipe, found.cores.server, found.folder)) for recipe in found.recipes()]
        contest.wait_until_ready(servers[0])
        kinds = [
            [Measured(found, server, load, found.check(server, load)) for server in servers]
            for load in found.loads(servers[0])
        ]
        for kind in kinds:
            for each in kind:
                each.run(MANY, plan.throughput_seconds)  # warms up: caches, and the tables of the first requests
        samples: Speeds = {kind[0].load.title: {server.name: Samples() for server in servers} for kind in kinds}
        ceiling = found.rivals.columns[2]
        for number in range(plan.rounds):
            for kind in kinds:
                taking_part = [each for each in kind if each.server.name != ceiling or number < plan.ceiling_rounds]
                for each in taking_part if number % 2 == 0 else reversed(taking_part):
                    each.measure(plan, samples[each.load.title][each.server.name])
        return samples


def starts(found: Contest, plan: Plan) -> Starts:
    """Measure the time from a process' start to its first 200 on /healthz."""
    samples: Starts = {}
    for number in range(plan.starts + 1):
        for name, recipe in found.starting(number).items():
            with running(recipe, found.cores.server, found.folder) as server:
                if number:  # the first one reads the files from the disk for all
                    sample = samples.setdefault(name, StartSamples())
                    sample.clock.append(server.start_seconds)
                    sample.core.append(server.cpu_seconds())
    return samples


def memories(found: Contest, plan: Plan) -> dict[str, Memory]:
    """Measure the memory of fresh processes, before and after many requests of each kind."""
    samples = {}
    for recipe in found.fresh():
        with running(recipe, found.cores.server, found.folder) as server:
            if recipe.name == contest.OURS:
                contest.wait_until_ready(server)
            at_start = server.megabytes()
            for whose, load in found.memory_loads(server):
                measured, sent = Measured(whose, server, load, whose.check(server, load)), 0
                while sent < plan.requests:
                    sent += measured.run(MANY, plan.throughput_seconds)[0].requests
            samples[recipe.name] = Memory(at_start, server.megabytes())
    return samples
