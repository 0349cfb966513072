"""What is written down of a run with many workspaces, for the judge: what Slack saw, and what the bot's database says.

Moments are the emulated Slack's own, in unix seconds, which jump from week to week; `real` ones, and what is measured
in seconds from one moment to another, are the true time's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Used:
    """A post that the bot asked for: with which token, in which channel, for which delivery."""

    at: float
    real: float
    token: str = field(repr=False)
    channel: str
    delivery: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A token that Slack gave for a place, with what it can be renewed by; `until` is None where it never ends.

    `refreshed` is the refresh token that it was given for, '' for a code; `is_lost`: the answer did not arrive.
    """

    at: float
    real: float
    place: str
    token: str = field(repr=False)
    refresh: str = field(repr=False)
    until: float | None
    refreshed: str = field(default="", repr=False)
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with a refresh token, whatever came of it."""

    real: float
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """All tokens of a place ended there: the app was removed, or its tokens were revoked.

    `told` is when the bot had confirmed it, in real time, None where it was not told at all.
    """

    at: float
    place: str
    told: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as the ledger has it in the end; `settled` is when it came to be so."""

    id: str
    workspace: str
    channel: str
    kind: str
    slot: str
    due: float
    state: str
    reason: str
    settled: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a channel's history, of those that stop its tips or let them go on."""

    at: float
    channel: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An installation as the database has it in the end, decrypted."""

    place: str
    token: str = field(repr=False)
    refresh: str = field(repr=False)
    is_removed: bool


@dataclass(frozen=True, slots=True)
class Records:
    """All of it.

    `channels` says which workspace a channel with weekly tips is of; `moments` are when each of the weeks' tips were
    due. `installed` is where the app is in the end, `on` which channels' tips are. `kills` are when a process was
    killed, in real time.
    """

    channels: Mapping[str, str]
    moments: Sequence[float]
    installed: Sequence[str]
    used: Sequence[Used]
    given: Sequence[Given]
    asked: Sequence[Asked]
    ended: Sequence[Ended]
    rows: Sequence[Row]
    lines: Sequence[Line]
    kept: Sequence[Kept]
    on: Sequence[str] = ()
    kills: Sequence[float] = ()

    def may_be_lost(self, given: Given) -> bool:
        """Say whether an answer of Slack's may not have come to be written down: lost on its way, or with a process.

        A killed process may have waited for the database for longer than usual: then nobody ever had the token, and it
        died before what it was given for was used again.
        """
        if given.is_lost or any(-TAKEN_WITHIN <= kill - given.real <= WRITTEN_WITHIN for kill in self.kills):
            return True
        again = [each.real for each in self.asked if each.refresh == given.refreshed and each.real > given.real]
        had = {each.token for each in self.used} | {each.token for each in self.kept}
        if not again or given.token in had:
            return False
        return any(given.real <= kill <= min(again) for kill in self.kills)


TAKEN_WITHIN = 2.0  # seconds in which Slack takes up what was sent to it, perhaps by a process that is dead by then
WRITTEN_WITHIN = 4.0  # seconds in which a token that arrived is written down, on a machine that does other things too
