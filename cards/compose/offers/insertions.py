"""Compose what people insert into messages of their own: a card without anything to press, and how it is listed."""

from typing import assert_never

from msgspec import Struct

from cards.compose import assistants, parts
from cards.model import Card
from content.inline import plain
from content.library import Entry, Library
from content.model import Dilemma, Dimension, Term, Tip

NOTHING = "Nothing here on “{words}”. Try a topic such as “{topic}”, or a term such as “{term}”."


class Insertion(Struct, frozen=True):
    """A card that goes where nobody hears its buttons, with the title and the line under which it is offered."""

    card: Card
    title: str
    line: str


def insertion(library: Library, entry: Entry) -> Insertion | None:
    """Draw an entry for a message of somebody's own; None for a dilemma, which is nothing without its choices."""
    match entry:
        case Dimension():
            return Insertion(assistants.comparison(library, entry), parts.named(entry), plain(entry.shift))
        case Tip():
            return Insertion(assistants.tip(library, entry), entry.title, plain(entry.idea))
        case Term():
            return Insertion(assistants.definition(library, entry), entry.term, plain(entry.meaning))
        case Dilemma():
            return None
        case _:
            assert_never(entry)


def nothing(library: Library, words: str) -> str:
    """Say that nothing was found, and what would be."""
    topic, term = library.dimensions[-1].id, parts.words_to_try(library)[0]
    return NOTHING.format(words=parts.quoted(words), topic=topic, term=term)
