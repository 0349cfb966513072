"""Ask what earlier tips left: a new case, three options, an explained answer."""

import random
from collections.abc import Mapping, Sequence
from typing import Literal

from cards.compose import parts
from cards.compose.learning import recalls as cards
from cards.model import Card, Verb
from content.library import Library
from content.model import Tip
from handlers import learners
from handlers.context import HandlerContext
from handlers.learning.asked import Answer, Asked, Beside, Open, Take
from handlers.tips import ownership, views
from messengers.base import Address
from store.learning.tallies import Tallied
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
    earlier = library.tip(seen[place].removeprefix("~")) if place >= 0 else None
    return earlier if earlier and earlier.recall else None


async def _ask(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Draw a question: on the tip that a button names, or on one that came here."""
    library, left = context.content.library, _number(asked.action.argument)
    subject = asked.action.subject
    tip = library.tip(subject.id) if subject else None
    if tip is None:
        tip = random.choice(await _askable(context, asked) or _with_question(library.tips) or (None,))  # noqa: S311 # a question by chance guards nothing
    return cards.question(tip, left) if tip and tip.recall else cards.none()


async def _answer(context: HandlerContext, asked: Asked) -> Card | Beside:
    """Explain each option to who chose one; what is counted is how many were right here, not who."""
    library, subject = context.content.library, asked.action.subject
    tip = library.tip(subject.id) if subject else None
    place, _, left = asked.action.argument.partition(":")
    if tip is None or tip.recall is None or not 0 <= _number(place) < len(tip.recall.options):
        return cards.none()
    chosen = tip.recall.options[_number(place)]
    what: Literal["recalled", "missed"] = "recalled" if chosen.verdict == "right" else "missed"
    here = asked.address
    counted = Tallied(here.platform, here.workspace, here.conversation, str(subject), what)
    context.tallying.count_once(asked.person, counted)
    learners.note(context, here, asked.person, parts.subject_of(tip), what)
    following = await _following(context, asked, tip) if _number(left) else None
    return cards.explained(library, tip, _number(place), following, _number(left) - 1)


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


def _number(written: str) -> int:
    """Read what a button carries; nothing where it is no number, or none of ours."""
    return min(int(written), _THREE) if written.isascii() and written.isdigit() else 0


ANSWERS: Mapping[Verb, Answer] = {"recall": _ask, "recall-choose": _answer}
OPENED: Mapping[Verb, Open] = {}
TAKEN: Mapping[Verb, Take] = {}
