"""Hear on Teams what people type to the bot, by mention, slash command or in its own chat, and answer in the thread."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cards.compose import chats
from handlers import answers, enqueue, learners
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.teams import payload
from handlers.teams.actions import TeamsActions
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter
from handlers.teams.suggesting import TeamsSuggestions
from messengers.teams.messenger import TeamsMessenger


class TeamsMentions:
    """Writes down what was asked before the 200."""

    def __init__(
        self,
        context: HandlerContext,
        messenger: TeamsMessenger,
        presenter: Presenter,
        actions: TeamsActions,
        suggestions: TeamsSuggestions,
    ) -> None:
        """Take the neutral dependencies, Teams' messenger, what shows cards, draws for one person, and suggests."""
        self._context = context
        self._messenger = messenger
        self._presenter = presenter
        self._actions = actions
        self._suggestions = suggestions

    async def message(self, activity: Activity, raw: Mapping[str, Any], words: str) -> None:
        """Answer what was typed with a post: in the thread in channels, once however often Teams sends it.

        A slash command is answered for that person alone, unless it asks to share; so is what is no answer for all.
        """
        answer = answers.ask(self._context.content.library, words)
        learners.note_asked(self._context, activity.person, activity.address, answer)
        if activity.kind != "personal" and not kinds.is_for_all(answer):
            activity = replace(activity, alone=text(mapping(raw.get("from")).get("id")))
        if isinstance(answer, kinds.AboutTips):
            await self._actions.tips.asked(activity, answer, is_public=not payload.is_targeted(raw))
        elif isinstance(answer, kinds.Learn):
            await self._actions.learning.typed(activity, answer)
        elif activity.alone and not isinstance(answer, kinds.Share):
            self._context.spawn(self._presenter.say_alone(activity, self._actions.alone(answer)))
        elif isinstance(answer, kinds.Share) and activity.kind == "personal":
            self._context.spawn(self._messenger.answer(activity.address, chats.nobody_to_share_with(answer.content)))
        else:
            queued = await self._context.enqueue(
                enqueue.mention(activity.address, words, activity.person, activity.message_id, self._context.clock())
            )
            if activity.kind == "personal" and queued.is_new:
                self._suggestions.expect(queued.delivery.id, words, answer)
