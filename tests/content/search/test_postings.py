"""What a search remembers of the words it was asked for is bounded in bytes, and changes no answer."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from content import library
from content.search import postings
from content.search.postings import Posting, Postings

SHIPPED = Path("content/ai-pm")
BYTES = 400_000


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Postings:
    """Where the words of the shipped content stand, with room for few of them."""
    monkeypatch.setattr(postings, "_BYTES", BYTES)
    search = library.load(SHIPPED)._index.search  # noqa: SLF001 # nobody else is given the entries as they are searched
    return Postings(search._postings.entries, search.image())  # noqa: SLF001 # as above


def test_where_words_stand_takes_no_more_than_was_allowed(shipped: Postings) -> None:
    """By Python's own count, however many different words people ask for; and what is allowed is made use of."""
    words = shipped.long_words(5)[::10]
    shipped.of(("models",))
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for word in words:
            shipped.of((word,))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.75 * BYTES <= after - before <= 1.05 * BYTES, len(words)


def test_a_word_is_found_again_where_it_was_forgotten(shipped: Postings) -> None:
    """What was asked for last is remembered; what was not comes out the same when it is read anew."""
    first = shipped.of(("models",))
    assert shipped.of(("models",)) is first
    for word in shipped.long_words(5)[::10]:
        last = shipped.of((word,))
    assert shipped.of((word,)) is last
    assert_same(shipped.of(("models",)), first)


def test_a_word_that_stands_in_too_many_places_is_answered_too(
    shipped: Postings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would take more than all that is allowed is looked up each time."""
    expected = shipped.of(("models",))
    monkeypatch.setattr(postings, "_BYTES", 1_200)
    small = Postings(shipped.entries, shipped.image())
    for _ in range(2):
        assert_same(small.of(("models",)), expected)


def assert_same(one: Posting, other: Posting) -> None:
    """Expect the same of two that were read apart."""
    assert one is not other
    assert one == other
