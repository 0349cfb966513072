"""What a run with many workspaces is asked for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.faults.many.records import Records
from bench.faults.outcome import Watched


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workspaces with how many channels each, how many weeks; `kills` and `within` (seconds) are a week's.

    `haste` is how many times as fast one thing follows another: removals, kills, looks. What little is due has to be
    under way when they come.
    """

    workspaces: int
    channels: int
    weeks: int
    processes: int
    kills: int
    database: str
    seed: int
    within: float = 240.0
    settings: Mapping[str, str] = field(default_factory=dict)
    haste: float = 1.0
    removals: float = 0.4  # share of the workspaces that remove the app in a week


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the records, how much happened, and `problems`: every promise that was not kept."""

    plan: Plan
    records: Records
    calls: int
    faults: int
    kills: int
    installs: int
    removals: Mapping[str, int]
    watched: Watched
    seconds: float
    problems: tuple[str, ...]
