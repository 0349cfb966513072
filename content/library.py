"""Load a deck from its folder, say what is wrong with it, and find things in it."""

import weakref
from collections.abc import Hashable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from content.keeping import cache
from content.keeping.folder import Kept
from content.model import Deck, Dilemma, Dimension, Fault, Place, Term, Tip
from content.reading import snapshot
from content.reading.contents import Contents
from content.references import Reference
from content.search.index import Match, Search
from content.search.names import Names
from content.search.passages import Entry, Where

__all__ = [
    "Entry",
    "Exact",
    "Fault",
    "FaultyContent",
    "Found",
    "Hits",
    "Library",
    "Match",
    "Near",
    "Nothing",
    "Report",
    "Where",
    "check",
    "load",
]

_NEAREST = 3


class Exact(Struct, frozen=True):
    """The words are one of the dimension's names."""

    dimension: Dimension


class Near(Struct, frozen=True):
    """The words are one of the dimension's names but for slips of the finger."""

    dimension: Dimension


class Hits(Struct, frozen=True):
    """The dimensions, tips, dilemmas and terms that answer the words, best first, each once, at least one."""

    matches: tuple[Match, ...]

    @property
    def first(self) -> Match:
        """Give the best."""
        return self.matches[0]


class Nothing(Struct, frozen=True):
    """Nothing answers the words; `nearest` is what has some of them, or a name that looks like them, if anything."""

    nearest: tuple[Entry, ...] = ()


Found = Exact | Near | Hits | Nothing


class FaultyContent(ValueError):  # noqa: N818 - it names what is wrong, and reads so where it is caught
    """The content cannot be used. `faults` says why, sorted by file and line; `warnings` is what else to look at."""

    def __init__(self, faults: tuple[Fault, ...], warnings: tuple[Fault, ...] = ()) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
        self.warnings = warnings


class Library(Struct, frozen=True, eq=False, weakref=True):
    """A deck that was read and checked, and never changes; a reload makes a new one.

    It may be used from any thread, and is equal to itself alone. `version` identifies the files' contents; `places`
    says where each entry stands, under names such as `tip/way-out`. The tips are in the order in which channels receive
    them.
    """

    deck: Deck
    dimensions: tuple[Dimension, ...]
    tips: tuple[Tip, ...]
    dilemmas: tuple[Dilemma, ...]
    references: tuple[Reference, ...]
    terms: tuple[Term, ...]
    warnings: tuple[Fault, ...]
    version: str
    places: Mapping[str, Place]
    _index: "_Index"

    def dimension(self, name: str) -> Dimension | None:
        """Find a dimension by its id; None where it has gone from the content."""
        return self._index.dimensions.get(name)

    def tip(self, name: str) -> Tip | None:
        """Find a tip by its id; None where it has gone from the content."""
        return self._index.tips.get(name)

    def term_of(self, name: str) -> Term | None:
        """Find a glossary term by its id; None where it has gone from the content."""
        return self._index.terms.get(name)

    def dilemma(self, name: str) -> Dilemma | None:
        """Find a dilemma by its id; None where it has gone from the content."""
        return self._index.dilemmas.get(name)

    def likely_dilemma(self, words: str) -> Dilemma | None:
        """Find the dilemma that some words mean: the first of a dimension they name, or the one they answer best."""
        dimension = self.named(words) or self.nearly_named(words)
        if dimension is not None:
            return next((one for one in self.dilemmas if one.dimension == dimension.id), None)
        found = (match.passage.entry for match in self._index.search.matches(words, among=Dilemma))
        return next((entry for entry in found if isinstance(entry, Dilemma)), None)

    def neighbours(self, dimension: Dimension) -> tuple[Dimension, Dimension]:
        """Give the dimensions before and after, the last before the first; one that has gone stands at the ends."""
        place = next((place for place, other in enumerate(self.dimensions) if other.id == dimension.id), None)
        if place is None:
            return self.dimensions[-1], self.dimensions[0]
        return self.dimensions[place - 1], self.dimensions[(place + 1) % len(self.dimensions)]

    def find(self, words: str) -> Found:
        """Find the dimension that typed words mean, or else what answers them; any text will do."""
        if dimension := self.named(words):
            return Exact(dimension)
        if dimension := self.nearly_named(words):
            return Near(dimension)
        return self.search(words)

    def named(self, words: str) -> Dimension | None:
        """Find the dimension of which typed words are a name."""
        name = self._index.names.exact(words)
        return self._index.dimensions[name] if name else None

    def nearly_named(self, words: str) -> Dimension | None:
        """Find the dimension of which typed words are a name but for slips of the finger."""
        name = self._index.names.near(words, self.knows)
        return self._index.dimensions[name] if name else None

    def prepare(self) -> None:
        """Build what a search needs, or take it up; else the first one would wait for it, a third of a second."""
        self._index.search  # noqa: B018 # it is built when it is first asked for

    def knows(self, word: str) -> bool:
        """Say whether a word, or another form of it, stands anywhere in the content."""
        return self._index.search.knows(word)

    def search(self, words: str) -> Hits | Nothing:
        """Find what answers typed words, whether or not these name a dimension."""
        found = self._index.search.matches(words)
        if found and found[0].answers:
            return Hits(found)
        named = (self._index.dimensions[name] for name in self._index.names.nearest(words))
        return Nothing(tuple(match.passage.entry for match in found[:_NEAREST]) or tuple(named))

    def named_term(self, words: str) -> Term | None:
        """Find a glossary term of which typed words are a name."""
        name = self._index.term_names.exact(words)
        return self._index.terms[name] if name else None

    def term(self, words: str) -> Term | None:
        """Find a glossary term by one of its words, slips of the finger forgiven."""
        name = self._index.term_names.near(words, lambda _: False)
        return self.named_term(words) or (self._index.terms[name] if name else None)

    def named_dilemma(self, words: str) -> Dilemma | None:
        """Find a dilemma by its id or its title, slips of the finger forgiven."""
        names = self._index.dilemma_names
        name = names.exact(words) or names.near(words, lambda _: False)
        return self._index.dilemmas[name] if name else None


class Report(Struct, frozen=True):
    """What a writer should know: `faults` keep the content from being used, `warnings` do not."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check(path: Path | str, today: date | None = None) -> Report:
    """Read a deck's folder for its faults alone."""
    try:
        return Report((), load(path, today).warnings)
    except FaultyContent as error:
        return Report(error.faults, error.warnings)


def load(path: Path | str, today: date | None = None, *, kept: Path | None = None) -> Library:
    """Read a deck from its folder.

    Args:
        path: the folder.
        today: without it, dates are not judged.
        kept: a folder in which what was read is kept, and found again as long as no byte of it is another. What is
            judged by a day is always read.

    Raises:
        FaultyContent: with every fault at once.
    """
    taken = snapshot.snapshot(Path(path))
    key = (str(taken.folder), taken.held, today)
    if (library := _in_use.get(key)) is not None:
        return library
    place = cache.place(kept, taken) if today is None else None
    contents = cache.contents(taken, today, place)
    if contents.faults or contents.deck is None:
        raise FaultyContent(contents.faults, contents.warnings)
    library = _in_use[key] = Library(
        deck=contents.deck,
        dimensions=contents.dimensions,
        tips=contents.tips,
        dilemmas=contents.dilemmas,
        references=contents.references,
        terms=contents.terms,
        warnings=contents.warnings,
        version=contents.version,
        places=contents.places,
        _index=_index(contents, place),
    )
    return library


# A library never changes, so whoever reads the same files while it is in use gets it too.
_in_use: weakref.WeakValueDictionary[Hashable, Library] = weakref.WeakValueDictionary()


_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class _Index(Struct, frozen=True, dict=True):
    """What a library looks things up in; the search is built when it is first asked for, by one thread."""

    dimensions: Mapping[str, Dimension]
    tips: Mapping[str, Tip]
    terms: Mapping[str, Term]
    dilemmas: Mapping[str, Dilemma]
    names: Names
    term_names: Names
    dilemma_names: Names
    kept: Kept | None

    @cached_property
    def search(self) -> Search:
        """The index of everything, built or taken up when it is first asked for."""
        tips, dilemmas = self.tips.values(), self.dilemmas.values()
        return cache.search((*self.dimensions.values(), *tips, *dilemmas, *self.terms.values()), self.kept)


def _index(contents: Contents, kept: Kept | None) -> _Index:
    return _Index(
        dimensions={dimension.id: dimension for dimension in contents.dimensions},
        tips={tip.id: tip for tip in contents.tips},
        terms={term.id: term for term in contents.terms},
        dilemmas={dilemma.id: dilemma for dilemma in contents.dilemmas},
        names=Names.of(
            (
                (words, each.id)
                for each in contents.dimensions
                for words in (each.id, str(each.number), each.title, each.short, *each.aliases)
            ),
            # Slack: `7️⃣` comes as `:seven:`. Nobody writes them nearly so.
            exactly=tuple(
                (_NUMBERS[each.number], each.id) for each in contents.dimensions if each.number < len(_NUMBERS)
            ),
        ),
        term_names=Names.of(
            (words, each.id) for each in contents.terms for words in (each.id, each.term, *each.aliases)
        ),
        dilemma_names=Names.of((words, each.id) for each in contents.dilemmas for words in (each.id, each.title)),
        kept=kept,
    )
