"""Hear Microsoft Teams' people: what they type, press, fill in and react with, answered from the neutral replies."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from cachetools import FIFOCache

from cards.compose import chats
from cards.teams import render
from handlers import endings, learners
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.teams import actions, extension, payload, presenter, responses
from handlers.teams.actions import TeamsActions
from handlers.teams.deduplication import Deduplicator
from handlers.teams.installs import TeamsInstalls
from handlers.teams.mentions import TeamsMentions
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter, ReplyTarget
from handlers.teams.reactions import TeamsReactions
from handlers.teams.responses import EMPTY, NOTHING, UNKNOWN_INVOKE, Reply
from handlers.teams.suggesting import TeamsSuggestions
from messengers.base import Address, Refused
from messengers.teams import PLATFORM
from messengers.teams.messenger import TeamsMessenger
from store.deliveries.rows import Delivery

_MOST_ZONES = 10_000  # people whose zone is remembered, about 2 MB


class TeamsHandlers:
    """Answers activities, each once: what is posted or changed is written down before the answer leaves."""

    def __init__(
        self, context: HandlerContext, messenger: TeamsMessenger, *, bot_id: str, patience: float = presenter.PATIENCE
    ) -> None:
        """Take the neutral dependencies, Teams' messenger, and the bot's client id.

        `patience` is how many seconds an answer waits for one thing that Teams is asked meanwhile.
        """
        self._context = context
        self._messenger = messenger
        self._bot_id = bot_id
        self._presenter = Presenter(context, messenger, patience)
        self._actions = TeamsActions(context, messenger, self._presenter)
        self._suggestions = TeamsSuggestions(context, messenger)
        self._mentions = TeamsMentions(context, messenger, self._presenter, self._actions, self._suggestions)
        self._installs = TeamsInstalls(context, bot_id)
        self._reactions = TeamsReactions(context)
        self._deduplicator = Deduplicator()
        self._zones: FIFOCache[tuple[str, str], str] = FIFOCache(_MOST_ZONES)

    async def hear(self, raw: Mapping[str, Any]) -> Reply:
        """Answer one activity; what is not known, or not for us, is acknowledged and left alone."""
        kind, sender = text(raw.get("type")), mapping(raw.get("from"))
        activity = payload.activity(raw)
        if activity is None or (kind in {"message", "messageReaction"} and payload.is_anybodys_bot(sender)):
            return UNKNOWN_INVOKE if payload.wants_answer(raw) else NOTHING
        if kind == "invoke" and text(raw.get("name")) == "composeExtension/query":
            return extension.found(self._context.content.library, raw)  # where we may not be: nothing is learned
        self._learn(activity)
        match kind:
            case "message":
                return await self._once(activity, raw, lambda: self._message(activity, raw))
            case "invoke":
                return await self._invoke(activity, raw)
            case "messageReaction":
                await self._installs.see(activity)
                await self._reactions.reaction(activity, raw)
            case "installationUpdate":
                await self._installs.installation(activity, raw)
            case "conversationUpdate":
                await self._installs.change(activity, raw)
            case "messageDelete":
                await self._reactions.deleted(activity)
            case _ if payload.wants_answer(raw):
                return UNKNOWN_INVOKE
            case _:
                pass
        return NOTHING

    async def _once(
        self, activity: Activity, raw: Mapping[str, Any], act: Callable[[], Coroutine[Any, Any, Reply]]
    ) -> Reply:
        """Do it once for each activity; one without an id cannot be told from another."""
        if not activity.message_id:
            return await act()
        where = (activity.address.workspace, activity.address.conversation)
        what = (text(raw.get("type")), text(raw.get("name")))
        return await self._deduplicator.once((*where, activity.message_id, *what), act)

    def _learn(self, activity: Activity) -> None:
        """Remember what activities tell of people: their names, and their zones for forms."""
        if activity.person and activity.name:
            self._messenger.learn_name(activity.address.workspace, activity.person, activity.name)
        if activity.person and activity.zone:
            self._zones[activity.address.workspace, activity.person] = activity.zone

    async def _message(self, activity: Activity, raw: Mapping[str, Any]) -> Reply:
        words = payload.words(raw, activity.kind, self._bot_id)
        if words is not None and activity.message_id:
            if (place := await self._installs.see(activity)) is not None:
                self._messenger.learn_place(place)  # what is answered goes there in a moment
            await self._mentions.message(activity, raw, words)
        return NOTHING

    # --- buttons, dialogs and searches

    async def _invoke(self, activity: Activity, raw: Mapping[str, Any]) -> Reply:
        """Answer what waits for an answer: never an empty one."""
        value = mapping(raw.get("value"))
        match text(raw.get("name")):
            case "adaptiveCard/action":
                action = render.pressed(mapping(value.get("action")).get("data"))
                await self._installs.see(activity)
                if action is not None:
                    learners.note_pressed(self._context, activity.person, activity.address, action)
                if action is None or actions.only_shows(activity, action):  # from memory, and again does no harm
                    return self._actions.shown(activity, action)
                return await self._once(activity, raw, lambda: self._actions.pressed(activity, action))
            case "task/fetch":
                await self._installs.see(activity)
                return await self._actions.fetch(activity, render.pressed(value.get("data")), self._zone(activity))
            case "task/submit":
                await self._installs.see(activity)
                return await self._once(
                    activity, raw, lambda: self._actions.submit(activity, value.get("data"), self._zone(activity))
                )
            case "application/search" if value.get("dataset") == render.ZONES:
                return await self._actions.tips.search(text(value.get("queryText")))
            # Teams' own feedback buttons, which no post of ours asks for: cards have thumbs of their own.
            case "message/fetchTask":
                return responses.dialog_words(chats.THUMBS_IN_THE_CARD)
            case "message/submitAction":
                return EMPTY
            case _:
                return UNKNOWN_INVOKE

    def _zone(self, activity: Activity) -> str:
        return activity.zone or self._zones.get((activity.address.workspace, activity.person), "")

    # --- how it ended

    async def settled(self, delivery: Delivery) -> None:
        """Tell the person who asked for a delivery how it ended, where they would not see it by themselves."""
        if delivery.platform != PLATFORM or delivery.state == "planned":
            return
        self._suggestions.settled(delivery)
        listener = self._context.pending_replies.take(delivery.id)
        card = await endings.told(self._context, delivery, listener) if listener else None
        if listener is None or card is None:
            return
        if delivery.kind == "introduction":
            target = ReplyTarget.decode(listener.reply_to)
            await self._presenter.show(delivery.workspace, target, card, listener.person)
        else:
            address = Address(PLATFORM, delivery.workspace, delivery.conversation, delivery.thread)
            outcome = await self._messenger.whisper(address, listener.person, card)
            if isinstance(outcome, Refused) and delivery.conversation == listener.person:
                # What was to be kept did not come to a chat that takes nothing: it is said where it was asked for.
                target = ReplyTarget.decode(listener.reply_to)
                await self._presenter.say(target.address(delivery.workspace), card)
