"""A ledger to test: a real database, a messenger that records, and a clock that stands until it is moved."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cards.model import Card, Edition, Subject
from messengers.base import Address, CannotLook, LookedUp, Outcome, Posted
from scheduler import planning
from scheduler.choosing import Candidate, Candidates
from scheduler.delivery import pace
from scheduler.delivery.dispatch import Dispatcher
from scheduler.delivery.pace import Pace
from scheduler.delivery.settings import DispatchSettings
from scheduler.hooks import GoneError, NotYetError
from scheduler.learning.round_rows import Playable
from scheduler.planning import Planned
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.history import History
from store.posts import Post, Posts
from store.subscriptions import Subscription, Subscriptions
from tests.store.rows import NOW


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of the messenger."""

    address: Address
    card: Card
    delivery_id: str


class RecordingMessenger:
    """Takes every post, and answers from `script` as long as it lasts; an exception in it is raised.

    While `door` is closed, posts wait in front of it.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.edited: list[tuple[Address, str, Card]] = []
        self.looked: list[tuple[Address, str, datetime]] = []
        self.finds: dict[str, LookedUp | Exception] = {}
        self.script: deque[Outcome | Exception] = deque()
        self.door = asyncio.Event()
        self.door.set()
        self.arrived = asyncio.Event()

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:
        """Record a post and answer it."""
        self.sent.append(Sent(address, card, delivery_id))
        self.arrived.set()
        await self.door.wait()
        answer = self.script.popleft() if self.script else Posted(f"{len(self.sent)}.0", "https://example.com/p")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Record an edit and answer it; a script's answer goes to whatever comes next."""
        self.edited.append((address, message_id, card))
        answer = self.script.popleft() if self.script else Posted(message_id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:  # noqa: ARG002 # the protocol's
        """Record a look and answer what `finds` says of it; nothing is there to be looked at otherwise."""
        self.looked.append((address, delivery_id, since))
        found = self.finds.get(delivery_id, CannotLook("no scope"))
        if isinstance(found, Exception):
            raise found
        return found

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Refuse: nothing in the scheduler whispers."""
        raise AssertionError(f"{person} was whispered {card.title} in {address.conversation}")

    async def link(self, address: Address, message_id: str) -> str:
        """Give no link."""
        return f"https://example.com/{address.conversation}/{message_id}"


@dataclass
class Ledger:
    """Everything a test of the ledger touches; `told` is what `settled` heard, which waits while `ear` is closed."""

    database: Database
    messenger: RecordingMessenger = field(default_factory=RecordingMessenger)
    now: datetime = NOW
    tips: Sequence[str] | Candidates = ("a", "b", "c")
    told: list[Delivery] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    ear: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False
    early: bool = False  # the content is older than what is owed
    broken: bool = False
    deaf: bool = False
    playable: dict[str, Playable] = field(default_factory=dict)  # the dilemmas there are
    editions: dict[str, Edition] = field(default_factory=dict)  # what was ever corrected
    about: str = ""  # what cards are about whose delivery does not say

    def __post_init__(self) -> None:
        """Open the ear."""
        self.ear.set()

    def dispatcher(self, **settings: float | timedelta | Pace | Mapping[str, Pace]) -> Dispatcher:
        """Give a dispatcher of its own identity, that records at once and, unless told otherwise, at any pace."""
        return Dispatcher(
            self.database,
            {"slack": self.messenger},
            self,
            clock=lambda: self.now,
            settings=DispatchSettings(**{"group": 0.0, "pace": pace.UNPACED, **settings}),  # type: ignore[arg-type] # each takes its field's own type
        )

    def draw(self, delivery: Delivery, subscription: Subscription | None) -> Card:
        """Draw a card that names the delivery and the subscription's hour."""
        if self.gone:
            raise GoneError(delivery.subject)
        if self.early:
            raise NotYetError(delivery.subject)
        if self.broken:
            raise ZeroDivisionError
        about = delivery.subject or self.about
        subject = Subject.parse(about) if about else None
        return Card(f"{delivery.kind} {subscription.at if subscription else ''}".strip(), (), subject)

    async def settled(self, delivery: Delivery) -> None:
        """Hear how a delivery ended."""
        self.heard.set()
        await self.ear.wait()
        self.told.append(delivery)
        if self.deaf:
            raise ConnectionError

    async def ended(self, count: int) -> None:
        """Wait until so many deliveries were told to have ended."""
        while len(self.told) < count:
            self.heard.clear()
            await self.heard.wait()

    def pool(self) -> Candidates:
        """Give the tips to choose from; plain ids are all of one dimension."""
        return self.tips if isinstance(self.tips, Mapping) else dict.fromkeys(self.tips, Candidate("value"))

    def dilemmas(self) -> Mapping[str, Playable]:
        """Give the dilemmas that rounds are about."""
        return self.playable

    def corrected(self) -> Mapping[str, Edition]:
        """Give what was ever corrected."""
        return self.editions

    async def plan(self) -> Planned:
        """Plan what is due now."""
        return await planning.plan_due(self.database, self.pool(), self.now)

    async def add(self, *standing: Subscription | Delivery | Post) -> None:
        """Put rows into the database as they are."""
        subscriptions = [row for row in standing if isinstance(row, Subscription)]
        async with self.database.write() as connection:
            await Subscriptions().insert_many(connection, subscriptions)
            await Posts().remember(connection, [row for row in standing if isinstance(row, Post)])
            await Deliveries().insert_missing(connection, [row for row in standing if isinstance(row, Delivery)])

    async def subscription(self, conversation: str = "C1") -> Subscription:
        """Give a conversation's subscription as it stands."""
        async with self.database.read() as connection:
            found = await Subscriptions().find(connection, "slack", "T1", conversation)
        assert found is not None
        return found

    async def history(self, conversation: str = "C1") -> list[tuple[str, str, str]]:
        """Give a conversation's history, oldest first: who, what, and the detail."""
        standing = await self.subscription(conversation)
        async with self.database.read() as connection:
            lines = await History().of_subscription(connection, standing.id)
        return [(line.person, line.action, line.detail) for line in reversed(lines)]

    async def deliveries(self) -> list[Delivery]:
        """Give all deliveries in the order in which they were due."""
        async with self.database.read() as connection:
            rows = [
                row
                for state in ("planned", "sending", "sent", "failed", "skipped", "unknown")
                for row in await Deliveries().in_state(connection, state, 10_000)
            ]
        return sorted(rows, key=lambda row: (row.due_at, row.key))

    async def delivery(self, delivery_id: str = "") -> Delivery:
        """Give one delivery as it stands; the only one where none is named."""
        rows = [row for row in await self.deliveries() if row.id == delivery_id or not delivery_id]
        (row,) = rows
        return row

    def pass_time(self, **time: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**time)
