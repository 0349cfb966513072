"""What every handler is handed: the content, the store, the clock, and how to start work that takes time."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cards.compose.learning import rounds
from content.library import Library
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.enqueuer import Enqueuer
from handlers.known_learners import KnownLearners
from handlers.learning.votes import Votes
from handlers.outcomes.opened import Opened
from handlers.pending_replies import PendingReplies, PendingReply
from handlers.tallying import Tallying
from handlers.tellers import Tellers
from handlers.tips.zones import ChosenZones
from scheduler import planning
from store.database.access import Database


class CurrentContent:
    """The content in use; replaced whole when the writers' files are read anew."""

    def __init__(self, library: Library) -> None:
        """Begin with a library that has been read and checked."""
        self.library = library


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)  # a struct has no fields that nobody may give
class HandlerContext:
    """The neutral dependencies of both platforms' handlers.

    `spawn` runs a coroutine in the supervised task group, drained at a stop; `wake` tells the dispatcher that the
    ledger has something new, `wait` that it has something whose turn comes later; `clock` gives the moment, aware, UTC;
    `grace` is how late a tip may still come.
    """

    content: CurrentContent
    database: Database
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, object]], None]
    grace: timedelta = planning.GRACE
    wait: Callable[[], None] = _nothing  # for who has no dispatcher of their own
    pending_replies: PendingReplies = field(init=False)
    enqueuer: Enqueuer = field(init=False)
    learners: KnownLearners = field(init=False)
    votes: Votes = field(init=False)
    opened: Opened = field(init=False)
    tallying: Tallying = field(init=False)
    tellers: Tellers = field(init=False)
    zones: ChosenZones = field(init=False)
    askers: Tellers = field(init=False)  # of conversations

    def __post_init__(self) -> None:
        """Keep one of each for all handlers."""
        object.__setattr__(self, "pending_replies", PendingReplies(self.clock))
        object.__setattr__(self, "enqueuer", Enqueuer(self.database, self.spawn))
        object.__setattr__(self, "learners", KnownLearners(self.database))
        object.__setattr__(self, "votes", Votes(self.database, self.spawn, lambda: self.content.library))
        object.__setattr__(self, "opened", Opened(self.database, self.spawn))
        object.__setattr__(self, "tallying", Tallying(self.database, self.spawn))
        object.__setattr__(self, "tellers", Tellers(self.clock))
        object.__setattr__(self, "zones", ChosenZones(self.database))
        object.__setattr__(self, "askers", Tellers(self.clock, rounds.MOST_OF_ONE))

    def expect(self, turn: datetime) -> None:
        """Have the dispatcher see to what was written down for a moment, now or once that comes."""
        (self.wait if turn > self.clock() else self.wake)()

    async def enqueue(self, request: EnqueueRequest, listener: PendingReply | None = None) -> Enqueued:
        """Write down what is to be posted, and see to it where that is new; `listener` will be told how it ended."""
        queued = await self.enqueuer.enqueue(request)
        if queued.is_new:
            if listener is not None:
                self.pending_replies.add(queued.delivery.id, listener)
            if queued.delivery.state == "planned":  # else it is on its way already
                self.expect(queued.delivery.not_before)
        return queued
