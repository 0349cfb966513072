"""Flatten inline text into runs of one look, which can be joined, divided and drawn without losing their marks."""

from collections.abc import Iterable, Iterator
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from cards.text import typed
from content.inline import Code, Command, Conversation, Emphasis, Invitation, Link, Moment, Person, Rich, Strong, Text

# Between `<` and `|` Slack reads an address; these would end it early.
_IN_AN_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "%0A", "\t": "%09", "\r": "%0D"})
# Drawn by the clock of each reader (docs.slack.dev/messaging/formatting-message-text#date-formatting).
_BY_ONES_OWN_CLOCK = "{date_short_pretty} at {time}"
_SCHEMES = ("https://", "http://", "mailto:")


class Run(Struct, frozen=True):
    """Words of one look; a mention's are `@` or `#` with the platform's id.

    `address` is a link's, or says which moment it is, and how it is to be drawn: `1796025600^{date} at {time}`.
    """

    words: str
    kind: Literal["words", "code", "link", "mention", "moment"] = "words"
    address: str = ""
    strong: bool = False
    emphasis: bool = False


def marked(text: Rich) -> tuple[Run, ...]:
    """Flatten a text with its emphasis; ValueError for a link that is not a web address."""
    return _merged(_flat(text))


def unmarked(text: Rich) -> tuple[Run, ...]:
    """Flatten a text to words, links and mentions alone; ValueError as for `marked`."""
    return _merged(
        Run(run.words) if run.kind in {"words", "code", "moment"} else Run(run.words, run.kind, run.address)
        for run in _flat(text)
    )


def lines(runs: tuple[Run, ...]) -> Iterator[list[Run]]:
    """Part runs at their line breaks: Slack's marks do not reach across lines."""
    line: list[Run] = []
    for run in runs:
        if run.kind != "words" or "\n" not in run.words:
            line.append(run)
            continue
        first, *others = run.words.split("\n")
        line.append(replace(run, words=first))
        for words in others:
            yield line
            line = [replace(run, words=words)]
    yield line


def encoded(url: str) -> str:
    """Encode what would end an address early inside Slack's `<…|…>`."""
    return url.translate(_IN_AN_ADDRESS)


def split(runs: tuple[Run, ...], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Divide runs after `at` characters of their words; what cannot be divided goes whole behind."""
    head: list[Run] = []
    tail: list[Run] = []
    start = 0
    for run in runs:
        room = max(at - start, 0)
        if run.kind in {"mention", "moment"} and room < len(run.words):
            room = 0
        head.append(replace(run, words=run.words[:room]))
        tail.append(replace(run, words=run.words[room:]))
        start += len(run.words)
    return tuple(run for run in head if run.words), tuple(run for run in tail if run.words)


def _flat(text: Rich, *, strong: bool = False, emphasis: bool = False) -> Iterator[Run]:
    for inline in text:
        match inline:
            case Text(words):
                yield Run(words, strong=strong, emphasis=emphasis)
            case Strong(children):
                yield from _flat(children, strong=True, emphasis=emphasis)
            case Emphasis(children):
                yield from _flat(children, strong=strong, emphasis=True)
            case Code() | Command() | Invitation():
                words = inline.words if isinstance(inline, Code) else typed(inline)
                # There is no escape for a backtick inside code, and code does not span lines: such words stay words.
                literal = "`" in words or "\n" in words or words != words.strip() or not words
                # Code stands out by itself; inside other marks its own characters could end them.
                yield Run(words, strong=strong, emphasis=emphasis) if literal else Run(words, "code")
            case Link(url, children):
                yield _link(url, tuple(_flat(children, strong=strong, emphasis=emphasis)))
            case Person(id_):
                yield Run(f"@{id_}", "mention", strong=strong, emphasis=emphasis)
            case Conversation(id_):
                yield Run(f"#{id_}", "mention", strong=strong, emphasis=emphasis)
            case Moment(at, words, mark):
                how = f"{at.timestamp():.0f}^{_BY_ONES_OWN_CLOCK}{mark}"
                yield Run(" ".join(words.split()), "moment", how, strong=strong, emphasis=emphasis)
            case _:
                assert_never(inline)


def _link(url: str, label: tuple[Run, ...]) -> Run:
    if not url.startswith(_SCHEMES):
        raise ValueError(f"a link needs a web address, not {url[:80]!r}")
    # Slack does not draw marks inside a label, and `|` would end it: what all of it has, the whole link gets.
    words = " ".join("".join(run.words for run in label).replace("|", "¦").split("\n"))
    if not words.strip():
        return Run(encoded(url), "link", url)
    return Run(words, "link", url, all(run.strong for run in label), all(run.emphasis for run in label))


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Join neighbours of one look, so that `:ma` and `g:` are judged as the `:mag:` they make."""
    merged: list[Run] = []
    for run in runs:
        if not run.words:
            continue
        if merged and run.kind == merged[-1].kind == "words" and _looks(run) == _looks(merged[-1]):
            merged[-1] = replace(merged[-1], words=merged[-1].words + run.words)
        else:
            merged.append(run)
    return tuple(merged)


def _looks(run: Run) -> tuple[bool, bool]:
    return run.strong, run.emphasis
