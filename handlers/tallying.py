"""Count what people do with what they read: after their answers, in groups, and without them."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from cachetools import FIFOCache

from cards.compose.counts import FEWEST, GROUP_OF, Group
from handlers.outcomes.counting import SHOWN_AS
from messengers.base import Address
from store.database.access import Database, tried_again
from store.learning import tallies
from store.learning.tallies import Crowd, Tallied
from store.learning_tables import Counted

_MOST = 20_000  # who did what, about 10 MB; what is forgotten may be counted again
_MOST_CROWDS = 20_000  # of up to five people, about 15 MB; one that is forgotten begins anew, and is never too large

log = structlog.get_logger()


class Crowds:
    """Know behind how many different people something stands, up to `FEWEST`: who they are is in memory alone.

    What belongs together (right and not yet, thumbs up and each why) is one crowd. Nobody is ever counted twice, so
    that it is a lower bound: after a restart it begins anew, and the store keeps the largest that any process knew.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: FIFOCache[tuple[str, ...], set[str]] = FIFOCache(_MOST_CROWDS)

    def note(self, person: str, tally: Tallied) -> None:
        """Know that somebody did it."""
        for key in _crowds(tally):
            people = self._people.get(key)
            if people is None:
                people = self._people[key] = set()
            if len(people) < FEWEST:
                people.add(person)

    def of(self, tally: Tallied) -> Crowd:
        """Say how many people are known by now to have done something like it."""
        return Crowd(*(len(self._people.get(key, ())) for key in _crowds(tally)))


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
        self._crowds = Crowds()

    def count_once(self, person: str, tally: Tallied) -> None:
        """Count something that a person did, unless they did the same before."""
        if (person, tally) not in self._known:
            self._known[person, tally] = None
            self.count(person, tally)

    def count(self, person: str, tally: Tallied) -> None:
        """Count something that a person did."""
        self._crowds.note(person, tally)
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
            await tallies.add_all(connection, group, {each: self._crowds.of(each) for each in group})


def tally(address: Address, subject: str, what: Counted, *, is_direct: bool) -> Tallied:
    """Name what is counted; chats of one person alone are one place, so that no count is about a person."""
    return Tallied(address.platform, address.workspace, "" if is_direct else address.conversation, subject, what)


def _crowds(tally: Tallied) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the people with whom one is counted: those of the subject, and those of the whole place."""
    here = (tally.platform, tally.workspace, tally.conversation, _GROUP_OF.get(tally.what, ""))
    return (*here, tally.subject), here


_GROUP_OF: Final[dict[Counted, Group]] = {what: GROUP_OF[shown] for what, shown in SHOWN_AS.items() if shown}
