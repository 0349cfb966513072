"""Answer what assistants ask from the content in use alone: no database, no person, nothing is changed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from bot.mcp import shapes
from bot.mcp.shapes import JSON
from cards.compose import assistants
from cards.model import Card
from content import matching
from content.library import Hits, Library, Nothing
from content.model import Dilemma, Tip

_Entry = TypeVar("_Entry", Tip, Dilemma)


class Told(Struct, frozen=True):
    """What a call is answered with.

    `words` is all of it; `card` is the part to look at and `structured` is for programs, both None where the call
    could not be answered, and then the words say what to do instead.
    """

    words: str
    card: Card | None = None
    structured: JSON | None = None


class Asked(Struct, frozen=True):
    """What is answered from: the content in use, the day it is, and how one of many, at least one, is picked."""

    library: Library
    today: date
    pick: Callable[[Sequence[str]], str]


def compare(asked: Asked, words: str) -> Told:
    """Tell of the dimension of which the words are a name, slips of the finger forgiven."""
    library = asked.library
    dimension = library.named(words) or library.nearly_named(words)
    if dimension is None:
        named = "; ".join(f"{each.id} ({each.title})" for each in library.dimensions)
        return Told(f"No dimension is called that. There are: {named}. For other words, call search.")
    card = assistants.comparison(library, dimension)
    return Told(assistants.words(card, *assistants.levels(dimension)), card, shapes.comparison(library, dimension))


def search(asked: Asked, words: str) -> Told:
    """Tell what speaks of the words, or that nothing does."""
    match asked.library.search(words):
        case Hits(matches):
            card, structured = assistants.results(words, matches), shapes.results(words, matches, ())
        case Nothing(nearest):
            card, structured = assistants.nothing(words, nearest), shapes.results(words, (), nearest)
    return Told(assistants.words(card), card, structured)


def tip(asked: Asked, name: str) -> Told:
    """Tell a tip by its id or title; any that is in time, where no name is given."""
    library = asked.library
    # From its day on a tip comes no more unasked; whoever names it may still read it.
    in_time = [each.id for each in library.tips if each.before is None or asked.today < each.before]
    found = _named(library.tips, name) if name else library.tip(asked.pick(in_time)) if in_time else None
    if found is None:
        return Told("There is no such tip. Call search with a few words, or tip without an id for any tip.")
    card = assistants.tip(library, found)
    return Told(assistants.words(card, *assistants.levels(found)), card, shapes.tip(found))


def term(asked: Asked, word: str) -> Told:
    """Tell what a word of the glossary means."""
    found = asked.library.term(word)
    if found is None:
        return Told("The glossary has no such term. Call search with the word to find what speaks of it.")
    card = assistants.definition(asked.library, found)
    return Told(assistants.words(card), card, shapes.term(found))


def dilemma(asked: Asked, name: str) -> Told:
    """Tell a dilemma by its id or title; any, where no name is given."""
    every = asked.library.dilemmas
    ids = [each.id for each in every]
    found = _named(every, name) if name else asked.library.dilemma(asked.pick(ids)) if ids else None
    if found is None:
        named = "; ".join(f"{each.id} ({each.title})" for each in every)
        return Told(f"No dilemma is called that. There are: {named}.")
    card = assistants.dilemma(asked.library, found)
    return Told(assistants.words(card, assistants.sources(found.sources)), card, shapes.dilemma(found))


def _named(entries: Iterable[_Entry], name: str) -> _Entry | None:
    key = matching.key(name)
    return next((each for each in entries if key in {matching.key(each.id), matching.key(each.title)}), None)
