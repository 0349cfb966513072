"""Search the whole content for typed words: which entries answer them, best first, and with which passage."""

import math
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import nlargest
from itertools import pairwise

from cachetools import LRUCache
from msgspec import Struct

from content import likeness, matching
from content.model import Dilemma, Dimension
from content.search import tables, vocabulary
from content.search.passages import Entry, Passage
from content.search.postings import PLAINLY, Posting, Postings, Typed


class Match(Struct, frozen=True):
    """An entry that speaks of some words: the passage that fits best, how well (more is better), and what it lacks.

    `covered` is how much of what the words mean the entry has, from 0 to 1: rare words count more than common ones.
    `missed` are the typed words that it does not have. It `answers` unless it only shares a common word.
    """

    passage: Passage
    score: float
    covered: float
    missed: tuple[str, ...]
    answers: bool


class _Group(Struct, frozen=True):
    """A typed word, the forms in which it was looked for, and where these stand."""

    typed: str
    forms: tuple[str, ...]
    posting: Posting


class Search:
    """Ranks the entries of the content by how well they fit typed words. It may be used from any thread."""

    def __init__(self, entries: Sequence[Entry], image: bytes | None = None) -> None:
        self._postings = Postings(entries, image)
        self._lock = threading.Lock()
        self._meant: LRUCache[str, tuple[str, ...]] = LRUCache(_REMEMBERED)

    def image(self) -> bytes:
        """Give what was built from the entries, to be kept: it spares a search of the same ones the building."""
        return self._postings.image()

    def knows(self, word: str) -> bool:
        """Say whether the word, or another form of it, stands anywhere in the content."""
        return self._postings.knows(word)

    def matches(self, words: str, among: type[Entry] | None = None) -> tuple[Match, ...]:
        """Find the entries that speak of the words, best first. Any input is words; nothing in it is syntax.

        With `among`, those of one kind alone.
        """
        typed = tables.typed(words)
        seen = self._postings.typed(typed)
        groups = self._groups(typed, seen)
        whole = sum(group.posting.rarity for group in groups)
        scores = self._by_fields(groups, whole)
        if among is not None:
            scores = {
                place: score for place, score in scores.items() if isinstance(self._postings.entries[place], among)
            }
        together = [self._postings.together(pair) for pair in _pairs(typed)]
        called = self._postings.called(group.forms[0] for group in groups)
        candidates = {*nlargest(_CANDIDATES, scores, key=scores.__getitem__), *called, seen.said} & scores.keys()
        found = []
        for entry in candidates:
            asked, covered = self._by_questions(entry, groups, whole)
            score = scores[entry] + asked
            for pair in together:
                if entry in pair:
                    score += _PAIR * pair[entry]
            score *= math.sqrt(covered) * (_SAID if entry in called else 1.0) * (_SAID if entry == seen.said else 1.0)
            found.append((score * _worth(self._postings.entries[entry]), covered, entry))
        return tuple(self._match(*each, groups, whole) for each in nlargest(_MOST, found))

    @staticmethod
    def _by_fields(groups: Sequence[_Group], whole: float) -> Mapping[int, float]:
        """Sum up for each entry where the words stand in its fields."""
        scores: dict[int, float] = {}
        left = whole
        for group in sorted(groups, key=lambda group: -group.posting.rarity):
            fields = zip(group.posting.entries, group.posting.fields, strict=True)
            # Common words, which even together cover too little, only add to what has a rarer one.
            if left >= whole * _LEAST or not scores:
                for entry, score in fields:
                    scores[entry] = scores.get(entry, 0.0) + score
            else:
                for entry, score in fields:
                    if entry in scores:
                        scores[entry] += score
            left -= group.posting.rarity
        return scores

    def _by_questions(self, entry: int, groups: Sequence[_Group], whole: float) -> tuple[float, float]:
        """Give what an entry's questions are worth that have the words, the best three; and how much it covers."""
        scores: dict[int, float] = {}
        had: dict[int, float] = {}
        covered = 0.0
        first, end = self._postings.first[entry], self._postings.first[entry + 1]
        for group in groups:
            posting = group.posting
            has = posting.has[entry]
            if not has:
                continue
            rarity = posting.rarity
            covered += rarity if has & PLAINLY else rarity * _IN_PASSING
            asks = posting.asks
            worths = posting.worths
            place = bisect_left(asks, first)
            for at in range(place, bisect_left(asks, end, place)):
                ask = asks[at]
                scores[ask] = scores.get(ask, 0.0) + worths[at]
                had[ask] = had.get(ask, 0.0) + rarity
        worth = sorted([score * math.sqrt(had[ask] / whole) for ask, score in scores.items()], reverse=True)
        asked = _BEST_ASK * worth[0] + _OTHER_ASKS * sum(worth[1:3]) if worth else 0.0
        return asked, covered / whole

    def _match(self, score: float, covered: float, entry: int, groups: Sequence[_Group], whole: float) -> Match:
        """Choose what is shown of an entry, and say what it lacks."""
        row = self._postings.main[entry]
        if isinstance(self._postings.entries[entry], Dimension):
            row = self._voted(entry, groups)
        missed = tuple(group.typed for group in groups if not group.posting.has[entry])
        if len(self._postings.entries) < _FEW:
            answers = covered >= _LEAST_OF_FEW
        else:
            least = next(fit for count, fit in _LEAST_FIT if len(groups) >= count)
            answers = covered >= _LEAST and score >= least * whole * _worth(self._postings.entries[entry])
        return Match(self._postings.passage(row), score, min(covered, 1.0), missed, answers)

    def _voted(self, entry: int, groups: Sequence[_Group]) -> int:
        """Give the passage of a dimension for which most words vote, each for the one where it stands best.

        A tip is its idea and a term its meaning; of a dimension a question or a failure may answer alone.
        """
        main = self._postings.main[entry]
        votes: dict[int, float] = defaultdict(float)
        for group in groups:
            if spot := group.posting.spots.get(entry):
                votes[spot.row] += spot.score
            elif group.posting.has[entry] & PLAINLY:  # in the questions that people ask
                votes[main] += group.posting.rarity
        return max(votes, key=lambda row: (votes[row], row == main), default=main)

    def _groups(self, typed: Sequence[str], seen: Typed) -> tuple[_Group, ...]:
        """Give the words to look for, each with where it stands; those that say nothing are left out."""
        meant = [word for word in typed if not vocabulary.is_idle(word)]
        if not meant and seen.said >= 0:
            meant = list(typed)
        groups = []
        for word in meant:
            forms = (*self._forms(word), *((seen.joined[word],) if word in seen.joined else ()))
            groups.append(_Group(word, forms, self._postings.of(forms)))
        return tuple(groups)

    def _forms(self, word: str) -> tuple[str, ...]:
        with self._lock:
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
        near = likeness.misspelt(word, self._postings.long_words(_CORRECTED), most=3, count=5)
        return next(((each,) for each, _, _ in near if _is_misspelt(word, each)), (word,))

    def _apart(self, word: str) -> tuple[str, ...]:
        """Give the two words that a word is written as elsewhere: `rollback` is also `roll back`."""
        ways = [(word[:place], word[place:]) for place in range(_PART, len(word) - _PART + 1)]
        standing = self._postings.standing({part for way in ways for part in way})
        return tuple(f"{one} {two}" for one, two in ways if one in standing and two in standing)[:1]


def _worth(entry: Entry) -> float:
    """Say how much what fits of an entry is worth beside what fits of another kind."""
    return _ASKED_BACK if isinstance(entry, Dilemma) else 1.0


def _is_misspelt(word: str, meant: str) -> bool:
    """Say whether a word is another but for slips; in a short one, another letter makes another word: `quack`."""
    is_other = len(word) == len(meant) == _CORRECTED and sorted(word) != sorted(meant)
    return not is_other and matching.slips(word, meant) is not None


def _pairs(typed: Sequence[str]) -> Sequence[str]:
    """Give the words that stand side by side, unless neither says anything."""
    return [f"{one} {two}" for one, two in pairwise(typed) if not (vocabulary.is_idle(one) and vocabulary.is_idle(two))]


_MOST = 6  # entries that are named
_CORRECTED = 5  # letters a word has at least before it is taken for a misspelling
_PART = 3  # letters that each part of a compound has at least
_REMEMBERED = 1_000  # words whose meaning is kept once found out
_CANDIDATES = 24  # entries, the best by their fields, of which the questions are looked at
_LEAST = 0.2  # of what the words mean, which an entry has to cover
_IN_PASSING = 0.5  # of a word that stands below the card alone, so much is covered
# What an entry scores at least to answer so many words, by how rare these are. A whole sentence always has words that
# stand nowhere; two or three should all fit; and one that is found at all is meant.
_FEW = 50  # entries, of which scores say little, as no word is rare
_LEAST_OF_FEW = 0.3
_LEAST_FIT = ((4, 1.8), (3, 3.6), (2, 4.0), (0, 0.0))
# Measured on the half of the questions that may be tuned for: what the three best questions of an entry are worth, what
# words side by side are, and how many times more an entry scores that is called or asked for in the same words.
_BEST_ASK, _OTHER_ASKS = 2.5, 1.0
_PAIR = 2.0
_SAID = 3.0
# A dilemma asks back where a tip or a term answers, so that it comes first only where it fits clearly better.
_ASKED_BACK = 0.6
