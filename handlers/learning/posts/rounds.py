"""Draw rounds: the question, how many have voted, how they voted, and what is to be said for each choice."""

from collections.abc import Sequence

from cards.compose.learning import rounds
from cards.compose.learning.rounds import Asked
from cards.compose.questions import Question
from cards.model import Card, Subject
from content.library import Library
from content.model import Dilemma, Twist
from scheduler.hooks import GoneError, NotYetError
from scheduler.learning.round_rows import Part, Playable, Told
from store.deliveries.rows import Delivery

_LOOKS = 6  # a minute apart (scheduler/delivery/posting.py), until a dilemma is taken to have been withdrawn


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; GoneError where its content has gone, but for the end of a post, which needs none.

    NotYetError for what tells the end, the first few times: another process may have content that this one has not.
    """
    told, subject = Told.decode(delivery.argument), Subject.parse(delivery.subject)
    question = question_of(library, subject.id, told.part, told.labels)
    if question is None and delivery.kind in {"closing", "reveal"} and delivery.attempt < _LOOKS:
        raise NotYetError(f"{subject} is not, or not yet, in {library.version}")
    if question is None and delivery.kind == "closing":
        return rounds.withdrawn(subject, sum(told.numbers))
    if question is None:
        raise GoneError(f"{subject} is not in {library.version}")
    asked = Asked(question, told.round_id, told.ends, told.zone)
    match delivery.kind:
        case "closing":
            return rounds.closed(library, question, told.numbers)
        case "reveal":
            return rounds.revealed(question, told.numbers)
        case _:
            return rounds.post(library, asked, sum(told.numbers))


def question_of(library: Library, dilemma_id: str, part: Part, labels: Sequence[str] = ()) -> Question | None:
    """Find what a round asks, with the choices that were put, where they are known; None where it has gone."""
    dilemma = library.dilemma(dilemma_id)
    if dilemma is None or (part == "twist" and dilemma.twist is None):
        return None
    question = Question(dilemma, dilemma.twist if part == "twist" else None)
    return question.as_put(labels) if labels else question


def playables(library: Library) -> dict[str, Playable]:
    """Give the dilemmas that rounds may be about, by id."""
    return {one.id: playable(one) for one in library.dilemmas}


def playable(dilemma: Dilemma) -> Playable:
    """Give a dilemma as rounds need it."""
    twist = dilemma.twist
    return Playable(dilemma.version, _labels(dilemma), _labels(twist) if twist else (), dilemma.dimension)


def _labels(asked: Dilemma | Twist) -> tuple[str, ...]:
    return tuple(choice.label for choice in asked.choices)
