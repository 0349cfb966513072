"""Compose what may be asked next, after an answer: a line, and words that are asked by a tap."""

from collections.abc import Sequence
from typing import TypeVar, assert_never

from msgspec import Struct

from cards.compose import parts
from content.library import Library
from content.model import Dimension, Term, Tip

_LINE = "To go on, choose one of these, or type anything."
_Entry = TypeVar("_Entry")


class Prompt(Struct, frozen=True):
    """Something to ask: what is offered, and the words that are then asked."""

    title: str
    words: str


class Suggestions(Struct, frozen=True):
    """A line, and up to three prompts, the likeliest first."""

    line: str
    prompts: tuple[Prompt, ...]


def after(library: Library, entry: Dimension | Tip | Term, day: int, *, is_whole: bool) -> Suggestions:
    """Suggest what goes on from an entry; `is_whole` says that its own card was shown, not one of its levels.

    Among many tips and terms the `day`, a running number, chooses, so that the same question leads on to others.
    """
    dimension = library.dimension(entry.id if isinstance(entry, Dimension) else entry.dimension)
    prompts: list[Prompt | None] = []
    match entry:
        case Dimension():
            name = entry.short.lower()
            deeper = Prompt(f"More detail on {name}", f"{entry.id} detail")
            prompts = [deeper if is_whole else Prompt(f"An exercise on {name}", f"{entry.id} exercise")]
            prompts += [_tip(library, entry, day), _term(library, entry, day)]
        case Tip():
            prompts = [_comparison(dimension), _term(library, dimension, day), _tip(library, dimension, day, entry)]
        case Term():
            prompts = [_comparison(dimension), _tip(library, dimension, day), _term(library, dimension, day, entry)]
        case _:
            assert_never(entry)
    return Suggestions(_LINE, tuple(prompt for prompt in prompts if prompt))


def _comparison(dimension: Dimension | None) -> Prompt | None:
    return Prompt(f"Compare the two jobs: {dimension.short.lower()}", dimension.id) if dimension else None


def _tip(library: Library, dimension: Dimension | None, day: int, but: Tip | None = None) -> Prompt | None:
    tips = [tip for tip in library.tips if dimension and tip.dimension == dimension.id and tip != but]
    tip = _of_the_day(tips, day)
    return Prompt(parts.shortened(f"Tip: {tip.title}"), tip.title) if tip else None


def _term(library: Library, dimension: Dimension | None, day: int, but: Term | None = None) -> Prompt | None:
    terms = [term for term in library.terms if dimension and term.dimension == dimension.id and term != but]
    term = _of_the_day(terms, day)
    return Prompt(parts.shortened(f"What does “{term.term}” mean?"), f"what is {term.term}") if term else None


def _of_the_day(entries: Sequence[_Entry], day: int) -> _Entry | None:
    return entries[day % len(entries)] if entries else None
