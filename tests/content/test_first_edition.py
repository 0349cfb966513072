"""The content that ships: sound, word for word where it must be, and found by what people type."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content import library
from content.inline import Text
from content.library import Exact, Hits, Library, Near

FOLDER = Path("content/ai-pm")
SEED = Path("tests/data/seed.md")
OUTSIDE = Path("../shared/seed.md")


@pytest.fixture(scope="module")
def deck() -> Library:
    """The deck that ships, with today's date not judged so that the test does not age."""
    return library.load(FOLDER)


def pairs(seed: str) -> list[tuple[int, str, str, str]]:
    """Give number, heading and both sides of each dimension of the seed, bold markers aside."""
    found = re.findall(
        r"^## (\d+)\. (.+)\n\n- \*\*Traditional PM:\*\* (.+)\n- \*\*AI PM:\*\* (.+)$", seed, re.MULTILINE
    )
    return [(int(number), title, left, right) for number, title, left, right in found]


def test_it_has_no_fault_today() -> None:
    """The shipped content passes the check that its writers run, dates included."""
    report = library.check(FOLDER, datetime.now(tz=UTC).date())
    assert not report.faults, "\n".join(map(str, report.faults))


def test_both_sides_are_the_seed_word_for_word(deck: Library) -> None:
    """Number, title and both sides of all seven are the seed's, to the letter."""
    expected = pairs(SEED.read_text(encoding="utf-8"))
    assert len(expected) == 7
    for dimension, (number, title, left, right) in zip(deck.dimensions, expected, strict=True):
        assert (dimension.number, dimension.title) == (number, title)
        assert dimension.left == (Text(left),)
        assert dimension.right == (Text(right),)


@pytest.mark.skipif(not OUTSIDE.exists(), reason="../shared/seed.md is not beside this checkout")
def test_our_copy_of_the_seed_is_the_seed() -> None:
    """The copy that the test above compares with has not been edited."""
    assert SEED.read_bytes() == OUTSIDE.read_bytes()


def test_there_is_enough_of_everything(deck: Library) -> None:
    """Seven dimensions in the seed's order, and two tips or more for each."""
    ids = ["mission", "value", "behaviour", "lifecycle", "stakeholders", "skills", "risks"]
    assert [dimension.id for dimension in deck.dimensions] == ids
    tips = Counter(tip.dimension for tip in deck.tips)
    assert all(tips[name] >= 2 for name in ids), tips
    assert set(deck.deck.reactions) == {"mag", "books", "test_tube"}


@pytest.mark.parametrize(
    ("words", "dimension"),
    [
        ("7", "risks"),
        ("risk", "risks"),
        ("responsibilities", "risks"),
        ("safety", "risks"),
        ("Development & lifecycle", "lifecycle"),
        ("Skills and decision-making", "skills"),
        ("behavior", "behaviour"),
    ],
)
def test_names_people_would_type_find_the_card(deck: Library, words: str, dimension: str) -> None:
    """Ids, numbers, titles and aliases lead straight to the card."""
    found = deck.find(words)
    assert isinstance(found, Exact)
    assert found.dimension.id == dimension


@pytest.mark.parametrize(
    ("words", "dimension"),
    [
        ("rsiks", "risks"),
        ("stake holders", "stakeholders"),
        ("stakholder", "stakeholders"),
        ("lifecylce", "lifecycle"),
        ("skils", "skills"),
        ("vlaue", "value"),
        ("behavoir", "behaviour"),
    ],
)
def test_near_misses_find_the_card(deck: Library, words: str, dimension: str) -> None:
    """Slips of the finger are forgiven."""
    found = deck.find(words)
    assert isinstance(found, Near)
    assert found.dimension.id == dimension


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("hallucinations", "hallucination"),
        ("halucinations", "hallucination"),
        ("who do I work with", "stakeholders"),
        ("tell me about rsiks", "risks"),
        ("what should I learn?", "skills"),
    ],
)
def test_other_words_find_what_speaks_of_them(deck: Library, words: str, entry: str) -> None:
    """A question in one's own words leads to what answers it."""
    match deck.find(words):
        case Hits() as hits:
            assert hits.first.passage.entry.id == entry
        case Exact(found) | Near(found):  # a writer may have made it an alias
            assert found.id == entry
        case found:
            pytest.fail(f"{words!r} found {found}")


def test_a_cat_is_no_dimension(deck: Library) -> None:
    """A short word is not taken for a misspelt name."""
    assert not isinstance(deck.find("cat"), Exact | Near)
