"""Look up where words stand: in which entries, in which of their fields, passages and questions, and how often."""

import math
import sqlite3
import threading
import weakref
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from content.search.passages import Entry, Passage, Where


@dataclass(frozen=True, slots=True)
class Spot:
    """The passage of an entry in which a word stands best, as a row of the passages, and its score there."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a word, or any of its forms, stands, entries and questions by their numbers.

    `fields` is the score over all fields of an entry; `plain` are the entries that have it in more than their depth;
    `spots` the best passage of each; `asks` its questions that have it, with their scores. `rarity` is more where fewer
    entries have it.
    """

    fields: Mapping[int, float]
    plain: Collection[int]
    spots: Mapping[int, Spot]
    asks: Mapping[int, Sequence[tuple[int, float]]]
    entries: Collection[int]
    rarity: float


class Postings:
    """The entries in SQLite's full-text index, in memory, and what was looked up in it.

    One connection serves all threads: SQLite is built serialized (`sqlite3.threadsafety` is 3), nothing is written
    after the index is built, and whoever still searches an index that a reload replaced keeps it open until done.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        numbers: dict[int, int] = {}  # of an entry, by its identity
        entries: list[Entry] = []
        for passage in self.passages:
            if id(passage.entry) not in numbers:
                numbers[id(passage.entry)] = len(entries)
                entries.append(passage.entry)
        self.entries = tuple(entries)
        self._entry_of = [numbers[id(passage.entry)] for passage in self.passages]
        asks = [(entry, words) for entry, each in enumerate(self.entries) for words in each.asks]
        self._asked = [entry for entry, _ in asks]
        self.main = {entry: row for row, entry in reversed(list(enumerate(self._entry_of)))}
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._connection.close)
        for table, columns in (("entry", ", ".join(_FIELDS)), ("page", "words"), ("ask", "words")):
            self._connection.execute(f"CREATE VIRTUAL TABLE {table} USING fts5 ({columns}, {_TOKENS})")
        self._connection.executemany(
            "INSERT INTO entry (rowid, title, names, asks, body, deep) VALUES (?, ?, ?, ?, ?, ?)",
            [(number, *fields) for number, fields in enumerate(self._fields())],
        )
        self._connection.executemany(
            "INSERT INTO page (rowid, words) VALUES (?, ?)",
            [(row, f"{each.title} {each.names} {each.body}") for row, each in enumerate(self.passages)],
        )
        self._connection.executemany(
            "INSERT INTO ask (rowid, words) VALUES (?, ?)", [(row, words) for row, (_, words) in enumerate(asks)]
        )
        self._lock = threading.Lock()
        self._found: LRUCache[tuple[str, ...], Posting] = LRUCache(_REMEMBERED)
        self._pairs: LRUCache[str, Mapping[int, float]] = LRUCache(_REMEMBERED)
        self._known: LRUCache[str, bool] = LRUCache(_REMEMBERED)

    def _fields(self) -> Iterable[tuple[str, ...]]:
        """Give the words of each entry's fields."""
        deep: dict[int, list[str]] = defaultdict(list)
        for row, entry in enumerate(self._entry_of):
            passage = self.passages[row]
            if row != self.main[entry]:
                deep[entry].append(f"{passage.title} {passage.names} {passage.body}")
        for number, held in enumerate(self.entries):
            main = self.passages[self.main[number]]
            yield main.title, main.names, " . ".join(held.asks), main.body, " . ".join(deep[number])

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
                known = self._found[forms] = self._read(_quoted(forms))
            return known

    def together(self, pair: str) -> Mapping[int, float]:
        """Give the entries in which two words stand side by side, with their scores."""
        with self._lock:
            known = self._pairs.get(pair)
            if known is None:
                known = self._pairs[pair] = {entry: -rank for entry, rank in self._rows(_PAIR, _quoted([pair]))}
            return known

    def _read(self, query: str) -> Posting:
        fields: dict[int, float] = defaultdict(float)
        plain: set[int] = set()
        for name, weight in _FIELDS.items():
            for entry, rank in self._rows(_IN_FIELD, f"{name} : ({query})"):
                fields[entry] += -rank * weight
                if name != _DEEP:
                    plain.add(entry)
        spots: dict[int, Spot] = {}
        for row, rank in self._rows("SELECT rowid, bm25(page) FROM page WHERE page MATCH ?", query):
            entry, score = self._entry_of[row], -rank * _WEIGHTS[self.passages[row].where]
            if entry not in spots or score > spots[entry].score:
                spots[entry] = Spot(row, score)
        asks: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for ask, rank in self._rows("SELECT rowid, bm25(ask) FROM ask WHERE ask MATCH ?", query):
            asks[self._asked[ask]].append((ask, -rank))
        rarity = math.log(1 + len(self.entries) / (len(fields) + 0.5))
        return Posting(dict(fields), plain, spots, dict(asks), fields.keys(), rarity)

    def _rows(self, statement: str, query: str) -> list[tuple[int, float]]:
        return self._connection.execute(statement, (query,)).fetchall()


def _quoted(words: Iterable[str]) -> str:
    """Give an FTS5 expression for any of the words; they are letters and digits alone, so quotes cannot break out."""
    return " OR ".join(f'"{word}"' for word in words)


_REMEMBERED = 1_000  # words whose places are kept once looked up
# What a word is worth in each field of an entry. Measured on the half of the questions that may be tuned for.
_FIELDS = {"title": 3.0, "names": 3.0, "asks": 1.5, "body": 2.0, "deep": 0.7}
_DEEP = "deep"
# The passage that answers is rather one of the card itself.
_WEIGHTS: Mapping[Where, float] = defaultdict(lambda: 0.6, {"comparison": 1.0, "sources": 0.2, "exercise": 0.2})
_TOKENS = "tokenize='porter unicode61 remove_diacritics 2'"
_ANYWHERE = "SELECT 1, 1 FROM entry WHERE entry MATCH ? LIMIT 1"
_IN_FIELD = "SELECT rowid, bm25(entry) FROM entry WHERE entry MATCH ?"
_PAIR = "SELECT rowid, bm25(entry, 2.0, 2.0, 1.0, 1.0, 0.3) FROM entry WHERE entry MATCH ?"
