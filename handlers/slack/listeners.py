"""Hear Slack's people: the command, clicks and forms, each answered from the neutral replies."""

import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, assert_never

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from cards.compose import dimensions, notices, parts, reasons
from cards.compose.tips import notices as tips_notices
from cards.model import Action, Card, Subject
from cards.slack import render
from content.library import Library
from content.model import Dimension
from handlers import answers, enqueue
from handlers.answers import AboutTips, Answer
from handlers.context import HandlerContext
from handlers.payload import text
from handlers.slack import payload
from handlers.slack.events import SlackEvents
from handlers.slack.payload import PLATFORM, Press
from handlers.slack.tips import SlackTips
from handlers.tips import forms
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.slack.messenger import SlackMessenger
from store.deliveries.rows import Delivery

log = structlog.get_logger()

Body = Mapping[str, Any]
ContentAnswer = answers.Show | answers.Compare | answers.Share | answers.AnyDimension

_ANY = re.compile("")
_JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json; charset=utf-8"}
_NOTHING = BoltResponse(status=200, body="")
_THREAD_LOCKED = {"restricted_action_thread_locked", "restricted_action_non_threadable_channel"}


def register(
    app: AsyncApp, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]
) -> tuple["SlackHandlers", SlackEvents]:
    """Hear everything Slack sends to this app, most frequent first: Bolt tries listeners one after another.

    `home` gives the workspace of the only installation there is, or '' while it is not known.
    """
    hears = SlackHandlers(context, messenger, home)
    events = SlackEvents(context, messenger, home, hears.alone)
    # Any command: the manifest alone names it, and an operator may have renamed it.
    app.command(_ANY)(hears.command)
    app.action(_ANY)(hears.press)
    app.event("reaction_added")(events.reaction)
    app.event("app_mention")(events.mention)
    app.options(_ANY)(hears.tips.search)
    app.view(_ANY)(hears.tips.submission)
    app.event("app_uninstalled")(events.uninstalled)
    app.event("tokens_revoked")(events.revoked)
    app.event(_ANY)(events.something_else)
    app.shortcut(_ANY)(events.something_else)
    app.view_closed(_ANY)(events.something_else)
    app.error(_raise)
    return hears, events


class SlackHandlers:
    """The listeners. Inside one: memory, one short transaction, and views.open; what takes longer is spawned."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, Slack's messenger, and the workspace it speaks for."""
        self._context = context
        self._home = home
        self._messenger = messenger
        self.tips = SlackTips(context, messenger, home)
        # (content version, dimension) -> its card, and the answer as it leaves
        self._comparisons: dict[tuple[str, str], tuple[Card, str]] = {}

    # --- the command

    async def command(self, body: Body) -> BoltResponse:
        """Answer `/pm-compare …`: the acknowledgement is the answer, visible to the person only."""
        library = self._context.content.library
        answer = answers.ask(library, payload.words(text(body.get("text"))))
        if isinstance(answer, answers.Compare):
            return BoltResponse(status=200, body=self._comparison(library, answer.dimension)[1], headers=_JSON)
        address, person = payload.command_address(body, self._home()), text(body.get("user_id"))
        if isinstance(answer, answers.Share):
            # Slack: a trigger_id is new for each command typed, and the same where Slack sends one again.
            occasion, url = text(body.get("trigger_id")), payload.response_url(body)
            await self._share(address, person, answer.dimension, occasion, url, among=payload.is_among_people(body))
            return _NOTHING
        url = payload.response_url(body)
        told = await self.alone(answer, address, person, lambda late: self._messenger.respond(url, late, replace=False))
        return BoltResponse(status=200, body=_ephemeral(told), headers=_JSON) if told else _NOTHING

    async def alone(
        self, answer: Answer, address: Address, person: str, later: Callable[[Card], Awaitable[object]]
    ) -> Card | None:
        """Draw what one person alone sees; None where something is looked up first, and `later` is handed the card."""
        if isinstance(answer, AboutTips):
            return await self.tips.answered(answer, address, person, later)
        return self._card(self._context.content.library, answer, person)

    def _comparison(self, library: Library, dimension: Dimension) -> tuple[Card, str]:
        key = (library.version, dimension.id)
        if key not in self._comparisons:
            # A new version of the content makes all of the old one's answers useless.
            self._comparisons = {
                known: kept for known, kept in self._comparisons.items() if known[0] == library.version
            }
            card = dimensions.comparison(library, dimension)
            self._comparisons[key] = (card, _ephemeral(card))
        return self._comparisons[key]

    def _card(self, library: Library, answer: ContentAnswer, person: str) -> Card:
        match answer:
            case answers.Show(card):
                return card
            case answers.Compare(dimension):
                return self._comparison(library, dimension)[0]
            case answers.AnyDimension():
                return dimensions.comparison(library, random.choice(library.dimensions))  # noqa: S311 # a card by chance guards nothing
            case answers.Share(dimension):
                # Where the answer is public already there is nobody left to share it with.
                return dimensions.shared_comparison(library, dimension, person)
            case _:
                assert_never(answer)

    # --- buttons and menus

    async def press(self, body: Body) -> BoltResponse:
        """Answer a click: replace a private card, open a private card from a public post, or act."""
        press = payload.press(body, self._home())
        if press.action is None:
            if not payload.is_link(body):
                self._reply_privately(press, dimensions.gone(self._context.content.library))
            return _NOTHING
        match press.action.verb:
            case "share":
                await self._press_share(press, press.action, among=payload.is_among_people(body))
            case "deepen" if not press.is_private:
                await self._deepen_in_thread(press, press.action)
            case "tips-edit":
                await self.tips.open_form(press, press.action)
            case _:
                await self._answer_press(press, press.action)
        return _NOTHING

    async def _answer_press(self, press: Press, action: Action) -> None:
        library = self._context.content.library
        answer = answers.press(library, action)
        if isinstance(answer, AboutTips):
            await self.tips.press(press, answer)
        else:
            self._reply_privately(press, self._card(library, answer, press.person))

    def _reply_privately(self, press: Press, card: Card) -> None:
        if press.response_url:
            self._context.spawn(
                self._messenger.respond(press.response_url, card, replace=press.is_private, thread=press.address.thread)
            )

    async def _press_share(self, press: Press, action: Action, *, among: bool) -> None:
        content = answers.content_of(self._context.content.library, action.subject)
        if isinstance(content, Dimension):
            await self._share(press.address, press.person, content, press.message_id, press.response_url, among=among)
        else:
            self._reply_privately(press, dimensions.gone(self._context.content.library))

    async def _share(
        self, address: Address, person: str, dimension: Dimension, occasion: str, url: str, *, among: bool
    ) -> None:
        subject = parts.subject_of(dimension)
        queued = await self._context.enqueuer.enqueue(
            enqueue.share(address, subject, person, occasion, self._context.clock())
        )
        if queued.is_new:
            self._context.pending_replies.add(
                queued.delivery.id, person, url, self._context.clock(), is_among_people=among
            )
            self._context.wake()
        elif url and queued.delivery.state in {"sent", "unknown"}:
            is_there = queued.delivery.state == "sent"
            card = notices.already_shared() if is_there else notices.not_confirmed()
            self._context.spawn(self._messenger.respond(url, card, replace=False))

    async def _deepen_in_thread(self, press: Press, action: Action) -> None:
        """Post a level in the thread of our own post, once; a level that is there already is pointed at privately."""
        library = self._context.content.library
        level = answers.level_of(action.argument)
        if action.subject is None or level is None or answers.content_of(library, action.subject) is None:
            self._reply_privately(press, dimensions.gone(library))
            return
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, press.address, press.message_id)
        wish = enqueue.reply(post, action.subject, level, press.person, self._context.clock()) if post else None
        queued = await self._context.enqueuer.enqueue(wish) if wish else None
        if queued is None:  # a post from before the database, or a dead one: the answer goes to the person alone
            await self._answer_press(press, action)
        elif queued.is_new:
            self._context.pending_replies.add(
                queued.delivery.id, press.person, press.response_url, self._context.clock()
            )
            self._context.wake()
        else:
            self._context.spawn(self._point_at(press, queued.delivery, action))

    async def _point_at(self, press: Press, delivery: Delivery, action: Action) -> None:
        if delivery.state == "sent":
            link = await self._messenger.link(press.address, delivery.message_id)
            card = notices.already_posted(link)
        elif delivery.state in {"planned", "sending"}:
            card = notices.on_its_way()
        else:
            await self._answer_press(press, action)
            return
        await self._messenger.respond(press.response_url, card, replace=False, thread=press.address.thread)

    # --- how it ended

    async def settled(self, delivery: Delivery) -> None:
        """Tell the person who asked for a delivery how it ended, where they would not see it by themselves."""
        if delivery.platform != PLATFORM or delivery.state == "planned":
            return
        listener = self._context.pending_replies.take(delivery.id)
        address = Address(PLATFORM, delivery.workspace, delivery.conversation, delivery.thread)
        match delivery.kind:
            case "introduction" if listener is not None:
                card = await forms.introduced(self._context, address, Asker(listener.person), delivery)
                await self._messenger.respond(listener.response_url, card, replace=True)
            case "share" | "reply" if delivery.state != "sent" and listener is not None:
                card = _bad_news(delivery, is_among_people=listener.is_among_people)
                await self._messenger.respond(listener.response_url, card, replace=False)
            case "reply" if delivery.state == "failed" and delivery.person and delivery.reason in _THREAD_LOCKED:
                # Whoever reacted has no response_url; the conversation itself is open, only its thread is not.
                here = Address(PLATFORM, delivery.workspace, delivery.conversation)
                await self._messenger.whisper(here, delivery.person, _bad_news(delivery))
            case _:
                pass


def _bad_news(delivery: Delivery, *, is_among_people: bool = False) -> Card:
    if delivery.state == "unknown":
        return notices.not_confirmed()
    if delivery.kind == "share":
        code = reasons.among_people(delivery.reason) if is_among_people else delivery.reason
        return tips_notices.not_shared(code, Subject.parse(delivery.subject))
    return notices.could_not_reply(delivery.reason)


async def _raise(error: Exception) -> None:
    """Let a listener's fault through to the one error handler; Bolt alone would answer an empty 500."""
    raise error


def _ephemeral(card: Card) -> str:
    return json.dumps({"response_type": "ephemeral", **render.message(card)}, ensure_ascii=False)
