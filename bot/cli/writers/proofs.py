"""Find which entry a changed file changed, and draw what of it looks different, for whoever writes it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from msgspec import Struct

from cards.compose import dimensions, found, pages, proofs, recalls
from cards.model import Card
from cards.renderers import RENDERERS
from content.levels import LEVELS, called
from content.library import Entry, Library
from content.model import Dilemma, Dimension, Fault, Term, Tip

_MOST = 2  # cards that are shown of one entry
_WHOLE = "The card"


class Proof(Struct, frozen=True):
    """One card of an entry: what of it, and each platform's own JSON of it by the platform's name."""

    what: str
    drawn: Mapping[str, object]


class Sheet(Struct, frozen=True):
    """What is shown of a changed file: an entry's id and title, its cards, and what keeps one from being drawn."""

    id: str
    title: str
    proofs: tuple[Proof, ...]
    faults: tuple[Fault, ...] = ()


def sheet(before: Library | None, after: Library, file: str) -> Sheet | None:
    """Draw the first entry in `file`, as faults name it, that is not as it was before; without such a one, its first.

    None for a file without entries that have a card, such as order.yaml.
    """
    standing = [id_ for id_, place in after.places.items() if place.file == file]
    drawable = [(id_, entry) for id_ in standing if (entry := _entry(after, id_)) is not None]
    if not drawable:
        return None
    changed = (each for each in drawable if before is None or _entry(before, each[0]) != each[1])
    id_, entry = next(changed, drawable[0])
    former = _entry(before, id_) if before else None
    cards = {what: draw() for what, draw in _cards(after, entry).items()}
    old = {what: draw() for what, draw in _cards(before, former).items()} if before and former else {}
    different = [what for what, card in cards.items() if old and old.get(what) != card]
    shown = (different or [_WHOLE])[:_MOST]
    place = after.places[id_]
    drawn: list[Proof] = []
    faults: list[Fault] = []
    for what in shown:
        try:
            drawn.append(Proof(what, {renderer.name: renderer.card(cards[what]) for renderer in RENDERERS}))
        except ValueError as error:
            faults.append(Fault(place.file, place.line, f"{id_.partition('/')[2]}: {what.lower()}: {error}"))
    return Sheet(id_, _title(entry), tuple(drawn), tuple(faults))


def _entry(library: Library, id_: str) -> Entry | None:
    kind, _, name = id_.partition("/")
    find: Mapping[str, Callable[[str], Entry | None]] = {
        "dimension": library.dimension,
        "tip": library.tip,
        "dilemma": library.dilemma,
        "term": library.term_of,
    }
    return find[kind](name) if kind in find else None


def _title(entry: Entry) -> str:
    return entry.term if isinstance(entry, Term) else entry.title


def _cards(library: Library, entry: Entry) -> dict[str, Callable[[], Card]]:
    return dict(_drawings(library, entry))


def _drawings(library: Library, entry: Entry) -> Iterator[tuple[str, Callable[[], Card]]]:
    match entry:
        case Dimension():
            yield _WHOLE, partial(dimensions.comparison, library, entry)
            yield from _levels(library, entry)
            for page in entry.depth.pages:
                yield f"The page “{called(page).title}”", partial(pages.page, library, entry, page)
        case Tip():
            yield _WHOLE, partial(dimensions.tip, library, entry)
            yield from _levels(library, entry)
            if entry.recall is not None:
                yield "The question it is recalled by", partial(recalls.recall, entry, entry.recall)
        case Dilemma():
            yield _WHOLE, partial(proofs.dilemma, entry)
            if entry.twist is not None:
                yield "The twist", partial(proofs.twist, entry, entry.twist)
        case Term():
            yield _WHOLE, partial(found.definition, library, entry)


def _levels(library: Library, entry: Dimension | Tip) -> Iterator[tuple[str, Callable[[], Card]]]:
    for level in LEVELS:
        yield called(level).title, partial(dimensions.level, library, entry, level, public=False)
