"""The questions are well formed, and how many of them find their answer can be counted."""

from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
import yaml

from bot.cli import questions
from bot.cli.questions import HALVES, LIST, NOTHING, Half
from content import library as library_
from content.library import Library
from tests import strict

QUESTIONS = Path("tests/content/questions.yaml")
SHIPPED = Path("content/ai-pm")
LEAST_RIGHT_FIRST, LEAST_RIGHT_AMONG_FIRST, MOST_NOTHING_USEFUL = 0.75, 0.88, 0.08  # just under today's, of each half
FEWEST_IN_ALL = 180
FEWEST_OF_A_KIND = {LIST: 15, NOTHING: 10}
FEWEST_OF_A_DIMENSION = 30


class Question(strict.Underscored):
    """What a person types, and the subjects that answer it, best first; or that nothing does."""

    ask: str
    answers: list[str] = strict.MAY
    nothing: Literal[True] = strict.MAY
    half: Half

    @property
    def right(self) -> tuple[str, ...]:
        """Give what may be shown, best first."""
        return tuple(self.answers or (NOTHING,))


class File(strict.Underscored):
    """The whole file."""

    questions: list[Question]


def _held() -> object:
    return yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped content, loaded once."""
    return library_.load(SHIPPED)


def test_the_file_is_of_its_form() -> None:
    """Every entry has its properties, each of its type, and no others."""
    assert strict.faults(File, _held()) == []


def test_every_question_names_subjects_there_are_once(library: Library) -> None:
    """Each is asked once, and either names subjects of the content, once each, or says that there is nothing."""
    known = {
        LIST,
        *(f"dimension/{dimension.id}" for dimension in library.dimensions),
        *(f"tip/{tip.id}" for tip in library.tips),
        *(f"term/{term.id}" for term in library.terms),
    }
    asked = File.model_validate(_held()).questions
    unknown = [(one.ask, subject) for one in asked for subject in one.answers or () if subject not in known]
    twice = [one.ask for one in asked if len(set(one.right)) < len(one.right)]
    unclear = [one.ask for one in asked if bool(one.answers) == bool(one.nothing)]
    times = Counter(" ".join(one.ask.casefold().split()) for one in asked)
    assert (unknown, twice, unclear) == ([], [], [])
    assert [ask for ask, count in times.items() if count > 1 or not ask] == []


def test_the_halves_take_turns() -> None:
    """Every other question is kept, so the halves are equal within one, and whatever is added is halved too."""
    asked = File.model_validate(_held()).questions
    assert [one.half for one in asked] == [HALVES[at % 2] for at in range(len(asked))]


def test_the_questions_cover_the_content(library: Library) -> None:
    """Every dimension, every tip and term, the overview and what is not there are asked for, and often enough."""
    dimension_of = {
        **{f"dimension/{dimension.id}": dimension.id for dimension in library.dimensions},
        **{f"tip/{tip.id}": tip.dimension for tip in library.tips},
        **{f"term/{term.id}": term.dimension for term in library.terms},
    }
    asked = File.model_validate(_held()).questions
    best = Counter(dimension_of.get(one.right[0], one.right[0]) for one in asked)
    fewest = {**{dimension.id: FEWEST_OF_A_DIMENSION for dimension in library.dimensions}, **FEWEST_OF_A_KIND}
    assert len(asked) >= FEWEST_IN_ALL
    assert {kind: best[kind] for kind, least in fewest.items() if best[kind] < least} == {}
    assert sorted(dimension_of.keys() - {subject for one in asked for subject in one.right}) == []


def test_the_figures_can_be_computed(library: Library) -> None:
    """Every question is answered by something that can be read as subjects, and no worse than before."""
    counted = questions.figures(library, questions.read(QUESTIONS))
    for half, figure in counted.items():
        print(f"{half}: {figure}")  # noqa: T201 # the figures are what this is run for: pytest -s
        assert 0 <= figure.right_first <= figure.right_among_first <= 1 - figure.nothing_useful <= 1
        assert figure.right_first >= LEAST_RIGHT_FIRST
        assert figure.right_among_first >= LEAST_RIGHT_AMONG_FIRST
        assert figure.nothing_useful <= MOST_NOTHING_USEFUL
