"""Take what readers say of tips, cards and answers, and what they missed."""

from collections.abc import Mapping
from typing import cast, get_args

from cards.compose.learning import feedback as compose
from cards.compose.learning.feedback import Why
from cards.forms import Form
from cards.model import FORMS, Action, Card, Verb
from content.levels import LEVEL_OF, PAGE_OF
from handlers import answers, tallying
from handlers.context import HandlerContext
from handlers.learning import telling
from handlers.learning.asked import Answer, Asked, Beside, Open, Take, Taken

_MOST_CARRIED = 110  # characters of the words that a form is opened with again
_DIGITS = 9  # of a version


async def useful(context: HandlerContext, asked: Asked) -> Beside:
    """Count thumbs up, once a person, after the answer."""
    subject = asked.action.subject
    if answers.entry_of(context.content.library, subject) is None:
        return Beside(compose.gone())
    counted = tallying.tally(asked.address, str(subject), "useful", is_direct=asked.is_direct)
    context.tallying.count_once(asked.person, counted)
    return Beside(compose.useful())


async def ask_why(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form behind thumbs down."""
    content = answers.entry_of(context.content.library, asked.action.subject)
    if content is None:
        return compose.gone()
    place, version = read_at(asked.action.argument, content.version)
    saves = Action(FORMS["not-useful"], asked.action.subject, f"{place}@{version}")
    return telling.too_many(context, asked) or compose.why(
        content.title, saves, carried, may_be_told=telling.may_be_told(asked)
    )


async def take_why(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Write down what should be better, with the version that was read."""
    action = asked.action
    content = answers.entry_of(context.content.library, action.subject)
    if content is None:
        return Taken(card=compose.gone())
    words, why = telling.typed(values, "words"), values.get("why", "")
    if why not in get_args(Why):
        return Taken({"why": compose.CHOOSE})
    kind = cast("Why", why)
    needed = compose.WHAT_IS_WRONG if kind == "wrong" else ""
    if wrong := telling.faults(context, asked, words, compose.MOST_WORDS, needed):
        return Taken(wrong)
    subject, (place, version) = str(action.subject), read_at(action.argument, content.version)
    row = await telling.write(context, asked, kind, values, words, subject=subject, version=version, place=place)
    if row is not None:
        context.tallying.count(asked.person, tallying.tally(asked.address, subject, kind, is_direct=asked.is_direct))
    return Taken(card=compose.thanks(is_told=bool(row and row.person)))


async def ask_missing(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:
    """Open the form that tells the writers of words that nothing answers."""
    words = asked.action.argument
    saves = Action(FORMS["missing"], argument=words[:_MOST_CARRIED])
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


def read_at(argument: str, newest: int) -> tuple[str, int]:
    """Say where in the text, and in which version of it: a post is read long after its content was changed.

    A button of an older card has no version, or names a place that is none any more; the number is never above the
    `newest`, whoever made the button.
    """
    place, _, told = argument.partition("@")
    version = int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else 0
    return place if place in {*LEVEL_OF, *PAGE_OF} else "", version if 0 < version <= newest else newest


ANSWERS: Mapping[Verb, Answer] = {"useful": useful}
OPENED: Mapping[Verb, Open] = {"not-useful": ask_why, "missing": ask_missing}
TAKEN: Mapping[Verb, Take] = {"feedback-save": take_why, "missing-save": take_missing}
