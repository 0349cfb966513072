"""Count the levels that people open privately, in memory, and write them down together now and then."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from cards.model import Action
from content.levels import LEVEL_OF, Level
from content.library import Library
from handlers import answers
from messengers.base import Address
from store.database.access import Database, UnusableError
from store.learning import tallies
from store.learning.tallies import Tallied
from store.learning_tables import Counted

SECONDS = 15.0  # how long a count stays in memory alone
MOST = 10_000  # different counts kept while the database cannot be written, about 5 MB
_COUNTED: Mapping[Level, Counted] = {"detail": "detail", "sources": "sources", "exercise": "exercise"}

log = structlog.get_logger()


class Opened:
    """Counts what is opened for one person alone in a conversation of several: no names, and no query a request.

    Nothing waits, and nothing is written, where nobody opens anything. A process that is killed loses the last seconds.
    """

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, object]], None]) -> None:
        self._database = database
        self._spawn = spawn
        self._counts: Counter[Tallied] = Counter()
        self._timer: asyncio.TimerHandle | None = None
        self._writing = asyncio.Lock()

    def count(self, library: Library, address: Address, action: Action) -> None:
        """Count a level that a button opened; never one in a chat with one person, which would tell who read it."""
        level = LEVEL_OF.get(action.argument)
        if level is None or answers.content_of(library, action.subject) is None:
            return
        where = (address.platform, address.workspace, address.conversation)
        key = Tallied(*where, str(action.subject), _COUNTED[level])
        if key in self._counts or len(self._counts) < MOST:
            self._counts[key] += 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._spawn(self.flush())

    async def flush(self) -> None:
        """Write down what was counted since the last time; where the database cannot be used, the next time does."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._writing:
            counted, self._counts = self._counts, Counter()
            if not counted:
                return
            try:
                async with self._database.write() as connection:
                    await tallies.add_all(connection, counted)
            except UnusableError as error:
                self._counts.update(counted)
                log.error("opened.not_written", count=counted.total(), error=str(error))  # noqa: TRY400 # the sentence says it all
