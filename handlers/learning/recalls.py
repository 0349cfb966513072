"""Ask what earlier tips left: a new case, three options, an explained answer."""

import random
from collections.abc import Mapping, Sequence
from typing import Literal

from cards.compose import parts
from cards.compose.learning import recalls as cards
from cards.model import Card, Verb
from content.library import Library
from content.model import Tip
from handlers import learners, tallying
from handlers.context import HandlerContext
from handlers.learning import numbers
from handlers.learning.asked import Answer, Asked, Beside, Open, Take
from handlers.tips import ownership, views
from messengers.base import Address
from store.subscriptions import Subscription

WEEKS = 4  # how long ago the tip came that is asked about
_THREE = 2  # questions after the first where somebody asks for them


def remembered(library: Library, subscription: Subscription | None, tip: Tip) -> Tip | None:
    """Give the tip of about four weeks before this one in the same conversation, None where none is to be asked about.

    It is the fourth before it of those that this cycle brought; weeks in which none came make it older.
    """
    seen = subscription.seen if subscription else ()
    if tip.id not in seen:
        return None
    place = seen.index(tip.id) - WEEKS
    return with_question(library, seen[place].removeprefix("~")) if place >= 0 else None


def with_question(library: Library, tip_id: str) -> Tip | None:
    """Give a tip by its id, None where it has gone or has no question."""
    tip = library.tip(tip_id)
    return tip if tip and tip.recall else None


async def _ask(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Draw a question: on the tip that a button names, or on one that came here."""
    library, (more, _, below) = context.content.library, asked.action.argument.partition(":")
    subject = asked.action.subject
    tip = library.tip(subject.id) if subject else None
    if tip is None:
        tip = random.choice(await _askable(context, asked) or _with_question(library.tips) or (None,))  # noqa: S311 # a question by chance guards nothing
    return cards.question(tip, _left(more), below) if tip and tip.recall else cards.none()


async def _answer(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Explain each option to who chose one; what is counted is how many were right here, not who."""
    library, subject = context.content.library, asked.action.subject
    tip = library.tip(subject.id) if subject else None
    if tip is None or tip.recall is None:
        return cards.none()
    number, _, rest = asked.action.argument.partition(":")
    more, _, below = rest.partition(":")
    place, left = numbers.below(number, len(tip.recall.options)), _left(more)
    if place is None:
        return cards.question(tip, left, below)
    chosen = tip.recall.options[place]
    what: Literal["recalled", "missed"] = "recalled" if chosen.verdict == "right" else "missed"
    here = asked.address
    counted = tallying.tally(here, str(subject), what, is_direct=asked.is_direct)
    context.tallying.count_once(asked.person, counted)
    learners.note(context, here, asked.person, parts.subject_of(tip), what)
    following = await _following(context, asked, tip) if left else None
    return cards.explained(library, tip, place, (following, left - 1) if following else None, below)


async def _following(context: HandlerContext, asked: Asked, tip: Tip) -> Tip | None:
    """Give the question after this one: of the tips that came here the one before, round and round."""
    library = context.content.library
    tips = await _askable(context, asked) or _with_question(library.tips)
    others = [other for other in tips if other.id != tip.id]
    if not others:
        return None
    place = next((place for place, other in enumerate(tips) if other.id == tip.id), 0)
    return others[(place - 1) % len(others)]


async def _askable(context: HandlerContext, asked: Asked) -> Sequence[Tip]:
    """List the tips that came to this conversation and have a question, those of the last weeks left out."""
    where = ownership.whose(asked.address, asked.person, "", is_direct=asked.is_direct)
    subscription = await views.find(context, Address(where.platform, where.workspace, where.conversation))
    seen = subscription.seen if subscription else ()
    found = (context.content.library.tip(id_.removeprefix("~")) for id_ in seen[:-WEEKS] or seen)
    return _with_question([tip for tip in found if tip is not None])


def _with_question(tips: Sequence[Tip]) -> Sequence[Tip]:
    return [tip for tip in tips if tip.recall is not None]


def _left(written: str) -> int:
    """Read how many questions are to follow; none where it is no number of ours."""
    return numbers.below(written, _THREE + 1) or 0


ANSWERS: Mapping[Verb, Answer] = {"recall": _ask, "recall-choose": _answer}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
