"""Typed words find the dimension that was meant, or the places that speak of them, or nothing; never an error."""

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content import inline, library, matching
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
    assert "slept" in inline.plain(found.first.passage.shown)


@pytest.mark.parametrize(
    ("words", "entry", "where", "title"),
    [
        ("hallucinations", "caffeine", "comparison", "Caffeine and sleep"),
        ("halucination", "caffeine", "comparison", "Caffeine and sleep"),
        ("what about the malty one?", "taste", "comparison", "Taste & smell"),
        ("headache", "caffeine", "detail", "What to watch out for"),
        ("eye", "taste", "exercise", "Taste both blind"),
        ("thermometer", "taste", "failures", "A kettle without a thermometer"),
        ("beans", "count-cups", "tip", "Count your cups"),
        ("milligrams", "caffeine", "sources", "Leaves: a study"),
        ("guest leaving", "guest-in-a-hurry", "dilemma", "A guest in a hurry"),
        ("juice", "guest-in-a-hurry", "dilemma", "A guest in a hurry"),
        ("a thin one is better than none", "guest-in-a-hurry", "dilemma", "A guest in a hurry"),
        ("visitors must run", "guest-in-a-hurry", "dilemma", "A guest in a hurry"),
        ("tannic", "tannin", "term", "Tannin"),
    ],
)
def test_words_are_found_in_all_of_the_content(deck: Library, words: str, entry: str, where: str, title: str) -> None:
    """Sides, detail, pages, exercises, sources, tips, dilemmas and glossary, in other forms of the word too."""
    found = deck.find(words)
    assert isinstance(found, Hits)
    passage = found.first.passage
    assert (passage.entry.id, passage.where, passage.title) == (entry, where, title)
    assert inline.plain(passage.shown)


def test_each_entry_is_listed_once_best_first(deck: Library) -> None:
    """One that says it on its card comes before those that say it in passing, and what it lacks is known."""
    found = deck.find("fresh and malty, please, from xanadu")
    assert isinstance(found, Hits)
    ids = [match.passage.entry.id for match in found.matches]
    assert (ids[0], len(set(ids))) == ("taste", len(ids))
    scores = [match.score for match in found.matches]
    assert scores == sorted(scores, reverse=True)
    assert found.first.missed == ("xanadu",)
    assert 0.3 < found.first.covered < 1


def test_what_shares_a_common_word_alone_is_no_answer(deck: Library) -> None:
    """Where the rare words stand nowhere there is no answer, and what comes nearest is named."""
    found = deck.find("cups of zanzibar")
    assert isinstance(found, Nothing)
    assert found.nearest


def test_a_question_that_a_writer_listed_finds_its_entry(tmp_path: Path) -> None:
    """In its words, in other forms and order, and whatever else has those words."""
    asks = "    asks: [why am I awake at three, night owl]\n"
    asked = library.load(decks.written(tmp_path, {"tips.yaml": ("    idea:", f"{asks}    idea:")}))
    for words in ("Why am I awake at three?", "owls at night", "I am awake, at three!"):
        found = asked.find(words)
        assert isinstance(found, Hits), words
        assert found.first.passage.entry == asked.tips[0], words


@pytest.mark.parametrize(("words", "standing"), [("ice berg", "iceberg"), ("nightcap", "night cap")])
def test_words_are_found_written_in_one_and_in_two(tmp_path: Path, words: str, standing: str) -> None:
    """Whichever way the content writes them."""
    deck = library.load(decks.written(tmp_path, {"tips.yaml": ("Count your cups", f"The {standing}")}))
    found = deck.find(words)
    assert isinstance(found, Hits)
    assert found.first.passage.title == f"The {standing}"


def test_search_looks_through_the_content_even_for_a_name(deck: Library) -> None:
    """Asked to search, a dimension's name is words like others."""
    found = deck.search("caffeine")
    assert isinstance(found, Hits)
    assert found.first.passage.entry.id == "caffeine"


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


@pytest.mark.parametrize("words", ["thirsty", "scrubs the pot", "ceremony"])
def test_what_a_dilemma_keeps_for_its_players_is_not_found(deck: Library, words: str) -> None:
    """Who is against a choice, and what comes after the vote, would be read by those who have not voted yet."""
    assert isinstance(deck.search(words), Nothing)


@pytest.mark.parametrize(
    "words", ["A guest in a hurry", "guest in a hurry?", "guest-in-a-hurry", "A gest in a hury", "guestinahurry"]
)
def test_a_dilemma_is_named_by_its_id_or_title(deck: Library, words: str) -> None:
    """Signs, capitals and slips of the finger aside."""
    assert deck.named_dilemma(words) is deck.dilemmas[0]


@pytest.mark.parametrize("words", ["", "guest", "hurry", "no time to steep", "cool water", "tannin"])
def test_other_words_name_no_dilemma(deck: Library, words: str) -> None:
    """A part of the title, a question that it answers, and what is called so otherwise."""
    assert deck.named_dilemma(words) is None


@pytest.mark.parametrize(
    ("title", "id_"), [("Is it you or me?", "is-it-you"), ("Cups of tea", "cups"), ("Taste the leaf", "leaf-taste")]
)
def test_a_dilemmas_own_name_finds_it_first(tmp_path: Path, title: str, id_: str) -> None:
    """Also where others have its words, and where each of them says nothing by itself."""
    changed = decks.DILEMMAS.replace("title: A guest in a hurry", f"title: {title}").replace("guest-in-a-hurry", id_)
    named = library.load(decks.written(tmp_path, {"dilemmas.yaml": (decks.DILEMMAS, changed)}))
    for words in (title, title.casefold().rstrip("?"), id_):
        found = named.search(words)
        assert isinstance(found, Hits), words
        assert found.first.passage.entry is named.dilemmas[0], words


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
