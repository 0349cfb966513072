"""Handlers that hear activities, on a real database and a real dispatcher, with a messenger that records."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from bot.tasks import Tasks
from cards import text
from cards.model import Card
from content import library
from handlers import delivery_cards
from handlers.context import CurrentContent, HandlerContext
from handlers.pending_replies import PendingReply
from handlers.teams import presenter
from handlers.teams.listeners import TeamsHandlers
from handlers.teams.presenter import ReplyTarget
from handlers.teams.responses import Reply
from messengers.base import Address, Outcome, Posted
from messengers.people import Person
from messengers.teams.messenger import TeamsMessenger
from scheduler import clock as clocks
from scheduler.delivery.dispatch import Dispatcher
from scheduler.delivery.pace import UNPACED
from scheduler.delivery.settings import DispatchSettings
from store.conversations import Conversation, Conversations
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.subscriptions import Subscription, Subscriptions
from tests import databases
from tests.handlers.teams.activities import ALICE, BOB, CLIENT, ROOM, TENANT, Activity

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # 09:30 in Paris


@dataclass(frozen=True, slots=True)
class Said:
    """One thing the bot did at Teams: `message_id` is the one it made, or changed."""

    how: Literal["post", "answer", "update", "whisper"]
    address: Address
    card: Card
    message_id: str
    person: str = ""

    @property
    def words(self) -> str:
        """Give the card's words."""
        return text.message(self.card)


class RecordingTeams(TeamsMessenger):
    """Takes everything; `script` are the outcomes of what comes next, `roster` who is known to be there or gone.

    While `door` is closed, changes to messages and questions about people wait in front of it.
    """

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.script: deque[Outcome] = deque()
        self.roster: dict[str, Person] = {one.aad: Person(one.name) for one in (ALICE, BOB)}
        self.learned: dict[str, str] = {}
        self.places: list[Conversation] = []
        self.suggested: list[tuple[str, list[str]]] = []
        self.door = asyncio.Event()
        self.door.set()

    def _take(
        self, how: Literal["post", "answer", "update", "whisper"], where: Address, card: Card, **more: str
    ) -> Outcome:
        outcome = self.script.popleft() if self.script else Posted(more.pop("message_id", f"m{len(self.said) + 1}"))
        if isinstance(outcome, Posted):
            self.said.append(Said(how, where, card, outcome.message_id, **more))
        return outcome

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:  # noqa: ARG002 # the protocol's
        """Take a post."""
        return self._take("post", address, card)

    async def answer(self, address: Address, card: Card, member: str = "") -> Outcome:
        """Take an answer, for one member alone where one is named."""
        if member:
            return self._take("answer", address, card, person=member)
        return self._take("answer", address, card)

    async def suggest(self, address: Address, line: str, prompts: Sequence[tuple[str, str]]) -> Outcome | None:  # noqa: ARG002 # the messenger's
        """Take what is suggested: where, and the words behind each."""
        await self.door.wait()
        self.suggested.append((address.conversation, [words for _, words in prompts]))
        return Posted("suggested")

    async def replace(self, address: Address, message_id: str, card: Card, *, is_targeted: bool = False) -> Outcome:  # noqa: ARG002 # the messenger's
        """Take a change."""
        await self.door.wait()
        return self._take("update", address, card, message_id=message_id)

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Take what is for one person."""
        return self._take("whisper", address, card, person=person)

    async def person(self, workspace: str, conversation: str, person: str) -> Person | None:  # noqa: ARG002 # as above
        """Tell of somebody."""
        await self.door.wait()
        return self.roster.get(person)

    async def names(self, address: Address, card: Card) -> Mapping[str, str]:  # noqa: ARG002 # as above
        """Name Alice and Bob, and the room."""
        await self.door.wait()
        return {ALICE.aad: ALICE.name, BOB.aad: BOB.name, ROOM.id: ROOM.name}

    async def members(self, address: Address) -> Mapping[str, str]:  # noqa: ARG002 # as above
        """List Bob: whoever owns tips is named anyway."""
        await self.door.wait()
        return {BOB.aad: BOB.name}

    def learn_name(self, workspace: str, person: str, name: str) -> None:  # noqa: ARG002 # the messenger's
        """Remember a name."""
        self.learned[person] = name

    def learn_place(self, row: Conversation) -> None:
        """Remember where something came from."""
        self.places.append(row)


class Hearing:
    """A bot that hears what a test says, at the moment a test chose."""

    def __init__(self, folder: Path) -> None:
        self.moment = MONDAY
        self.teams = RecordingTeams()
        self.tasks = Tasks()
        self.content = CurrentContent(library.load(Path("content/ai-pm")))
        self.database = Database(databases.put(folder / "bot.db"))
        hooks = delivery_cards.DeliveryHooks(self.content, {"teams": self._settled})
        self.dispatcher = Dispatcher(
            self.database,
            {"teams": self.teams},
            hooks,
            clock=lambda: self.moment,
            settings=DispatchSettings(pace=UNPACED),
        )
        self.ticker = clocks.Clock(
            self.database, self.dispatcher, hooks, now=lambda: self.moment, monotonic=lambda: 0.0
        )
        self.restart()

    def restart(self, patience: float = presenter.PATIENCE) -> None:
        """Forget all that is in memory alone."""
        self.context = HandlerContext(
            self.content, self.database, lambda: self.moment, self.dispatcher.wake, self.tasks.spawn
        )
        self.hears = TeamsHandlers(self.context, self.teams, bot_id=CLIENT, patience=patience)

    async def _settled(self, row: Delivery) -> None:
        await self.hears.settled(row)

    async def hear(self, activity: Activity) -> Reply:
        """Send an activity, and wait until all that it set going is done."""
        reply = await self.hears.hear(activity)
        await self.settle()
        return reply

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self.dispatcher.finish()
        await self.tasks.drain(5)
        await self.dispatcher.finish()

    async def tick(self, **by: float) -> None:
        """Let the clock look once, after a while."""
        self.moment += timedelta(**by)
        await self.ticker.tick()
        await self.settle()

    async def said(self, activity: Activity) -> Said:
        """Send an activity and give the one thing it made the bot say."""
        before = len(self.teams.said)
        assert (await self.hear(activity)).status == 200
        (said,) = self.teams.said[before:]
        return said

    def tell_later(self, delivery_id: str) -> None:
        """Have Alice wait, in a chat, to hear how a delivery ends."""
        self.context.pending_replies.add(delivery_id, PendingReply(ALICE.aad, ReplyTarget(ROOM.id, "", "").encode()))

    async def conversation(self, id_: str) -> Conversation | None:
        """Find what is kept of a conversation."""
        async with self.database.read() as connection:
            return await Conversations().find(connection, "teams", TENANT, id_)

    async def subscription(self, id_: str) -> Subscription | None:
        """Find a conversation's tips."""
        async with self.database.read() as connection:
            return await Subscriptions().find(connection, "teams", TENANT, id_)

    async def counts(self) -> Mapping[str, int]:
        """Count the ledger's rows by state, those there are."""
        async with self.database.read() as connection:
            return {state: count for state, count in (await Deliveries().counts(connection)).items() if count}

    async def deliveries(self) -> list[Delivery]:
        """List the ledger's settled rows."""
        async with self.database.read() as connection:
            return [row for state in ("sent", "failed") for row in await Deliveries().in_state(connection, state, 1000)]

    async def __aenter__(self) -> Self:
        """Begin to hear."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.settle()
        await self.database.close()


def shown(reply: Reply) -> str:
    """Give all the words of an answer, as JSON."""
    assert reply.status == 200
    return json.dumps(reply.body, ensure_ascii=False)


def card_of(reply: Reply) -> str:
    """Give the words of the card an answer puts in place of the pressed one."""
    body: Any = reply.body
    assert body["type"] == "application/vnd.microsoft.card.adaptive"
    return json.dumps(body["value"], ensure_ascii=False)


def sentence_of(reply: Reply) -> str:
    """Give the sentence an answer says beside the pressed card."""
    body: Any = reply.body
    assert body["type"] == "application/vnd.microsoft.activity.message"
    said: str = body["value"]
    return said
