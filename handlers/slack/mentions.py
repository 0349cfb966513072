"""Hear on Slack who mentions the bot, and answer in the thread, or alone what is no answer for all."""

from collections.abc import Callable, Mapping
from typing import Any

from cachetools import FIFOCache
from msgspec.structs import replace
from slack_bolt.response import BoltResponse

from cards.model import Card
from handlers import answers, enqueue, learners
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.slack import payload
from handlers.slack.actions import SlackActions
from handlers.slack.responses import NOTHING
from messengers.base import Address, Refused
from messengers.slack import PLATFORM
from messengers.slack.messenger import SlackMessenger

_MOST_TYPED = 8_000  # characters of a message that are read, marks included
_MOST_WORDS = 2_000  # of them that are kept; what is looked at is less
_MOST_WHISPERED = 10_000  # mentions, about 3 MB; Slack repeats an event within hours


class SlackMentions:
    """Writes down what was asked before the 200, and posts nothing itself that all can read."""

    def __init__(
        self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str], actions: SlackActions
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for, and what draws for one."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._actions = actions
        self._whispered: FIFOCache[tuple[Address, str], None] = FIFOCache(_MOST_WHISPERED)

    async def mention(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer a mention like the command, in its thread, once however often Slack repeats the event."""
        event = mapping(body.get("event"))
        message_id = text(event.get("ts"))
        if event.get("bot_id") or not message_id:  # two bots that mention each other would never stop
            return NOTHING
        # In its thread: one that stands there already, or the one that it opens.
        thread = text(event.get("thread_ts")) or message_id
        address = Address(PLATFORM, payload.workspace(body, self._home()), text(event.get("channel")), thread)
        typed, person = text(event.get("text"))[:_MOST_TYPED], text(event.get("user"))
        words = payload.words(typed)[:_MOST_WORDS]
        answer = answers.ask(self._context.content.library, words)
        learners.note_asked(self._context, person, address, answer)
        if isinstance(answer, kinds.Share) or kinds.is_for_all(answer):
            await self._enqueue(address, words, person, message_id)
        elif (address, message_id) not in self._whispered:
            self._whispered[address, message_id] = None
            # In a thread that stands there already; Slack shows nothing in one that only this would open.
            there = address if event.get("thread_ts") else replace(address, thread="")
            is_outsider = payload.is_outsider(body, self._home())
            self._context.spawn(self._whisper(there, person, answer, address, message_id, is_outsider=is_outsider))
        return NOTHING

    async def _enqueue(self, address: Address, words: str, person: str, message_id: str) -> None:
        await self._context.enqueue(enqueue.mention(address, words, person, message_id, self._context.clock()))

    async def _whisper(
        self,
        there: Address,
        person: str,
        answer: kinds.Private,
        asked: Address,
        message_id: str,
        *,
        is_outsider: bool,
    ) -> None:
        """Answer a mention for who wrote it alone; where Slack refuses, with help for all, which is no guess."""
        card = await self._actions.alone(answer, replace(there, thread=""), person, is_outsider=is_outsider)
        shown = card if isinstance(card, Card) else await card
        if isinstance(await self._messenger.whisper(there, person, shown), Refused):
            await self._enqueue(asked, "help", person, message_id)
