"""The questions are well formed, and how many of them find their answer can be counted."""

from collections import Counter
from pathlib import Path

import pytest

from bot.cli import questions, questions_file
from bot.cli.questions import HALVES, LIST, NOTHING
from bot.cli.questions_file import Asked
from content import library as library_
from content.library import Library

QUESTIONS = Path("tests/content/questions.yaml")
SHIPPED = Path("content/ai-pm")
LEAST_RIGHT_FIRST, LEAST_RIGHT_AMONG_FIRST, MOST_NOTHING_USEFUL = 0.75, 0.88, 0.08  # just under today's, of each half
FEWEST_IN_ALL = 180
FEWEST_OF_A_KIND = {LIST: 15, NOTHING: 10}
FEWEST_OF_A_DIMENSION = 30


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped content, loaded once."""
    return library_.load(SHIPPED)


@pytest.fixture(scope="module")
def asked(library: Library) -> Asked:
    """The file, read once."""
    return questions_file.read(QUESTIONS, library)


def test_the_file_has_no_fault(asked: Asked) -> None:
    """Each is asked once, of its form, of a half by turns, and names subjects that exist, or that nothing answers."""
    assert asked.file.faults == []
    assert [one.half for one in asked.questions] == [HALVES[at % 2] for at in range(len(asked.questions))]


def test_the_questions_cover_the_content(library: Library, asked: Asked) -> None:
    """Every dimension, every tip and term, the overview and what is not there are asked for, and often enough."""
    dimension_of = {
        **{f"dimension/{dimension.id}": dimension.id for dimension in library.dimensions},
        **{f"tip/{tip.id}": tip.dimension for tip in library.tips},
        **{f"term/{term.id}": term.dimension for term in library.terms},
    }
    best = Counter(dimension_of.get(one.right[0], one.right[0]) for one in asked.questions)
    fewest = {**{dimension.id: FEWEST_OF_A_DIMENSION for dimension in library.dimensions}, **FEWEST_OF_A_KIND}
    assert len(asked.questions) >= FEWEST_IN_ALL
    assert {kind: best[kind] for kind, least in fewest.items() if best[kind] < least} == {}
    assert sorted(dimension_of.keys() - {subject for one in asked.questions for subject in one.right}) == []


def test_the_figures_can_be_computed(library: Library, asked: Asked) -> None:
    """Every question is answered by something that can be read as subjects, and no worse than before."""
    counted = questions.figures(library, asked.questions)
    for half, figure in counted.items():
        print(f"{half}: {figure}")  # noqa: T201 # the figures are what this is run for: pytest -s
        assert 0 <= figure.right_first <= figure.right_among_first <= 1 - figure.nothing_useful <= 1
        assert figure.right_first >= LEAST_RIGHT_FIRST
        assert figure.right_among_first >= LEAST_RIGHT_AMONG_FIRST
        assert figure.nothing_useful <= MOST_NOTHING_USEFUL
