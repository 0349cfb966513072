"""The questions are well formed, and how many of them find their answer can be counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pytest
import yaml

from cards.compose import dimensions, found, parts
from cards.model import Action, Actions, Button, Card, Pressable, Select
from content import library as library_
from content.library import Library
from handlers import answers
from handlers.asking import kinds
from tests import strict

QUESTIONS = Path("tests/content/questions.yaml")
SHIPPED = Path("content/ai-pm")
LIST = "list"
NOTHING = "nothing"
Half = Literal["seen", "kept"]
HALVES: tuple[Half, ...] = get_args(Half)
FIRST_SHOWN = 3  # what a person reads before typing something else
LEAST_RIGHT_FIRST, LEAST_RIGHT_AMONG_FIRST, MOST_NOTHING_USEFUL = 0.30, 0.40, 0.57  # of each half: today's, rounded
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


@dataclass(frozen=True, slots=True)
class Figures:
    """How one half of the questions fared, in shares of it from 0 to 1."""

    asked: int
    right_first: float
    right_among_first: float
    nothing_useful: float

    def __str__(self) -> str:
        """Give the line a person reads."""
        return (
            f"{self.asked} asked: {self.right_first:.1%} right at first, {self.right_among_first:.1%} right within"
            f" {FIRST_SHOWN}, {self.nothing_useful:.1%} with nothing useful"
        )


def questions() -> Sequence[Question]:
    """Read the questions in their order."""
    return File.model_validate(_held()).questions


def figures(library: Library) -> dict[Half, Figures]:
    """Ask every question, and say for each half how often the answer was right."""
    asked = questions()
    return {half: _figures(library, [one for one in asked if one.half == half]) for half in HALVES}


def _figures(library: Library, some: Sequence[Question]) -> Figures:
    places = [place(library, one) for one in some]

    def share(holds: Callable[[int | None], bool]) -> float:
        return sum(map(holds, places)) / len(places)

    return Figures(
        asked=len(some),
        right_first=share(lambda at: at == 0),
        right_among_first=share(lambda at: at is not None and at < FIRST_SHOWN),
        nothing_useful=share(lambda at: at is None),
    )


def place(library: Library, question: Question) -> int | None:
    """Say as which of what is shown an answer comes, from 0; None where none of it answers."""
    for at, subject in enumerate(shown(library, question.ask)):
        if subject in question.right:
            return at
    return None


def shown(library: Library, typed: str) -> Sequence[str]:
    """Give what a person is shown for what they typed, best first, as subjects.

    The first answers in words; those after it are in the menu of further results. A card that says that there is
    nothing is `NOTHING`, then what it offers as the nearest; what is no content (help, settings) is no subject.
    """
    match answers.ask(library, typed):
        case kinds.Compare(content) | kinds.Share(content):
            return [str(parts.subject_of(content))]
        case kinds.Show(card):
            return _on_card(library, typed, card)
        case _:
            return []


def _on_card(library: Library, typed: str, card: Card) -> Sequence[str]:
    if card == dimensions.overview(library):
        return [LIST]
    if card.title.partition("“")[0] == found.nothing(library, typed, ()).title.partition("“")[0]:
        return [NOTHING, *(_opened(button.action) for button in _pressable(card) if isinstance(button, Button))]
    if card == dimensions.usage(library):
        return []
    term = next((term for term in library.terms if term.term == card.title), None)
    assert term or card.subject, f"{typed!r} is answered by a card that is not read here: {card.title!r}"
    first = f"term/{term.id}" if term else str(card.subject)
    menus = (item for item in _pressable(card) if isinstance(item, Select) and item.label == found.MORE)
    return [first, *(_opened(action) for menu in menus for _, action in menu.options)]


def _pressable(card: Card) -> Sequence[Pressable]:
    return [item for block in card.blocks if isinstance(block, Actions) for item in block.items]


def _opened(action: Action) -> str:
    """Give the subject that a button or an option opens."""
    return f"term/{action.argument}" if action.verb == "define" else str(action.subject)


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
    asked = questions()
    unknown = [(one.ask, subject) for one in asked for subject in one.answers or () if subject not in known]
    twice = [one.ask for one in asked if len(set(one.right)) < len(one.right)]
    unclear = [one.ask for one in asked if bool(one.answers) == bool(one.nothing)]
    times = Counter(" ".join(one.ask.casefold().split()) for one in asked)
    assert (unknown, twice, unclear) == ([], [], [])
    assert [ask for ask, count in times.items() if count > 1 or not ask] == []


def test_the_halves_take_turns() -> None:
    """Every other question is kept, so the halves are equal within one, and whatever is added is halved too."""
    asked = questions()
    assert [one.half for one in asked] == [HALVES[at % 2] for at in range(len(asked))]


def test_the_questions_cover_the_content(library: Library) -> None:
    """Every dimension, every tip and term, the overview and what is not there are asked for, and often enough."""
    dimension_of = {
        **{f"dimension/{dimension.id}": dimension.id for dimension in library.dimensions},
        **{f"tip/{tip.id}": tip.dimension for tip in library.tips},
        **{f"term/{term.id}": term.dimension for term in library.terms},
    }
    asked = questions()
    best = Counter(dimension_of.get(one.right[0], one.right[0]) for one in asked)
    fewest = {**{dimension.id: FEWEST_OF_A_DIMENSION for dimension in library.dimensions}, **FEWEST_OF_A_KIND}
    assert len(asked) >= FEWEST_IN_ALL
    assert {kind: best[kind] for kind, least in fewest.items() if best[kind] < least} == {}
    assert sorted(dimension_of.keys() - {subject for one in asked for subject in one.right}) == []


def test_the_figures_can_be_computed(library: Library) -> None:
    """Every question is answered by something that can be read as subjects, and no worse than before."""
    counted = figures(library)
    for half, figure in counted.items():
        print(f"{half}: {figure}")  # noqa: T201 # the figures are what this is run for: pytest -s
        assert 0 <= figure.right_first <= figure.right_among_first <= 1 - figure.nothing_useful <= 1
        assert figure.right_first >= LEAST_RIGHT_FIRST
        assert figure.right_among_first >= LEAST_RIGHT_AMONG_FIRST
        assert figure.nothing_useful <= MOST_NOTHING_USEFUL
