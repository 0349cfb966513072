"""Every card and form of dilemmas, alone and in rounds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from cards.compose.learning import dilemmas, rounds
from cards.compose.learning.rounds import Asked
from cards.compose.questions import Question
from cards.forms import Form
from cards.model import Card, Subject
from content.inline import Text
from content.library import Library
from content.model import Choice, Twist
from tests.cards import gallery_learning

ENDS = datetime(2026, 12, 1, 8, tzinfo=UTC)
ZONE = "America/Argentina/Buenos_Aires"
LONG = "longest"
LONGEST = "A choice whose label has as many characters as a label may have, 70 ."
REASONS = ("not_in_channel", "direct-message", "is_archived", "content-gone", "voting-over", "made_up")


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the module and the function that compose it."""
    deck = gallery_learning.deck()
    for name, question in _questions(deck):
        if name.startswith(LONG):
            yield from _alone(deck, name, question)
            yield from _round(deck, name, question)
        else:  # what is longest of each
            yield f"dilemmas.chosen {name}", dilemmas.chosen(deck, question, 0)
            yield f"rounds.revealed {name}", rounds.revealed(question, [2] * len(question.choices))
    yield "dilemmas.none_yet", dilemmas.none_yet()
    yield "dilemmas.gone", dilemmas.gone(deck)
    yield "dilemmas.gone for good", dilemmas.gone(replace(deck, dilemmas=()))
    for total in (0, 1, 2000):
        yield f"rounds.withdrawn {total}", rounds.withdrawn(Subject("dilemma", "gone"), total)
    yield "rounds.enough_here", rounds.enough_here()
    yield "rounds.enough_today", rounds.enough_today()
    yield "rounds.not_votable", rounds.not_votable()
    yield "rounds.nobody_to_ask", rounds.nobody_to_ask()
    yield "rounds.members_only", rounds.members_only()
    for code in REASONS:
        yield f"rounds.not_asked {code}", rounds.not_asked(code, Subject("dilemma", deck.dilemmas[0].id))


def forms() -> Iterator[tuple[str, Form]]:
    """Give every form."""
    for name, question in _questions(gallery_learning.deck()):
        yield f"rounds.form {name}", rounds.form(question, "{}", ZONE, "2026-12-01", "05:00")


def _questions(deck: Library) -> Iterator[tuple[str, Question]]:
    for dilemma in deck.dilemmas:
        yield dilemma.id, Question(dilemma)
        if dilemma.twist:
            yield f"{dilemma.id} twist", Question(dilemma, dilemma.twist)
    first = deck.dilemmas[0]
    words = (Text("Words of a sentence that goes on for as long as a writer may let it go on. " * 5),)
    choices = tuple(Choice(f"{LONGEST}{number}", words, words, words) for number in range(4))
    twist = Twist(words, choices)
    twisted = replace(first, dimension="gone", title="T" * 70, choices=choices, twist=twist)
    yield LONG, Question(twisted)
    yield f"{LONG} twist", Question(twisted, twist)


def _alone(deck: Library, name: str, question: Question) -> Iterator[tuple[str, Card]]:
    yield f"dilemmas.dilemma {name}", dilemmas.dilemma(deck, question)
    yield f"dilemmas.dilemma {name} direct", dilemmas.dilemma(deck, question, is_direct=True)
    for place, _ in enumerate(question.choices):
        yield f"dilemmas.chosen {name} {place}", dilemmas.chosen(deck, question, place)


def _round(deck: Library, name: str, question: Question) -> Iterator[tuple[str, Card]]:
    asked = Asked(question, gallery_learning.ID, ENDS, ZONE)
    for total in (0, 1, 2000):
        yield f"rounds.post {name} {total}", rounds.post(deck, asked, total)
    spreads: Sequence[tuple[int, ...]] = (
        (0,),
        (1,),
        (4,),
        tuple(range(1, len(question.choices) + 2)),  # one has gone since
        tuple(1000 * place for place, _ in enumerate(question.choices)),
    )
    for numbers in spreads:
        yield f"rounds.closed {name} {numbers}", rounds.closed(deck, question, numbers)
        yield f"rounds.revealed {name} {numbers}", rounds.revealed(question, numbers)
    yield f"rounds.voted {name}", rounds.voted(asked, 0, 3)
    yield f"rounds.voted {name} gone", rounds.voted(asked, 9, 1)
    yield f"rounds.ended {name}", rounds.ended(asked)
    yield f"rounds.coming {name}", rounds.coming(asked)
    yield f"rounds.asked_already {name}", rounds.asked_already(asked)
