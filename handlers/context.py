"""What every handler is handed: the content, the store, the clock, and how to start work that takes time."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from content.library import Library
from handlers.enqueue import Enqueued, EnqueueRequest
from handlers.enqueuer import Enqueuer
from handlers.known_learners import KnownLearners
from handlers.learning.votes import Votes
from handlers.outcomes.opened import Opened
from handlers.pending_replies import PendingReplies, PendingReply
from handlers.tallying import Tallying
from handlers.tellers import Tellers
from scheduler import planning
from store.database.access import Database


class CurrentContent:
    """The content in use; replaced whole when the writers' files are read anew."""

    def __init__(self, library: Library) -> None:
        """Begin with a library that has been read and checked."""
        self.library = library


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """The neutral dependencies of both platforms' handlers.

    `spawn` runs a coroutine in the supervised task group, drained at a stop; `wake` tells the dispatcher that the
    ledger has something new; `clock` gives the moment, aware, UTC; `grace` is how late a tip may still come.
    """

    content: CurrentContent
    database: Database
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, object]], None]
    grace: timedelta = planning.GRACE
    pending_replies: PendingReplies = field(init=False)
    enqueuer: Enqueuer = field(init=False)
    learners: KnownLearners = field(init=False)
    votes: Votes = field(init=False)
    opened: Opened = field(init=False)
    tallying: Tallying = field(init=False)
    tellers: Tellers = field(init=False)

    def __post_init__(self) -> None:
        """Keep one of each for all handlers."""
        object.__setattr__(self, "pending_replies", PendingReplies(self.clock))
        object.__setattr__(self, "enqueuer", Enqueuer(self.database, self.spawn))
        object.__setattr__(self, "learners", KnownLearners(self.database))
        object.__setattr__(self, "votes", Votes(self.database, self.spawn))
        object.__setattr__(self, "opened", Opened(self.database, self.spawn))
        object.__setattr__(self, "tallying", Tallying(self.database, self.spawn))
        object.__setattr__(self, "tellers", Tellers(self.clock))

    async def enqueue(self, request: EnqueueRequest, listener: PendingReply | None = None) -> Enqueued:
        """Write down what is to be posted, and see to it where that is new; `listener` will be told how it ended."""
        queued = await self.enqueuer.enqueue(request)
        if queued.is_new:
            if listener is not None:
                self.pending_replies.add(queued.delivery.id, listener)
            self.wake()
        return queued
