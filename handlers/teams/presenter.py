"""Show cards on Teams: drawn with people's names, and in place of a card of ours that stands there already."""

import asyncio
import json
from collections.abc import Mapping

import orjson
from cachetools import FIFOCache
from msgspec import Struct

from cards.compose import chats
from cards.model import Card
from cards.teams import render
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from handlers.teams import responses
from handlers.teams.payload import Activity
from handlers.teams.responses import Reply
from messengers.base import Address, Outcome, Posted, Refused
from messengers.teams import PLATFORM
from messengers.teams.messenger import TeamsMessenger

PATIENCE = 3.0  # seconds for one thing Teams is asked meanwhile; it waits 10 for the answer to an invoke
_LONGEST_ID = 255  # characters of a message's, as the store keeps it
_MOST_OWN = 10_000  # messages, about 3 MB; what is forgotten is answered beside, not in its place


class ReplyTarget(Struct, frozen=True):
    """Where somebody is shown what became of something: a conversation, its thread, and the message they acted on.

    `alone` is the person who is to see it in their own chat, and nobody here; '' where it is shown here.
    """

    conversation: str
    thread: str
    message_id: str
    alone: str = ""

    @classmethod
    def of(cls, activity: Activity) -> "ReplyTarget":
        """Give where an activity came from."""
        return cls(activity.address.conversation, activity.address.thread, activity.target)

    def encode(self) -> str:
        """Give a text that outlives the activity."""
        return json.dumps([self.conversation, self.thread, self.message_id, self.alone])

    @classmethod
    def decode(cls, written: str) -> "ReplyTarget":
        """Read it back."""
        return cls(*json.loads(written))

    def address(self, workspace: str) -> Address:
        """Give it as an address."""
        return Address(PLATFORM, workspace, self.conversation, self.thread)


class Presenter:
    """What both halves of the handlers show with."""

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger, patience: float = PATIENCE) -> None:
        """Take the neutral dependencies, Teams' messenger, and how many seconds an answer waits for it."""
        self._context = context
        self._messenger = messenger
        self.patience = patience
        # Messages that answered about tips: whoever changes those may change them.
        self._own: FIFOCache[tuple[str, str, str], None] = FIFOCache(_MOST_OWN)
        # Those that one person alone sees, with the person.
        self._alone: FIFOCache[tuple[str, str, str, str], None] = FIFOCache(_MOST_OWN)

    async def names(self, address: Address, card: Card) -> Mapping[str, str]:
        """Find the names of people and channels on a card; those that take too long go without."""
        try:
            async with asyncio.timeout(self.patience):
                return await self._messenger.names(address, card)
        except TimeoutError:
            return {}

    async def members(self, address: Address) -> Mapping[str, str]:
        """Find the names of who is in a conversation; nobody where that takes too long."""
        try:
            async with asyncio.timeout(self.patience):
                return await self._messenger.members(address)
        except TimeoutError:
            return {}

    async def card(self, activity: Activity, card: Card) -> Reply:
        """Answer a press with a card that takes the pressed one's place for this person."""
        return responses.card(render.card(_fitted(activity, card), await self.names(activity.address, card)))

    async def words(self, activity: Activity, card: Card) -> Reply:
        """Answer a press with a card's words, beside the pressed card."""
        return responses.words(await self.sentence(activity, card))

    async def sentence(self, activity: Activity, card: Card) -> str:
        """Give a card's words as one line."""
        return responses.sentence(_fitted(activity, card), await self.names(activity.address, card))

    async def say(self, address: Address, card: Card) -> Outcome:
        """Post an answer about tips: not in the ledger, and found again while this process lives."""
        outcome = await self._messenger.answer(address, card)
        if isinstance(outcome, Posted):
            self._own[address.workspace, outcome.conversation or address.conversation, outcome.message_id] = None
        return outcome

    async def say_alone(self, activity: Activity, card: Card, for_all: Card | None = None) -> None:
        """Answer where it was asked, for that person alone.

        Where Teams refuses, in their own chat, or by what is `for_all` here.
        """
        outcome = await self._messenger.answer(activity.address, card, activity.alone)
        if isinstance(outcome, Posted):
            where = activity.address
            self._alone[where.workspace, where.conversation, outcome.message_id, activity.person] = None
        elif isinstance(outcome, Refused) and for_all is not None:
            await self.say(activity.address, for_all)
        elif isinstance(outcome, Refused):
            await self._messenger.whisper(activity.address, activity.person, card)

    def is_shared(self, workspace: str, target: ReplyTarget) -> bool:
        """Say whether a message is an answer about tips of ours that everybody there reads."""
        return not target.alone and (workspace, target.conversation, target.message_id) in self._own

    async def show(self, workspace: str, target: ReplyTarget, card: Card, person: str) -> None:
        """Show what became of tips: in the answer that was acted on, or as another where that is not ours alone.

        A post that everybody reads is never replaced by settings. Where the place takes no posts, the person who acted
        is told in their own chat.
        """
        address = target.address(workspace)
        if target.alone:
            await self._messenger.whisper(address, target.alone, card)
            return
        key = (workspace, target.conversation, target.message_id)
        is_alone = (*key, person) in self._alone
        if key in self._own or is_alone:
            outcome = await self._messenger.replace(address, target.message_id, card, is_targeted=is_alone)
            if isinstance(outcome, Posted):
                return
        if is_alone:
            await self._messenger.whisper(address, person, card)
            return
        if isinstance(await self.say(address, card), Refused):
            await self._messenger.whisper(address, person, card)

    async def update(self, activity: Activity, card: Card) -> Outcome | None:
        """Change a post for everybody; None where that takes longer than an answer may, and goes on."""
        changed: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        async def change() -> None:
            outcome = await self._messenger.replace(activity.address, activity.target, card)
            if not changed.done():
                changed.set_result(outcome)

        self._context.spawn(change())
        done, _ = await asyncio.wait((changed,), timeout=self.patience)
        return changed.result() if done else None


def _fitted(activity: Activity, card: Card) -> Card:
    return chats.for_one(card) if activity.kind == "personal" else card


def listener(activity: Activity) -> PendingReply:
    """Give who acted, and where to show them what came of it."""
    return PendingReply(activity.person, ReplyTarget.of(activity).encode())


def spot_of(context: str) -> tuple[str, str]:
    """Read what a form brought along: whose tips it is about, as an action's place, and the message its button is on.

    It is no proof: whoever sends it could have written it. Of a conversation that it names, owners alone are answered.
    """
    try:
        held = mapping(orjson.loads(context))  # json fails over a thousand brackets
    except ValueError:
        return "", ""
    place, message_id = text(held.get("place")), text(held.get("message"))
    return place if len(place) <= _LONGEST_ID else "", message_id if len(message_id) <= _LONGEST_ID else ""


def context_of(place: str, message_id: str) -> str:
    """Give what a form brings back: Teams sends its answers without the message that opened it."""
    return json.dumps({"place": place, "message": message_id})
