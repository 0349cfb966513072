"""Compose a dilemma for one person alone: what is asked, and once they chose, what is to be said for each choice."""

from cards.compose import notices, parts, questions
from cards.compose.phrases import rich
from cards.compose.questions import Question
from cards.model import Action, Actions, Block, Button, Card, Subject
from content.library import Library
from content.model import Dilemma

TWIST = "t"  # of an argument: what changes in the case, and as `t:0` a choice then


def dilemma(library: Library, question: Question, *, is_direct: bool = False) -> Card:
    """Draw a situation with a button for each choice; `is_direct` where nobody else is there to be asked."""
    return Card(
        title=question.title,
        subject=question.subject,
        blocks=(
            *questions.asked(library, question),
            Actions(
                tuple(
                    Button(parts.shortened(choice.label), _choosing(question, place))
                    for place, choice in enumerate(question.choices)
                )
            ),
            *_row(library, question, is_direct=is_direct),
        ),
    )


def chosen(library: Library, question: Question, place: int, *, is_direct: bool = False) -> Card:
    """Draw what is to be said for each choice once somebody chose the one at `place`; none of them is the right one."""
    return Card(
        title=question.title,
        subject=question.subject,
        blocks=(
            *questions.asked(library, question),
            *questions.answers(question, place),
            *questions.sources(question),
            *_row(library, question, is_direct=is_direct, has_chosen=True),
            parts.thumbs(question.subject),
        ),
    )


def none_yet() -> Card:
    """Draw the answer where the content holds no dilemma."""
    return notices.notice("There are no dilemmas yet", rich("Whoever runs this bot can add some to its content."))


def gone(library: Library) -> Card:
    """Draw the answer to a button whose dilemma has gone from the content."""
    words = rich("It was removed or renamed since it was shown.")
    return notices.notice("This dilemma has been retired", words, *_another(library, None))


def _choosing(question: Question, place: int) -> Action:
    return Action("choose", question.subject, f"{TWIST}:{place}" if question.twist else str(place))


def _row(library: Library, question: Question, *, is_direct: bool, has_chosen: bool = False) -> tuple[Block, ...]:
    """Draw the way on: the twist of a case that was answered, a round in the channel, the next dilemma."""
    case = question.dilemma
    what_if = Button("What if…", Action("dilemma", question.subject, TWIST), spoken="What if something changes?")
    ask = Button("Ask the channel…", Action("round-ask", question.subject))
    buttons = (
        *((what_if,) if has_chosen and case.twist and not question.twist else ()),
        *(() if is_direct else (ask,)),
        *_another(library, case),
    )
    return (Actions(buttons),) if buttons else ()


def _another(library: Library, than: Dilemma | None) -> tuple[Button, ...]:
    """Draw the button that walks on in content order, from the last one to the first."""
    ids = [one.id for one in library.dilemmas if than is None or one.id != than.id]
    if not ids:
        return ()
    order = [one.id for one in library.dilemmas]
    following = order[(order.index(than.id) + 1) % len(order)] if than and than.id in order else ids[0]
    return (Button("Another", Action("dilemma", Subject("dilemma", following)), spoken="Another dilemma"),)
