"""Reach out on Microsoft Teams: post, answer, change and whisper, and say plainly how it went."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

import structlog

from cards.compose import chats
from cards.model import Card
from cards.teams import render
from messengers.base import Address, CannotLook, LookedUp, Outcome, Posted, Refused, Slowed, Unknown
from messengers.outcomes import ending
from messengers.people import Person
from messengers.teams import PLATFORM, conversations, errors
from messengers.teams.connector import Answer, Connector
from messengers.teams.conversations import Directory
from messengers.teams.people import People
from store.conversations import Conversation
from store.database.access import Database

log = structlog.get_logger()

_TRIES = 4  # of an answer, which the ledger does not try again
_LONGEST = 60.0  # seconds for all of them
_JITTER = 0.25  # of a wait: those that were refused together do not come back together
_SECOND_LOOK = 1.0  # seconds before a refusal is believed that Teams gives by mistake
_NO_ID = {"", "DO_NOT_USE_PLACEHOLDER_ID"}  # the second is what the SDK makes of an answer without one
_TARGETED = "?isTargetedActivity=true"
_SITE = "https://teams.microsoft.com"


class TeamsMessenger:
    """The Teams body of `Messenger`: one client, whatever address a conversation has."""

    def __init__(  # noqa: PLR0913 # one composition root builds it, all but three by name
        self,
        connector: Connector,
        database: Database,
        record: Callable[[str, str], None],
        *,
        bot_id: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what it needs.

        Args:
            connector: makes the calls.
            database: knows where conversations are.
            record: is told each posting method and how it ended (`ok`, or Teams' code).
            bot_id: the client id of the bot's registration, with `28:` before it or not.
            now: the moment.
            monotonic: seconds, for how long something is remembered.
            sleep: waits for seconds.
        """
        self._connector = connector
        self._record = record
        self._bot = f"28:{bot_id.removeprefix('28:')}"
        self._monotonic = monotonic
        self._sleep = sleep
        self._directory = Directory(connector, database, record, bot=self._bot, now=now)
        self._people = People(connector, database, self._directory, monotonic)
        self._limits = errors.Limits(monotonic)

    async def post(self, address: Address, card: Card, delivery_id: str) -> Outcome:  # noqa: ARG002 # Teams keeps nothing for a bot beside a message
        """Post a card: in a channel below the address's thread or as a new post, elsewhere as a message."""
        return await self._create(address, card)

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:  # noqa: ARG002 # nothing of it helps
        """Say that it can't be told: Teams shows a bot no history, without permissions to read everybody's messages."""
        return CannotLook("no history on Teams")

    async def whisper(self, address: Address, person: str, card: Card) -> Outcome:
        """Show a card to one person in their own chat. Teams: messages to one person elsewhere are a preview."""
        return await self.answer(Address(address.platform, address.workspace, person), card)

    async def answer(self, address: Address, card: Card, member: str = "") -> Outcome:
        """Post a card that is in no ledger: while Teams is busy it is tried again, at most 60 s long.

        With `member`, an account's id (29:…), that person alone sees it, in a channel or group chat.
        """
        return await self._patiently(lambda: self._create(address, card, member))

    async def suggest(self, address: Address, line: str, prompts: Sequence[tuple[str, str]]) -> Outcome | None:
        """Offer what may be asked next, as titles and words, in a personal chat; None elsewhere.

        Once: what is refused is not missed.
        """
        row = self._directory.remembered(address) or await self._directory.known(address)
        if row is None or row.kind != "personal":
            return None
        drawn = render.suggested(line, prompts)
        message = {**drawn, "from": {"id": self._bot}, "conversation": {"id": row.id}}
        answer = await errors.ask(self._connector.post(conversations.url(row, "activities"), message))
        outcome = _posted(answer, row, address) if isinstance(answer, Answer) else answer
        self._record("activities.create", ending(outcome))
        return outcome

    async def update(self, address: Address, message_id: str, card: Card) -> Outcome:
        """Put a card in the place of one that was posted, once: the ledger tries again what may pass."""
        return await self._change(address, message_id, card)

    async def replace(self, address: Address, message_id: str, card: Card, *, is_targeted: bool = False) -> Outcome:
        """Do the same for what is in no ledger: while Teams is busy it is tried again, as answers are.

        `is_targeted` says that one person alone does: Teams finds such a message under another address.
        """
        return await self._patiently(lambda: self._change(address, message_id, card, is_targeted=is_targeted))

    async def link(self, address: Address, message_id: str) -> str:
        """Give the address that opens a message; empty for a personal chat, which has none that people could use."""
        row = await self._directory.known(address)
        return _link(row, address.thread, message_id) if row else ""

    async def person(self, workspace: str, conversation: str, person: str) -> Person | None:
        """Tell what somebody in a conversation is called, or that they are in it no more; None in doubt."""
        row = await self._directory.known(Address(PLATFORM, workspace, conversation))
        return await self._people.find(row, person) if row else None

    async def names(self, address: Address, card: Card) -> Mapping[str, str]:
        """Find the names of whom and what a card names, in 2 s at most; what is not found is left out."""
        return await self._people.names(address, card)

    async def members(self, address: Address) -> Mapping[str, str]:
        """Give who is in a conversation, id to name, at most 100; nobody where Teams does not say in 2 s."""
        row = await self._directory.known(address)
        return await self._people.members(row) if row else {}

    def learn_name(self, workspace: str, person: str, name: str) -> None:
        """Remember a person's name, as what they send says it."""
        self._people.learn(workspace, person, name)

    def learn_place(self, row: Conversation) -> None:
        """Remember a conversation, as what comes from there says it."""
        self._directory.learn(row)

    async def _create(self, address: Address, card: Card, member: str = "") -> Outcome:
        async def create(row: Conversation, thread: str, message: dict[str, object]) -> Outcome:
            reply = {"replyToId": address.thread} if address.thread and not thread else {}
            alone = {"recipient": {"id": member, "isTargeted": True}} if member else {}
            url = conversations.url(row, "activities", thread=thread) + (_TARGETED if member else "")
            call = self._connector.post(url, message | reply | alone)
            answer = await errors.ask(call, in_thread=bool(thread))
            return _posted(answer, row, address) if isinstance(answer, Answer) else answer

        return await self._send("activities.create", address, card, create)

    async def _change(self, address: Address, message_id: str, card: Card, *, is_targeted: bool = False) -> Outcome:
        async def change(row: Conversation, thread: str, message: dict[str, object]) -> Outcome:
            url = conversations.url(row, "activities", message_id, thread=thread) + (_TARGETED if is_targeted else "")
            answer = await errors.ask(self._connector.put(url, message | {"id": message_id}))
            return Posted(message_id) if isinstance(answer, Answer) else answer

        return await self._send("activities.update", address, card, change)

    async def _send(self, method: str, address: Address, card: Card, call: "_Call") -> Outcome:
        """Find where it goes, draw and send it there, and record how it ended."""
        row = await self._directory.find(address)
        outcome = await self._drawn_and_sent(row, address, card, call) if isinstance(row, Conversation) else row
        self._record(method, ending(outcome))
        return outcome

    async def _drawn_and_sent(self, row: Conversation, address: Address, card: Card, call: "_Call") -> Outcome:
        """Draw a card and send it; a refusal that may be a mistake is asked for once more."""
        thread = address.thread if row.kind == "channel" else ""
        names = await self.names(address, card)
        try:
            drawn = render.message(chats.for_one(card) if row.kind == "personal" else card, names)
        except ValueError:  # it is too large; nothing was sent
            log.exception("teams.not_drawn", card=card.title)
            return Refused(errors.TOO_BIG, "message")
        message = {**drawn, "from": {"id": self._bot}, "conversation": {"id": row.id}}
        outcome = await call(row, thread, message)
        if errors.is_doubtful(outcome):
            await self._sleep(_SECOND_LOOK)
            outcome = await call(row, thread, message)
        if isinstance(outcome, Slowed) and outcome.scope == "conversation":
            return self._limits.meant(outcome, row.workspace, row.id)
        return outcome

    async def _patiently(self, attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Try again what may pass: after what Teams asks for, or after 1, 2, 4 seconds, and a little more."""
        until = self._monotonic() + _LONGEST
        outcome = await attempt()
        for tries in range(1, _TRIES):
            if not errors.is_passing(outcome):
                break
            asked = outcome.seconds if isinstance(outcome, Slowed) and outcome.is_limit else 0.0
            wait = max(asked, 2.0 ** (tries - 1)) * (1 + random.uniform(0, _JITTER))  # noqa: S311 # no secret
            if self._monotonic() + wait > until:
                break
            await self._sleep(wait)
            outcome = await attempt()
        return outcome


_Call = Callable[[Conversation, str, dict[str, object]], Awaitable[Outcome]]


def _posted(answer: Answer, row: Conversation, address: Address) -> Posted | Unknown:
    message_id = conversations.id_of(answer)
    if message_id in _NO_ID:
        return Unknown("answer without an id")
    elsewhere = row.id if row.id != address.conversation else ""
    return Posted(message_id, _link(row, address.thread, message_id), elsewhere)


def _link(row: Conversation, thread: str, message_id: str) -> str:
    """Give a message's deep link. Teams: concepts/build-and-test/deep-link-teams."""
    match row.kind:
        case "channel":
            query = {"tenantId": row.workspace, "parentMessageId": thread or message_id}
        case "group":
            query = {"tenantId": row.workspace, "context": '{"contextType":"chat"}'}
        case "personal":
            return ""
    return f"{_SITE}/l/message/{quote(row.id, safe='')}/{quote(message_id, safe='')}?{urlencode(query)}"
