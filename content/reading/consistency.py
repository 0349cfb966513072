"""Check what no file shows by itself: names that collide, references that nobody cites, ids that lead nowhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar, assert_never

from content import matching
from content.levels import LEVELS, PAGES
from content.model import Dilemma, Dimension, Term, Tip
from content.reading.entries import Placed
from content.reading.schema import MOST_DIMENSIONS
from content.reading.yaml import File
from content.references import Reference

T = TypeVar("T")
Titled = TypeVar("Titled", Tip, Dilemma)
Asked = Placed[Dimension] | Placed[Tip] | Placed[Dilemma] | Placed[Term]

# What `/pm-compare` understands before it looks for a dimension; a dimension of that name could never be asked for.
_GRAMMAR_WORDS = "all commands doctor help list next preview privacy random search settings share tip tips usage what"
GRAMMAR = frozenset((*_GRAMMAR_WORDS.split(), *LEVELS))
_BELOW = frozenset((*LEVELS, *PAGES, "share"))

# A quarter of weekly tips: most who begin have no AI feature yet, and would leave if they could not try one of them.
FIRST_FOR_EVERYONE = 12


def check_dimensions(dimensions: Sequence[Placed[Dimension]], *, are_all: bool) -> None:
    """Check that every name leads to one dimension, and if these `are_all`, that they are numbered without a gap."""
    for placed in dimensions[MOST_DIMENSIONS:]:
        placed.file.fault(
            placed.line("id"), f"there are {len(dimensions)} dimensions, at most {MOST_DIMENSIONS} can be drawn"
        )
    numbers = {placed.value.number for placed in dimensions}
    gaps = set(range(1, len(numbers) + 1)) - numbers
    if are_all and gaps and 0 not in numbers:  # 0 stands for a number that has its own fault
        last = max(dimensions, key=lambda placed: placed.value.number)
        sentence = f"no dimension has the number {min(gaps)}: number them from 1 without a gap"
        last.file.fault(last.line("number"), sentence)
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
        _check_aliases(placed.file, placed.aliases)
        for kind, words, line in named:
            _claim(placed.file, owners, (kind, words, line), (dimension.id, place))
            folded = words.casefold().split()
            if matching.key(words) in GRAMMAR:
                placed.file.fault(line, f"`{words}` is a word the command itself understands: choose another {kind}")
            elif len(folded) > 1 and (folded[0] == "search" or folded[:2] == ["what", "is"] or folded[-1] in _BELOW):
                placed.file.warn(line, f"the command may read `{words}` as something else to do: choose another {kind}")


def check_titled(entries: Sequence[Placed[Titled]], dimensions: Sequence[Placed[Dimension]] | None) -> None:
    """Check that ids and titles are each one entry's, and that its dimension exists (None: that cannot be told)."""
    _check_single(entries, "id", lambda entry: entry.id)
    _check_single(entries, "title", lambda entry: entry.title)
    _check_dimension_of(entries, lambda entry: entry.dimension, dimensions)


def in_order(file: File, order: Sequence[tuple[str, int]], tips: Sequence[Placed[Tip]]) -> list[Placed[Tip]]:
    """Put the tips in the order of order.yaml, those it does not name last, and note what is wrong with it."""
    known = {placed.value.id: placed for placed in tips}
    seen: dict[str, int] = {}
    above = ""
    for name, line in order:
        if name in seen:
            file.fault(line, f"`{name}` stands on line {seen[name]} already: each tip has one place")
        elif len(name.split()) > 1:
            file.fault(line, f"`{name}` is no id: begin each on a line of its own with `- `")
        elif name not in known:
            near = matching.suggestion(name, known) or ": take it out"
            file.fault(line, f"there is no tip `{name}`{near}")
        else:
            seen[name] = line
            dimension = known[name].value.dimension
            if dimension and dimension == above:
                file.warn(line, f"`{name}` is of `{dimension}`, as the tip above it: put another dimension's between")
            above = dimension
    _check_first(file, seen, known)
    for placed in tips:
        if placed.value.id and placed.value.id not in seen:
            placed.file.warn(placed.line("id"), f"`{placed.value.id}` has no place in order.yaml, so it comes last")
    places = {name: place for place, name in enumerate(seen)}
    return sorted(tips, key=lambda placed: places.get(placed.value.id, len(places)))


def _check_first(file: File, places: Mapping[str, int], known: Mapping[str, Placed[Tip]]) -> None:
    """Check that everybody can try the first tips: they need no AI feature, nor a prototype of one.

    One that does not say what it needs is warned of, once any tip of the deck says so.
    """
    is_told = any(placed.value.needs is not None for placed in known.values())
    for name, line in list(places.items())[:FIRST_FOR_EVERYONE]:
        placed = known[name]
        match placed.value.needs:
            case "prototype" | "live" as needs:
                sentence = f"`{name}` needs `{needs}`, and everybody can try the first {FIRST_FOR_EVERYONE}"
                file.fault(line, f"{sentence}: move it down, and one that needs `none` up")
            case None if is_told:
                sentence = f"`{name}` is one of the first {FIRST_FOR_EVERYONE} in order.yaml"
                placed.file.warn(placed.line("id"), f"{sentence}: say what it needs, best `none`")
            case "none" | None:
                pass
            case _:
                assert_never(placed.value.needs)


def check_tipless(tips: Sequence[Placed[Tip]], dimensions: Sequence[Placed[Dimension]]) -> None:
    """Warn of dimensions of which the weekly tips never speak."""
    spoken = {tip.value.dimension for tip in tips}
    for placed in dimensions:
        if placed.value.id and placed.value.id not in spoken:
            placed.file.warn(placed.line("id"), f"no tip belongs to `{placed.value.id}`: write one")


def check_references(references: Sequence[Placed[Reference]]) -> None:
    """Check that ids are each one reference's, and warn of addresses that stand twice."""
    _check_single(references, "id", lambda reference: reference.id)
    seen: dict[str, str] = {}
    for placed in references:
        reference = placed.value
        first = seen.setdefault(reference.url, reference.id) if reference.url else reference.id
        if first != reference.id:
            placed.file.warn(
                placed.line("url"), f"`{first}` has the same address: cite that one, or say what differs in the titles"
            )


def check_cited(references: Sequence[Placed[Reference]], cited: set[str]) -> None:
    """Warn of references that no text cites."""
    for placed in references:
        if placed.value.id and placed.value.id not in cited:
            placed.file.warn(placed.line("id"), f"nothing cites `{placed.value.id}`: cite it, or take it out")


def check_terms(terms: Sequence[Placed[Term]], dimensions: Sequence[Placed[Dimension]] | None) -> None:
    """Check that every word for a term leads to one term, and that its dimension exists (None: that cannot be told)."""
    owners: dict[str, tuple[str, int]] = {}
    for place, placed in enumerate(terms):
        term = placed.value
        _check_aliases(placed.file, placed.aliases)
        for words, line in placed.aliases:
            if words.casefold() == term.term.casefold():
                placed.file.warn(line, f"the alias `{words}` is the term itself, which is known already: take it out")
        named = [("id", term.id, placed.line("id")), ("term", term.term, placed.line("term"))]
        for name in (*named, *(("alias", words, line) for words, line in placed.aliases)):
            _claim(placed.file, owners, name, (term.id, place))
    _check_dimension_of(terms, lambda term: term.dimension, dimensions)


def check_asks(entries: Iterable[Asked]) -> None:
    """Check that no two entries answer the same question, and that none stands twice with one."""
    seen: dict[str, tuple[Asked, int]] = {}
    for placed in entries:
        for words, line in placed.asks:
            key = matching.key(words)
            if not key:
                placed.file.fault(line, f"`{words}` has no letter or digit that people could type: take it out")
            elif key in seen:
                other, first = seen[key]
                where = f"on line {first}" if other.file is placed.file else f"in {other.file.name}:{first}"
                placed.file.fault(line, f"`{words}` is asked {where} already: leave it to the one that answers it best")
            else:
                seen[key] = placed, line


def _claim(file: File, owners: dict[str, tuple[str, int]], name: tuple[str, str, int], owner: tuple[str, int]) -> None:
    """Give a name to its owner (an id and a place in the file), noting a fault where it is another's already."""
    kind, words, line = name
    key = matching.key(words)
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
        key = matching.key(words)
        if key not in seen:
            seen[key] = words
        elif seen[key] == words:
            file.fault(line, f"the alias `{words}` stands in this list already: take it out")
        else:
            file.warn(line, f"`{words}` and `{seen[key]}` are typed alike, as signs do not count: one is enough")


def _check_single(all_placed: Sequence[Placed[T]], kind: str, name: Callable[[T], str]) -> None:
    """Check that no two have the same name of a kind."""
    seen: dict[str, Placed[T]] = {}
    for placed in all_placed:
        words = name(placed.value)
        key = matching.key(words) if kind == "title" else words
        if first := seen.get(key):
            line = first.line(kind)
            where = f"on line {line}" if first.file is placed.file else f"in {first.file.name}:{line}"
            placed.file.fault(placed.line(kind), f"the {kind} `{words}` stands {where} already: choose another")
        elif key:
            seen[key] = placed


def _check_dimension_of(
    all_placed: Sequence[Placed[T]], name: Callable[[T], str], dimensions: Sequence[Placed[Dimension]] | None
) -> None:
    """Check that the dimension a thing belongs to exists, and is the one its file is named after, if it is."""
    known = [placed.value.id for placed in dimensions or () if placed.value.id]
    for placed in all_placed if known else ():
        words, line = name(placed.value), placed.line("dimension")
        if words and words not in known:
            near = matching.suggestion(words, known) or f": write one of {', '.join(known)}"
            placed.file.fault(line, f"there is no dimension `{words}`{near}")
        elif words and placed.file.stem in known and placed.file.stem != words:
            placed.file.fault(line, f"this file is for `{placed.file.stem}`: move what belongs to `{words}` to its own")
