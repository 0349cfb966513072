"""Take the form that asks for a dimension, or for words: what it is answered with is what the words would be."""

from collections.abc import Mapping
from typing import assert_never

from cards.compose import dimensions
from cards.compose.learning import home as cards
from cards.compose.tips import notices as tips_notices
from cards.forms import Form
from cards.model import ME, Action, Card, Verb
from content.model import Dimension
from handlers import answers
from handlers.asking import kinds
from handlers.comparisons import Comparisons
from handlers.context import HandlerContext
from handlers.learning import learners
from handlers.learning.asked import Answer, Asked, Open, Take, Taken

_MOST_TYPED = 500  # characters that are looked at


async def _open(context: HandlerContext, asked: Asked, carried: str) -> Form | Card:  # noqa: ARG001 # anybody may
    return cards.compare(context.content.library.dimensions, carried)


async def _take(context: HandlerContext, asked: Asked, values: Mapping[str, str]) -> Taken:
    """Answer the words where there are any, else the dimension that was chosen."""
    library, words = context.content.library, values.get("words", "")[:_MOST_TYPED].strip()
    if words:
        answer = answers.ask(library, words)
    elif dimension := library.dimension(values.get("dimension", "")):
        answer = kinds.Compare(dimension)
    else:
        return Taken({"words": cards.NO_WORDS})
    learners.note_asked(context, asked.person, asked.address, answer)
    return Taken(card=_card(context, answer), is_content=True)


def _card(context: HandlerContext, answer: kinds.Answer) -> Card:
    """Draw an answer for one person; what the store has to answer, or what changes something, is a press away."""
    library = context.content.library
    match answer:
        case kinds.Show() | kinds.Compare() | kinds.AnyDimension():
            return Comparisons(lambda card: card).card(library, answer)
        case kinds.Share(content):
            if isinstance(content, Dimension):
                return dimensions.comparison(library, content)
            return dimensions.opened_tip(library, content)
        case kinds.Learn(action):
            return tips_notices.in_private(action, "Show me")
        case kinds.ChangeTips() | kinds.TipsView() | kinds.Stopping():
            return tips_notices.in_private(Action("tips", place=ME), "Settings")
        case _:
            assert_never(answer)


ANSWERS: Mapping[Verb, Answer] = {}
OPENED: Mapping[Verb, Open] = {"compare": _open}
TAKEN: Mapping[Verb, Take] = {"compare-save": _take}
