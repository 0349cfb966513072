"""Answer Teams' buttons: in place for who pressed, for everybody where it is shared, below a post where it deepens."""

from typing import assert_never

from msgspec.structs import replace

from cards.compose import chats, dimensions, notices, parts
from cards.compose.tips import notices as tips_notices
from cards.model import Action, Card
from cards.teams import render
from content.model import Dimension, Tip
from handlers import answers, depth, enqueue, shares
from handlers.asking import kinds
from handlers.comparisons import Comparisons
from handlers.context import HandlerContext
from handlers.learning import requests
from handlers.teams import presenter, responses
from handlers.teams.learning import TeamsLearning
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter
from handlers.teams.responses import Reply
from handlers.teams.tips import TeamsTips
from handlers.tips import open_forms
from messengers.base import Posted, Refused, Slowed, Unknown
from messengers.teams.messenger import TeamsMessenger
from store.deliveries.rows import Delivery

_SHOWING = {"show", "list", "help"}


def only_shows(activity: Activity, action: Action) -> bool:
    """Say whether a button asks for nothing but content, so that nothing is written down for it."""
    return action.verb in _SHOWING or (action.verb == "deepen" and activity.kind == "personal")


class TeamsActions:
    """What Action.Execute asks for, and what one person alone is answered."""

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger, shows: Presenter) -> None:
        """Take the neutral dependencies, Teams' messenger, and what shows cards."""
        self._context = context
        self._presenter = shows
        self._comparisons = Comparisons(responses.drawn)
        self._comparisons_alone = Comparisons(_drawn_alone)
        self.tips = TeamsTips(context, messenger, shows)
        self.learning = TeamsLearning(context, messenger, shows)

    def shown(self, activity: Activity, action: Action | None) -> Reply:
        """Answer with content, from memory; the card changes for who pressed alone. None is no button of ours."""
        library = self._context.content.library
        answer = answers.press(library, action) if action else None
        is_alone = activity.kind == "personal"
        if isinstance(answer, kinds.Compare):
            kept = self._comparisons_alone if is_alone else self._comparisons
            return kept.drawn(library, answer.dimension)
        card = answer.card if isinstance(answer, kinds.Show) else dimensions.gone(library)
        return _drawn_alone(card) if is_alone else responses.drawn(card)

    def alone(self, answer: kinds.Show | kinds.Compare | kinds.AnyDimension) -> Card:
        """Draw what one person alone sees."""
        return self._comparisons.card(self._context.content.library, answer)

    async def pressed(self, activity: Activity, action: Action) -> Reply:
        """Do what a button asks, and answer with what this person sees then."""
        match action.verb:
            case "share":
                return await self._share(activity, action)
            case "keep":
                return await self._keep(activity, action)
            case "deepen":
                return await self._deepen(activity, action)
            case "tips-edit":
                # Teams: only a button that was drawn for it opens a dialog. The card that says so has one.
                form = open_forms.name_of(action.argument)
                return await self._presenter.card(activity, tips_notices.form_not_opened(form, action.place))
            case _:
                answer = answers.press(self._context.content.library, action)
                if isinstance(answer, kinds.AboutTips):
                    card = await self._about_tips(activity, answer)
                    return await self._presenter.card(activity, card)
                if isinstance(answer, kinds.Learn):
                    return await self.learning.pressed(activity, answer.action)
                return self.shown(activity, action)

    async def _about_tips(self, activity: Activity, answer: kinds.AboutTips) -> Card:
        if not isinstance(answer, kinds.ChangeTips):
            return await self.tips.card(activity, answer)
        card = await self.tips.changed(activity, answer)
        if answer.action.verb == "tips-decline-claim" and activity.kind == "personal":
            await self._presenter.update(activity, card)  # the button goes with the question
        return card

    # --- dialogs

    async def fetch(self, activity: Activity, action: Action | None, zone: str) -> Reply:
        """Open the dialog a button names."""
        if action is not None and requests.is_opening(action):
            return await self.learning.fetch(activity, action, zone)
        return await self.tips.fetch(activity, action, zone)

    async def submit(self, activity: Activity, data: object, zone: str) -> Reply:
        """Take a dialog's answers."""
        sent = render.submitted(data)
        if sent is not None and requests.takes(sent[0]):
            return await self.learning.submit(activity, *sent, data, zone)
        return await self.tips.submit(activity, data, zone)

    # --- share

    async def _share(self, activity: Activity, action: Action) -> Reply:
        """Show everybody the card: in the post itself where it answered somebody who asked for it, else in another."""
        answer = answers.press(self._context.content.library, action)
        if not isinstance(answer, kinds.Share):
            return self.shown(activity, action)
        content = answer.content
        if activity.kind == "personal":
            return responses.drawn(chats.nobody_to_share_with(content))
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, replace(activity.address, thread=""), activity.target)
        # Posts about a dimension come from asking alone, mentioned or shared; a tip stays the tip it is.
        is_here = post is not None and not post.dead and post.subject == str(parts.subject_of(content))
        if is_here and isinstance(content, Dimension):
            return await self._share_in_place(activity, content)
        return await self._share_beside(activity, content)

    async def _keep(self, activity: Activity, action: Action) -> Reply:
        """Send the tip to who pressed, in their own chat."""
        answer = answers.press(self._context.content.library, action)
        if not isinstance(answer, kinds.Keep):
            return self.shown(activity, action)
        keeper = presenter.listener(activity)
        said = await shares.keep(self._context, activity.address, answer.tip, keeper, activity.target)
        return await self._presenter.words(activity, said)

    async def _share_in_place(self, activity: Activity, dimension: Dimension) -> Reply:
        """Change the post for everybody; twice is the same as once."""
        card = dimensions.shared_comparison(self._context.content.library, dimension, activity.person)
        outcome = await self._presenter.update(activity, card)
        match outcome:
            case Posted() | None:
                return await self._presenter.card(activity, card)
            case Slowed():
                return await self._presenter.words(activity, chats.slowed())
            case Refused(code):
                not_shared = tips_notices.not_shared(code, parts.subject_of(dimension))
                return await self._presenter.words(activity, not_shared)
            case Unknown():
                return await self._presenter.words(activity, notices.not_confirmed())
            case _:
                assert_never(outcome)

    async def _share_beside(self, activity: Activity, content: Dimension | Tip) -> Reply:
        """Promise a post for everybody, in the thread or chat where it was pressed."""
        sharer = presenter.listener(activity)
        said = await shares.share(self._context, activity.address, content, sharer, activity.target)
        return await self._presenter.words(activity, said or chats.sharing())

    # --- go deeper

    async def _deepen(self, activity: Activity, action: Action) -> Reply:
        """Post a level below our own post, once; elsewhere it takes the card's place for who pressed."""
        presser = presenter.listener(activity)
        queued = await depth.press(self._context, activity.address, activity.target, action, presser)
        return await self._stands(activity, action, queued.delivery) if queued else self._opened(activity, action)

    def _opened(self, activity: Activity, action: Action) -> Reply:
        """Show a level to who pressed, and count that it was opened; in a personal chat buttons never get here."""
        self._context.opened.count(self._context.content.library, activity.address, activity.person, action)
        return self.shown(activity, action)

    async def _stands(self, activity: Activity, action: Action, delivery: Delivery) -> Reply:
        """Say where a level is; one that may or may not be there is shown to who pressed."""
        has_threads = activity.kind == "channel"
        match delivery.state:
            case "planned" | "sending":
                soon = notices.on_its_way() if has_threads else chats.on_its_way()
                return await self._presenter.words(activity, soon)
            case "sent":
                there = notices.already_posted("") if has_threads else chats.already_posted()
                return await self._presenter.words(activity, there)
            case _:
                return self._opened(activity, action)


def _drawn_alone(card: Card) -> Reply:
    return responses.drawn(chats.for_one(card))
