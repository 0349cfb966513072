"""Make the rows of rounds: what a round brings into the ledger, under which keys, and with what to be drawn by."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from cards.zones import names
from store.deliveries.rows import Delivery, fresh
from store.learning.rounds import Round
from store.tables import DeliveryKind

Part = Literal["case", "twist"]
BETWEEN = timedelta(seconds=5)  # from one telling of how many have voted to the next
AFTER_REVEAL = timedelta(seconds=3)  # for a twist, so that it stands below what was said of the case
_WEEKEND = 5  # the first day of it, by date.weekday()
_DAY = timedelta(days=1)


class Playable(Struct, frozen=True):
    """A dilemma as rounds need it: its version, the labels of its case's choices, and of its twist's; () without.

    `dimension` is the id of its topic.
    """

    version: int
    choices: tuple[str, ...]
    twist: tuple[str, ...] = ()
    dimension: str = ""


class Told(Struct, frozen=True):
    """What a delivery of a round is drawn by, besides its dilemma.

    `ends` is when voting ends, told in `zone`; `labels` are the choices as they were put. `numbers` has, of a tally,
    how many have voted; of a closing or reveal the votes for each choice, or where they are too few to be told apart
    their number alone.
    """

    round_id: str
    ends: datetime
    zone: str
    part: Part
    labels: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    def encode(self) -> str:
        """Give the form that is stored: a line with all but the labels, and then a line for each of those."""
        first = (self.round_id, f"{self.ends.timestamp():.0f}", self.zone, self.part, *map(str, self.numbers))
        return "\n".join((" ".join(first), *self.labels))

    @classmethod
    def decode(cls, written: str) -> "Told":
        """Read it back; ValueError where it is not of that form."""
        first, _, labels = written.partition("\n")
        match first.split():
            case [round_id, ends, zone, "case" | "twist" as part, *numbers]:
                end = datetime.fromtimestamp(int(ends), UTC)
                return cls(round_id, end, zone, part, tuple(labels.splitlines()), tuple(map(int, numbers)))
            case _:
                raise ValueError(f"not what a round is drawn by: {written[:80]!r}")


def is_over(row: Delivery, now: datetime) -> bool:
    """Say whether voting has ended on what a round's delivery is about."""
    return Told.decode(row.argument).ends <= now


def told(one: Round, *numbers: int) -> Told:
    """Give what a round's deliveries are drawn by."""
    return Told(one.id, one.closes_at, one.zone, "twist" if one.parent else "case", one.choices, numbers)


def labels(choices: Sequence[str]) -> str:
    """Give the labels of choices as a round keeps them, one a line."""
    return "\n".join(" ".join(choice.split()) for choice in choices)


def recounted(tally: Delivery, one: Round, total: int, now: datetime) -> Delivery | None:
    """Plan that the post says how many have voted, where that is another number than it says or will say.

    An edit under way is left alone: once it is settled, whoever writes that down looks how many there are by then. Were
    it planned anew meanwhile, it could arrive after a later one, and after how they voted.
    """
    argument = told(one, total).encode()
    if argument == tally.argument or tally.state == "sending":
        return None
    soon = tally.not_before if tally.state == "planned" else max(now, tally.not_before + BETWEEN)
    return replace(tally, state="planned", argument=argument, not_before=soon, due_at=now, reason="", changed_at=now)


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
