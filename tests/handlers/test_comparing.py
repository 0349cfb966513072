"""Whoever asks for the product's own subject, or for what a word means, gets it, in whatever words."""

from pathlib import Path

import pytest

from cards.compose import dimensions, found, notices
from content import library
from content.library import Library
from handlers import answers
from handlers.asking import kinds

LIBRARY = library.load(Path("content/ai-pm"))


SURE = (
    *("AI PM vs PM", "PM/AI PM comparison", "difference between PM and AI PM", "compare ai and pm"),
    *("how is an AI product manager different from a regular one?", "what makes an AI PM different"),
    *("give me the short version of AI PM versus traditional PM", "overview"),
    *("what is the difference between an AI PM and a PM?", "what does an AI PM do differently from a normal PM?"),
)


@pytest.fixture
def shipped() -> Library:
    """The shipped content."""
    return LIBRARY


@pytest.mark.parametrize(
    "typed",
    [
        *("AI PM vs PM", "difference", "compare", "how does it differ", "PM/AI PM comparison", "traditional pm", "AI"),
        *("how is an AI product manager different from a regular one?", "the seven differences", "differences pls"),
        *("what is the difference between an AI PM and a PM?", "compare ai and pm", "what are the dimensions"),
        *("what does an AI PM do differently from a normal PM?", "what are the main differences"),
        *("difference between PM and AI PM", "what makes an AI PM different", "which topics do you cover?", "contrast"),
        *("give me the short version of AI PM versus traditional PM", "show me everything you've got", "pm"),
    ],
)
def test_comparing_the_two_jobs_opens_the_list_of_seven(shipped: Library, typed: str) -> None:
    """None of it is looked for as words; it is for who asked alone where something else may be meant."""
    answer = answers.ask(shipped, typed)
    assert isinstance(answer, kinds.Show)
    assert answer.card == dimensions.overview(shipped)
    assert answer.is_guess is (typed not in SURE)


@pytest.mark.parametrize(
    "typed", ["compare models", "difference between precision and recall", "regular expression", "compare risks"]
)
def test_comparing_something_else_does_not(shipped: Library, typed: str) -> None:
    """What is compared is a word of the content."""
    answer = answers.ask(shipped, typed)
    assert not isinstance(answer, kinds.Show) or answer.card != dimensions.overview(shipped)


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        *((typed, "rollback") for typed in ("rollback", "what is rollback", "explain rollback", "define a rollback")),
        *(
            (typed, "drift")
            for typed in ("explain drift", "drift meaning", "the definition of drift", "drift explained")
        ),
        *((typed, "rag") for typed in ("RAG", "meaning of rag", "what does RAG stand for", "what does rag mean?")),
        *((typed, "llm") for typed in ("LLM", "what do you mean by LLM", "what exactly is an LLM")),
    ],
)
def test_a_term_is_explained_however_it_is_asked_for(shipped: Library, typed: str, term: str) -> None:
    """The same card each time."""
    meant = shipped.term_of(term)
    assert meant is not None
    assert answers.ask(shipped, typed) == kinds.Show(found.definition(shipped, meant))


@pytest.mark.parametrize("typed", ["where do I set the cut-off", "where do I set the cut off", "trade-off"])
def test_a_thing_that_ends_in_off_stops_nothing(shipped: Library, typed: str) -> None:
    """A cut-off is a threshold."""
    assert not isinstance(answers.ask(shipped, typed), kinds.Stopping)


def test_turning_off_still_stops(shipped: Library) -> None:
    """The words for it have not changed."""
    for typed in ("turn off", "switch off the tips", "stop", "opt out", "turn it off please", "cut off the tips"):
        answer = answers.ask(shipped, typed)
        assert isinstance(answer, kinds.Stopping | kinds.ChangeTips), typed


@pytest.mark.parametrize("typed", ["are you an AI?", "who made you", "what do you know about me", "is this private?"])
def test_questions_about_the_bot_are_answered_by_what_it_keeps(shipped: Library, typed: str) -> None:
    """It says that no language model is involved; the content has nothing on it."""
    assert answers.ask(shipped, typed) == kinds.Show(notices.privacy(), is_guess=True)


@pytest.mark.parametrize("typed", ["what is an AI PM", "AI product manager"])
def test_the_job_itself_is_a_term(shipped: Library, typed: str) -> None:
    """Who asks for one job is not asking for both."""
    term = shipped.term_of("ai-pm-role")
    assert term is not None
    assert answers.ask(shipped, typed) == kinds.Show(found.definition(shipped, term))
