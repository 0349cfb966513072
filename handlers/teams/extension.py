"""Answer the search from the box of any message on Teams: cards to insert, found in the content, from memory.

The bot need not be in the conversation, so nothing of it is kept, and the cards have nothing to press.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cards.compose.offers import insertions
from cards.teams import render
from content.library import Entry, Hits, Library
from handlers.payload import mapping, objects, text
from handlers.teams import responses
from handlers.teams.responses import UNKNOWN_INVOKE, Reply

COMMAND = "search"  # its id in appPackage/manifest.json, and the name of what is typed
WORDS = "words"
MOST = 25  # Teams shows no more of what a search finds
_MOST_TYPED = 200  # characters; what is typed here names something


def found(library: Library, raw: Mapping[str, Any]) -> Reply:
    """Answer `composeExtension/query`: what fits the words, best first; all dimensions before anything is typed."""
    value = mapping(raw.get("value"))
    if text(value.get("commandId")) != COMMAND:
        return UNKNOWN_INVOKE
    typed = next(
        (text(each.get("value")) for each in objects(value.get("parameters")) if each.get("name") == WORDS), ""
    )
    words = " ".join(typed[:_MOST_TYPED].split())
    entries = tuple(dict.fromkeys(_answering(library, words) if words else library.dimensions))
    drawn = [made for entry in entries if (made := insertions.insertion(library, entry))]
    if words and not drawn:
        return responses.insertion_words(insertions.nothing(library, words))
    options = mapping(value.get("queryOptions"))
    start, count = _within(options.get("skip"), 0), _within(options.get("count"), MOST)
    shown = drawn[:MOST][start : start + count]
    return responses.insertions([render.inserted(made.card, made.title, made.line) for made in shown])


def _answering(library: Library, words: str) -> Iterator[Entry]:
    """Find what words name or answer to; half a word is enough, for Teams asks while people type."""
    begun = words.casefold()
    yield from filter(None, (library.named_term(words), library.named(words)))
    yield from (one for one in library.dimensions if _begins(begun, one.id, one.short, one.title))
    yield from (term for term in library.terms if _begins(begun, term.term))
    where = library.search(words)
    yield from (match.passage.entry for match in where.matches) if isinstance(where, Hits) else where.nearest


def _begins(begun: str, *names: str) -> bool:
    return any(name.casefold().startswith(begun) for name in names)


def _within(number: object, default: int) -> int:
    return min(number, MOST) if type(number) is int and number >= 0 else default
