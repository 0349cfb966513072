"""Write down what people do with the content, for those alone who want to see their own gap, and after the answer."""

import structlog

from cards.compose import parts
from cards.model import Action, Subject, Verb
from handlers import answers
from handlers.asking import kinds
from handlers.context import HandlerContext
from messengers.base import Address
from store.database.access import UnusableError, tried_again
from store.learning.learners import Learners, Person
from store.learning_tables import LearnedHow

_OPENS: frozenset[Verb] = frozenset({"show", "deepen", "page", "dilemma"})
_learners = Learners()
log = structlog.get_logger()


def note(context: HandlerContext, address: Address, person: str, subject: Subject, how: LearnedHow) -> None:
    """Write down what somebody did with a subject, if they want it: at once for nobody else, later for them.

    It costs those who do not want it a look into a set. Content that has gone is not noted.
    """
    is_wanted = (address.platform, address.workspace, person) in context.learners
    if is_wanted and answers.entry_of(context.content.library, subject) is not None:
        context.spawn(_note(context, address, person, subject, how))


def note_opened(context: HandlerContext, person: str, address: Address, subject: Subject | None) -> None:
    """Write down that somebody opened a dimension, a tip or a dilemma, a level or a page of it; None is none of these.

    Called for every answer and press.
    """
    if subject is not None:
        note(context, address, person, subject, "opened")


def note_pressed(context: HandlerContext, person: str, address: Address, action: Action) -> None:
    """Write down what a button opened, if it is one that does."""
    note_opened(context, person, address, opened_by(action))


def note_asked(context: HandlerContext, person: str, address: Address, answer: kinds.Answer) -> None:
    """Write down what words opened."""
    note_opened(context, person, address, opened(answer))


def opened_by(action: Action) -> Subject | None:
    """Give what a button opens, if it is one that does."""
    return action.subject if action.verb in _OPENS else None


def opened(answer: kinds.Answer) -> Subject | None:
    """Give what words open: a dimension's card, a level or a page, a dilemma; what was found is no opening."""
    match answer:
        case kinds.Compare(dimension):
            return parts.subject_of(dimension)
        case kinds.Show(card) if not answer.is_guess:
            return card.subject
        case kinds.Learn(action):
            return opened_by(action)
        case _:
            return None


async def _note(context: HandlerContext, address: Address, person: str, subject: Subject, how: LearnedHow) -> None:
    try:
        await _write(context, (address.platform, address.workspace, person), subject, how)
    except UnusableError as error:  # nobody waits for it
        log.warning("learners.not_noted", reason=str(error))


@tried_again
async def _write(context: HandlerContext, person: Person, subject: Subject, how: LearnedHow) -> None:
    async with context.database.write() as connection:
        await _learners.note(connection, person, str(subject), how, context.clock())
