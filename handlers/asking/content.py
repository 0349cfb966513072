"""Answer from the content: a page of a dimension, a term, or wherever typed words stand."""

from typing import assert_never

from cards.compose import dimensions, pages
from cards.model import Card
from content.levels import LEVEL_OF, PAGE_OF
from content.library import Hits, Library, Nothing
from content.model import Dimension, Tip
from handlers.asking import kinds
from handlers.asking.grammar import Said

_ARTICLES = {"a", "an", "the"}


def page_of(library: Library, content: Dimension | Tip | None, name: str) -> Card:
    """Give the page that a button opens; one that has gone since gives way to the overview it was opened from."""
    if not isinstance(content, Dimension) or name not in PAGE_OF:
        return dimensions.gone(library)
    return below(library, content, name)


def below(library: Library, dimension: Dimension, word: str) -> Card:
    """Give the page or level that a word means; a dimension without that page has its overview."""
    if PAGE_OF.get(word) in dimension.depth.pages:
        return pages.page(library, dimension, PAGE_OF[word])
    return dimensions.level(library, dimension, LEVEL_OF.get(word, "detail"), public=False)


def guessed(library: Library, said: Said) -> kinds.Show:
    """Answer words that are no name and no command by what the content says of them."""
    words = said.shown
    where = library.search(words)
    match where:
        case Hits(hits, best):
            if best is not None:
                return kinds.Show(dimensions.found_comparison(library, best, words, hits[0]), is_guess=True)
            return kinds.Show(dimensions.results(library, words, hits), is_guess=True)
        case Nothing(nearest):
            term = library.term(words)
            if term is not None:
                return kinds.Show(dimensions.definition(library, term))
            return kinds.Show(dimensions.nothing_found(library, words, nearest), is_guess=True)
        case _:
            assert_never(where)


def searched(library: Library, said: Said) -> kinds.Show:
    """Answer where words stand, as they were asked to be searched for, even a dimension's name."""
    words = said.shown.casefold()
    match library.search(words):
        case Hits(hits):
            return kinds.Show(dimensions.results(library, words, hits))
        case Nothing(nearest):
            return kinds.Show(dimensions.nothing_found(library, words, nearest))


def defined(library: Library, said: Said) -> kinds.Show | kinds.Compare:
    """Answer what a word means, or else whatever the content says of it."""
    named = said.part(1) if len(said.words) > 1 and said.keys[0] in _ARTICLES else said
    term = library.term(named.shown)
    if term is not None:
        return kinds.Show(dimensions.definition(library, term))
    dimension = library.named(named.shown)
    if dimension is not None:
        return kinds.Compare(dimension)
    near = library.nearly_named(named.shown)
    return kinds.Compare(near, is_guess=True) if near else guessed(library, named)
