"""Answer what is only half a question: a number that no card has, `search` or `what is` with nothing behind it."""

from cards.compose import halves
from content.levels import LEVEL_OF, PAGE_OF
from content.library import Library
from handlers.asking import kinds
from handlers.asking.grammar import Said

_SEARCHES = {("search",), ("search", "for"), ("find",), ("look", "for"), ("search", "the", "cards")}
_DEFINES = {
    *(("what", "is"), ("what", "are"), ("whats",), ("define",), ("explain",), ("meaning", "of"), ("definition", "of")),
    *(("what", "does"), ("the", "meaning", "of"), ("explain", "the", "term"), ("term",), ("terms",), ("glossary",)),
}
_ARTICLES = {"a", "an", "the"}
_BEFORE_NUMBERS = {"card", "cards", "dimension", "number", "no", "nr", "compare", "comparison", "show", "open"}
_BEHIND_NUMBERS = {*LEVEL_OF, *PAGE_OF, "share"}
_LONGEST = 2  # figures of what is meant as a card's number; a longer one is a year, or a code
_SPELLED = {"zero", "eight", "nine", "ten", "eleven", "twelve"}


def answer(library: Library, said: Said) -> kinds.Show | None:
    """Answer half a question with how to put the whole; None for anything else."""
    keys = said.keys
    if keys in _SEARCHES:
        return kinds.Show(halves.how_to_search(library))
    bare = keys[:-1] if len(keys) > 1 and keys[-1] in _ARTICLES else keys
    if bare in _DEFINES and library.terms and library.named_term(said.shown) is None:
        return kinds.Show(halves.how_to_define(library))
    number = _number(said)
    if number is None or library.named(number) is not None:
        return None
    return kinds.Show(halves.no_such_number(library, number), is_guess=True)


def figure(library: Library, said: Said) -> kinds.Show | None:
    """Answer who searches for the figure of a card that there is none of, or asks what it is; None for anything else.

    A number as a word is looked for like any other.
    """
    return answer(library, said) if "".join(said.keys).isdecimal() else None


def _number(said: Said) -> str | None:
    """Give the number of a card that was asked for, alone or as a card's name is; None for anything else."""
    words = list(said.keys)
    while len(words) > 1 and words[0] in _BEFORE_NUMBERS:
        words = words[1:]
    if len(words) == 2 and words[1] in _BEHIND_NUMBERS:  # noqa: PLR2004 # a card, and what of it
        words = words[:1]
    match words:
        case [word] if word.isdecimal() and len(word) <= _LONGEST:
            return str(int(word))
        case [word] if word in _SPELLED:
            return word
        case _:
            return None
