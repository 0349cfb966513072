"""Half a question is answered with how to put the whole, and with what there is."""

from pathlib import Path

import pytest

from cards import text
from cards.model import Actions, Button
from content.library import load
from handlers import answers
from handlers.asking import kinds

LIBRARY = load(Path("content/ai-pm"))


def shown(typed: str) -> kinds.Show:
    """Ask, and give the card that answers."""
    answer = answers.ask(LIBRARY, typed)
    assert isinstance(answer, kinds.Show), typed
    return answer


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("8", "8"), ("0", "0"), ("00", "0"), ("42", "42"), ("eight", "eight"), ("dimension 8", "8"), ("card 9", "9")),
        *(
            ("8 share", "8"),
            ("8 sources", "8"),
            ("show me 8", "8"),
            ("number 12", "12"),
            ("8.", "8"),
            ("please 8", "8"),
            ("search 8", "8"),
            ("search for 12", "12"),
            ("what is 8", "8"),
            ("what's 0?", "0"),
        ),
    ],
)
def test_a_number_that_no_card_has_is_answered_with_all_of_them(typed: str, number: str) -> None:
    """Each with its button; where others read, it is for who asked alone."""
    answer = shown(typed)
    assert answer.is_guess
    assert answer.card.title == f"There is no card {number}"
    assert "There are seven; here they are:" in text.message(answer.card)
    (row,) = [block for block in answer.card.blocks if isinstance(block, Actions)]
    assert [item.action.subject.id for item in row.items if isinstance(item, Button) and item.action.subject] == [
        dimension.id for dimension in LIBRARY.dimensions
    ]


@pytest.mark.parametrize("number", range(1, 8))
def test_a_number_that_a_card_has_opens_it(number: int) -> None:
    """Alone, or said to be one."""
    for typed in (str(number), f"dimension {number}", f"{number}."):
        answer = answers.ask(LIBRARY, typed)
        assert isinstance(answer, kinds.Compare)
        assert answer.dimension.number == number


@pytest.mark.parametrize("typed", ["2026", "8 cases", "8 of 10", "search ten", "search 2026"])
def test_other_figures_are_looked_for(typed: str) -> None:
    """A year, or a number among words, is no card's."""
    assert "There is no card" not in shown(typed).card.title


@pytest.mark.parametrize("typed", ["search", "search for", "Search?", "find", "please search"])
def test_who_searches_for_nothing_is_told_how(typed: str) -> None:
    """With an example, and with what is looked through."""
    answer = shown(typed)
    assert not answer.is_guess
    said = text.message(answer.card)
    assert "/pm-compare search " in said
    assert f"{len(LIBRARY.tips)} tips" in said
    assert answers.ask(LIBRARY, "search for drift") == answers.ask(LIBRARY, "search drift")


@pytest.mark.parametrize("typed", ["what is", "what are", "What is a", "what's", "define", "explain", "the meaning of"])
def test_who_asks_what_nothing_is_is_told_how(typed: str) -> None:
    """With terms that a button explains."""
    answer = shown(typed)
    assert not answer.is_guess
    assert f"{len(LIBRARY.terms)} terms are explained here" in text.message(answer.card)
    items = [item for block in answer.card.blocks if isinstance(block, Actions) for item in block.items]
    terms = [item.action.argument for item in items if isinstance(item, Button) and item.action.verb == "define"]
    assert len(terms) == 3
    assert all(map(LIBRARY.term_of, terms))


def test_nonsense_is_told_what_there_is() -> None:
    """In figures, with the cards to press."""
    said = text.message(shown("xyzzy qwrt").card)
    held = f"7 cards, {len(LIBRARY.tips)} tips, {len(LIBRARY.dilemmas)} dilemmas and {len(LIBRARY.terms)} terms"
    assert f"None of the {held} here answers that." in said
