"""Take what readers say of tips, cards and answers, and what they missed."""

from collections.abc import Mapping
from typing import cast, get_args

from cards.compose.learning import feedback as compose
from cards.compose.learning.feedback import Why
from cards.forms import Form
from cards.model import FORMS, Action, Card, Verb
from content.levels import LEVEL_OF, PAGE_OF
from handlers import tallying
from handlers.context import HandlerContext
from handlers.learning import telling
from handlers.learning.asked import Answer, Asked, Beside, Open, Take, Taken


async def useful(context: HandlerContext, asked: Asked) -> Beside:
    """Count thumbs up, once a person, after the answer."""
    subject = asked.action.subject
    if telling.content_of(context.content.library, subject) is None:
        return Beside(compose.gone())
    counted = tallying.tally(asked.address, str(subject), "useful", is_direct=asked.is_direct)
    context.tallying.count_once(asked.person, counted)
    return Beside(compose.useful())


async def ask_why(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form behind thumbs down."""
    content = telling.content_of(context.content.library, asked.action.subject)
    if content is None:
        return compose.gone()
    saves = _saved_by(asked.action)
    return telling.too_many(context, asked) or compose.why(
        content.title, saves, carried, may_be_told=telling.may_be_told(asked)
    )


async def take_why(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Write down what should be better, with the version that stands in the library now."""
    action = asked.action
    content = telling.content_of(context.content.library, action.subject)
    if content is None:
        return Taken(card=compose.gone())
    words, why = telling.typed(values, "words"), values.get("why", "")
    if why not in get_args(Why):
        return Taken({"why": compose.CHOOSE})
    kind = cast("Why", why)
    needed = compose.WHAT_IS_WRONG if kind == "wrong" else ""
    if wrong := telling.faults(context, asked, words, compose.MOST_WORDS, needed):
        return Taken(wrong)
    # A button of an older card may name a place that is none any more.
    place = action.argument if action.argument in {*LEVEL_OF, *PAGE_OF} else ""
    subject = str(action.subject)
    row = await telling.write(
        context, asked, kind, values, words, subject=subject, version=content.version, place=place
    )
    if row is not None:
        context.tallying.count(tallying.tally(asked.address, subject, kind, is_direct=asked.is_direct))
    return Taken(card=compose.thanks(is_told=bool(row and row.person)))


async def ask_missing(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form that tells the writers of words that nothing answers."""
    saves, words = _saved_by(asked.action), asked.action.argument
    return telling.too_many(context, asked) or compose.missing(
        words, saves, carried, may_be_told=telling.may_be_told(asked)
    )


async def take_missing(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Write down what was missing."""
    words = telling.typed(values, "words")
    if wrong := telling.faults(context, asked, words, compose.MOST_WORDS, compose.EMPTY):
        return Taken(wrong)
    row = await telling.write(context, asked, "missing", values, words)
    return Taken(card=compose.thanks(is_told=bool(row and row.person)))


def _saved_by(action: Action) -> Action:
    """Give the action under which a form comes back, with all it was opened with."""
    return Action(FORMS[action.verb], action.subject, action.argument)


ANSWERS: Mapping[Verb, Answer] = {"useful": useful}
OPENED: Mapping[Verb, Open] = {"not-useful": ask_why, "missing": ask_missing}
TAKEN: Mapping[Verb, Take] = {"feedback-save": take_why, "missing-save": take_missing}
