"""Know whether the jobs of the clock come to their end: in this process, and in the database for all others."""

import os
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from msgspec import Struct

from store.database.access import Database
from store.facts import Fact, Facts

log = structlog.get_logger()
_notes = Facts()


class Heartbeat:
    """When a job last came to its end; all times are seconds of a monotonic clock.

    `is_failing` is whether it failed the last time. A job is late when two of its intervals and its time limit have
    passed since it last finished, or since the clock started: then it hangs, or fails every time.
    """

    def __init__(self, name: str, every: float, limit: float) -> None:
        self.name = name
        self.every = every
        self.limit = limit
        self.started: float | None = None
        self.last_finished: float | None = None
        self.is_failing = False

    def start(self, now: float) -> None:
        """Begin to expect the job."""
        self.started = now

    def beat(self, now: float) -> None:
        """Note that the job came to its end."""
        self.last_finished = now
        self.is_failing = False

    def age(self, now: float) -> float | None:
        """Tell how many seconds ago the job last finished, None if it never did."""
        return None if self.last_finished is None else now - self.last_finished

    def is_late(self, now: float) -> bool:
        """Say whether the job should have finished again by now; never for a clock that was not started."""
        since = self.last_finished if self.last_finished is not None else self.started
        return since is not None and now - since > 2 * self.every + self.limit


class _Restored(Struct, frozen=True):
    """The database is older than what this process wrote: its last sign of life, None where it has none."""

    at: datetime | None


class Beats:
    """Heartbeats that every process sees: one note a job, with a count, the process that wrote it, and the moment.

    The count only grows. Where it is less than this process itself wrote, the database was put back to an older state
    under our feet; `on_restored` is told the moment of the note that came back (None: there is none), before anything
    is planned from it. Counts, not moments: the clocks of machines differ.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        on_restored: Callable[[datetime | None], Awaitable[None]] | None,
    ) -> None:
        self._database = database
        self._now = now
        self._on_restored = on_restored
        self._written: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._process = f"{socket.gethostname()}:{os.getpid()}"

    async def note(self, name: str) -> None:
        """Write that a job of this name runs, in this process, now."""
        while (since := await self._try_to_note(name)) is not None:
            log.error("database.restored", since=since.at.isoformat() if since.at else "")
            if self._on_restored is not None:
                await self._on_restored(since.at)
            self._written[name] = 0

    async def _try_to_note(self, name: str) -> "_Restored | None":
        async with self._database.write() as connection:
            standing = await _notes.held(connection, name)
            if count_of(standing) < self._written.get(name, 0):
                return _Restored(standing.at if standing else None)
            count = count_of(standing) + 1
            await _notes.write(connection, Fact(name, f"{count} {self._process}", self._now()))
        self._written[name] = count  # only once it is committed
        return None

    async def note_end(self, name: str) -> None:
        """Write that something came to its end, in this process, now: `note` says only that it began."""
        async with self._database.write() as connection:
            count = count_of(await _notes.held(connection, name)) + 1
            await _notes.write(connection, Fact(name, f"{count} {self._process}", self._now()))

    async def has_moved(self, name: str) -> bool:
        """Say whether any process wrote this note since it was last asked."""
        async with self._database.read() as connection:
            count = count_of((await _notes.every(connection)).get(name))
        moved, self._seen[name] = count != self._seen.get(name, 0), count
        return moved


def count_of(note: Fact | None) -> int:
    """Give how often a job ran, 0 where it never did."""
    return int(note.value.partition(" ")[0]) if note is not None else 0
