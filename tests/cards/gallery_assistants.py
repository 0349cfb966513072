"""Every card that assistants are told: nothing on it can be pressed."""

from collections.abc import Iterator

from cards.compose import assistants
from cards.model import Card
from content.inline import Text
from content.library import Entry, Match
from content.model import Dimension, Tip
from content.search.passages import Passage
from tests.cards import traps
from tests.cards.gallery_learning import deck

LONG_WORDS = f"{traps.WORDS} " * 40


def cards() -> Iterator[tuple[str, Card]]:
    """Give every card with a name that begins with the module and the function that compose it."""
    library = deck()
    for dimension in library.dimensions:
        yield f"assistants.comparison {dimension.id}", assistants.comparison(library, dimension)
    for tip in library.tips:
        yield f"assistants.tip {tip.id}", assistants.tip(library, tip)
    some: tuple[Dimension | Tip, ...] = (*library.dimensions, *library.tips[:3])
    for content in some:  # the same levels with buttons are judged of all
        for card in assistants.levels(content):
            yield f"assistants.levels {content.id} {card.title}", card
    for term in library.terms:
        yield f"assistants.definition {term.id}", assistants.definition(library, term)
    for dilemma in library.dilemmas:
        yield f"assistants.dilemma {dilemma.id}", assistants.dilemma(library, dilemma)
        yield f"assistants.sources {dilemma.id}", assistants.sources(dilemma.sources)
    entries: tuple[Entry, ...] = (library.dimensions[0], *library.tips[:3], library.terms[0], library.dilemmas[0])
    trap = (Text(traps.WORDS),)
    found = [
        Match(Passage(entry, "tip", traps.WORDS, "", traps.WORDS, trap), 1.0, 1.0, (), answers=True)
        for entry in entries
    ]
    yield "assistants.results of traps", assistants.results(LONG_WORDS, found)
    yield "assistants.nothing", assistants.nothing(LONG_WORDS, ())
    yield "assistants.nothing near", assistants.nothing("x", entries)
