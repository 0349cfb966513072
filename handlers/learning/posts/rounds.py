"""Draw rounds: the question, how many have voted, how they voted, and what is to be said for each choice."""

from cards.compose.learning import rounds
from cards.compose.learning.rounds import Asked
from cards.compose.questions import Question
from cards.model import Card, Subject
from content.library import Library
from content.model import Dilemma
from scheduler.hooks import GoneError
from scheduler.learning.round_rows import Part, Playable, Told
from store.deliveries.rows import Delivery


def draw(library: Library, delivery: Delivery) -> Card:
    """Draw the delivery; GoneError where its content has gone."""
    told = Told.decode(delivery.argument)
    question = question_of(library, Subject.parse(delivery.subject).id, told.part)
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


def question_of(library: Library, dilemma_id: str, part: Part) -> Question | None:
    """Find what a round asks; None where that has gone from the content."""
    dilemma = library.dilemma(dilemma_id)
    if dilemma is None or (part == "twist" and dilemma.twist is None):
        return None
    return Question(dilemma, dilemma.twist if part == "twist" else None)


def playable(dilemma: Dilemma) -> Playable:
    """Give a dilemma as rounds need it."""
    twist = dilemma.twist
    return Playable(dilemma.version, len(dilemma.choices), len(twist.choices) if twist else 0, dilemma.dimension)
