"""Search the whole content for typed words: which entries answer them, best first, and with which passage."""

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cachetools import LRUCache
from rapidfuzz import process
from rapidfuzz.distance import OSA

from content import matching
from content.model import Dimension, Tip
from content.search import vocabulary
from content.search.passages import Entry, Passage, name
from content.search.postings import Posting, Postings


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that speaks of some words: the passage that fits best, how well (more is better), and what it lacks.

    `covered` is how much of what the words mean the entry has, from 0 to 1: rare words count more than common ones.
    `missed` are the typed words that it does not have. It `answers` unless it only shares a common word.
    """

    passage: Passage
    score: float
    covered: float
    missed: tuple[str, ...]
    answers: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """A typed word, the forms in which it was looked for, and where these stand."""

    typed: str
    forms: tuple[str, ...]
    posting: Posting


class Search:
    """Ranks the entries of the content by how well they fit typed words. It may be used from any thread."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._postings = Postings(passages)
        self._words = vocabulary.words(
            [f"{each.title} {each.names} {each.body}" for each in passages]
            + [words for entry in self._postings.entries for words in entry.asks]
        )
        self._long = tuple(word for word in self._words if len(word) >= _CORRECTED)
        self._called = _called(self._postings.entries)
        self._asked_so = {
            " ".join(dict.fromkeys(matching.key(words).split())): number
            for number, entry in enumerate(self._postings.entries)
            for words in entry.asks
        }
        self._lock = threading.Lock()
        self._meant: LRUCache[str, tuple[str, ...]] = LRUCache(_REMEMBERED)

    def knows(self, word: str) -> bool:
        """Say whether the word, or another form of it, stands anywhere in the content."""
        return self._postings.knows(word)

    def matches(self, words: str) -> tuple[Match, ...]:
        """Find the entries that speak of the words, best first. Any input is words; nothing in it is syntax."""
        typed = tuple(dict.fromkeys(matching.key(words).split()))[:_WORDS]
        groups = self._groups(typed)
        scores, covered = self._summed(groups)
        for pair in _pairs(typed):
            for entry, score in self._postings.together(pair).items():
                if entry in scores:
                    scores[entry] += _PAIR * score
        for entry in self._called.get(_bag(group.forms[0] for group in groups), ()):
            scores[entry] *= _SAID
        if (entry := self._asked_so.get(" ".join(typed))) in scores:
            scores[entry] *= _SAID
        for entry in scores:
            scores[entry] *= math.sqrt(covered[entry])
            if isinstance(self._postings.entries[entry], Dimension):
                scores[entry] *= _BROAD
        ranked = sorted(scores, key=lambda entry: -scores[entry])[:_MOST]
        return tuple(self._match(entry, scores[entry], covered[entry], groups) for entry in ranked)

    def _summed(self, groups: Sequence[_Group]) -> tuple[dict[int, float], Mapping[int, float]]:
        """Sum up where each word stands: the score of each entry, and how much of what the words mean it covers."""
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
            for entry in tuple(scores) if is_common else posting.fields:
                if score := posting.fields.get(entry):
                    scores[entry] += score
                    covered[entry] += rarity if entry in posting.plain else rarity * _IN_PASSING
            for ask in tuple(asks) if is_common else posting.asks:
                if score := posting.asks.get(ask):
                    asks[ask] += score
                    had[ask] += rarity
        for entry, score in self._asked(asks, had, whole).items():
            scores[entry] += score
        return scores, {entry: covered[entry] / whole for entry in scores}

    def _asked(self, asks: Mapping[int, float], had: Mapping[int, float], whole: float) -> Mapping[int, float]:
        """Give what the questions of each entry are worth that have the words: the best, and the next two less."""
        found: dict[int, list[float]] = defaultdict(list)
        for ask, score in asks.items():
            found[self._postings.asked[ask]].append(score * math.sqrt(had[ask] / whole))
        worth = {}
        for entry, scores in found.items():
            best, *others = sorted(scores, reverse=True)[: len(_ASKS)]
            worth[entry] = sum(weight * score for weight, score in zip(_ASKS, (best, *others), strict=False))
        return worth

    def _match(self, entry: int, score: float, covered: float, groups: Sequence[_Group]) -> Match:
        """Choose the passage for which most words vote, each for the one where it stands best."""
        main = self._postings.main[entry]
        votes: dict[int, float] = defaultdict(float)
        for group in groups:
            if spot := group.posting.spots.get(entry):
                votes[spot.row] += spot.score
            elif entry in group.posting.plain:  # in the questions that people ask
                votes[main] += group.posting.rarity
        row = max(votes, key=lambda row: (votes[row], row == main), default=main)
        missed = tuple(group.typed for group in groups if entry not in group.posting.entries)
        whole = sum(group.posting.rarity for group in groups)
        if len(self._postings.entries) < _FEW:
            answers = covered >= _LEAST_OF_FEW
        else:
            least = next(fit for count, fit in _LEAST_FIT if len(groups) >= count)
            answers = covered >= _LEAST and score >= least * whole
        return Match(self._postings.passages[row], score, min(covered, 1.0), missed, answers)

    def _groups(self, typed: Sequence[str]) -> tuple[_Group, ...]:
        """Give the words to look for, each with where it stands; those that say nothing are left out."""
        meant = [word for word in typed if not vocabulary.is_idle(word)] or list(typed)
        joined = {word: f"{word}{after}" for word, after in pairwise(typed) if f"{word}{after}" in self._words}
        groups = []
        for word in meant:
            forms = (*self._forms(word), *((joined[word],) if word in joined else ()))
            groups.append(_Group(word, forms, self._postings.of(forms)))
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
        return next(((each,) for each, _, _ in near if _is_misspelt(word, each)), (word,))

    def _apart(self, word: str) -> tuple[str, ...]:
        """Give the two words that a word is written as elsewhere: `rollback` is also `roll back`."""
        ways = ((word[:place], word[place:]) for place in range(_PART, len(word) - _PART + 1))
        return tuple(f"{one} {two}" for one, two in ways if one in self._words and two in self._words)[:1]


def _is_misspelt(word: str, meant: str) -> bool:
    """Say whether a word is another but for slips; in a short one, another letter makes another word: `quack`."""
    is_other = len(word) == len(meant) == _CORRECTED and sorted(word) != sorted(meant)
    return not is_other and matching.slips(word, meant) is not None


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


def _pairs(typed: Sequence[str]) -> Sequence[str]:
    """Give the words that stand side by side, unless neither says anything."""
    return [f"{one} {two}" for one, two in pairwise(typed) if not (vocabulary.is_idle(one) and vocabulary.is_idle(two))]


_WORDS = 24  # typed words that are looked for; a pasted page must cost nothing
_MOST = 6  # entries that are named
_CORRECTED = 5  # letters a word has at least before it is taken for a misspelling
_PART = 3  # letters that each part of a compound has at least
_REMEMBERED = 2_000  # words whose meaning is kept once found out
_LEAST = 0.2  # of what the words mean, which an entry has to cover
_IN_PASSING = 0.5  # of a word that stands below the card alone, so much is covered
# What an entry scores at least to answer so many words, by how rare these are. A whole sentence always has words that
# stand nowhere; of two or three all should fit; and one that is found at all is meant.
_FEW = 50  # entries, of which scores say little, as no word is rare
_LEAST_OF_FEW = 0.3
_LEAST_FIT = ((4, 1.0), (2, 2.35), (0, 0.0))
# Measured on the half of the questions that may be tuned for: what the three best questions of an entry are worth, what
# words side by side are, how many times more an entry scores that is called or asked for in the same words, and
# how much less a dimension, which speaks of everything.
_ASKS = (2.0, 1.5, 1.5)
_PAIR = 0.7
_SAID = 3.0
_BROAD = 0.8
