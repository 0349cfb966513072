"""Hand the scheduler the content as it is when something is posted: today's tips, and the card a delivery promised."""

import random
from collections.abc import Awaitable, Callable, Mapping
from typing import assert_never

from cards.compose import chats, dimensions, installing, notices
from cards.compose.learning import corrections
from cards.compose.tips import coming
from cards.compose.tips import notices as tips_notices
from cards.compose.tips.state import TipsState
from cards.model import Action, Card, Edition, Subject
from content.library import Library
from content.model import Tip
from handlers import answers, enqueue
from handlers.asking import kinds
from handlers.context import CurrentContent
from handlers.learning import recalls
from handlers.learning.posts import corrections as correction_posts
from handlers.learning.posts import draw as posts
from handlers.learning.posts import rounds as round_posts
from handlers.tips import pools, views
from handlers.tips.views import Asker
from messengers import teams
from scheduler.choosing import Candidates
from scheduler.hooks import GoneError
from scheduler.learning.round_rows import Playable
from scheduler.subscriptions import owners
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription

# Platforms without a private command: people ask by mention, and a card changes for whoever presses its buttons alone.
_MENTIONED_ONLY = {teams.PLATFORM}


class DeliveryHooks:
    """The scheduler's hooks; `listeners` are the platforms' own, by name, which hear how their deliveries ended."""

    def __init__(
        self, content: CurrentContent, listeners: Mapping[str, Callable[[Delivery], Awaitable[None]]] | None = None
    ) -> None:
        self._content = content
        self._listeners = listeners or {}

    def pool(self) -> Candidates:
        """Give today's tips in file order."""
        return pools.of(self._content.library)

    def dilemmas(self) -> Mapping[str, Playable]:
        """Give the dilemmas that rounds may be about."""
        return round_posts.playables(self._content.library)

    def corrected(self) -> Mapping[str, Edition]:
        """Give what was ever corrected, by subject."""
        return corrections.editions(self._content.library)

    def draw(self, delivery: Delivery, subscription: Subscription | None) -> Card:
        """Draw a delivery's card, as `draw` does."""
        return draw(self._content.library, delivery, subscription)

    async def settled(self, delivery: Delivery) -> None:
        """Tell the platform that a delivery ended."""
        if listener := self._listeners.get(delivery.platform):  # it may have been taken out of the settings since
            await listener(delivery)


def draw(library: Library, delivery: Delivery, subscription: Subscription | None) -> Card:
    """Draw a delivery's card; `subscription` is the one it belongs to, if any.

    Raises GoneError where the content has gone.
    """
    match delivery.kind:
        case "tip":
            tip = _tip(library, delivery)
            return dimensions.tip(library, tip, recalls.remembered(library, subscription, tip))
        case "reply":
            return _level(library, delivery)
        case "share":
            subject = Subject.parse(delivery.subject)
            content = answers.content_of(library, subject)
            if content is None:
                raise GoneError(f"{subject} has gone from the content")
            return dimensions.shared(library, content, delivery.person, kept=delivery.conversation == delivery.person)
        case "mention":
            return _answered(library, delivery)
        case "introduction":
            # Drawn from the schedule alone; what comes next is not in it, so that the moment does not matter.
            asker = Asker(delivery.person)
            state = views.tips_state(library, subscription, delivery.conversation, asker, delivery.due_at)
            return coming.introduction(library, state)
        case "notice":
            return _notice(delivery)
        case "correction" | "corrected":
            return correction_posts.draw(library, delivery)
        case "round" | "tally" | "closing" | "reveal" | "plan" | "answer":
            return posts.draw(library, delivery)
        case _:
            assert_never(delivery.kind)


def _notice(delivery: Delivery) -> Card:
    """Draw what an owner is told; the delivery's own conversation is the owner, its argument says why and where."""
    reason, _, conversation = delivery.argument.rpartition(" ")  # some reasons are words, and have spaces
    if reason.startswith(owners.CLAIM):
        return tips_notices.claim_notice(conversation, reason.removeprefix(owners.CLAIM))
    is_personal = conversation == delivery.conversation
    return tips_notices.paused_notice(TipsState(conversation, "paused", reason=reason, is_personal=is_personal))


def _tip(library: Library, delivery: Delivery) -> Tip:
    tip = library.tip(Subject.parse(delivery.subject).id)
    if tip is None:
        raise GoneError(f"{delivery.subject} has gone from the content")
    return tip


def _level(library: Library, delivery: Delivery) -> Card:
    content = answers.content_of(library, Subject.parse(delivery.subject))
    level = answers.level_of(delivery.argument)
    if content is None or level is None:
        raise GoneError(f"{delivery.subject} {delivery.argument} has gone from the content")
    return dimensions.level(library, content, level, public=True)


def _answered(library: Library, delivery: Delivery) -> Card:
    """Draw the answer to what was typed where all can read it: nothing in it concerns one person only."""
    if enqueue.is_told(delivery):  # nobody's words: what people type never has such a key
        card = installing.told(library, delivery.argument)
        if card is None:
            raise GoneError(f"{delivery.argument} is said no more")
        return card
    if delivery.argument in {chats.HELLO, chats.HELLO_ALL}:
        return chats.welcome(library, is_group=delivery.argument == chats.HELLO_ALL)
    answer, is_mentioned_only = answers.ask(library, delivery.argument), delivery.platform in _MENTIONED_ONLY
    if isinstance(answer, kinds.AnyDimension):
        # The same one however often it is drawn: a retry must not post another.
        answer = kinds.Compare(random.Random(delivery.id).choice(library.dimensions))  # noqa: S311 # a card by chance guards nothing
    match answer:
        case kinds.Show(card):
            return card
        case kinds.Compare(dimension) if is_mentioned_only:  # the card with every button
            return dimensions.comparison(library, dimension)
        case kinds.Compare(content) | kinds.Share(content):
            return dimensions.shared(library, content, delivery.person, asked=not is_mentioned_only)
        case _:
            return _offered(answer)


def _offered(answer: kinds.AboutTips | kinds.Learn) -> Card:
    """Draw the button that shows the answer to whoever presses it."""
    match answer:
        case kinds.ChangeTips(action):
            # Only offered: who may do it is asked when it is done.
            return tips_notices.in_private(Action("tips", place=action.place), "Settings")
        case kinds.Settings(place) | kinds.More(place) | kinds.Stopping(place):
            return tips_notices.in_private(Action("tips", place=place), "Settings")
        case kinds.Learn(Action("privacy")):  # what is true for all, with the way to one's own
            return notices.privacy()
        case kinds.Learn(action):
            return tips_notices.in_private(action, "Show me")
        case kinds.NextTip(place):
            return tips_notices.in_private(Action("tips-preview", place=place), "Preview")
        case kinds.Upcoming(place) | kinds.Swapping(place):
            return tips_notices.in_private(Action("tips-upcoming", place=place), "Preview")
        case kinds.Past(place):
            return tips_notices.in_private(Action("tips-history", place=place), "History")
        case kinds.Diagnosis(place):
            return tips_notices.in_private(Action("tips-doctor", place=place), "Status of the tips")
        case _:
            assert_never(answer)
