"""Say how far a fault run may move the bots' clock: to what its unknown rows wait for, within the grace of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bench import databases
from scheduler import planning
from store import tables
from store.deliveries.unknown import LONGEST_WAIT
from store.tables import DeliveryState

# Each step costs a restart of all processes: so rows whose turns come within so many seconds of the bot's time go
# together, or within twice as long as the first one waits yet.
_TOGETHER = 120.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger that has no outcome yet; all moments are unix seconds of the bot's time."""

    state: DeliveryState
    due_at: float
    changed_at: float
    looked_at: float | None = None
    lease_until: float | None = None
    attempt: int = 1
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the bots go by, in seconds: how long an unknown outcome rests, and how late a tip may be.

    `spare` is kept free before a tip is too late: what may yet go by until it is posted.
    """

    rested: float
    spare: float
    grace: float = planning.GRACE.total_seconds()


def moment(rows: Sequence[Row], now: float, terms: Terms) -> float:
    """Give the moment to move the clock to: when an unknown row may be looked up again, and those that come soon after.

    That is `now` where all may be looked up already, or none ever is. It is within the grace of whatever is planned or
    being posted: what would come after that is not let pass. An unknown row that turns out to be missing has to be
    posted in time as well: none waits for those that come after it beyond any row's grace.
    """
    looks = [look for row in rows if (look := next_look(row, terms)) is not None]
    if not looks:
        return now
    first = max(now, min(looks))
    far = now + max(_TOGETHER, 2 * (first - now))
    next_ones = max(look for look in looks if look <= far)
    wanted = max(first, min(next_ones, *(_last(row, terms) for row in rows)))
    return max(now, min([wanted, *(_last(row, terms) for row in rows if row.state != "unknown")]))


def next_look(row: Row, terms: Terms) -> float | None:
    """Give the moment at which the bots look a row up, as `store.deliveries.unknown` has it; None where they don't."""
    if row.state != "unknown" or row.attempt == 0:
        return None
    moments = [row.changed_at + terms.rested, row.lease_until or 0.0, row.not_before]
    if row.looked_at is not None:
        moments.append(row.looked_at + min(row.looked_at - row.changed_at, LONGEST_WAIT.total_seconds()))
    return max(moments)


def _last(row: Row, terms: Terms) -> float:
    return row.due_at + terms.grace - terms.spare


def unsettled(database: str) -> list[Row]:
    """Read the rows without an outcome from the database at an address."""
    delivery = tables.delivery.c
    names = ("state", "due_at", "changed_at", "looked_at", "lease_until", "attempt", "not_before")
    query = select(*(delivery[name] for name in names)).where(delivery.state.in_(("planned", "sending", "unknown")))
    with databases.engine(database).connect() as connection:
        return [
            Row(
                state,
                due.timestamp(),
                changed.timestamp(),
                _seconds(looked),
                _seconds(lease),
                attempt,
                first.timestamp(),
            )
            for state, due, changed, looked, lease, attempt, first in connection.execute(query)
        ]


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
