"""Hold the places of the world by their names, each with the time zones that are meant by it."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import nlargest
from pathlib import Path
from typing import Literal, cast

from msgspec import Struct

from cards.zones import names
from content import likeness

FILE = Path(__file__).with_name("places.tsv")

# An abbreviation, a nation, a state of one, a city, a zone, and a zone's name of before.
Kind = Literal["a", "n", "s", "c", "z", "l"]

SELDOM = 10  # a name in another language, or a nickname, is more often some other place's own
_ALIAS = "+"  # marks a key that is not the place's own name
_TYPED_ALIAS = 6  # letters, and half of it: what begins another name of a place seldom means it
_WELL_KNOWN = 100_000  # people: of smaller cities a slip is not told from an unknown word
_SHORTEST_SLIP = 5  # letters
_TWO_SLIPS = 10  # letters from which there may be two


class Place(Struct, frozen=True):
    """A place: how many people live there, its zones (likeliest first), where it is (`US.CA`), how it is shown."""

    kind: Kind
    people: int
    zones: tuple[str, ...]
    where: str
    shown: str


class Hit(Struct, frozen=True):
    """A place by its name as it was looked for, folded; `is_alias` where it has another name of its own."""

    place: Place
    name: str
    is_alias: bool


class Places:
    """The places by folded name: some 39,000 with 129,000 names."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the file's lines; of their zones those count that this machine knows."""
        self._here = frozenset(names.listed())
        self._rows: list[str] = []
        self._people = array("l")
        self._names: list[str] = []  # sorted; `munich\t512`, so that a name is found before what begins with it
        for line in lines:
            if not line.startswith("#"):
                head, keys, aliases = line.rstrip("\n").rsplit("\t", 2)
                number = len(self._rows)
                self._rows.append(head)
                self._people.append(int(head.split("\t", 2)[1]))
                self._names += [f"{key}\t{number}" for key in keys.split("|")]
                self._names += [f"{key}\t{number}{_ALIAS}" for key in aliases.split("|") if key]
        self._names.sort()
        own = [self._place(number) for number, row in enumerate(self._rows) if row.startswith("z\t")]
        self.zones = tuple(sorted((place for place in own if place.zones), key=lambda place: -place.people))

    def called(self, key: str) -> list[Hit]:
        """List what is called exactly that."""
        return [self._hit(name) for name in self._between(f"{key}\t", f"{key}\n")]

    def beginning(self, key: str, most: int) -> list[Hit]:
        """List what begins with that, at most so many: those of the most people, of whose name the most is typed."""
        found = self._between(key, f"{key}\U0010ffff")
        # Tens of thousands begin with one letter: weighed first, and read only where they count.
        heaviest = nlargest(most, ((self._weight(name, len(key)), name) for name in found))
        return [self._hit(name) for weight, name in heaviest if weight]

    def near(self, key: str) -> list[Hit]:
        """List well-known places whose own name is the typed one but for a slip of the finger, nearest first."""
        if len(key) < _SHORTEST_SLIP:
            return []
        slips = 2 if len(key) >= _TWO_SLIPS else 1
        found = likeness.misspelt(key, _well_known(self), slips, count=20)
        # A slip in the first letter is rare, and what is left of it a word of its own.
        near = [(distance, name) for name, distance, _ in found if name[0] == key[0]]
        least = min((distance for distance, _ in near), default=0)
        return [hit for distance, name in near if distance == least for hit in self.called(name) if not hit.is_alias]

    def well_known(self) -> Iterator[str]:
        """Give the own names of zones, countries, states and large cities."""
        for name in self._names:
            key, number = name.split("\t")
            if not number.endswith(_ALIAS):
                kind = self._rows[int(number)][0]
                if kind in "zns" or (kind == "c" and self._people[int(number)] >= _WELL_KNOWN):
                    yield key

    def _between(self, first: str, last: str) -> list[str]:
        return self._names[bisect_left(self._names, first) : bisect_left(self._names, last)]

    def _weight(self, name: str, typed: int) -> float:
        key, _, number = name.partition("\t")
        row = int(number.removesuffix(_ALIAS))
        if number.endswith(_ALIAS) and (typed < _TYPED_ALIAS or typed * 2 < len(key)):
            return 0.0
        # A country has all its cities' people.
        part = SELDOM if number.endswith(_ALIAS) or self._rows[row].startswith("n") else 1
        return (self._people[row] + 1) * (typed / len(key)) ** 2 / part

    def _hit(self, name: str) -> Hit:
        key, _, number = name.partition("\t")
        return Hit(self._place(int(number.removesuffix(_ALIAS))), key, number.endswith(_ALIAS))

    def _place(self, number: int) -> Place:
        kind, people, zones, where, shown = self._rows[number].split("\t")
        here = tuple(zone for zone in zones.split(" ") if zone in self._here)
        return Place(cast("Kind", kind), int(people), here, where, shown)


@lru_cache(maxsize=1)
def _well_known(places: Places) -> tuple[str, ...]:
    return tuple(dict.fromkeys(places.well_known()))


@lru_cache(maxsize=1)
def known() -> Places:
    """Read the places, once: a moment's work, so the first call is better made in a thread."""
    with FILE.open(encoding="utf-8") as lines:
        return Places(lines)
