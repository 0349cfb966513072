"""Search the whole content for typed words: which entries answer them, best first, and with which passage."""

import math
import sqlite3
import threading
import weakref
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cachetools import LRUCache
from rapidfuzz import process
from rapidfuzz.distance import OSA

from content import matching
from content.model import Tip
from content.search import vocabulary
from content.search.passages import Entry, Passage, Where, name


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that speaks of some words: the passage that fits best, how well (more is better), and what it lacks.

    `covered` is how much of what the words mean the entry has, from 0 to 1: rare words count more than common ones.
    `missed` are the typed words that it does not have.
    """

    passage: Passage
    score: float
    covered: float
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a word stands in an entry: its best score there and the row that has it, and the score of the main row."""

    peak: float
    row: int
    main: float


@dataclass(frozen=True, slots=True)
class _Posting:
    """Where a word stands: its place in each entry, and its score in each question that people ask.

    `rarity` is more where fewer entries have it.
    """

    places: Mapping[int, _Place]
    asks: Mapping[int, float]
    entries: Collection[int]
    rarity: float


@dataclass(frozen=True, slots=True)
class _Group:
    """A typed word, the forms in which it was looked for, and where these stand."""

    typed: str
    forms: tuple[str, ...]
    posting: _Posting


class Search:
    """A full-text index of passages and of the questions that people ask, in memory.

    One connection serves all threads: SQLite is built serialized (`sqlite3.threadsafety` is 3), nothing is written
    after the index is built, and whoever still searches an index that a reload replaced keeps it open until done.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        entries: dict[int, int] = {}  # by identity: an entry's place
        self._entries: list[Entry] = []
        for passage in self._passages:
            if id(passage.entry) not in entries:
                entries[id(passage.entry)] = len(self._entries)
                self._entries.append(passage.entry)
        self._entry_of = [entries[id(passage.entry)] for passage in self._passages]
        self._main = {entry: row for row, entry in reversed(list(enumerate(self._entry_of)))}
        asks = [(entry, words) for entry, each in enumerate(self._entries) for words in each.asks]
        self._asked = [entry for entry, _ in asks]
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._connection.close)
        self._connection.execute(f"CREATE VIRTUAL TABLE page USING fts5 (title, names, body, {_TOKENS})")
        self._connection.execute(f"CREATE VIRTUAL TABLE ask USING fts5 (words, {_TOKENS})")
        self._connection.executemany(
            "INSERT INTO page (rowid, title, names, body) VALUES (?, ?, ?, ?)",
            [(row, each.title, each.names, each.body) for row, each in enumerate(passages)],
        )
        self._connection.executemany(
            "INSERT INTO ask (rowid, words) VALUES (?, ?)",
            [(row, words) for row, (_, words) in enumerate(asks)],
        )
        texts = [f"{each.title} {each.names} {each.body}" for each in passages] + [words for _, words in asks]
        self._words = vocabulary.words(texts)
        self._long = tuple(word for word in self._words if len(word) >= _CORRECTED)
        self._called = _called(self._entries)
        self._lock = threading.Lock()  # whoever searches writes down what was found
        self._postings: LRUCache[tuple[str, ...], _Posting] = LRUCache(_REMEMBERED)
        self._meant: LRUCache[str, tuple[str, ...]] = LRUCache(_REMEMBERED)

    def knows(self, word: str) -> bool:
        """Say whether the word, or another form of it, stands anywhere in the content."""
        posting = self._posting((word,))
        return bool(posting.entries)

    def matches(self, words: str) -> tuple[Match, ...]:
        """Find the entries that speak of the words, best first. Any input is words; nothing in it is syntax."""
        groups = self._groups(words)
        whole = sum(group.posting.rarity for group in groups)
        scores: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        asks: dict[int, float] = defaultdict(float)
        had: dict[int, float] = defaultdict(float)
        left = whole
        for group in sorted(groups, key=lambda group: -group.posting.rarity):
            posting, rarity = group.posting, group.posting.rarity
            # Common words, which even together cover too little, only add to what has a rarer one.
            is_common = left < whole * _LEAST
            left -= rarity
            for entry in tuple(scores) if is_common else posting.places:
                if place := posting.places.get(entry):
                    scores[entry] += place.peak
                    covered[entry] += rarity if place.main else rarity * _IN_PASSING
            for ask in tuple(asks) if is_common else posting.asks:
                if score := posting.asks.get(ask):
                    asks[ask] += score
                    had[ask] += rarity
        best: dict[int, float] = {}
        for ask, score in asks.items():
            entry = self._asked[ask]
            best[entry] = max(best.get(entry, 0.0), score * math.sqrt(had[ask] / whole))
            covered[entry] = max(covered[entry], had[ask])
        for entry, score in best.items():
            scores[entry] += score * _ASK
        for entry in self._called.get(_bag(group.forms[0] for group in groups), ()):
            scores[entry] *= _SAID
        ranked = sorted(scores, key=lambda entry: -scores[entry] * math.sqrt(covered[entry]))[:_MOST]
        return tuple(self._match(entry, scores[entry], covered[entry] / whole, groups) for entry in ranked)

    def _match(self, entry: int, score: float, covered: float, groups: Sequence[_Group]) -> Match:
        """Choose the passage for which most words vote, each for the one where it stands best."""
        main = self._main[entry]
        votes: dict[int, float] = defaultdict(float)
        for group in groups:
            if place := group.posting.places.get(entry):
                votes[place.row] += place.peak
                if place.row != main:
                    votes[main] += place.main
        row = max(votes, key=lambda row: votes[row], default=main)
        if votes.get(row, 0.0) * _MAIN_ENOUGH <= votes.get(main, 0.0):
            row = main
        missed = tuple(group.typed for group in groups if entry not in group.posting.entries)
        return Match(self._passages[row], score * math.sqrt(covered), min(covered, 1.0), missed)

    def _posting(self, forms: tuple[str, ...]) -> _Posting:
        with self._lock:
            known = self._postings.get(forms)
            if known is None:
                known = self._postings[forms] = self._read(_quoted(forms))
            return known

    def _read(self, query: str) -> _Posting:
        places: dict[int, _Place] = {}
        for row, rank in self._connection.execute(_RANKED, (query,)).fetchall():
            entry, score = self._entry_of[row], -rank * _WEIGHTS[self._passages[row].where]
            known = places.get(entry, _NOWHERE)
            main = score if row == self._main[entry] else known.main
            peak, best = (score, row) if score > known.peak else (known.peak, known.row)
            places[entry] = _Place(peak, best, main)
        asks = {ask: -rank for ask, rank in self._connection.execute(_ASKED, (query,)).fetchall()}
        entries = places.keys() | {self._asked[ask] for ask in asks}
        return _Posting(places, asks, entries, math.log(1 + len(self._entries) / (len(entries) + 0.5)))

    def _groups(self, words: str) -> tuple[_Group, ...]:
        """Give the words to look for, each with where it stands; those that say nothing are left out."""
        typed = tuple(dict.fromkeys(matching.key(words).split()))[:_WORDS]
        meant = [word for word in typed if not vocabulary.is_idle(word)] or list(typed)
        joined = {word: f"{word}{after}" for word, after in pairwise(typed) if f"{word}{after}" in self._words}
        groups = []
        for word in meant:
            forms = (*self._forms(word), *((joined[word],) if word in joined else ()))
            groups.append(_Group(word, forms, self._posting(forms)))
        return tuple(groups)

    def _forms(self, word: str) -> tuple[str, ...]:
        forms = self._meant.get(word)
        if forms is None:
            forms = (*self._corrected(word), *vocabulary.KIN.get(word, ()))
            with self._lock:
                self._meant[word] = forms
        return forms

    def _corrected(self, word: str) -> tuple[str, ...]:
        """Give the word as it stands in the content: in one, in two, or where nobody knows it, as it was meant."""
        apart = self._apart(word)
        if self.knows(word):
            return (word, *apart)
        if apart or len(word) < _CORRECTED:
            return apart or (word,)
        near = process.extract(word, self._long, scorer=OSA.distance, score_cutoff=3, limit=5)
        return next(((each,) for each, _, _ in near if matching.slips(word, each) is not None), (word,))

    def _apart(self, word: str) -> tuple[str, ...]:
        """Give the two words that a word is written as elsewhere: `rollback` is also `roll back`."""
        ways = ((word[:place], word[place:]) for place in range(_PART, len(word) - _PART + 1))
        return tuple(f"{one} {two}" for one, two in ways if one in self._words and two in self._words)[:1]


def _bag(words: Iterable[str]) -> frozenset[str]:
    """Give the words that say something, in no order, one like many."""
    return frozenset(word.removesuffix("s") for word in words if not vocabulary.is_idle(word))


def _called(entries: Sequence[Entry]) -> Mapping[frozenset[str], Sequence[int]]:
    """Give the entries that are called or asked for in the very same words, in whatever order."""
    found: dict[frozenset[str], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        aliases = () if isinstance(entry, Tip) else entry.aliases
        bags = {_bag(matching.key(words).split()) for words in (name(entry), *aliases, *entry.asks)}
        for bag in bags - {frozenset()}:
            found[bag].append(place)
    return found


def _quoted(words: Iterable[str]) -> str:
    """Give an FTS5 expression for any of the words; they are letters and digits alone, so quotes cannot break out."""
    return " OR ".join(f'"{word}"' for word in words)


_WORDS = 24  # typed words that are looked for; a pasted page must cost nothing
_MOST = 6  # entries that are named
_CORRECTED = 5  # letters a word has at least before it is taken for a misspelling
_REMEMBERED = 2_000  # words whose places are kept once looked up
_PART = 3  # letters that each part of a compound has at least
_SAID = 3.0  # times what an entry scores that is called or asked for in the same words
_ASK = 2.0  # times what it scores elsewhere, a word scores in a question that people ask
_LEAST = 0.2  # of what the words mean, which an entry has to cover
_MAIN_ENOUGH = 0.6  # of the best passage, from which the main one is shown
_NOWHERE = _Place(0.0, -1, 0.0)
_IN_PASSING = 0.5  # of a word that stands below the card alone, so much is covered
_WEIGHTS: Mapping[Where, float] = {
    "comparison": 1.0,
    "tip": 1.0,
    "term": 1.0,
    "detail": 0.5,
    "sources": 0.5,
    "exercise": 0.4,
    "examples": 0.4,
    "questions": 0.4,
    "metrics": 0.5,
    "failures": 0.6,
    "checklist": 0.4,
    "role": 0.4,
}
_TOKENS = "tokenize='porter unicode61 remove_diacritics 2'"
_RANKED = "SELECT rowid, bm25(page, 4.0, 4.0, 1.0) FROM page WHERE page MATCH ?"
_ASKED = "SELECT rowid, bm25(ask) FROM ask WHERE ask MATCH ?"
