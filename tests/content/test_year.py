"""The content that is shipped lasts two years, is whole in every dimension, and passes its check."""

import os
import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

from bot.cli import check, questions
from content import inline, library
from content.model import Dimension

CONTENT = Path("content/ai-pm")
TODAY = date(2026, 11, 27)
_PARTS = ("A worked example", "What to watch out for")


def test_a_tip_a_week_for_two_years() -> None:
    """At least 114, none of the dimensions under sixteen, and no two of one dimension in a row."""
    read = library.load(CONTENT)
    counts = Counter(tip.dimension for tip in read.tips)
    assert len(read.tips) >= 114
    assert min(counts[dimension.id] for dimension in read.dimensions) >= 16
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


def test_every_tip_can_be_played_and_planned() -> None:
    """A question on a new case, a sentence to copy, what it needs, which side wins; and people's own words for it."""
    read = library.load(CONTENT)
    assert [tip.id for tip in read.tips if not (tip.recall and tip.needs and tip.wins and tip.exercise.plan)] == []
    assert [dimension.id for dimension in read.dimensions if not dimension.exercise.plan] == []
    entries: tuple[library.Entry, ...] = (*read.dimensions, *read.tips, *read.dilemmas, *read.terms)
    assert [entry.id for entry in entries if len(entry.asks) < 4] == []


def test_the_first_tips_need_no_product_and_come_to_agents_early() -> None:
    """The first twelve are for everybody; injection, agents, off-switches and saying that it is AI come soon."""
    tips = library.load(CONTENT).tips
    assert {tip.needs for tip in tips[:12]} == {"none"}
    early = {tip.id for tip in tips[:20]}
    assert {"outside-text-is-a-stranger", "agent-or-assistant", "undo-in-one-tap", "say-it-is-ai-first"} <= early


def test_what_is_cited_is_of_today() -> None:
    """Two of five documents are of 2024 or later, and most were opened."""
    references = library.load(CONTENT).references
    recent = [each for each in references if max(map(int, re.findall(r"20\d\d|19\d\d", each.year))) >= 2024]
    assert len(recent) / len(references) >= 0.4
    assert sum(each.checked == "primary" for each in references) / len(references) >= 0.6


def test_every_dimension_is_there_in_depth() -> None:
    """Three kinds of product, ten questions, metrics, failures, a checklist, three readers, and dilemmas."""
    read = library.load(CONTENT)
    for dimension in read.dimensions:
        _judge(dimension)
    dilemmas = Counter(each.dimension for each in read.dilemmas)
    assert sum(dilemmas.values()) >= 20
    assert min(dilemmas[dimension.id] for dimension in read.dimensions) >= 2
    assert all(3 <= len(each.choices) <= 4 for each in read.dilemmas)


def test_every_dilemma_can_be_played() -> None:
    """Somebody is against each choice, in their own words; a second case follows; and eight questions lead to it."""
    for dilemma in library.load(CONTENT).dilemmas:
        assert dilemma.twist is not None, dilemma.id
        choices = (*dilemma.choices, *dilemma.twist.choices)
        assert all(choice.against for choice in choices), dilemma.id
        assert len({inline.plain(choice.against) for choice in choices}) == len(choices), dilemma.id
        assert len(dilemma.twist.choices) >= 3, dilemma.id
        assert inline.plain(dilemma.twist.situation) not in inline.plain_prose(dilemma.situation), dilemma.id
        assert 8 <= len(dilemma.asks) <= 12, dilemma.id


def test_every_dilemma_is_found_by_its_names_and_its_questions() -> None:
    """Title and id, as links and people write them, and what its writer listed."""
    read = library.load(CONTENT)
    for dilemma in read.dilemmas:
        for words in (dilemma.title, dilemma.title.upper(), dilemma.id, dilemma.id.replace("-", " ")):
            assert read.named_dilemma(words) is dilemma, words
        for words in (dilemma.title, dilemma.id, *dilemma.asks):
            found = read.find(words)
            assert isinstance(found, library.Hits), words
            assert found.first.passage.entry is dilemma, words
            assert questions.shown(read, words)[0] == f"dilemma/{dilemma.id}", words


def _judge(dimension: Dimension) -> None:
    depth = dimension.depth
    assert [each.kind for each in depth.examples] == ["consumer", "business", "internal"], dimension.id
    assert len(depth.questions) == 10, dimension.id
    assert len(set(depth.questions)) == 10, dimension.id
    assert 3 <= len(depth.metrics) <= 6, dimension.id
    assert 2 <= len(depth.failures) <= 4, dimension.id
    assert 5 <= len(depth.checklist) <= 10, dimension.id
    assert depth.roles is not None, dimension.id


def test_a_hundred_and_twenty_terms() -> None:
    """Each in two sentences, with no word that leads to two of them."""
    terms = library.load(CONTENT).terms
    assert len(terms) >= 120
    words = Counter(word.casefold() for term in terms for word in {term.term, *term.aliases})
    assert [word for word, count in words.items() if count > 1] == []


def test_the_check_has_nothing_to_say() -> None:
    """No fault and no warning: citations resolve, references are used, no text changed without its version."""
    report = check.content(CONTENT, TODAY, kept=Path(os.environ["CONTENT_CACHE"]))
    assert report.ok
    assert "(warning)" not in report.as_text()
