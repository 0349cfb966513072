"""Search the whole content for typed words, and group what is found by dimension."""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from rapidfuzz import process
from rapidfuzz.distance import OSA

from content import inline, matching
from content.inline import Rich
from content.levels import LEVELS, Level, called
from content.levels import Page as PageName
from content.model import Depth, Dimension, Levelled, Term, Tip

Where = Level | Literal["comparison", "tip", "glossary"]


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of content as the search sees it; `dimension` is the id of the card it belongs to."""

    dimension: str
    where: Where
    title: str
    aliases: str
    body: str


@dataclass(frozen=True, slots=True)
class Match:
    """The best page of one dimension for some words: how well it fits (more is better), and the part that does."""

    page: Page
    score: float
    excerpt: str


class Search:
    """A full-text index of pages, in memory.

    One connection serves all threads: SQLite is built serialized (`sqlite3.threadsafety` is 3), nothing is written
    after the index is built, and whoever still searches an index that a reload replaced keeps it open until done.
    """

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = tuple(pages)
        self._words = tuple(word for word in _words(pages) if len(word) >= _CORRECTED)
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._connection.close)
        self._connection.execute(
            """CREATE VIRTUAL TABLE page USING fts5
            (title, aliases, body, tokenize='porter unicode61 remove_diacritics 2')"""
        )
        self._connection.executemany(
            "INSERT INTO page (rowid, title, aliases, body) VALUES (?, ?, ?, ?)",
            [(number, page.title, page.aliases, page.body) for number, page in enumerate(pages)],
        )

    def knows(self, word: str) -> bool:
        """Say whether the word, or another form of it, stands anywhere in the content."""
        return bool(
            self._connection.execute("SELECT 1 FROM page WHERE page MATCH ? LIMIT 1", (_quoted([word]),)).fetchall()
        )

    def matches(self, words: str) -> tuple[Match, ...]:
        """Find the dimensions that speak of the words, best first. Any input is words; nothing in it is syntax."""
        groups = tuple(self._groups(words))
        totals: dict[int, float] = {}
        peaks: dict[tuple[str, int], float] = {}
        for number, (group, weight) in enumerate(groups):
            for row, rank in self._connection.execute(_RANKED, (_quoted(group),)):
                page = self._pages[row]
                score = -rank * _WEIGHTS.get(page.where, 1.0) * weight
                totals[row] = totals.get(row, 0.0) + score
                peak = (page.dimension, number)
                peaks[peak] = max(peaks.get(peak, 0.0), score)
        best: dict[str, int] = {}
        for row in sorted(totals, key=lambda row: -totals[row]):
            best.setdefault(self._pages[row].dimension, row)
        # A dimension that speaks of all the words, if in different places, beats one that repeats a single word.
        scores = {
            dimension: totals[row] + sum(peaks.get((dimension, number), 0.0) for number in range(len(groups))) / 2
            for dimension, row in best.items()
        }
        query = _quoted([word for group, _ in groups for word in group])
        ranked = sorted(scores, key=lambda dimension: -scores[dimension])
        kept = [dimension for dimension in ranked if scores[dimension] >= scores[ranked[0]] * _WEAKEST][:_MOST]
        return tuple(
            Match(self._pages[best[dimension]], scores[dimension], self._excerpt(query, best[dimension]))
            for dimension in kept
        )

    def _groups(self, words: str) -> Iterator[tuple[tuple[str, ...], float]]:
        """Give the words to look for, each with its kin and its weight; misspelt ones are corrected."""
        typed = tuple(dict.fromkeys(matching.key(words).split()))[:_WORDS]
        meant = [word for word in typed if word not in _STOP or word in _KIN] or list(typed)
        for word in meant:
            kin = _KIN.get(word, ())
            if word in _STOP and kin:
                yield kin, _HINT
            elif len(word) >= _CORRECTED and not self.knows(word):
                yield (self._correction(word), *kin), 1.0
            else:
                yield (word, *kin), 1.0

    def _correction(self, word: str) -> str:
        """Give the word of the content that was probably meant, or the word itself."""
        near = process.extractOne(word, self._words, scorer=OSA.distance, score_cutoff=3)
        return near[0] if near and matching.slips(word, near[0]) is not None else word

    def _excerpt(self, query: str, row: int) -> str:
        found = self._connection.execute(_EXCERPT, (query, row)).fetchall()
        return " ".join(found[0][0].split()) if found else ""


def is_idle(word: str) -> bool:
    """Say whether a word, as `matching.key` gives it, says nothing of what a text is about."""
    return word in _STOP


def pages(dimensions: Iterable[Dimension], tips: Iterable[Tip], terms: Iterable[Term]) -> Iterator[Page]:
    """Cut the content into pages."""
    for dimension in dimensions:
        body = _joined((dimension.left, dimension.right, dimension.shift))
        yield Page(dimension.id, "comparison", dimension.title, " · ".join((dimension.short, *dimension.aliases)), body)
        for level in LEVELS:
            yield from (Page(dimension.id, level, title, "", words) for title, words in _level(dimension, level))
        for page in dimension.depth.pages:
            yield Page(dimension.id, "detail", called(page).title, "", _page(dimension.depth, page))
    for tip in tips:
        body = _joined((tip.idea, tip.try_this))
        yield Page(tip.dimension, "tip", tip.title, "", body)
        ordered = sorted(LEVELS, key=lambda level: level == "sources")  # what others say comes last in an excerpt
        deeper = " ".join(words for level in ordered for _, words in _level(tip, level))
        yield Page(tip.dimension, "tip", tip.title, "", deeper)
    for term in terms:
        yield Page(term.dimension, "glossary", term.term, " · ".join(term.aliases), inline.plain(term.meaning))


def _level(content: Levelled, level: Level) -> Iterator[tuple[str, str]]:
    """Give the titles and the words of what a level holds."""
    match level:
        case "detail":
            yield from ((section.label, inline.plain_prose(section.prose)) for section in content.detail)
        case "sources":
            yield from ((source.reference.title, inline.plain(source.says)) for source in content.sources)
        case "exercise":
            yield content.exercise.title, _joined((*content.exercise.steps, content.exercise.done))
        case _:
            assert_never(level)


def _page(depth: Depth, page: PageName) -> str:
    match page:
        case "examples":
            return " ".join(f"{each.title} {inline.plain_prose(each.text)}" for each in depth.examples)
        case "questions":
            return _joined(depth.questions)
        case "metrics":
            return " ".join(f"{each.name} {_joined((each.formula, each.trap))}" for each in depth.metrics)
        case "failures":
            return " ".join(f"{each.title} {_joined((each.happened, each.learn))}" for each in depth.failures)
        case "checklist":
            return _joined(depth.checklist)
        case "role":
            return " ".join(inline.plain_prose(text) for text in (depth.roles.texts if depth.roles else ()))
        case _:
            assert_never(page)


def _joined(texts: Iterable[Rich]) -> str:
    return " ".join(inline.plain(text) for text in texts)


def _words(pages: Sequence[Page]) -> set[str]:
    # key() looks at so many characters only, hence word by word, and each once
    found = {word for page in pages for word in f"{page.title} {page.aliases} {page.body}".split()}
    return {key for word in found for key in matching.key(word).split()}


def _quoted(words: Iterable[str]) -> str:
    """Give an FTS5 expression for any of the words; they are letters and digits alone, so quotes cannot break out."""
    return " OR ".join(f'"{word}"' for word in words)


_WORDS = 24  # typed words that are looked for; a pasted page must cost nothing
_MOST = 5  # dimensions that are named, to leave room for the buttons below
_WEAKEST = 0.2  # of the best score: below it a match only shares a common word
_HINT = 0.2  # of a full word's weight has what a question word hints at, since all of its kin count together
_CORRECTED = 5  # letters a word has at least before it is taken for a misspelling
_WEIGHTS: Mapping[Where, float] = {"comparison": 3.0, "glossary": 1.5, "exercise": 0.8, "sources": 0.6}  # others: 1
_RANKED = "SELECT rowid, bm25(page, 6.0, 8.0, 1.0) FROM page WHERE page MATCH ?"
_EXCERPT = "SELECT snippet(page, 2, '', '', '…', 18) FROM page WHERE page MATCH ? AND rowid = ?"
_STOP_WORDS = (
    "a about ai am an and any are as at be been but by can could did do does dont for from get give had has have "
    "having he her him his how i if in is isnt it its just like make me more much my need no not of on or our pm "
    "pms she should show so some tell than that the their them then there these they this those to too us use was "
    "we were what when where which who whom whose why will with would you your"
)
_STOP = frozenset(_STOP_WORDS.split())
# Question words and plain words that name a subject without using its word. General English only: what a deck's own
# subjects are called stands in its aliases.
_KIN: Mapping[str, tuple[str, ...]] = {
    "who": ("people", "partners", "stakeholders", "team", "collaboration"),
    "whom": ("people", "partners", "stakeholders", "team", "collaboration"),
    "colleagues": ("partners", "team"),
    "coworkers": ("partners", "team"),
    "learn": ("skills", "literacy"),
    "study": ("skills", "literacy"),
    "law": ("legal", "regulation", "regulatory"),
    "lawyer": ("legal",),
    "lawyers": ("legal",),
    "danger": ("risk", "harm"),
    "dangerous": ("risk", "harm"),
    "money": ("revenue", "cost"),
    "wrong": ("error", "failure"),
}
