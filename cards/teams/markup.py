"""Draw inline text in the Markdown that Adaptive Cards know: bold, italic and links, with all else left literal.

Rules: learn.microsoft.com, "Format cards in Teams"; adaptivecards.io, "Text features".
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from cards import text
from content.inline import (
    Code,
    Command,
    Conversation,
    Emphasis,
    Inline,
    Invitation,
    Link,
    Moment,
    Person,
    Rich,
    Strong,
    Text,
    changed,
)

Names = Mapping[str, str]

SOMEONE = "someone"
THIS_CHANNEL = "this channel"
_MENTION = "@PM Compare"  # before what people type
_ZERO_WIDTH_SPACE = "\u200b"
_NO_BREAK_SPACE = "\u00a0"
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\*_[]`~"})
# What begins a list, a heading or a quotation, where a line begins with it.
_LIST = re.compile(r"(\s*(?:[-+•]|\d{1,9}[.)]|#{1,6})) ")
_QUOTE = re.compile(r"(\s*)>")
# `{{DATE(…)}}` in a text is drawn as a date.
_FUNCTION = re.compile(r"\{(?=\{)")
_IN_AN_ADDRESS = {"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E", "\n": "%0A", "\r": "%0D", "\t": "%09"}
_SCHEMES = ("https://", "http://", "mailto:")


class _Run(Struct, frozen=True):
    """Words of one look; `address` only for a link. Where they are `ready`, they are Markdown already."""

    words: str
    address: str = ""
    strong: bool = False
    emphasis: bool = False
    ready: bool = False


def lines(rich: Rich, names: Names) -> tuple[str, ...]:
    """Draw a text as Markdown, line by line, blank ones left out; ValueError for a link that is not a web address.

    A line break inside a TextBlock is drawn differently by each client, so each line gets a block of its own.
    """
    drawn: list[list[str]] = [[]]
    for run in _runs(_worded(rich, names), _Run("")):
        if "\n" not in run.words:
            drawn[-1].append(_marked(run))
            continue
        first, *others = run.words.split("\n")
        drawn[-1].append(_marked(replace(run, words=first)))
        drawn.extend([_marked(replace(run, words=other))] for other in others)
    return tuple(_unlisted(line) for line in ("".join(parts).rstrip() for parts in drawn) if line.strip())


def literal(words: str) -> str:
    """Draw plain words on one line, so that nothing in them is taken for Markdown."""
    return _unlisted(_escaped(label(words)))


def plain(rich: Rich, names: Names) -> str:
    """Give a text's words alone, people and conversations by name."""
    return text.plain(_worded(rich, names))


def label(words: str) -> str:
    """Give words for a button or a title, where there is no Markdown."""
    return " ".join(words.split())


def _worded(rich: Rich, names: Names) -> Rich:
    """Put words in the place of ids and of what is typed, strong as there is no fixed-width face in a TextBlock."""

    def worded(inline: Inline) -> Rich:
        match inline:
            case Text() | Strong() | Emphasis() | Link() | Moment():
                return (inline,)
            case Code(words):
                said = words
            case Command(words):
                said = f"{_MENTION} {words}".rstrip()
            case Invitation():
                said = text.typed(inline)
            case Person(id_):
                said = names.get(id_) or SOMEONE
            case Conversation(id_):
                said = names.get(id_) or THIS_CHANNEL
            case _:
                assert_never(inline)
        return (Strong((Text(said),)),)

    return changed(rich, worded)


def _runs(worded: Rich, look: _Run) -> Iterator[_Run]:
    for inline in worded:
        match inline:
            case Text(words):
                yield replace(look, words=words)
            case Strong(children):
                yield from _runs(children, replace(look, strong=True))
            case Emphasis(children):
                yield from _runs(children, replace(look, emphasis=True))
            case Link(url, children):
                said = " ".join(text.plain(children).split())
                yield replace(look, words=said or url, address=_address(url))
            case Moment(at, _, mark):
                yield replace(look, words=_moment(at, mark), ready=True)
            case _:
                raise AssertionError(inline)  # `_worded` made words of all others


def _moment(at: datetime, mark: str) -> str:
    """Draw a moment by each reader's own clock; a TextBlock alone knows these two, with no blank but the one here."""
    iso = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return f"{{{{DATE({iso}, SHORT)}}}} at {{{{TIME({iso})}}}}{_escaped(mark)}"


def _address(url: str) -> str:
    if not url.startswith(_SCHEMES):
        raise ValueError(f"a link leads to a web address, not to {url[:60]!r}")
    return "".join(_IN_AN_ADDRESS.get(sign, sign) for sign in url)


def _marked(run: _Run) -> str:
    """Draw a run; its marks stand close to its words, or they would be drawn as they are."""
    words = run.words if run.ready else _escaped(run.words)
    said = words.strip()
    if not said:
        return words
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    if run.address:
        said = f"[{said}]({run.address})"
    marks = "*" * ((2 if run.strong else 0) + (1 if run.emphasis else 0))
    return f"{before}{marks}{said}{marks}{after}"


def _escaped(words: str) -> str:
    escaped = words.translate(_MARKS)
    return _FUNCTION.sub("{" + _ZERO_WIDTH_SPACE, escaped) if "{{" in escaped else escaped


def _unlisted(line: str) -> str:
    """Keep a line from beginning a list, heading or quotation: a no-break space is no space to Markdown."""
    if begins := _LIST.match(line):
        line = f"{begins[1]}{_NO_BREAK_SPACE}{line[begins.end() :]}"
    if begins := _QUOTE.match(line):
        line = f"{begins[1]}{_ZERO_WIDTH_SPACE}>{line[begins.end() :]}"
    return line
