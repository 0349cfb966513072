"""Count what people do with what they read: after their answers, in groups, and without them."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from cachetools import FIFOCache

from messengers.base import Address
from store.database.access import Database, tried_again
from store.learning import tallies
from store.learning.tallies import Tallied
from store.learning_tables import Counted

_MOST = 20_000  # who did what, about 10 MB; what is forgotten may be counted again

log = structlog.get_logger()


class Tallying:
    """Writes counts together while the database is busy; nobody waits for them.

    A fault is logged with how many were lost, and so is what a stop gave up on; what had not been written when the
    process died is lost. Who did what is in memory alone, so that it counts once a person.
    """

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        """Begin with nothing counted; `spawn` runs what outlives a request."""
        self._database = database
        self._spawn = spawn
        self._waiting: Counter[Tallied] = Counter()
        self._is_writing = False
        self._known: FIFOCache[tuple[str, Tallied], None] = FIFOCache(_MOST)

    def count_once(self, person: str, tally: Tallied) -> None:
        """Count something that a person did, unless they did the same before."""
        if (person, tally) not in self._known:
            self._known[person, tally] = None
            self.count(tally)

    def count(self, tally: Tallied) -> None:
        """Count something."""
        self._waiting[tally] += 1
        if not self._is_writing:
            self._is_writing = True
            self._spawn(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, Counter()
                try:
                    await self._write(group)
                except Exception:  # nobody waits for it, and the next ones may be written
                    log.exception("tally.lost", count=group.total())
        finally:
            self._is_writing = False

    @tried_again
    async def _write(self, group: Counter[Tallied]) -> None:
        async with self._database.write() as connection:
            await tallies.add_all(connection, group)


def tally(address: Address, subject: str, what: Counted, *, is_direct: bool) -> Tallied:
    """Name what is counted; chats of one person alone are one place, so that no count is about a person."""
    return Tallied(address.platform, address.workspace, "" if is_direct else address.conversation, subject, what)
