"""One tick as a process of its own, whose messenger writes down what it posts and may then die of SIGKILL."""

import os
import signal
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cards.model import Card, Edition
from messengers.base import Address, CannotLook, LookedUp, Outcome, Posted
from scheduler.choosing import Candidate, Candidates
from scheduler.clock import Clock
from scheduler.delivery import pace
from scheduler.delivery.dispatch import Dispatcher
from scheduler.delivery.settings import DispatchSettings
from scheduler.learning.round_rows import Playable
from store.database.access import Database
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription


class WritingMessenger:
    """Writes each delivery's id to a file before it answers; with `dies` there is no answer."""

    def __init__(self, log: Path, *, dies: bool) -> None:
        self._log = log
        self._dies = dies
        log.touch()

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Post into the file."""
        with self._log.open("a", encoding="ascii") as log:
            log.write(f"{delivery_id}\n")
        if self._dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return Posted(f"{address.conversation} {card.title}")

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Change nothing: a tick of this test edits nothing."""
        raise AssertionError((address, message_id, card))

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """See nothing."""
        return CannotLook(f"{address.conversation} {delivery_id} {since} {attempt}")

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Do nothing: a tick whispers to nobody."""
        raise AssertionError((address, person, card))

    async def link(self, address: Address, message_id: str) -> str:
        """Know no links."""
        return f"{address.conversation} {message_id}"[:0]


class PlainHooks:
    """Two tips, and cards that name their delivery."""

    def pool(self) -> Candidates:
        """Give the tips."""
        return {"a": Candidate("value"), "b": Candidate("risks")}

    def dilemmas(self) -> Mapping[str, Playable]:
        """Give none."""
        return {}

    def corrected(self) -> Mapping[str, Edition]:
        """Know of no corrections."""
        return {}

    def draw(self, delivery: Delivery, _: Subscription | None) -> Card:
        """Draw a card."""
        return Card(delivery.key, ())

    async def settled(self, delivery: Delivery) -> None:
        """Hear that a delivery ended."""


async def tick(path: str, now: datetime, log: Path, *, dies: bool) -> None:
    """Plan and deliver once."""
    database = Database(f"sqlite:///{path}")
    dispatcher = Dispatcher(
        database,
        {"slack": WritingMessenger(log, dies=dies)},
        PlainHooks(),
        clock=lambda: now,
        settings=DispatchSettings(pace=pace.UNPACED),  # the clock stands
    )
    clock = Clock(database, dispatcher, PlainHooks(), now=lambda: now, monotonic=lambda: 0.0)
    await clock.tick()
    await database.close()
