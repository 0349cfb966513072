"""Draw rounds: the question, how many have voted, how they voted, and what is to be said for each choice."""

from collections.abc import Sequence

from cards.compose.learning import rounds
from cards.compose.learning.rounds import Asked
from cards.compose.questions import Question
from cards.model import Card, Subject
from content.library import Library
from content.model import Dilemma, Twist
from scheduler.hooks import GoneError
from scheduler.learning.round_rows import Part, Playable, Told
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; GoneError where its content has gone."""
    told = Told.decode(delivery.argument)
    question = question_of(library, Subject.parse(delivery.subject).id, told.part, told.labels)
    if question is None:
        raise GoneError(f"{delivery.subject} is not in {library.version}")
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
