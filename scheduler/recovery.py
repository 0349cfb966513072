"""Bring a database that was restored from a backup up to now, without posting anything a second time."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from msgspec import Struct
from msgspec.structs import replace

from cards.reason import Cause
from scheduler import planning
from scheduler.choosing import Candidates
from scheduler.delivery import record
from scheduler.delivery.record import Settled
from scheduler.learning import rounds
from scheduler.learning.round_rows import Playable
from store import facts, locking
from store.database.access import Database
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries, Delivery
from store.facts import Facts

_BATCH = 500

log = structlog.get_logger()
_deliveries = Deliveries()
_queue = Queue()
_notes = Facts()


class Recovered(Struct, frozen=True):
    """What may have been posted since the copy was made.

    Deliveries that it held open, tips that came due since, and what was told of rounds that ended since.
    """

    since: datetime
    deliveries: int
    tips: int
    rounds: int = 0


async def recover(
    database: Database,
    tips: Candidates,
    now: datetime,
    *,
    dilemmas: Mapping[str, Playable],
    since: datetime | None = None,
) -> Recovered | None:
    """Where this database is a restored copy, mark as unknown whatever may have been posted after it was made.

    It is one where a backup left its note, or where the caller knows: then `since` says of when it is. None, and one
    cheap query, where it is not. As long as the note stands nothing is planned or leased from it, by no process.

    Deliveries that were waiting or under way, and due by now, become unknown, and so do the tips that came due, and
    what is told of rounds that ended: these are closed, and their votes erased. `doctor` lists them, and a person may
    send them. Edits that were waiting are made, for twice is the same as once; a round whose end is still to come goes
    on, with the votes that the copy has. Where an operator added a history scope the deliveries are looked
    up; the tips are not, for whatever was posted of them carries an id that the copy never held. What people asked for
    or changed after the copy was made is not known to anybody, and may be asked for again.
    """
    if since is None:
        async with database.read() as connection:
            if facts.BACKUP not in await _notes.every(connection):
                return None
    async with database.write() as connection:
        await locking.alone(connection)
        note = await _notes.held(connection, facts.BACKUP)
        made = note.at if note is not None else since
        if made is None:  # another process was first
            return None
        await _notes.forget(connection, facts.BACKUP)
        ended = await rounds.close_restored(connection, dilemmas, now)  # before edits that wait can come after it
        deliveries = await _doubt_open(connection, now)
        recovered = Recovered(made, deliveries, await planning.plan_restored(connection, tips, now), ended)
    log.warning("database.restored", since=made.isoformat(), deliveries=deliveries, tips=recovered.tips, rounds=ended)
    return recovered


async def _doubt_open(connection: AsyncConnection, now: datetime) -> int:
    """Mark as unknown what the copy held open and was due by `now`, with all that follows from it; gives how many."""
    total = 0
    while rows := await _queue.undecided(connection, now, _BATCH):
        taken = [_taken(row, now) for row in rows]
        await _deliveries.change(connection, taken)
        unknown = [Settled(replace(row, state="unknown", reason=str(Cause.RESTORED))) for row in taken]
        await record.record(connection, unknown, now)
        total += len(rows)
    return total


def _taken(row: Delivery, now: datetime) -> Delivery:
    """Give the row under a lease of our own: one that a process still holds from before is void."""
    return replace(
        row, state="sending", attempt=row.attempt + 1, lease_owner="restored", lease_until=None, changed_at=now
    )
