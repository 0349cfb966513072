"""Hear Microsoft Teams' people: what they type, press, fill in and react with, answered from the neutral replies."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from cards.compose import chats, notices
from cards.compose.tips import notices as tips_notices
from cards.model import Card, Subject
from cards.teams import render
from handlers import answers, enqueue
from handlers.answers import AboutTips
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.teams import actions, payload, presenter
from handlers.teams.actions import TeamsActions
from handlers.teams.conversations import Places
from handlers.teams.deduplication import Deduplicator
from handlers.teams.payload import PLATFORM, Activity
from handlers.teams.presenter import Presenter
from handlers.teams.reactions import Reactions
from handlers.teams.responses import NOTHING, UNKNOWN_INVOKE, Reply, apology
from handlers.teams.tips import TeamsTips
from messengers.base import Address
from messengers.teams.messenger import TeamsMessenger
from store.deliveries.rows import Delivery

__all__ = ["Reply", "TeamsHandlers", "apology"]

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
        self._tips = TeamsTips(context, messenger, self._presenter)
        self._actions = TeamsActions(context, self._presenter, self._tips)
        self._places = Places(context, bot_id)
        self._reactions = Reactions(context)
        self._deduplicator = Deduplicator()
        self._zones: OrderedDict[str, str] = OrderedDict()

    async def hear(self, raw: Mapping[str, Any]) -> Reply:
        """Answer one activity; what is not known, or not for us, is acknowledged and left alone."""
        kind, sender = text(raw.get("type")), mapping(raw.get("from"))
        activity = payload.activity(raw)
        if activity is None or (kind in {"message", "messageReaction"} and payload.is_anybodys_bot(sender)):
            return UNKNOWN_INVOKE if payload.wants_answer(raw) else NOTHING
        self._learn(activity)
        match kind:
            case "message":
                return await self._once(activity, raw, lambda: self._message(activity, raw))
            case "invoke":
                return await self._invoke(activity, raw)
            case "messageReaction":
                await self._places.see(activity)
                await self._reactions.reaction(activity, raw)
            case "installationUpdate":
                await self._places.installation(activity, raw)
            case "conversationUpdate":
                await self._places.change(activity, raw)
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
        place = (activity.address.workspace, activity.address.conversation)
        what = (text(raw.get("type")), text(raw.get("name")))
        return await self._deduplicator.once((*place, activity.message_id, *what), act)

    def _learn(self, activity: Activity) -> None:
        """Remember what activities tell of people: their names, and their zones for forms."""
        if activity.person and activity.name:
            self._messenger.learn_name(activity.person, activity.name)
        if activity.person and activity.zone:
            self._zones[activity.person] = activity.zone
            if len(self._zones) > _MOST_ZONES:
                self._zones.popitem(last=False)

    # --- what people type

    async def _message(self, activity: Activity, raw: Mapping[str, Any]) -> Reply:
        """Answer what was typed with a post: in the thread in channels, once however often Teams sends it.

        A slash command is answered for that person alone, unless it asks to share; so is what is no answer for all.
        """
        words = payload.words(raw, activity.kind, self._bot_id)
        if words is None or not activity.message_id:
            return NOTHING
        await self._places.see(activity)
        answer = answers.ask(self._context.content.library, words)
        if activity.kind != "personal" and not answers.is_for_all(answer):
            activity = replace(activity, alone=text(mapping(raw.get("from")).get("id")))
        if isinstance(answer, AboutTips):
            await self._tips.asked(activity, answer, is_public=not payload.is_targeted(raw))
        elif activity.alone and not isinstance(answer, answers.Share):
            self._context.spawn(self._presenter.say_alone(activity, self._actions.private(answer)))
        elif isinstance(answer, answers.Share) and activity.kind == "personal":
            self._context.spawn(self._messenger.answer(activity.address, chats.nobody_to_share_with(answer.dimension)))
        else:
            queued = await self._context.enqueuer.enqueue(
                enqueue.mention(activity.address, words, activity.person, activity.message_id, self._context.clock())
            )
            if queued.is_new:
                self._context.wake()
        return NOTHING

    # --- buttons, dialogs and searches

    async def _invoke(self, activity: Activity, raw: Mapping[str, Any]) -> Reply:
        """Answer what waits for an answer: never an empty one."""
        value = mapping(raw.get("value"))
        match text(raw.get("name")):
            case "adaptiveCard/action":
                action = render.pressed(mapping(value.get("action")).get("data"))
                await self._places.see(activity)
                if action is None or actions.only_shows(activity, action):  # from memory, and again does no harm
                    return self._actions.shown(action)
                return await self._once(activity, raw, lambda: self._actions.pressed(activity, action))
            case "task/fetch":
                await self._places.see(activity)
                return await self._tips.fetch(activity, render.pressed(value.get("data")), self._zone(activity))
            case "task/submit":
                await self._places.see(activity)
                return await self._once(
                    activity, raw, lambda: self._tips.submit(activity, value.get("data"), self._zone(activity))
                )
            case "application/search" if value.get("dataset") == render.ZONES:
                return await self._tips.search(text(value.get("queryText")))
            case _:
                return UNKNOWN_INVOKE

    def _zone(self, activity: Activity) -> str:
        return activity.zone or self._zones.get(activity.person, "")

    # --- how it ended

    async def settled(self, delivery: Delivery) -> None:
        """Tell the person who asked for a delivery how it ended, where they would not see it by themselves."""
        if delivery.platform != PLATFORM or delivery.state == "planned":
            return
        listener = self._context.pending_replies.take(delivery.id)
        if listener is None:
            return
        match delivery.kind:
            case "introduction":
                await self._tips.introduced(delivery, listener)
            case "share" | "reply" if delivery.state != "sent":
                address = Address(PLATFORM, delivery.workspace, delivery.conversation, delivery.thread)
                await self._messenger.whisper(address, listener.person, _bad_news(delivery))
            case _:
                pass


def _bad_news(delivery: Delivery) -> Card:
    if delivery.state == "unknown":
        return notices.not_confirmed()
    if delivery.kind == "share":
        return tips_notices.not_shared(delivery.reason, Subject.parse(delivery.subject))
    return notices.could_not_reply(delivery.reason)
