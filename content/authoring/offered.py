"""Find the entries that lack what most others of their deck have, though the format lets it be left out."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from content.library import Entry, Library
from content.model import Fault
from content.reading.keys import Key
from content.reading.schema import SHAPES


class Offered(Struct, frozen=True):
    """A key that may be left out, with those above it: `("exercise", "plan")`, or a list, `("choices", "against")`."""

    path: tuple[str, ...]
    key: Key

    is_each: bool = False  # below a list, each item of which is to have it

    def counts(self, entry: Entry) -> tuple[int, ...]:
        """Say how many an entry has of it at each of its places; none where what they would stand in is missing."""
        places: list[object] = [entry]
        for name in self.path[:-1]:
            inner = [getattr(place, name) for place in places]
            places = [each for held in inner for each in (held if isinstance(held, tuple) else (held,)) if each]
        values = [getattr(place, self.path[-1]) for place in places]
        return tuple(len(held) if isinstance(held, tuple) else int(bool(held)) for held in values)

    def lack(self, entry: Entry, kind: str) -> str:
        """Say what is missing in an entry, and what to write."""
        *above, name = self.path
        where = f" in {'one of ' if self.is_each else ''}its `{'.'.join(above)}`" if above else ""
        if self.key.of != "lines":
            return f"`{entry.id}` has no `{name}`{where}, as most {kind}s here have: write it"
        return f"`{entry.id}` has {min(self.counts(entry)) or 'no'} `{name}`: write {self._fewest}, as people type them"

    @property
    def _fewest(self) -> str:
        return f"{self.key.wanted} or more" if self.key.wanted > 1 else "some"


def warnings(library: Library) -> Iterator[Fault]:
    """Give a warning for each entry that has too few of what more than half of its kind have."""
    kinds: Mapping[str, Sequence[Entry]] = {
        "dimension": library.dimensions,
        "tip": library.tips,
        "dilemma": library.dilemmas,
        "term": library.terms,
    }
    for kind, entries in kinds.items():
        for offered in _of(kind):
            yield from _lacking(library, kind, entries, offered)


def _lacking(library: Library, kind: str, entries: Sequence[Entry], offered: Offered) -> Iterator[Fault]:
    found = [(entry, counts) for entry in entries if (counts := offered.counts(entry))]
    if sum(any(counts) for _, counts in found) * 2 <= len(found):
        return
    for entry, counts in found:
        if min(counts) < offered.key.wanted:
            place = library.places[f"{kind}/{entry.id}"]
            yield Fault(place.file, place.line, offered.lack(entry, kind))


def _of(shape: str, above: tuple[str, ...] = (), *, is_each: bool = False) -> Iterator[Offered]:
    """List what is offered in a shape, and in the mappings that each entry of it has or is asked to have."""
    for name, key in SHAPES[shape].keys.items():
        if key.is_offered:
            yield Offered((*above, name), key, is_each)
        if key.shape and (key.is_offered or not key.is_optional):
            yield from _of(key.shape, (*above, name), is_each=is_each or key.of == "mappings")
