"""Typed words find the dimension that was meant, or the places that speak of them, or nothing; never an error."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content import library, matching
from content.library import Exact, Hits, Library, Near, Nothing
from tests.content import decks


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small deck, loaded once."""
    return library.load(decks.written(tmp_path_factory.mktemp("deck")))


@pytest.mark.parametrize(
    "words",
    [
        *("taste", "TASTE", " taste ", "Taste!", "täste", "flavour", "aroma", "Taste & smell", "taste and smell"),
        *(
            "taste smell",
            "1",
            "1.",
            "#1",
            "No. 1",
            "dimension 1",
            "１",
            "1. Taste & smell",
            "the taste",
            "show me taste",
        ),
    ],
)
def test_every_name_of_a_dimension_finds_it(deck: Library, words: str) -> None:
    """Id, number, title and aliases lead to the card, capitals, accents, punctuation and polite words aside."""
    assert deck.find(words) == Exact(deck.dimensions[0])


@pytest.mark.parametrize(
    "words", ["cafeine", "caffiene", "caffeinee", "caf feine", "Cafeine?", "slepe", "jiters", "the cafeine"]
)
def test_a_slip_of_the_finger_is_forgiven(deck: Library, words: str) -> None:
    """A letter wrong, missing, added or swapped, or a stray blank, still finds the card."""
    assert deck.find(words) == Near(deck.dimensions[1])


@pytest.mark.parametrize("words", ["cat", "tea1", "3", "0", "xyzzy", "", " ", "?", "t", "🔍", "aste"])
def test_other_words_find_nothing(deck: Library, words: str) -> None:
    """Short or foreign words are not taken for a misspelt name."""
    assert isinstance(deck.find(words), Nothing)


def test_a_word_of_the_content_is_not_taken_for_a_misspelling(deck: Library) -> None:
    """Who types a word that the content uses meant that word, however like a name it looks."""
    assert matching.slips("sleet", "sleep") == 1
    assert deck.find("sleet") == Near(deck.dimensions[1])
    found = deck.find("slept")
    assert isinstance(found, Hits)
    assert "slept" in found.hits[0].excerpt


@pytest.mark.parametrize(
    ("words", "dimension", "where", "title"),
    [
        ("hallucinations", "caffeine", "comparison", "Caffeine and sleep"),
        ("halucination", "caffeine", "comparison", "Caffeine and sleep"),
        ("what about the malty one?", "taste", "comparison", "Taste & smell"),
        ("headache", "caffeine", "detail", "What to watch out for"),
        ("eye", "taste", "exercise", "Taste both blind"),
        ("beans", "caffeine", "tip", "Count your cups"),
        ("milligrams", "caffeine", "sources", "Leaves: a study"),
        ("tannic", "taste", "glossary", "Tannin"),
    ],
)
def test_words_are_found_in_all_of_the_content(
    deck: Library, words: str, dimension: str, where: str, title: str
) -> None:
    """Sides, detail, exercises, sources, tips and glossary are searched, in other forms of the word too."""
    found = deck.find(words)
    assert isinstance(found, Hits)
    first = found.hits[0]
    assert (first.dimension.id, first.where, first.title) == (dimension, where, title)
    assert first.excerpt


def test_each_dimension_is_listed_once_best_first(deck: Library) -> None:
    """A dimension that says it on its card comes before one that says it in passing."""
    found = deck.find("fresh water for strong cups")
    assert isinstance(found, Hits)
    assert [hit.dimension.id for hit in found.hits] == ["taste", "caffeine"]
    assert found.hits[0].score > found.hits[1].score
    assert found.best == deck.dimensions[0]


def test_equal_matches_have_no_best(deck: Library) -> None:
    """Where two cards speak of a word alike, none is called the answer."""
    found = deck.find("water")
    assert isinstance(found, Hits)
    assert len(found.hits) == 2
    assert found.best is None


def test_search_looks_through_the_content_even_for_a_name(deck: Library) -> None:
    """Asked to search, a dimension's name is words like others."""
    found = deck.search("caffeine")
    assert isinstance(found, Hits)
    assert found.hits[0].dimension.id == "caffeine"


def test_nothing_names_what_looks_most_alike(deck: Library) -> None:
    """Words too far from any name still give a guess to offer."""
    assert deck.find("aromatherapy") == Nothing((deck.dimensions[0],))


@pytest.mark.parametrize(
    "words", ["tannin", "Tannins", "a tannin", "what is tannin?", "tanin", "tannic  acid", "tanic-acid"]
)
def test_a_term_is_found_by_any_of_its_words(deck: Library, words: str) -> None:
    """Term and aliases, with articles, slips and the question before it."""
    assert deck.term(words) is deck.terms[0]


@pytest.mark.parametrize("words", ["", "acid", "tan", "taste", "what is"])
def test_an_unknown_term_is_none(deck: Library, words: str) -> None:
    """What the glossary does not explain is not guessed."""
    assert deck.term(words) is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text(st.sampled_from("abeot \"'*^:(){}+-&|\0NEARORANDNOT1#"), max_size=60))
@example('"')
@example("NEAR(taste caffeine, 2)")
@example("title:taste OR *")
@example("taste*^2 AND NOT (")
@example("\0taste\0")
@example("\ud800 taste")
@example("a" * 10_000)
@example("taste " * 2_000)
@example("ﷺ" * 10_000)
@example("'); DROP TABLE page; --")
def test_any_words_get_an_answer(deck: Library, words: str) -> None:
    """Whatever is typed, there is a find, a search and a term, and nothing in it is syntax."""
    assert isinstance(deck.find(words), Exact | Near | Hits | Nothing)
    assert isinstance(deck.search(words), Hits | Nothing)
    term = deck.term(words)
    assert term is None or term is deck.terms[0]


def test_finding_takes_about_a_millisecond(deck: Library) -> None:
    """The answer is made while the platform waits; the bound leaves room for a busy machine."""
    for words in ("taste", "cafeine", "who pours the water over old leaves", "halucinations", "a page " * 2_000):
        taken = []
        for _ in range(7):
            begun = time.perf_counter()
            deck.find(words)
            taken.append(time.perf_counter() - begun)
        assert min(taken) < 0.005, words
