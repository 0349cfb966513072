"""Hear Slack: tell Bolt who listens to what, and answer the command itself."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from slack_bolt.response import BoltResponse

from cards.compose import chats, reasons
from cards.compose.tips import doctor as tips_doctor
from cards.model import Card
from handlers import answers, endings, learners
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from handlers.slack import ahead, payload, responses
from handlers.slack.actions import SlackActions
from handlers.slack.ahead import Ahead, Rule
from handlers.slack.bolt import AsyncApp
from handlers.slack.channels import SlackChannels
from handlers.slack.home import SlackHome
from handlers.slack.installs import Installs
from handlers.slack.mentions import SlackMentions
from handlers.slack.presenter import Presenter
from handlers.slack.reactions import SlackReactions
from handlers.slack.ready import ReadyAnswers
from handlers.slack.responses import NOTHING
from messengers.base import Address, Posted, Refused
from messengers.slack import PLATFORM
from messengers.slack.errors import THREAD_CLOSED
from messengers.slack.messenger import SlackMessenger
from store.deliveries.rows import Delivery

_ANY = re.compile("")
_REACTION = "reaction_added"
_OF_PLACES = re.compile("team_access_(granted|revoked)|grid_migration_(started|finished)|team_(rename|domain_change)")
_OF_CHANNELS = re.compile("channel_id_changed|(channel|group)_(rename|archive|unarchive|deleted|left)")
_POST_SECONDS = 3.0  # somebody waits for the answer


def register(
    app: AsyncApp, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str], installs: Installs
) -> "SlackHandlers":
    """Hear everything Slack sends to this app, most frequent first: Bolt tries listeners one after another.

    `home` gives the workspace that a request is about where something else than its body tells, or ''; `installs` hears
    what becomes of installations.
    """
    hears = SlackHandlers(context, messenger, home)
    events: Mapping[str | re.Pattern[str], Callable[[Mapping[str, Any]], Awaitable[BoltResponse]]] = {
        "app_mention": SlackMentions(context, messenger, home, hears.actions).mention,
        "app_home_opened": hears.home.opened,
        "app_uninstalled": installs.uninstalled,
        "tokens_revoked": installs.revoked,
        _OF_PLACES: installs.heard,
        _OF_CHANNELS: SlackChannels(context, home).heard,
    }
    hears.ahead = Ahead(_ahead(hears, re.compile("|".join(map(_written, (_REACTION, *events))))))
    # Any command: the manifest alone names it, and an operator may have renamed it.
    app.command(_ANY)(hears.command)
    app.action(_ANY)(hears.actions.press)
    app.event(_REACTION)(hears.reactions.reaction)
    app.event(_ANY)(_event(events))
    app.options(_ANY)(hears.actions.tips.search)
    app.view(_ANY)(hears.actions.submission)
    app.shortcut("compare")(hears.actions.learning.shortcut)
    app.shortcut(_ANY)(_something_else)
    app.view_closed(_ANY)(_something_else)
    app.error(_raise)
    return hears


def _ahead(hears: "SlackHandlers", heard: re.Pattern[str]) -> Sequence[Rule]:
    """List all that is answered ahead of Bolt; `heard` finds the events that somebody listens to."""

    def unheard(body: Mapping[str, Any], _bot_user: str | None) -> bytes | None:
        return None if heard.search(text(mapping(body.get("event")).get("type"))) else ahead.NOTHING

    return (
        Rule("command", "words", "The content alone answers them, and a library never changes.", hears.at_once),
        Rule(
            "action",
            "content",
            "The same; the card goes to the response_url once the click is acknowledged, as it always does.",
            hears.actions.at_once,
        ),
        Rule(
            "event",
            "reaction",
            "It asks for nothing, or for what the ledger has said is posted, which it stays.",
            hears.reactions.at_once,
        ),
        Rule("event", "unheard", "Nobody listens to it: an event that a listener is added for is heard.", unheard),
    )


def _event(
    listeners: Mapping[str | re.Pattern[str], Callable[[Mapping[str, Any]], Awaitable[BoltResponse]]],
) -> Callable[[Mapping[str, Any]], Awaitable[BoltResponse]]:
    """Give one listener for events of any kind, which finds theirs by a table: Bolt tries each for every request."""
    table = [(re.compile(_written(name)), listener) for name, listener in listeners.items()]

    async def event(body: Mapping[str, Any]) -> BoltResponse:
        kind = text(mapping(body.get("event")).get("type"))
        for name, listener in table:
            if name.search(kind):
                return await listener(body)
        return await _something_else()

    return event


def _written(name: str | re.Pattern[str]) -> str:
    """Write how Bolt finds events by a name, which is the whole of it, or a pattern, which may stand anywhere."""
    return rf"\A{re.escape(name)}\Z" if isinstance(name, str) else f"(?:{name.pattern})"


class SlackHandlers:
    """The listeners. Inside one: memory, one short transaction, and views.open; what takes longer is spawned."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, Slack's messenger, and the workspace it speaks for."""
        self._context = context
        self._home = home
        self._messenger = messenger
        self.home = SlackHome(context, messenger, home)
        self._presenter = Presenter(context, messenger, self.home)
        self._ready = ReadyAnswers()
        self.actions = SlackActions(context, messenger, home, self._presenter, self._ready)
        self.reactions = SlackReactions(context, home)
        self.ahead = Ahead(())

    def at_once(self, body: Mapping[str, Any], _bot_user: str | None) -> bytes | None:
        """Answer a command that the content alone answers; None for any other."""
        is_unshared = payload.is_among_people(body)
        ready = self._ready.to_words(self._context.content.library, text(body.get("text")), is_unshared=is_unshared)
        if ready is None:
            return None
        if ready.opened is not None:
            address = payload.command_address(body, self._home())
            learners.note_opened(self._context, text(body.get("user_id")), address, ready.opened)
        return ready.body

    async def command(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer `/pm-compare …`: the acknowledgement is the answer, visible to the person only."""
        library = self._context.content.library
        answer = answers.ask(library, payload.words(text(body.get("text"))))
        address, person = payload.command_address(body, self._home()), text(body.get("user_id"))
        learners.note_asked(self._context, person, address, answer)
        # Slack: nobody can invite a bot there, so that nothing is posted for all.
        is_among_people = payload.is_among_people(body)
        if isinstance(answer, kinds.Compare) and not is_among_people:
            return responses.body(self.actions.comparison(library, answer.dimension))
        url = payload.response_url(body)
        if isinstance(answer, kinds.Share):
            # Slack: a trigger_id is new for each command typed, and the same where Slack sends one again.
            sharer, occasion = PendingReply(person, url, is_among_people), text(body.get("trigger_id"))
            await self.actions.share(address, answer.content, sharer, occasion)
            return NOTHING
        is_outsider = payload.is_outsider(body, self._home())
        card = await self.actions.alone(answer, address, person, is_outsider=is_outsider)
        if isinstance(answer, kinds.Diagnosis) and not answer.place and not payload.is_direct(address):
            self._context.spawn(self._diagnose(address, person, card, url, is_among_people=is_among_people))
            return NOTHING
        if isinstance(card, Card):
            return responses.body(responses.ephemeral(chats.unshared(card) if is_among_people else card))
        self._presenter.respond(url, card, replace=False, is_unshared=is_among_people)
        return NOTHING

    async def _diagnose(
        self, address: Address, person: str, card: Card | Awaitable[Card], url: str, *, is_among_people: bool
    ) -> None:
        """Show how tips are doing by a post for this person alone: only posting tells whether the bot may post there.

        No scope of ours lets it ask whether it is in a channel.
        """
        card = card if isinstance(card, Card) else await card
        try:
            async with asyncio.timeout(_POST_SECONDS):
                outcome = await self._messenger.whisper(address, person, card)
        except TimeoutError:
            outcome = None
        if isinstance(outcome, Posted):
            return
        if isinstance(outcome, Refused):
            code = reasons.among_people(outcome.code) if is_among_people else outcome.code
            card = tips_doctor.refused_here(card, code)
        self._presenter.respond(url, card, replace=False)

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
