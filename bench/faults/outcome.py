"""What a fault run is asked to do, what came of it, and which promises that breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from playground.shared.trouble import TroubleKind

FAULTS: tuple[tuple[TroubleKind, float], ...] = (
    ("cut_after", 0.04),  # the reply is lost after posting
    ("5xx_after", 0.04),  # 502 after posting
    ("fatal_error_after", 0.03),
    ("stall_after", 0.01),
    ("stall_before", 0.01),
    ("slow", 0.01),  # posted when the bot has given up waiting
    ("429", 0.01),
    ("cut_before", 0.02),  # reset before posting
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run: how many tips are due at once, for how many processes, with how many of them killed.

    `database` is a DATABASE_URL; `within` seconds all must be settled. With `history` the bot may read the channels.
    `scheduler` is SCHEDULER; `abandon` of the processes are killed for good, amid the others. `faults` are shares of
    the calls of `method` ("*": of all), and `slow_seconds` how long a slow one takes.
    """

    deliveries: int
    processes: int
    kills: int
    database: str
    has_history: bool
    seed: int
    within: float = 240.0
    settings: Mapping[str, str] = field(default_factory=dict)
    scheduler: Literal["embedded", "cluster"] = "embedded"
    abandon: int = 0
    faults: Sequence[tuple[TroubleKind, float]] = FAULTS
    method: str = "*"
    slow_seconds: float = 2.5  # beyond CLIENT_TIMEOUT_SECONDS, and well within SETTLING_SECONDS


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run took: calls to Slack, how many of them went wrong in which way, time.

    `passed` are the seconds by which it moved the bots' clock on, beyond those that went by.
    """

    calls: int
    faults: Mapping[str, int]
    seconds: float
    is_settled: bool
    passed: float = 0.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What stood beside the run: probes answered, commands run; `complaints` is what they saw that must not be."""

    answers: int
    commands: int
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `arrived`: channels with a tip; `lost`: neither there, nor named by the doctor.

    `kills` counts the processes that were started anew, `abandoned` those that were not; `taken_over` the jobs of dead
    ones that others in a cluster found.
    """

    plan: Plan
    posted: int
    distinct: int
    arrived: int
    sent: int
    unknown: int
    unknown_arrived: int
    lost: int
    counts: Mapping[str, int]
    taken: Taken
    watched: Watched
    kills: int
    abandoned: int
    taken_over: int

    @property
    def duplicates(self) -> int:
        """Messages too many."""
        return self.posted - self.distinct

    @property
    def problems(self) -> tuple[str, ...]:
        """Every promise that was not kept, in a sentence."""
        due, found = self.plan.deliveries, []
        if not self.taken.is_settled:
            found.append(f"not everything was settled within {self.plan.within:g} s: {dict(self.counts)}")
        if self.duplicates or self.posted != self.arrived:
            found.append(f"{self.posted} messages in {self.arrived} channels: something came twice")
        if self.lost:
            found.append(f"{self.lost} tips neither arrived nor are listed by the doctor")
        if self.sent + self.unknown != due:
            found.append(f"{self.sent} sent and {self.unknown} unknown do not make {due}")
        if self.sent + self.unknown_arrived != self.arrived:
            found.append(f"{self.sent} count as sent, and {self.arrived - self.unknown_arrived} of them arrived")
        if self.plan.has_history and self.arrived != due:
            found.append(f"{due - self.arrived} did not arrive although the channels may be read")
        if self.kills + self.abandoned < (due := self.plan.kills + self.plan.abandon):
            found.append(f"only {self.kills + self.abandoned} of {due} kills found a process at work")
        if self.abandoned and self.plan.scheduler == "cluster" and not self.taken_over:
            found.append("no job was taken over from a dead process, which proves nothing")
        if not (self.watched.answers and self.watched.commands):
            found.append("no probe or no command came beside it, which proves nothing")
        return (*found, *self.watched.complaints)
