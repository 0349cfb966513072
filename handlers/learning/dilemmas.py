"""Play dilemmas: alone, and as rounds in which a conversation votes."""

from collections.abc import Mapping

from cards.compose.learning import dilemmas
from cards.compose.questions import Question
from cards.model import Card, Subject, Verb
from content.library import Library
from handlers.context import HandlerContext
from handlers.learning import rounds
from handlers.learning.asked import Answer, Asked, Open, Take


async def shown(context: HandlerContext, asked: Asked) -> Card:
    """Show a dilemma, or what changes in it; without a subject the first there is."""
    return drawn(context.content.library, asked.action.subject, asked.action.argument, is_direct=asked.is_direct)


def drawn(library: Library, subject: Subject | None, part: str = "", *, is_direct: bool = False) -> Card:
    """Draw a dilemma, or what changes in it (`part`); without a subject the first there is."""
    if not library.dilemmas:
        return dilemmas.none_yet()
    dilemma = library.dilemma(subject.id) if subject else library.dilemmas[0]
    if dilemma is None:
        return dilemmas.gone(library)
    twist = dilemma.twist if part == dilemmas.TWIST else None
    return dilemmas.dilemma(library, Question(dilemma, twist), is_direct=is_direct)


async def chosen(context: HandlerContext, asked: Asked) -> Card:
    """Show what is to be said for each choice, once a person made theirs."""
    library, action = context.content.library, asked.action
    dilemma = library.dilemma(action.subject.id) if action.subject else None
    part, _, number = action.argument.rpartition(":")
    place = int(number) if number.isdecimal() else -1
    is_twist = part == dilemmas.TWIST
    if dilemma is None or (is_twist and dilemma.twist is None):
        return dilemmas.gone(library)
    question = Question(dilemma, dilemma.twist if is_twist else None)
    if not 0 <= place < len(question.choices):
        return dilemmas.dilemma(library, question, is_direct=asked.is_direct)
    return dilemmas.chosen(library, question, place, is_direct=asked.is_direct)


ANSWERS: Mapping[Verb, Answer] = {"dilemma": shown, "choose": chosen, "vote": rounds.vote}
OPENED: Mapping[Verb, Open] = {"round-ask": rounds.opened}
TAKEN: Mapping[Verb, Take] = {"round-save": rounds.taken}
