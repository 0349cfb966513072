"""Draw the card that a delivery promised, from the content as it is when it is posted."""

import random
from typing import assert_never

from cards.compose import dimensions
from cards.compose.tips import coming
from cards.compose.tips import notices as tips_notices
from cards.compose.tips.state import TipsState
from cards.model import Action, Card, Subject
from content.library import Library
from content.model import Dimension, Tip
from handlers import answers
from handlers.tips import views
from handlers.tips.views import Asker
from scheduler.delivery.dispatch import GoneError
from scheduler.subscriptions import stop
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription

# Platforms without a private command: people ask by mention, and a card changes for whoever presses its buttons alone.
_MENTIONED_ONLY = {"teams"}


def draw(library: Library, delivery: Delivery, subscription: Subscription | None) -> Card:
    """Draw a delivery's card; `subscription` is the one it belongs to, if any.

    Raises GoneError where the content has gone.
    """
    match delivery.kind:
        case "tip":
            return dimensions.tip(library, _tip(library, delivery))
        case "reply":
            return _level(library, delivery)
        case "share":
            subject = Subject.parse(delivery.subject)
            dimension = library.dimension(subject.id)
            if dimension is None:
                raise GoneError(f"{subject} has gone from the content")
            return dimensions.shared_comparison(library, dimension, delivery.person)
        case "mention":
            return _asked(library, delivery) if delivery.platform in _MENTIONED_ONLY else _mention(library, delivery)
        case "introduction":
            # Drawn from the schedule alone; what comes next is not in it, so that the moment does not matter.
            asker = Asker(delivery.person)
            state = views.described(library, subscription, delivery.conversation, asker, delivery.due_at)
            return coming.introduction(library, state)
        case "notice":
            return _notice(delivery)
        case _:
            assert_never(delivery.kind)


def _notice(delivery: Delivery) -> Card:
    """Draw what an owner is told; the delivery's own conversation is the owner, its argument says why and where."""
    reason, _, conversation = delivery.argument.partition(" ")
    if reason.startswith(stop.CLAIM):
        return tips_notices.claim_notice(conversation, reason.removeprefix(stop.CLAIM))
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


def _asked(library: Library, delivery: Delivery) -> Card:
    """Draw the answer to what was typed where there is no private command: the card with every button."""
    answer = answers.ask(library, delivery.argument)
    match answer:
        case answers.Compare(dimension):
            return dimensions.comparison(library, dimension)
        case answers.AnyDimension():
            return dimensions.comparison(library, _by_chance(library, delivery))
        case answers.Share(dimension):
            return dimensions.shared_comparison(library, dimension, delivery.person)
        case _:
            return _mention(library, delivery)


def _by_chance(library: Library, delivery: Delivery) -> Dimension:
    """Choose the same one however often it is drawn: a retry must not post another."""
    return random.Random(delivery.id).choice(library.dimensions)  # noqa: S311 # a card by chance guards nothing


def _mention(library: Library, delivery: Delivery) -> Card:
    """Draw the answer to a mention: public, in the thread, with nothing in it that concerns one person only."""
    answer = answers.ask(library, delivery.argument)
    match answer:
        case answers.Show(card):
            return card
        case answers.Compare(dimension) | answers.Share(dimension):
            return dimensions.shared_comparison(library, dimension, delivery.person, asked=True)
        case answers.AnyDimension():
            return dimensions.shared_comparison(library, _by_chance(library, delivery), delivery.person, asked=True)
        case answers.Settings() | answers.More() | answers.Stopping() | answers.ChangeTips():
            # A change too: a mention is public, and who may do it is asked when it is done.
            return tips_notices.in_private(Action("tips", place=_place(answer)), "Settings")
        case answers.NextTip(place):
            return tips_notices.in_private(Action("tips-preview", place=place), "Preview")
        case answers.Upcoming(place):
            return tips_notices.in_private(Action("tips-upcoming", place=place), "Preview")
        case answers.Past(place):
            return tips_notices.in_private(Action("tips-history", place=place), "History")
        case answers.Diagnosis(place):
            return tips_notices.in_private(Action("tips-doctor", place=place), "How are the tips doing?")
        case _:
            assert_never(answer)


def _place(answer: answers.Settings | answers.More | answers.Stopping | answers.ChangeTips) -> str:
    return answer.action.place if isinstance(answer, answers.ChangeTips) else answer.place
