"""The content that is shipped lasts a year and a half, is whole in every dimension, and passes its check."""

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

from bot.cli import check
from content import inline, library
from content.model import Dimension

CONTENT = Path("content/ai-pm")
TODAY = date(2026, 11, 24)
_PARTS = ("A worked example", "What to watch out for")


def test_a_tip_a_week_for_a_year_and_a_half() -> None:
    """At least 78, none of the dimensions under nine, and no two of one dimension in a row."""
    read = library.load(CONTENT)
    counts = Counter(tip.dimension for tip in read.tips)
    assert len(read.tips) >= 78
    assert min(counts[dimension.id] for dimension in read.dimensions) >= 9
    assert [one.id for one, next_ in pairwise(read.tips) if one.dimension == next_.dimension] == []
    assert len({tip.title for tip in read.tips}) == len(read.tips)


def test_every_tip_asks_for_less_than_half_an_hour_and_cites() -> None:
    """One idea of at most 600 characters, mistakes to watch for, how to tell that it was done, and a source."""
    for tip in library.load(CONTENT).tips:
        assert len(inline.plain(tip.idea)) <= 600, tip.id
        assert tip.exercise.minutes <= 30, tip.id
        assert [section.label for section in tip.detail if section.label in _PARTS] == list(_PARTS), tip.id
        assert tip.exercise.done, tip.id
        assert tip.sources, tip.id


def test_every_dimension_is_there_in_depth() -> None:
    """Three kinds of product, ten questions, metrics, failures, a checklist, three readers, and dilemmas."""
    read = library.load(CONTENT)
    for dimension in read.dimensions:
        _judge(dimension)
    dilemmas = Counter(each.dimension for each in read.dilemmas)
    assert sum(dilemmas.values()) >= 14
    assert min(dilemmas[dimension.id] for dimension in read.dimensions) >= 2
    assert all(3 <= len(each.choices) <= 4 for each in read.dilemmas)


def _judge(dimension: Dimension) -> None:
    depth = dimension.depth
    assert [each.kind for each in depth.examples] == ["consumer", "business", "internal"], dimension.id
    assert len(depth.questions) == 10, dimension.id
    assert len(set(depth.questions)) == 10, dimension.id
    assert 3 <= len(depth.metrics) <= 6, dimension.id
    assert 2 <= len(depth.failures) <= 4, dimension.id
    assert 5 <= len(depth.checklist) <= 10, dimension.id
    assert depth.roles is not None, dimension.id


def test_sixty_terms() -> None:
    """Each in two sentences, with no word that leads to two of them."""
    terms = library.load(CONTENT).terms
    assert len(terms) >= 60
    words = Counter(word.casefold() for term in terms for word in {term.term, *term.aliases})
    assert [word for word, count in words.items() if count > 1] == []


def test_the_check_has_nothing_to_say() -> None:
    """No fault and no warning: citations resolve, references are used, no text changed without its version."""
    report = check.content(CONTENT, TODAY)
    assert report.ok
    assert "(warning)" not in report.as_text()
