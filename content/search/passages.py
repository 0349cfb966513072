"""Cut the content into the passages that a search finds: a sentence or two each, and what stands around them."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, assert_never

from msgspec import Struct

from content import inline
from content.depth import Depth
from content.inline import Rich, Text
from content.levels import LEVELS, Level, Page
from content.model import Dilemma, Dimension, Term, Tip

Entry = Dimension | Tip | Dilemma | Term
Where = Level | Page | Literal["comparison", "tip", "dilemma", "term"]
_SENTENCES = 2  # of an idea are shown first; the rest is a click away
_END = re.compile(r"(?<=[.!?]) (?=[\"“(A-Z0-9])")


class Passage(Struct, frozen=True):
    """A part of an entry: `title` and `names` weigh more than the `body` in a search; `shown` is what answers."""

    entry: Entry
    where: Where
    title: str
    names: str
    body: str
    shown: Rich


def of(entry: Entry) -> Iterator[Passage]:
    """Cut an entry into passages, the one of its card first.

    What comes after a dilemma's first vote, and who is against a choice, is left for those who play it.
    """
    match entry:
        case Dimension():
            body = _joined((entry.left, entry.right, entry.shift))
            called = " · ".join((_id(entry), entry.short, *entry.aliases))
            yield Passage(entry, "comparison", entry.title, called, body, entry.shift)
            for level in LEVELS:
                yield from _level(entry, level)
            for page in entry.depth.pages:
                yield from (
                    Passage(entry, page, title, "", inline.plain(text), _first(text))
                    for title, text in _page(entry.depth, page)
                )
        case Tip():
            body = _joined((entry.idea, entry.try_this))
            yield Passage(entry, "tip", entry.title, _id(entry), body, _first(entry.idea))
            for level in LEVELS:
                yield from _level(entry, level)
        case Dilemma():
            situation = tuple(inline.texts(entry.situation))
            shown = next(iter(situation), ())
            yield Passage(entry, "dilemma", entry.title, _id(entry), _joined(situation), shown)
            for choice in entry.choices:
                yield Passage(entry, "dilemma", choice.label, "", _joined((choice.reasoning, choice.cost)), shown)
        case Term():
            called = " · ".join((_id(entry), *entry.aliases))
            yield Passage(entry, "term", entry.term, called, inline.plain(entry.meaning), entry.meaning)
        case _:
            assert_never(entry)


def names(entry: Entry) -> tuple[str, ...]:
    """Give what an entry is called: its title, and other words for it; of a dilemma its id, as links name it so."""
    match entry:
        case Term():
            return entry.term, *entry.aliases
        case Dimension():
            return entry.title, *entry.aliases
        case Dilemma():
            return entry.title, _id(entry)
        case Tip():
            return (entry.title,)


def _id(entry: Entry) -> str:
    """Give the words of an entry's id."""
    return entry.id.replace("-", " ")


def _first(text: Rich) -> Rich:
    """Give the first sentences of a text; marks and links stay whole."""
    kept: list[inline.Inline] = []
    left = _SENTENCES
    for part in text:
        if not isinstance(part, Text):
            kept.append(part)
            continue
        sentences = _END.split(part.words)
        if len(sentences) > left:
            kept.append(Text(" ".join(sentences[:left])))
            break
        left -= len(sentences) - 1
        kept.append(part)
    return tuple(kept)


def _level(content: Dimension | Tip, level: Level) -> Iterator[Passage]:
    match level:
        case "detail":
            for section in content.detail:
                for text in inline.texts(section.prose):
                    yield Passage(content, level, section.label, "", inline.plain(text), _first(text))
        case "sources":
            for source in content.sources:
                names = f"{source.reference.title} · {source.reference.authors}"
                yield Passage(content, level, source.reference.title, names, inline.plain(source.says), source.says)
        case "exercise":
            done = content.exercise
            yield Passage(content, level, done.title, "", _joined((*done.steps, done.done)), done.done)
        case _:
            assert_never(level)


def _page(depth: Depth, page: Page) -> Iterator[tuple[str, Rich]]:
    """Give the parts of a page, each with its title."""
    match page:
        case "examples":
            yield from ((each.title, text) for each in depth.examples for text in inline.texts(each.text))
        case "questions":
            yield from (("", text) for text in depth.questions)
        case "metrics":
            yield from ((each.name, (*each.formula, Text(" "), *each.trap)) for each in depth.metrics)
        case "failures":
            yield from ((each.title, (*each.happened, Text(" "), *each.learn)) for each in depth.failures)
        case "checklist":
            yield from (("", text) for text in depth.checklist)
        case "role":
            for prose in depth.roles.texts if depth.roles else ():
                yield from (("", text) for text in inline.texts(prose))
        case _:
            assert_never(page)


def _joined(texts: Iterable[Rich]) -> str:
    return " ".join(inline.plain(text) for text in texts)
