"""Answer from the content: a page of a dimension, a term, or wherever typed words stand."""

from typing import assert_never

from cards.compose import dimensions, found, pages
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
        case Hits(matches):
            return kinds.Show(found.answer(library, words, matches), is_guess=True)
        case Nothing(nearest):
            term = library.term(words)
            if term is not None:
                return kinds.Show(found.definition(library, term))
            return kinds.Show(found.nothing(library, words, nearest), is_guess=True)
        case _:
            assert_never(where)


def searched(library: Library, said: Said) -> kinds.Show:
    """Answer where words stand, as they were asked to be searched for, even a dimension's name."""
    words = said.shown.casefold()
    match library.search(words):
        case Hits(matches):
            return kinds.Show(found.results(words, matches))
        case Nothing(nearest):
            return kinds.Show(found.nothing(library, words, nearest))


def explained(library: Library, said: Said) -> kinds.Show | None:
    """Answer what a word of the glossary means; None where it is none, or is misspelt."""
    named = said.part(1) if len(said.words) > 1 and said.keys[0] in _ARTICLES else said
    term = library.named_term(named.shown)
    return kinds.Show(found.definition(library, term)) if term else None


def defined(library: Library, said: Said) -> kinds.Show | kinds.Compare:
    """Answer what a word means, or else whatever the content says of it."""
    named = said.part(1) if len(said.words) > 1 and said.keys[0] in _ARTICLES else said
    term = library.term(named.shown)
    if term is not None:
        return kinds.Show(found.definition(library, term))
    dimension = library.named(named.shown)
    if dimension is not None:
        return kinds.Compare(dimension)
    near = library.nearly_named(named.shown)
    return kinds.Compare(near, is_guess=True) if near else guessed(library, named)
