"""Hear on Teams what concerns learning: cards for one person, what is said beside them, and dialogs."""

from collections.abc import Mapping

from msgspec.structs import replace

from cards.compose import chats, notices
from cards.compose.tips import notices as tips_notices
from cards.forms import Form
from cards.model import FORMS, Action, Card
from cards.teams import render
from handlers import rights
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.learning import plans, requests
from handlers.learning.asked import Asked, Beside
from handlers.pending_replies import PendingReply
from handlers.teams import people, presenter, responses
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter, ReplyTarget
from handlers.teams.responses import Reply
from messengers.teams.messenger import TeamsMessenger


class TeamsLearning:
    """The half of the handlers that answers what handlers/learning/requests.py knows."""

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger, presenter: Presenter) -> None:
        """Take the neutral dependencies, Teams' messenger, and what shows cards."""
        self._context = context
        self._presenter = presenter
        self._people = people.of(messenger, presenter.patience)

    async def typed(self, activity: Activity, answer: kinds.Learn) -> None:
        """Answer what was asked for in words, in the person's own chat or for them alone; elsewhere by a button."""
        if activity.kind == "personal" or activity.alone:
            card = await self._alone(activity, answer)
        elif answer.action.verb == "privacy":
            card = notices.privacy()  # what is true for all, with the way to one's own
        else:
            card = tips_notices.in_private(answer.action, "Show me")
        if activity.alone:
            self._context.spawn(self._presenter.say_alone(activity, card))
        else:
            self._context.spawn(self._presenter.say(activity.address, card))

    async def _alone(self, activity: Activity, answer: kinds.Learn) -> Card:
        said = await requests.answer(self._context, _asked(activity, answer.action))
        return said.card if isinstance(said, Beside) else said

    async def pressed(self, activity: Activity, action: Action) -> Reply:
        """Do what a button asks: its answer takes the card's place for who pressed, or is said beside it."""
        said = await requests.answer(self._context, _asked(activity, action))
        if isinstance(said, Beside):
            return await self._presenter.words(activity, said.card)
        # An answer alone is gone when the chat is opened again. A list stays: it has other plans.
        is_list = self._presenter.is_shared(activity.address.workspace, ReplyTarget.of(activity))
        if activity.kind == "personal" and action.verb in plans.ENDING and not is_list:
            await self._presenter.update(activity, said)
        return await self._presenter.card(activity, said)

    # --- dialogs

    async def fetch(self, activity: Activity, action: Action, zone: str) -> Reply:
        """Open the dialog a button names; where there is none for this person, say why in its place."""
        asked = await self._seen(_asked(activity, action, zone))
        return await self._dialog(activity, asked, presenter.context_of("", activity.target))

    async def _seen(self, asked: Asked) -> Asked:
        """Look up who asks, where what they ask for changes something for everybody there."""
        if asked.is_direct or not rights.is_change(asked.action.verb):
            return asked
        found = await self._people.asker(asked.address, asked.person, is_outsider=asked.is_outsider)
        return replace(asked, standing=found.standing)

    async def _dialog(
        self,
        activity: Activity,
        asked: Asked,
        context: str,
        *,
        faults: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Reply:
        """Draw a dialog; a second time with what was typed, and what was wrong with it."""
        drawn = await requests.opened(self._context, asked, context)
        if not isinstance(drawn, Form):
            return responses.dialog_words(await self._presenter.sentence(activity, drawn))
        form = chats.form_for_one(drawn) if activity.kind == "personal" else drawn
        return Reply(200, render.task(form, render.dialog(form, {}, faults=faults, values=values)))

    async def submit(self, activity: Activity, action: Action, context: str, data: object, zone: str) -> Reply:
        """Take a dialog's answers: mistakes are shown at their fields, the rest is done before it closes."""
        values = render.answers(data)
        _, message_id = presenter.spot_of(context)
        target = activity.target or message_id
        asked = replace(_asked(activity, action, zone), message_id=target, occasion=activity.message_id)
        asked = await self._seen(asked)
        done = await requests.taken(self._context, asked, values)
        if done.faults:
            opening = next(opener for opener, saver in FORMS.items() if saver == action.verb)
            again = replace(asked, action=replace(action, verb=opening))
            context = presenter.context_of("", message_id)  # of what came only what was understood goes back
            return await self._dialog(activity, again, context, faults=done.faults, values=values)
        if done.card is None:
            return responses.CLOSED
        if done.is_content:
            self._context.spawn(self._post(activity, done.card))
            return responses.dialog_words(chats.IN_OUR_CHAT)
        return responses.dialog_words(await self._presenter.sentence(activity, done.card))

    async def _post(self, activity: Activity, card: Card) -> None:
        """Post a card that a dialog asked for where the person alone reads it: their own chat."""
        if activity.kind == "personal":
            await self._presenter.say(activity.address, card)
        else:
            await self._presenter.say(replace(activity.address, conversation=activity.person, thread=""), card)


def _asked(activity: Activity, action: Action, zone: str = "") -> Asked:
    return Asked(
        action,
        activity.address,
        PendingReply(activity.person, ReplyTarget.of(activity).encode()),
        message_id=activity.target,
        occasion=activity.message_id or activity.target,
        is_direct=activity.kind == "personal",
        is_outsider=activity.is_outsider,
        zone=zone or activity.zone,
    )
