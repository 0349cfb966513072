"""Answer Teams' buttons: in place for who pressed, for everybody where it is shared, below a post where it deepens."""

import random
from typing import assert_never

from cards.compose import chats, dimensions, notices, parts
from cards.compose.tips import notices as tips_notices
from cards.model import Action, Card
from cards.teams import render
from content.library import Library
from content.model import Dimension
from handlers import answers, enqueue
from handlers.answers import AboutTips
from handlers.context import HandlerContext
from handlers.teams import responses
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter, ReplyTarget
from handlers.teams.responses import Reply
from handlers.teams.tips import TeamsTips
from handlers.tips import forms
from messengers.base import Posted, Refused, Slowed, Unknown
from store.deliveries.rows import Delivery
from store.posts import Posts

_SHOWING = {"show", "list", "help"}

_posts = Posts()


def only_shows(activity: Activity, action: Action) -> bool:
    """Say whether a button asks for nothing but content, so that nothing is written down for it."""
    return action.verb in _SHOWING or (action.verb == "deepen" and activity.kind == "personal")


class TeamsActions:
    """What Action.Execute asks for."""

    def __init__(self, context: HandlerContext, presenter: Presenter, tips: TeamsTips) -> None:
        """Take the neutral dependencies, what shows cards, and the tips' half."""
        self._context = context
        self._presenter = presenter
        self._tips = tips
        # (content version, dimension) -> the answer as it leaves
        self._comparisons: dict[tuple[str, str], Reply] = {}

    def shown(self, action: Action | None) -> Reply:
        """Answer with content, from memory; the card changes for who pressed alone. None is no button of ours."""
        library = self._context.content.library
        if action is None:
            return _reply(dimensions.gone(library))
        answer = answers.press(library, action)
        if isinstance(answer, answers.Compare):
            return self._comparison(library, answer.dimension)
        return _reply(answer.card if isinstance(answer, answers.Show) else dimensions.gone(library))

    def private(self, answer: answers.Show | answers.Compare | answers.AnyDimension) -> Card:
        """Draw the answer to a slash command."""
        library = self._context.content.library
        match answer:
            case answers.Show(card):
                return card
            case answers.Compare(dimension):
                return dimensions.comparison(library, dimension)
            case answers.AnyDimension():
                return dimensions.comparison(library, random.choice(library.dimensions))  # noqa: S311 # a card by chance guards nothing
            case _:
                assert_never(answer)

    def _comparison(self, library: Library, dimension: Dimension) -> Reply:
        key = (library.version, dimension.id)
        if key not in self._comparisons:
            # A new version of the content makes all of the old one's answers useless.
            self._comparisons = {
                known: kept for known, kept in self._comparisons.items() if known[0] == library.version
            }
            self._comparisons[key] = _reply(dimensions.comparison(library, dimension))
        return self._comparisons[key]

    async def pressed(self, activity: Activity, action: Action) -> Reply:
        """Do what a button asks, and answer with what this person sees then."""
        match action.verb:
            case "share":
                return await self._share(activity, action)
            case "deepen":
                return await self._deepen(activity, action)
            case "tips-edit":
                # Teams: only a button that was drawn for it opens a dialog. The card that says so has one.
                form = forms.name_of(action.argument)
                return await self._presenter.card(activity, tips_notices.form_not_opened(form, action.place))
            case _:
                answer = answers.press(self._context.content.library, action)
                if isinstance(answer, AboutTips):
                    return await self._presenter.card(activity, await self._tips.card(activity, answer))
                return self.shown(action)

    # --- share

    async def _share(self, activity: Activity, action: Action) -> Reply:
        """Show everybody the card: in the post itself where it answered somebody who asked for it, else in another."""
        library = self._context.content.library
        content = answers.content_of(library, action.subject)
        if not isinstance(content, Dimension):
            return _reply(dimensions.gone(library))
        if activity.kind == "personal":
            return _reply(chats.nobody_to_share_with(content))
        async with self._context.database.read() as connection:
            post = await _posts.find(
                connection,
                activity.address.platform,
                activity.address.workspace,
                activity.address.conversation,
                activity.target,
            )
        # Posts about a dimension come from asking alone, mentioned or shared; a tip stays the tip it is.
        if post is not None and not post.dead and post.subject == str(parts.subject_of(content)):
            return await self._share_in_place(activity, content)
        return await self._share_beside(activity, content)

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

    async def _share_beside(self, activity: Activity, dimension: Dimension) -> Reply:
        """Promise a post for everybody, in the thread or chat where it was pressed."""
        now, subject = self._context.clock(), parts.subject_of(dimension)
        queued = await self._context.enqueuer.enqueue(
            enqueue.share(activity.address, subject, activity.person, activity.target, now)
        )
        if queued.is_new:
            self._await(activity, queued.delivery)
        match queued.delivery.state:
            case "sent":
                return await self._presenter.words(activity, notices.already_shared())
            case "unknown":
                return await self._presenter.words(activity, notices.not_confirmed())
            case _:
                return await self._presenter.words(activity, chats.sharing())

    # --- go deeper

    async def _deepen(self, activity: Activity, action: Action) -> Reply:
        """Post a level below our own post, once; elsewhere it takes the card's place for who pressed."""
        library = self._context.content.library
        level = answers.level_of(action.argument)
        if action.subject is None or level is None or answers.content_of(library, action.subject) is None:
            return _reply(dimensions.gone(library))
        now = self._context.clock()
        async with self._context.database.read() as connection:
            post = await enqueue.find_post(connection, activity.address, activity.target)
        wish = enqueue.reply(post, action.subject, level, activity.person, now) if post else None
        queued = await self._context.enqueuer.enqueue(wish) if wish else None
        if queued is None:  # a post from before the database, or a dead one
            return self.shown(action)
        if queued.is_new:
            self._await(activity, queued.delivery)
        return await self._stands(activity, action, queued.delivery)

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
                return self.shown(action)

    def _await(self, activity: Activity, delivery: Delivery) -> None:
        self._context.pending_replies.add(
            delivery.id, activity.person, ReplyTarget.of(activity).encode(), self._context.clock()
        )
        self._context.wake()


def _reply(card: Card) -> Reply:
    """Answer with a card that names nobody."""
    return responses.card(render.card(card))
