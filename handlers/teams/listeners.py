"""Hear Microsoft Teams' people: what they type, press, fill in and react with, answered from the neutral replies."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from cards.compose import chats, notices, tips_notices
from cards.model import Card, Subject
from cards.teams import render
from handlers import answers, enqueue
from handlers.answers import AboutTips
from handlers.context import Desk
from handlers.payload import mapping, text
from handlers.teams import actions, payload, presenter
from handlers.teams.actions import Presses
from handlers.teams.conversations import Places
from handlers.teams.deduplication import Turns
from handlers.teams.payload import PLATFORM, Turn
from handlers.teams.presenter import Showing
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
        self, desk: Desk, messenger: TeamsMessenger, *, bot_id: str, patience: float = presenter.PATIENCE
    ) -> None:
        """Take the neutral dependencies, Teams' messenger, and the bot's client id.

        `patience` is how many seconds an answer waits for one thing that Teams is asked meanwhile.
        """
        self._desk = desk
        self._messenger = messenger
        self._bot_id = bot_id
        self._showing = Showing(desk, messenger, patience)
        self._tips = TeamsTips(desk, messenger, self._showing)
        self._presses = Presses(desk, self._showing, self._tips)
        self._places = Places(desk, bot_id)
        self._reactions = Reactions(desk)
        self._turns = Turns()
        self._zones: OrderedDict[str, str] = OrderedDict()

    async def hear(self, activity: Mapping[str, Any]) -> Reply:
        """Answer one activity; what is not known, or not for us, is acknowledged and left alone."""
        kind, sender = text(activity.get("type")), mapping(activity.get("from"))
        turn = payload.turn(activity)
        if turn is None or (kind in {"message", "messageReaction"} and payload.is_anybodys_bot(sender)):
            return UNKNOWN_INVOKE if payload.wants_answer(activity) else NOTHING
        self._learn(turn)
        match kind:
            case "message":
                return await self._once(turn, activity, lambda: self._message(turn, activity))
            case "invoke":
                return await self._invoke(turn, activity)
            case "messageReaction":
                await self._places.see(turn)
                await self._reactions.reaction(turn, activity)
            case "installationUpdate":
                await self._places.installation(turn, activity)
            case "conversationUpdate":
                await self._places.change(turn, activity)
            case "messageDelete":
                await self._reactions.deleted(turn)
            case _ if payload.wants_answer(activity):
                return UNKNOWN_INVOKE
            case _:
                pass
        return NOTHING

    async def _once(
        self, turn: Turn, activity: Mapping[str, Any], act: Callable[[], Coroutine[Any, Any, Reply]]
    ) -> Reply:
        """Do it once for each activity; one without an id cannot be told from another."""
        if not turn.message_id:
            return await act()
        place = (turn.address.workspace, turn.address.conversation)
        what = (text(activity.get("type")), text(activity.get("name")))
        return await self._turns.once((*place, turn.message_id, *what), act)

    def _learn(self, turn: Turn) -> None:
        """Remember what activities tell of people: their names, and their zones for forms."""
        if turn.person and turn.name:
            self._messenger.learn_name(turn.person, turn.name)
        if turn.person and turn.zone:
            self._zones[turn.person] = turn.zone
            if len(self._zones) > _MOST_ZONES:
                self._zones.popitem(last=False)

    # --- what people type

    async def _message(self, turn: Turn, activity: Mapping[str, Any]) -> Reply:
        """Answer what was typed with a post: in the thread in channels, once however often Teams sends it.

        A slash command is answered for that person alone, unless it asks to share; so is what is no answer for all.
        """
        words = payload.words(activity, turn.kind, self._bot_id)
        if words is None or not turn.message_id:
            return NOTHING
        await self._places.see(turn)
        answer = answers.ask(self._desk.shelf.library, words)
        if turn.kind != "personal" and not answers.is_for_all(answer):
            turn = replace(turn, alone=text(mapping(activity.get("from")).get("id")))
        if isinstance(answer, AboutTips):
            await self._tips.asked(turn, answer, is_public=not payload.is_targeted(activity))
        elif turn.alone and not isinstance(answer, answers.Share):
            self._desk.spawn(self._showing.say_alone(turn, self._presses.private(answer)))
        elif isinstance(answer, answers.Share) and turn.kind == "personal":
            self._desk.spawn(self._messenger.answer(turn.address, chats.nobody_to_share_with(answer.dimension)))
        else:
            promise = await self._desk.promises.make(
                enqueue.mention(turn.address, words, turn.person, turn.message_id, self._desk.clock())
            )
            if promise.is_new:
                self._desk.wake()
        return NOTHING

    # --- buttons, dialogs and searches

    async def _invoke(self, turn: Turn, activity: Mapping[str, Any]) -> Reply:
        """Answer what waits for an answer: never an empty one."""
        value = mapping(activity.get("value"))
        match text(activity.get("name")):
            case "adaptiveCard/action":
                action = render.pressed(mapping(value.get("action")).get("data"))
                await self._places.see(turn)
                if action is None or actions.only_shows(turn, action):  # from memory, and again does no harm
                    return self._presses.shown(action)
                return await self._once(turn, activity, lambda: self._presses.pressed(turn, action))
            case "task/fetch":
                await self._places.see(turn)
                return await self._tips.fetch(turn, render.pressed(value.get("data")), self._zone(turn))
            case "task/submit":
                await self._places.see(turn)
                return await self._once(
                    turn, activity, lambda: self._tips.submit(turn, value.get("data"), self._zone(turn))
                )
            case "application/search" if value.get("dataset") == render.ZONES:
                return await self._tips.search(text(value.get("queryText")))
            case _:
                return UNKNOWN_INVOKE

    def _zone(self, turn: Turn) -> str:
        return turn.zone or self._zones.get(turn.person, "")

    # --- how it ended

    async def settled(self, delivery: Delivery) -> None:
        """Tell the person who asked for a delivery how it ended, where they would not see it by themselves."""
        if delivery.platform != PLATFORM or delivery.state == "planned":
            return
        listener = self._desk.waiting.take(delivery.id)
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
