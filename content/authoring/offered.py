"""Find the entries that lack what most others of their deck have, though the format lets it be left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content.library import Library
from content.model import Dimension, Fault, Term, Tip
from content.reading.keys import Key
from content.reading.schema import SHAPES

Entry = Dimension | Tip | Term


@dataclass(frozen=True, slots=True)
class Offered:
    """A key that may be left out, with those above it: `("exercise", "plan")`."""

    path: tuple[str, ...]
    key: Key

    def count(self, entry: Entry) -> int:
        """Say how many an entry has of it."""
        held: object = entry
        for name in self.path:
            held = getattr(held, name)
        return len(held) if isinstance(held, tuple) else int(bool(held))

    def lack(self, entry: Entry, kind: str) -> str:
        """Say what is missing in an entry, and what to write."""
        *above, name = self.path
        where = f" in its `{'.'.join(above)}`" if above else ""
        if self.key.of != "lines":
            return f"`{entry.id}` has no `{name}`{where}, as most {kind}s here have: write it"
        return f"`{entry.id}` has {self.count(entry) or 'no'} `{name}`: write {self._fewest}, as people type them"

    @property
    def _fewest(self) -> str:
        return f"{self.key.wanted} or more" if self.key.wanted > 1 else "some"


def warnings(library: Library) -> Iterator[Fault]:
    """Give a warning for each entry that has too few of what more than half of its kind have."""
    for kind, entries in (("dimension", library.dimensions), ("tip", library.tips), ("term", library.terms)):
        for offered in _of(kind):
            yield from _lacking(library, kind, entries, offered)


def _lacking(library: Library, kind: str, entries: Sequence[Entry], offered: Offered) -> Iterator[Fault]:
    if sum(offered.count(entry) > 0 for entry in entries) * 2 <= len(entries):
        return
    for entry in entries:
        if offered.count(entry) < offered.key.wanted:
            place = library.places[f"{kind}/{entry.id}"]
            yield Fault(place.file, place.line, offered.lack(entry, kind))


def _of(shape: str, above: tuple[str, ...] = ()) -> Iterator[Offered]:
    """List what is offered in a shape, and in the mappings that each entry of it has."""
    for name, key in SHAPES[shape].keys.items():
        if key.is_offered:
            yield Offered((*above, name), key)
        elif key.of == "mapping" and not key.is_optional:
            yield from _of(key.shape, (*above, name))
