"""Make the rows of rounds: what a round brings into the ledger, under which keys, and with what to be drawn by."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from cards.zones import names
from store.deliveries.rows import Delivery, fresh
from store.learning.rounds import Round
from store.tables import DeliveryKind

Part = Literal["case", "twist"]
_WEEKEND = 5  # the first day of it, by date.weekday()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Playable:
    """A dilemma as rounds need it: its version, how many choices its case has, and how many its twist; 0 without.

    `dimension` is the id of its topic.
    """

    version: int
    choices: int
    twist: int = 0
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery of a round is drawn by, besides its dilemma.

    `ends` is when voting ends, told in `zone`. `numbers` has, of a tally, how many have voted; of a closing or reveal
    the votes for each choice, or where they are too few to be told apart their number alone.
    """

    round_id: str
    ends: datetime
    zone: str
    part: Part
    numbers: tuple[int, ...] = ()

    def encode(self) -> str:
        """Give the form that is stored."""
        return " ".join((self.round_id, f"{self.ends.timestamp():.0f}", self.zone, self.part, *map(str, self.numbers)))

    @classmethod
    def decode(cls, written: str) -> "Told":
        """Read it back; ValueError where it is not of that form."""
        match written.split():
            case [round_id, ends, zone, "case" | "twist" as part, *numbers]:
                return cls(round_id, datetime.fromtimestamp(int(ends), UTC), zone, part, tuple(map(int, numbers)))
            case _:
                raise ValueError(f"not what a round is drawn by: {written[:80]!r}")


def told(one: Round, *numbers: int) -> Told:
    """Give what a round's deliveries are drawn by."""
    return Told(one.id, one.closes_at, one.zone, "twist" if one.parent else "case", numbers)


def key(round_id: str, kind: DeliveryKind = "round") -> str:
    """Give the key under which one of a round's deliveries is written, once."""
    return f"round:{round_id}" if kind == "round" else f"round:{round_id}:{kind}"


def asking(one: Round, now: datetime) -> tuple[Delivery, Delivery]:
    """Give the rows that a new round brings: its post, and the tally on it, which has nothing to say yet."""
    post = delivery(one, "round", now)
    return replace(post, person=one.person), replace(delivery(one, "tally", now, 0), state="skipped")


def delivery(one: Round, kind: DeliveryKind, now: datetime, *numbers: int) -> Delivery:
    """Give one of a round's deliveries: on its post, or in its thread where it is a reveal."""
    return fresh(
        key(one.id, kind),
        kind,
        platform=one.platform,
        workspace=one.workspace,
        conversation=one.conversation,
        thread=one.replies_to if kind == "reveal" else one.thread,
        message_id=one.message_id if kind in {"tally", "closing"} else "",
        subscription_id=one.subscription_id if kind == "round" else None,
        subject=f"dilemma/{one.dilemma}",
        argument=told(one, *numbers).encode(),
        now=now,
    )


def next_working_day(moment: datetime, zone: str, at: time | None = None) -> datetime:
    """Give the local hour `at`, or the moment's own to the minute, of the next day that is no Saturday or Sunday."""
    clock = names.clock(zone)
    local = moment.astimezone(clock)
    day = local.date() + _DAY
    while day.weekday() >= _WEEKEND:
        day += _DAY
    wall = at or local.time().replace(second=0, microsecond=0)
    return datetime.combine(day, wall, clock).astimezone(UTC)
