"""Read Slack's mrkdwn the way Slack's clients show it, for tests, as strictly or as eagerly as they are known to.

A moment is read by the words that stand for it where it cannot be drawn.

Clients differ in when a mark formats. `eager`: any pair of marks with visible characters inside formats, so what must
stay literal has to survive it. Not eager: a mark also needs space or light punctuation outside, so what must be
formatted has to pass it. Rules: docs.slack.dev/messaging/formatting-message-text.
"""

import html
import re
from functools import cache
from typing import NamedTuple

SPACE = "\u200b"
_MARK = re.compile(r"[<*_~`]")


class MisreadError(AssertionError):
    """Slack would show something else than words: a quote, an emoji, a call, a broken escape."""


class Seen(NamedTuple):
    """One visible character, the marks it is drawn with, and the address it opens."""

    character: str
    marks: frozenset[str] = frozenset()
    address: str = ""


class Run(NamedTuple):
    """Characters that are drawn alike."""

    words: str
    marks: frozenset[str]
    address: str = ""


def read(drawn: str, *, eager: bool) -> list[Seen]:
    """Read a drawn text into what is seen; zero-width spaces are not seen."""
    seen: list[Seen] = []
    for number, line in enumerate(drawn.split("\n")):
        seen.extend([Seen("\n")] if number else [])
        for run in _line(line, eager=eager):
            seen.extend(Seen(sign, run.marks, run.address) for sign in run.words if sign != SPACE)
    return seen


def words(drawn: str, *, eager: bool = False) -> str:
    """Read the words alone."""
    return "\n".join(_words(line, eager=eager) for line in drawn.split("\n"))


@cache  # the same lines stand on card after card
def _words(line: str, *, eager: bool) -> str:
    return "".join(run.words for run in _line(line, eager=eager)).replace(SPACE, "")


def _line(written: str, *, eager: bool) -> list[Run]:
    line = written.removeprefix("> ")  # a quote of ours; what is typed as that sign is escaped
    if line.lstrip().startswith("&gt;"):
        raise MisreadError(f"a quote: {line!r}")
    return _read(line, frozenset(), eager=eager)


def _read(line: str, marks: frozenset[str], *, eager: bool) -> list[Run]:
    seen: list[Run] = []
    literal = ""
    at = 0
    while at < len(line):
        if line[at] == "<":
            end = line.index(">", at)
            seen += [*_literal(literal, marks), *_angle(line[at + 1 : end], marks, eager=eager)]
            literal, at = "", end + 1
        elif line[at] in "*_~`" and (end := _closes(line, at, eager=eager)):
            inner = line[at + 1 : end]
            seen += _literal(literal, marks)
            if line[at] == "`":
                seen.append(Run(html.unescape(inner), marks | {"`"}))
            else:
                seen += _read(inner, marks | {line[at]}, eager=eager)
            literal, at = "", end + 1
        else:
            after = _MARK.search(line, at + 1)
            end = after.start() if after else len(line)
            literal, at = literal + line[at:end], end
    return [*seen, *_literal(literal, marks)]


def _closes(line: str, at: int, *, eager: bool) -> int:
    """Find where the mark at `at` is closed; 0 where it is no mark, or not closed."""
    mark = line[at]
    anywhere = eager and mark != "_"  # an underscore inside a word is literal in every client
    if at + 1 >= len(line) or _is_space(line[at + 1]) or not (anywhere or _outside(line, at - 1)):
        return 0
    end = at + 1
    while end < len(line):
        if line[end] == "<" and mark != "`":
            end = line.index(">", end)
        elif (
            end > at + 1
            and line[end] == mark
            and not _is_space(line[end - 1])
            and (anywhere or _outside(line, end + 1))
        ):
            return end
        end += 1
    return 0


def _outside(line: str, at: int) -> bool:
    return not 0 <= at < len(line) or _is_space(line[at]) or line[at] in "*_~`(.,;:!?)"


def _is_space(character: str) -> bool:
    return character.isspace() or character == SPACE


def _angle(inner: str, marks: frozenset[str], *, eager: bool) -> list[Run]:
    if re.fullmatch(r"[@#][A-Z0-9]+", inner):
        return [Run(inner, marks)]
    address, bar, label = inner.partition("|")
    if re.fullmatch(r"!date\^-?\d+\^[^|<>^]*\{(date|time)\w*\}[^|<>^]*", address) and bar:
        return [Run(html.unescape(label), marks)]
    if not bar or "|" in label or not address.startswith(("https://", "http://", "mailto:")):
        raise MisreadError(f"no link: <{inner}>")
    return [Run(run.words, run.marks, html.unescape(address)) for run in _read(label, marks, eager=eager)]


def _literal(words: str, marks: frozenset[str]) -> list[Run]:
    if re.search(r"&(?!amp;|lt;|gt;)", words) or ">" in words:
        raise MisreadError(f"unescaped: {words!r}")
    if found := re.search(r":[a-z0-9_+'-]+:", words):
        raise MisreadError(f"an emoji: {found[0]}")
    if found := re.search(r"@(here|channel|everyone)", words):
        raise MisreadError(f"a call: {found[0]}")
    return [Run(html.unescape(words), marks)]
