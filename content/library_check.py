"""Check what no file shows by itself: names that collide, references that nobody cites, ids that lead nowhere."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from content import library_words
from content.library_read import Placed
from content.library_yaml import File
from content.model import Dimension, Reference, Term, Tip

T = TypeVar("T")

# What `/pm-compare` understands before it looks for a dimension; a dimension of that name could never be asked for.
_GRAMMAR_WORDS = (
    "all commands detail doctor exercise help list next preview privacy random search settings share sources tip "
    "tips usage what"
)
GRAMMAR = frozenset(_GRAMMAR_WORDS.split())
_LEVELS = frozenset(("detail", "sources", "exercise", "share"))


def check_dimensions(file: File, dimensions: Sequence[Placed[Dimension]]) -> None:
    """Check that every name leads to one dimension, and that they are numbered from 1 without a gap."""
    numbers = {placed.value.number for placed in dimensions}
    gaps = set(range(1, len(numbers) + 1)) - numbers
    if gaps and 0 not in numbers:  # 0 stands for a number that has its own fault
        last = max(dimensions, key=lambda placed: placed.value.number)
        file.fault(last.line("number"), f"no dimension has the number {min(gaps)}: number them from 1 without a gap")
    owners: dict[str, tuple[str, int]] = {}
    for place, placed in enumerate(dimensions):
        dimension = placed.value
        named = [
            ("id", dimension.id, placed.line("id")),
            ("number", str(dimension.number or ""), placed.line("number")),
            ("title", dimension.title, placed.line("title")),
            ("short title", dimension.short, placed.line("short")),
            *(("alias", words, line) for words, line in placed.aliases),
        ]
        _check_aliases(file, placed.aliases)
        for kind, words, line in named:
            _claim(file, owners, (kind, words, line), (dimension.id, place))
            folded = words.casefold().split()
            if library_words.key(words) in GRAMMAR:
                file.fault(line, f"`{words}` is a word the command itself understands: choose another {kind}")
            elif len(folded) > 1 and (folded[0] == "search" or folded[:2] == ["what", "is"] or folded[-1] in _LEVELS):
                file.warn(line, f"the command may read `{words}` as something else to do: choose another {kind}")


def check_tips(file: File, tips: Sequence[Placed[Tip]], dimensions: Sequence[Placed[Dimension]] | None) -> None:
    """Check that ids and titles are each one tip's, and that its dimension exists (None: that cannot be told)."""
    _check_single(file, tips, "id", lambda tip: tip.id)
    _check_single(file, tips, "title", lambda tip: tip.title)
    _check_dimension_of(file, ((tip.value.dimension, tip.line("dimension")) for tip in tips), dimensions)


def check_tipless(file: File, tips: Sequence[Placed[Tip]], dimensions: Sequence[Placed[Dimension]]) -> None:
    """Warn of dimensions of which the weekly tips never speak."""
    spoken = {tip.value.dimension for tip in tips}
    for placed in dimensions:
        if placed.value.id and placed.value.id not in spoken:
            file.warn(placed.line("id"), f"no tip belongs to `{placed.value.id}`: add one to tips.yaml")


def check_references(file: File, references: Sequence[Placed[Reference]]) -> None:
    """Check that ids are each one reference's, and warn of addresses that stand twice."""
    _check_single(file, references, "id", lambda reference: reference.id)
    seen: dict[str, str] = {}
    for placed in references:
        reference = placed.value
        first = seen.setdefault(reference.url, reference.id) if reference.url else reference.id
        if first != reference.id:
            file.warn(
                placed.line("url"), f"`{first}` has the same address: cite that one, or say what differs in the titles"
            )


def check_cited(file: File, references: Sequence[Placed[Reference]], cited: set[str]) -> None:
    """Warn of references that no text cites."""
    for placed in references:
        if placed.value.id and placed.value.id not in cited:
            file.warn(placed.line("id"), f"nothing cites `{placed.value.id}`: cite it, or take it out")


def check_terms(file: File, terms: Sequence[Placed[Term]], dimensions: Sequence[Placed[Dimension]] | None) -> None:
    """Check that every word for a term leads to one term, and that its dimension exists (None: that cannot be told)."""
    owners: dict[str, tuple[str, int]] = {}
    for place, placed in enumerate(terms):
        term = placed.value
        _check_aliases(file, placed.aliases)
        named = [("id", term.id, placed.line("id")), ("term", term.term, placed.line("term"))]
        for name in (*named, *(("alias", words, line) for words, line in placed.aliases)):
            _claim(file, owners, name, (term.id, place))
    _check_dimension_of(file, ((placed.value.dimension, placed.line("dimension")) for placed in terms), dimensions)


def _claim(file: File, owners: dict[str, tuple[str, int]], name: tuple[str, str, int], owner: tuple[str, int]) -> None:
    """Give a name to its owner (an id and a place in the file), noting a fault where it is another's already."""
    kind, words, line = name
    key = library_words.key(words)
    if not key:
        if words:
            file.fault(line, f"`{words[:40]}` has no letter or digit that people could type: choose another {kind}")
        return
    first = owners.setdefault(key, owner)
    if first[1] != owner[1]:
        file.fault(line, f"the {kind} `{words}` leads to `{first[0]}` already: choose another {kind} for one of them")


def _check_aliases(file: File, aliases: Iterable[tuple[str, int]]) -> None:
    seen: dict[str, str] = {}
    for words, line in aliases:
        key = library_words.key(words)
        if key not in seen:
            seen[key] = words
        elif seen[key] == words:
            file.fault(line, f"the alias `{words}` stands in this list already: take it out")
        else:
            file.warn(line, f"`{words}` and `{seen[key]}` are typed alike, as signs do not count: one is enough")


def _check_single(file: File, all_placed: Sequence[Placed[T]], kind: str, name: Callable[[T], str]) -> None:
    """Check that no two have the same name of a kind."""
    seen: dict[str, int] = {}
    for placed in all_placed:
        words = name(placed.value)
        line = placed.line(kind)
        key = library_words.key(words) if kind == "title" else words
        if key in seen:
            file.fault(line, f"the {kind} `{words}` stands on line {seen[key]} already: choose another")
        elif key:
            seen[key] = line


def _check_dimension_of(
    file: File, named: Iterable[tuple[str, int]], dimensions: Sequence[Placed[Dimension]] | None
) -> None:
    if not dimensions:
        return
    known = [placed.value.id for placed in dimensions]
    for name, line in named:
        if name and name not in known:
            near = library_words.suggestion(name, known) or f": write one of {', '.join(known)}"
            file.fault(line, f"deck.yaml has no dimension `{name}`{near}")
