"""Hear Slack: tell Bolt who listens to what, and answer the command itself."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from cards.model import Card
from handlers import answers, endings, learners
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import text
from handlers.pending_replies import PendingReply
from handlers.slack import payload, responses
from handlers.slack.actions import SlackActions
from handlers.slack.home import SlackHome
from handlers.slack.installs import SlackInstalls
from handlers.slack.mentions import SlackMentions
from handlers.slack.presenter import Presenter
from handlers.slack.reactions import SlackReactions
from handlers.slack.responses import NOTHING
from messengers.base import Address
from messengers.slack import PLATFORM
from messengers.slack.errors import THREAD_CLOSED
from messengers.slack.messenger import SlackMessenger
from store.deliveries.rows import Delivery

_ANY = re.compile("")


def register(
    app: AsyncApp, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]
) -> "SlackHandlers":
    """Hear everything Slack sends to this app, most frequent first: Bolt tries listeners one after another.

    `home` gives the workspace of the only installation there is, or '' while it is not known.
    """
    hears = SlackHandlers(context, messenger, home)
    # Any command: the manifest alone names it, and an operator may have renamed it.
    app.command(_ANY)(hears.command)
    app.action(_ANY)(hears.actions.press)
    app.event("reaction_added")(SlackReactions(context, home).reaction)
    app.event("app_mention")(SlackMentions(context, messenger, home, hears.actions).mention)
    app.options(_ANY)(hears.actions.tips.search)
    app.view(_ANY)(hears.actions.submission)
    app.event("app_home_opened")(hears.home.opened)
    app.shortcut("compare")(hears.actions.learning.shortcut)
    app.event("app_uninstalled")(hears.installs.uninstalled)
    app.event("tokens_revoked")(hears.installs.revoked)
    app.event(_ANY)(_something_else)
    app.shortcut(_ANY)(_something_else)
    app.view_closed(_ANY)(_something_else)
    app.error(_raise)
    return hears


class SlackHandlers:
    """The listeners. Inside one: memory, one short transaction, and views.open; what takes longer is spawned."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, Slack's messenger, and the workspace it speaks for."""
        self._context = context
        self._home = home
        self._messenger = messenger
        self.home = SlackHome(context, messenger, home)
        self._presenter = Presenter(context, messenger, self.home)
        self.actions = SlackActions(context, messenger, home, self._presenter)
        self.installs = SlackInstalls(context, messenger, home)

    async def command(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer `/pm-compare …`: the acknowledgement is the answer, visible to the person only."""
        library = self._context.content.library
        answer = answers.ask(library, payload.words(text(body.get("text"))))
        address, person = payload.command_address(body, self._home()), text(body.get("user_id"))
        learners.note_asked(self._context, person, address, answer)
        if isinstance(answer, kinds.Compare):
            return responses.body(self.actions.comparison(library, answer.dimension))
        url = payload.response_url(body)
        if isinstance(answer, kinds.Share):
            # Slack: a trigger_id is new for each command typed, and the same where Slack sends one again.
            sharer, occasion = PendingReply(person, url, payload.is_among_people(body)), text(body.get("trigger_id"))
            await self.actions.share(address, answer.content, sharer, occasion)
            return NOTHING
        card = await self.actions.alone(answer, address, person)
        if isinstance(card, Card):
            return responses.body(responses.ephemeral(card))
        self._presenter.respond(url, card, replace=False)
        return NOTHING

    async def settled(self, delivery: Delivery) -> None:
        """Tell the person who asked for a delivery how it ended, where they would not see it by themselves."""
        if delivery.platform != PLATFORM or delivery.state == "planned":
            return
        listener = self._context.pending_replies.take(delivery.id)
        if listener is not None and listener.reply_to == payload.AT_HOME:
            self.home.refresh(delivery.workspace, listener.person)
        elif listener is not None:
            card = await endings.told(self._context, delivery, listener)
            if card is not None:
                await self._messenger.respond(listener.reply_to, card, replace=delivery.kind == "introduction")
        elif delivery.kind == "reply" and delivery.state == "failed" and delivery.reason in THREAD_CLOSED:
            # Whoever reacted has no response_url; the conversation itself is open, only its thread is not.
            here = Address(PLATFORM, delivery.workspace, delivery.conversation)
            if delivery.person:
                await self._messenger.whisper(here, delivery.person, endings.bad_news(delivery))


async def _something_else() -> BoltResponse:
    """Acknowledge what this version does not know: an error would make Slack send it again."""
    return NOTHING


async def _raise(error: Exception) -> None:
    """Let a listener's fault through to the one error handler; Bolt alone would answer an empty 500."""
    raise error
