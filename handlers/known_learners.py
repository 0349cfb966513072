"""Know in memory who wants to see their own gap, so that whoever does not costs no look into the database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from store.database.access import Database, UnusableError
from store.learning.learners import Learners, Person

REFRESH_SECONDS = 15.0  # after which other processes have heard of it
_SKEW = timedelta(hours=1)  # by which machines' clocks, and the writing down, may differ

log = structlog.get_logger()
_learners = Learners()


class KnownLearners:
    """Who wants it: read once at the start, changed here at once, and looked at for what other processes changed.

    Only who began of late is read then, and how many there are: where that says that somebody is gone, all are read.
    It may be wrong for as long as that takes: what is written asks the row itself.
    """

    def __init__(self, database: Database) -> None:
        """Begin with nobody."""
        self._database = database
        self._known: set[Person] = set()
        self._newest: datetime | None = None  # when the last one known began; None before anything was read
        self._changes = 0  # made here, so that what was read before one does not undo it

    def __contains__(self, person: Person) -> bool:
        """Say whether somebody wants it."""
        return person in self._known

    def add(self, person: Person) -> None:
        """Know that somebody wants it from now on."""
        self._changes += 1
        self._known.add(person)

    def discard(self, person: Person) -> None:
        """Know that somebody wants it no longer."""
        self._changes += 1
        self._known.discard(person)

    async def refresh(self) -> None:
        """Look at who wants it; UnusableError where the database cannot be used."""
        before, known = self._changes, self._known
        async with self._database.read() as connection:
            new = await _learners.began(connection, self._newest - _SKEW) if self._newest else {}
            # Nobody is in the table who is not known or new: as many as these are these.
            total = len(known) + sum(person not in known for person in new)
            is_whole = self._newest is not None and await _learners.count(connection) == total
            found = new if is_whole else await _learners.every(connection)
        if before == self._changes:
            if is_whole:
                known.update(found)
            else:
                self._known = set(found)
            self._newest = max(found.values(), default=self._newest)

    async def keep_fresh(
        self, wait: Callable[[float], Awaitable[None]] = asyncio.sleep, every: float = REFRESH_SECONDS
    ) -> None:
        """Go on reading it, `every` so many seconds, until cancelled; a database that is away is asked again."""
        while True:
            await wait(every)
            try:
                await self.refresh()
            except UnusableError as error:
                log.warning("learners.not_read", reason=str(error))
