"""Know in memory who wants to see their own gap, so that whoever does not costs no look into the database."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from store.database.access import Database, UnusableError
from store.learning.learners import Learners, Person

REFRESH_SECONDS = 15.0  # after which other processes have heard of it

log = structlog.get_logger()
_learners = Learners()


class KnownLearners:
    """Who wants it: read once at the start, changed here at once, and read anew for what other processes changed.

    It may be wrong for as long as that takes: what is written asks the row itself.
    """

    def __init__(self, database: Database) -> None:
        """Begin with nobody."""
        self._database = database
        self._known: set[Person] = set()
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
        """Read who wants it, in one query; UnusableError where the database cannot be used."""
        before = self._changes
        async with self._database.read() as connection:
            found = await _learners.every(connection)
        if before == self._changes:
            self._known = set(found)

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
