"""Hear Slack's events: reactions, mentions, and the end of an installation."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from cards.model import Card, Subject
from content import emoji
from handlers import answers, enqueue, uninstall
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.recent import BoundedSet
from handlers.slack import payload
from handlers.slack.payload import PLATFORM
from messengers.base import Address, Refused
from messengers.slack.messenger import SlackMessenger
from store.database.access import UnusableError

log = structlog.get_logger()

Body = Mapping[str, Any]
# Draws an answer for a person at an address; None where what was handed is given the card, once it is known.
Alone = Callable[[kinds.Answer, Address, str, Callable[[Card], Awaitable[object]]], Awaitable[Card | None]]

_NOTHING = BoltResponse(status=200, body="")
_MOST_TYPED = 8_000  # characters of a message that are read, marks included
_MOST_WORDS = 2_000  # of them that are kept; what is looked at is less
_MOST_ANSWERED = 10_000  # pairs of a post and a level, about 3 MB; what is forgotten is looked up again
_REMOVAL_WAITS = (
    0,
    5,
    30,
    300,
    1800,
    7200,
)  # seconds before each try to learn whether we are installed; the last one repeats


class SlackEvents:
    """The listeners of the Events API; each writes down what was asked before the 200, and posts nothing itself."""

    def __init__(
        self,
        context: HandlerContext,
        messenger: SlackMessenger,
        home: Callable[[], str],
        alone: Alone,
        removal_waits: Sequence[float] = _REMOVAL_WAITS,
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for ('' while unknown).

        `alone` draws the answer that one person alone sees.
        """
        self._removal_waits = removal_waits
        self._context = context
        self._messenger = messenger
        self._home = home
        self._alone = alone
        self._answered = BoundedSet(_MOST_ANSWERED)
        self._whispered = BoundedSet(_MOST_ANSWERED)

    async def reaction(self, body: Body, context: AsyncBoltContext) -> BoltResponse:
        """Answer a reaction on one of our own posts with a level in its thread, once; anything else is not ours."""
        event = mapping(body.get("event"))
        item = mapping(event.get("item"))
        level = emoji.level(text(event.get("reaction")), self._context.content.library.deck.reactions)
        message_id = text(item.get("ts"))
        if level is None or item.get("type") != "message" or not message_id:
            return _NOTHING
        # Slack: item_user is who wrote the message; only what no user wrote (an incoming webhook) comes without it.
        author = text(event.get("item_user"))
        if author and context.bot_user_id and author != context.bot_user_id:
            return _NOTHING
        address = Address(PLATFORM, payload.workspace(body, self._home()), text(item.get("channel")))
        if (address, message_id, level) in self._answered:
            return _NOTHING
        # A look first: what is not ours needs no turn to write.
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, address, message_id)
        if post is None:
            return _NOTHING
        wish = enqueue.reply(post, Subject.parse(post.subject), level, text(event.get("user")), self._context.clock())
        queued = await self._context.enqueuer.enqueue(wish) if wish else None
        if queued is None or queued.delivery.state == "sent":
            # It stays so in every process: a dead post stays dead, and what was sent is not sent again.
            self._answered.add((address, message_id, level))
        elif queued.is_new:
            self._context.wake()
        return _NOTHING

    async def mention(self, body: Body) -> BoltResponse:
        """Answer a mention like the command, in its thread, once however often Slack repeats the event."""
        event = mapping(body.get("event"))
        message_id = text(event.get("ts"))
        if event.get("bot_id") or not message_id:  # two bots that mention each other would never stop
            return _NOTHING
        # In its thread: one that stands there already, or the one that it opens.
        thread = text(event.get("thread_ts")) or message_id
        address = Address(PLATFORM, payload.workspace(body, self._home()), text(event.get("channel")), thread)
        typed, person = text(event.get("text"))[:_MOST_TYPED], text(event.get("user"))
        words = payload.words(typed)[:_MOST_WORDS]
        answer = answers.ask(self._context.content.library, words)
        if not kinds.is_for_all(answer):
            # In a thread that stands there already; Slack shows nothing in one that only this would open.
            there = address if event.get("thread_ts") else replace(address, thread="")
            if (address, message_id) not in self._whispered:
                self._whispered.add((address, message_id))
                self._context.spawn(self._whisper(there, person, answer, address, message_id))
            return _NOTHING
        await self._promise(address, words, person, message_id)
        return _NOTHING

    async def _promise(self, address: Address, words: str, person: str, message_id: str) -> None:
        queued = await self._context.enqueuer.enqueue(
            enqueue.mention(address, words, person, message_id, self._context.clock())
        )
        if queued.is_new:
            self._context.wake()

    async def _whisper(
        self, there: Address, person: str, answer: kinds.Answer, asked: Address, message_id: str
    ) -> None:
        """Answer a mention for who wrote it alone; where Slack refuses, with help for all, which is no guess."""

        async def show(card: Card) -> None:
            if isinstance(await self._messenger.whisper(there, person, card), Refused):
                await self._promise(asked, "help", person, message_id)

        card = await self._alone(answer, replace(there, thread=""), person, show)
        if card is not None:
            await show(card)

    async def revoked(self, body: Body) -> BoltResponse:
        """Follow the end of tokens. Slack: the event names whose, and people's own end without ours."""
        tokens = mapping(mapping(body.get("event")).get("tokens"))
        return _NOTHING if tokens and not tokens.get("bot") else await self.uninstalled(body)

    async def uninstalled(self, body: Body) -> BoltResponse:
        """Stop a workspace that removed the app, then forget it, unless Slack says that we are still installed there.

        Both events come in any order, and may come after a re-install: the token itself is asked.
        """
        workspace = payload.workspace(body, self._home())
        await uninstall.stop(self._context, PLATFORM, workspace)
        self._context.spawn(self._forget_if_gone(workspace))
        return _NOTHING

    async def look_for_removals(self) -> None:
        """Go on, after a restart, with workspaces that were stopped and not yet forgotten."""
        for workspace in await uninstall.stopped(self._context, PLATFORM):
            self._context.spawn(self._forget_if_gone(workspace))

    async def _forget_if_gone(self, workspace: str) -> None:
        waits = self._removal_waits
        for tries, wait in enumerate(chain(waits, repeat(waits[-1])), 1):
            await asyncio.sleep(wait)
            try:
                if await self._is_decided(workspace):
                    return
            except UnusableError as error:
                log.warning("slack.uninstall.not_written", workspace=workspace, reason=str(error))
            if tries >= len(waits):
                # Its tips are held meanwhile, so it is asked for as long as the bot runs.
                log.error("slack.uninstall.undecided", workspace=workspace)

    async def _is_decided(self, workspace: str) -> bool:
        match await self._messenger.is_installed(workspace):
            case True:
                await uninstall.restart(self._context, PLATFORM, workspace)
                log.info("slack.uninstall.ignored", workspace=workspace)
            case False:
                await uninstall.forget(self._context, PLATFORM, workspace)
                log.info("slack.uninstall.forgotten", workspace=workspace)
            case None:
                return False
        return True

    async def something_else(self) -> BoltResponse:
        """Acknowledge what this version does not know: an error would make Slack send it again."""
        return _NOTHING
