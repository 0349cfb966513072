"""Look up where words stand: in which entries, in which of their fields, passages and questions, and how often."""

import math
import threading
import weakref
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate, islice, pairwise
from typing import Any

from cachetools import LRUCache
from msgspec import Struct

from content.model import Dimension
from content.search import passages, tables
from content.search.passages import Entry, Passage
from content.search.tables import DEEP, FIELDS


class Spot(Struct, frozen=True):
    """The passage of an entry in which a word stands best, as a row of the passages, and its score there."""

    row: int
    score: float


class Typed(Struct, frozen=True):
    """What is known of words as they were typed.

    `joined` are those that are written in one with the next elsewhere, `said` is the number of the entry that is listed
    under just these words, -1 where none is.
    """

    joined: Mapping[str, str]
    said: int


class Posting(Struct, frozen=True):
    """Where a word, or any of its forms, stands, entries and questions by their numbers.

    `entries` are those that have it, and `fields` their scores over all fields. `has` is 0 for each entry that has it
    not, and has the bit `PLAINLY` for each that has it in more than its depth. `asks` are the questions that have it,
    in order, and `worths` their scores. `spots` is the best passage of each dimension. `rarity` is more where fewer
    entries have it.
    """

    entries: "array[int]"
    fields: "array[float]"
    has: bytes
    asks: "array[int]"
    worths: "array[float]"
    spots: Mapping[int, Spot]
    rarity: float

    def size(self) -> int:
        """Give how many bytes it takes while it is remembered, with its words."""
        arrays = (self.entries, self.fields, self.asks, self.worths)
        return _EACH + len(self.has) + sum(len(each) * each.itemsize for each in arrays) + _EACH_SPOT * len(self.spots)


class Postings:
    """The entries in SQLite's full-text index, in memory, and what was looked up in it.

    One connection serves all threads: SQLite is built serialized (`sqlite3.threadsafety` is 3), nothing is written
    after the index is built, and whoever still searches an index that a reload replaced keeps it open until done.

    What is remembered takes `_BYTES` at most for where words stand, the longest unasked going first; a word that alone
    would take more is looked up each time. The rest is bounded by number, and takes 2 MB when thousands have asked.

    Args:
        entries: what is searched.
        image: the index as `image` gave it for the same entries; without, it is built.
    """

    def __init__(self, entries: Sequence[Entry], image: bytes | None = None) -> None:
        self.entries = tuple(entries)
        self._connection = tables.built(self.entries) if image is None else tables.opened(image)
        weakref.finalize(self, self._connection.close)
        self.first = array("I", accumulate((len(entry.asks) for entry in self.entries), initial=0))
        self.main = array("L", (row for (row,) in self._rows("SELECT min(row) FROM passage GROUP BY entry")))
        dimensions = max((n for n, entry in enumerate(self.entries, 1) if isinstance(entry, Dimension)), default=0)
        ((self._pages,),) = self._rows("SELECT count(*) FROM passage WHERE entry < ?", dimensions)
        self._lock = threading.Lock()
        self._found: LRUCache[tuple[str, ...], Posting] = LRUCache(_BYTES, Posting.size)
        self._pairs: LRUCache[str, Mapping[int, float]] = LRUCache(_REMEMBERED)
        self._known: LRUCache[str, bool] = LRUCache(_REMEMBERED)
        self._typed: LRUCache[tuple[str, ...], Typed] = LRUCache(_REMEMBERED)
        self._cut: LRUCache[int, Passage] = LRUCache(_REMEMBERED)

    def image(self) -> bytes:
        """Give the index as bytes, to be kept."""
        return self._connection.serialize()

    def passage(self, row: int) -> Passage:
        """Cut out the passage of a row."""
        with self._lock:
            if row not in self._cut:
                entry = bisect_right(self.main, row) - 1
                self._cut[row] = next(islice(passages.of(self.entries[entry]), row - self.main[entry], None))
            return self._cut[row]

    def typed(self, words: tuple[str, ...]) -> Typed:
        """Look up what is known of words as they follow each other."""
        with self._lock:
            known = self._typed.get(words)
            if known is None:
                joined = {one: f"{one}{after}" for one, after in pairwise(words)}
                stands = self.standing(joined.values())
                said = self._rows("SELECT entry FROM said WHERE mark = ?", tables.mark(words))
                known = self._typed[words] = Typed(
                    {word: both for word, both in joined.items() if both in stands}, said[0][0] if said else -1
                )
            return known

    def knows(self, word: str) -> bool:
        """Say whether a word, or another form of it, stands anywhere."""
        with self._lock:
            if word not in self._known:
                self._known[word] = bool(self._rows(_ANYWHERE, _quoted([word])))
            return self._known[word]

    def of(self, forms: tuple[str, ...]) -> Posting:
        """Look up where any of the forms of a word stands."""
        with self._lock:
            known = self._found.get(forms)
            if known is None:
                known = self._read(_quoted(forms))
                with suppress(ValueError):  # of the cache, for what is larger than all of it
                    self._found[forms] = known
            return known

    def together(self, pair: str) -> Mapping[int, float]:
        """Give the entries in which two words stand side by side, with their scores."""
        with self._lock:
            known = self._pairs.get(pair)
            if known is None:
                known = self._pairs[pair] = {entry: -rank for entry, rank in self._rows(_PAIR, _quoted([pair]))}
            return known

    def called(self, words: Iterable[str]) -> Collection[int]:
        """Give the entries that are called, or asked for, in the very same words, in whatever order."""
        found = self._rows("SELECT entry FROM called WHERE mark = ?", tables.mark(tables.bag(words)))
        return {entry for (entry,) in found}

    def standing(self, words: Iterable[str]) -> Collection[str]:
        """Give those of some words that stand somewhere in just that form."""
        asked = tuple(words)
        places = ", ".join("?" * len(asked))
        found = self._rows(f"SELECT word FROM word WHERE word IN ({places})", *asked)  # noqa: S608 # question marks alone
        return {word for (word,) in found}

    def long_words(self, letters: int) -> Sequence[str]:
        """Give all words of so many letters and more, as they stand, in the order of the alphabet."""
        return [word for (word,) in self._rows("SELECT word FROM word WHERE length(word) >= ?", letters)]

    def _read(self, query: str) -> Posting:
        fields: dict[int, float] = defaultdict(float)
        has = bytearray(len(self.entries))
        for name, weight in FIELDS.items():
            for entry, rank in self._rows(_IN_FIELD, f"{name} : ({query})"):
                fields[entry] += -rank * weight
                has[entry] |= _DEEPLY if name == DEEP else PLAINLY
        spots: dict[int, Spot] = {}
        for row, entry, score in self._rows(_IN_PASSAGES, query, self._pages):
            if entry not in spots or score > spots[entry].score:
                spots[entry] = Spot(row, score)
        asks = self._rows("SELECT rowid, -bm25(ask) FROM ask WHERE ask MATCH ? ORDER BY rowid", query)
        return Posting(
            array("I", fields),
            array("d", fields.values()),
            bytes(has),
            array("I", [ask for ask, _ in asks]),
            array("d", [worth for _, worth in asks]),
            spots,
            math.log(1 + len(self.entries) / (len(fields) + 0.5)),
        )

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()


def _quoted(words: Iterable[str]) -> str:
    """Give an FTS5 expression for any of the words; they are letters and digits alone, so quotes cannot break out."""
    return " OR ".join(f'"{word}"' for word in words)


PLAINLY, _DEEPLY = 1, 2  # bits of `Posting.has`
_BYTES = 3_000_000  # for where words stand, 1,300 of them as people ask
_EACH, _EACH_SPOT = 1_000, 150  # bytes that Python takes for a posting and for a spot, measured
_REMEMBERED = 1_000  # of each other kind that is kept once looked up
_ANYWHERE = "SELECT 1, 1 FROM entry WHERE entry MATCH ? LIMIT 1"
_IN_FIELD = "SELECT rowid, bm25(entry) FROM entry WHERE entry MATCH ?"
_IN_PASSAGES = """
SELECT page.rowid, passage.entry, -bm25(page) * passage.weight
FROM page JOIN passage ON passage.row = page.rowid WHERE page MATCH ? AND page.rowid < ? ORDER BY page.rowid
"""
_PAIR = "SELECT rowid, bm25(entry, 2.0, 2.0, 1.0, 1.0, 0.3) FROM entry WHERE entry MATCH ?"
