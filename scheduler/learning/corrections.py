"""Plan the correction of posts whose tip was corrected since, one after the other, and what follows once one is made.

A correction is an edit: its key holds the post and the version, so that it is owed once however often and by however
many processes it is planned. The line in the thread is owed in the transaction that writes down that the edit was made.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

import structlog
from msgspec import Struct
from msgspec.structs import replace

from cards.model import Edition
from store.database.access import Database, tried_again
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery, fresh
from store.learning import corrections
from store.learning.corrections import Ahead, Corrections, KindPosted, Outdated, Seen, Standing, Wanted
from store.tables import DeliveryState

# Slack: chat.update is of tier 3, 50 a minute in a workspace. Somewhat slower than the dispatcher would let them go
# (scheduler/delivery/mending.py), so that what is put off finds a turn.
EVERY = 2.0  # seconds between two of one workspace
PER_SECOND = 8  # of all together
AGAIN = timedelta(hours=1)  # after which posts are looked at though nothing seems to have changed
_BATCH = 1_000  # in a transaction: a command in between waits milliseconds

log = structlog.get_logger()
_corrections, _deliveries = Corrections(), Deliveries()


class Owed(Struct, frozen=True):
    """What the argument of a correction holds: what the post was posted as, and the edition it is to show."""

    kind: KindPosted
    edition: Edition

    def __str__(self) -> str:
        """Give the form that is stored: `tip 3 2026-12-02:9f86d081`, and which tip it asks about, if any."""
        edition = self.edition
        return f"{self.kind} {edition.version} {edition.corrected} {edition.remembers}".rstrip()

    @classmethod
    def parse(cls, text: str) -> "Owed":
        """Read it back; ValueError where it is not of that form."""
        match text.split():
            case ["tip" | "share" | "mention" as kind, version, mark, *remembers] if len(remembers) <= 1:
                return cls(kind, Edition(int(version), mark, "".join(remembers)))
            case _:
                raise ValueError(f"not a correction: {text!r}")


class Turns:
    """Deals out moments, whole seconds, so that no workspace has two within `EVERY` and no second more than some."""

    def __init__(self, ahead: Ahead, now: datetime) -> None:
        """Begin behind the corrections that wait already."""
        self._last = dict(ahead.last)
        self._taken = dict(ahead.taken)
        self._from = ceil(now.timestamp())  # before it everything is taken

    def next(self, platform: str, workspace: str) -> datetime:
        """Give the next free moment of a workspace, which is taken then."""
        place = (platform, workspace)
        while self._taken.get(self._from, 0) >= PER_SECOND:
            self._from += 1
        at = max(self._from, ceil(self._last.get(place, 0.0) + EVERY))
        while self._taken.get(at, 0) >= PER_SECOND:
            at += 1
        self._taken[at] = self._taken.get(at, 0) + 1
        self._last[place] = at
        return datetime.fromtimestamp(at, UTC)


class Looked:
    """Remembers that nothing was to be corrected, so that posts are not looked at again while nothing has changed.

    What it cannot see, such as a post that another machine's slower clock made, is found within `AGAIN`.
    """

    def __init__(self) -> None:
        """Begin with nothing looked at."""
        self._at: datetime | None = None
        self._found: tuple[Sequence[Wanted], Seen] | None = None

    def is_known(self, wanted: Sequence[Wanted], seen: Seen, now: datetime) -> bool:
        """Say whether just this was looked at of late, and nothing was to be done."""
        return self._at is not None and now - self._at < AGAIN and self._found == (wanted, seen)

    def note(self, wanted: Sequence[Wanted], seen: Seen, now: datetime) -> None:
        """Remember that nothing was to be done."""
        self._at, self._found = now, (wanted, seen)


async def plan(
    database: Database, corrected: Mapping[str, Edition], now: datetime, looked: Looked | None = None
) -> int:
    """Owe each post that shows what was corrected since its correction; gives how many were planned.

    `corrected` are the subjects (`tip/way-out`) that were ever corrected, with their edition now. Where there is
    nothing to do, and was nothing before (`looked`), posts are not looked at. Else they are read, and corrections
    written, in batches, each in a transaction of its own.
    """
    wanted = _wanted(corrected)
    if not wanted:
        return 0
    looked = looked or Looked()
    async with database.read() as connection:
        seen = await _corrections.seen(connection)  # before the look: what changes meanwhile is looked at again
        if looked.is_known(wanted, seen, now):
            return 0
        concerned = await _corrections.concerned(connection, wanted, now)
        turns = Turns(await _corrections.ahead(connection), now) if concerned else None
    total = 0
    if turns is not None:
        for one in wanted:
            if one.subject in concerned:
                total += await _plan_subject(database, one, turns, now)
        log.info("corrections.planned", count=total, subjects=sorted(concerned))
    else:
        looked.note(wanted, seen, now)
    return total


async def _plan_subject(database: Database, wanted: Wanted, turns: Turns, now: datetime) -> int:
    total, after = 0, corrections.BEGIN
    while True:
        found = await _plan_batch(database, wanted, turns, now, after)
        total += len(found)
        if len(found) < _BATCH:
            return total
        after = (found[-1].version, found[-1].id)


@tried_again
async def _plan_batch(
    database: Database, wanted: Wanted, turns: Turns, now: datetime, after: tuple[int, str]
) -> tuple[Outdated, ...]:
    async with database.write(many=True) as connection:
        posts = await _corrections.outdated(connection, wanted, now, after, _BATCH)
        rows = [_correction(post, wanted, turns.next(post.platform, post.workspace), now) for post in posts]
        # In one order: two processes that plan the same must not wait for each other.
        await _deliveries.insert_missing(connection, sorted(rows, key=lambda row: row.key))
    return posts


async def posted(connection: AsyncConnection, ended: Sequence[tuple[Delivery, str]], now: datetime) -> None:
    """Note which edition corrected posts show by now, and owe their threads a line each; a refusal changes nothing."""
    sent = [(row, Owed.parse(row.argument).edition) for row, _ in ended if row.state == "sent" and row.post_id]
    await _corrections.done(
        connection, [(row.post_id or "", edition.version, edition.corrected) for row, edition in sent]
    )
    await _deliveries.insert_missing(
        connection, sorted((_line(row, edition, now) for row, edition in sent), key=lambda line: line.key)
    )


async def census(
    connection: AsyncConnection, corrected: Mapping[str, Edition], now: datetime
) -> dict[str, dict[Standing, int]]:
    """Count the posts of everything that was ever corrected by how they stand."""
    return await _corrections.census(connection, _wanted(corrected), now)


async def counts_in(
    connection: AsyncConnection, platform: str, workspace: str, conversation: str, corrected: Mapping[str, Edition]
) -> dict[DeliveryState, int]:
    """Count the newest corrections of one conversation's posts by how they went."""
    return await _corrections.counts_in(connection, (platform, workspace, conversation), _wanted(corrected))


def _wanted(corrected: Mapping[str, Edition]) -> list[Wanted]:
    return [Wanted(subject, edition.version, edition.corrected) for subject, edition in sorted(corrected.items())]


def _correction(post: Outdated, wanted: Wanted, at: datetime, now: datetime) -> Delivery:
    owed = Owed(post.kind, Edition(wanted.version, wanted.mark, post.remembers))
    row = fresh(
        corrections.key(post.id, wanted.version),
        "correction",
        platform=post.platform,
        workspace=post.workspace,
        conversation=post.conversation,
        thread=post.thread,
        message_id=post.message_id,
        post_id=post.id,
        subscription_id=post.subscription_id,
        subject=wanted.subject,
        argument=str(owed),
        now=now,
    )
    return replace(row, due_at=at, not_before=at)  # late is what comes long after its turn


def _line(correction: Delivery, edition: Edition, now: datetime) -> Delivery:
    return fresh(
        f"corrected:{correction.post_id}:{edition.version}",
        "corrected",
        platform=correction.platform,
        workspace=correction.workspace,
        conversation=correction.conversation,
        thread=correction.thread or correction.message_id,
        post_id=correction.post_id,
        subject=correction.subject,
        argument=correction.argument,
        now=now,
    )
