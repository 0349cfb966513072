"""Draw inline text in Slack's mrkdwn so that people see the words as they were written.

mrkdwn rather than rich_text blocks: a section's `fields` (our two columns) and context elements take text objects
only, so one dialect serves every block. Its traps are closed here, once: what is not ours to format stays literal,
by a zero-width space where Slack would otherwise read markup, and `verbatim` keeps it from linking names by itself.
Rules: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Literal, assert_never

from cards.slack import runs as slack_runs
from cards.slack.runs import Run
from content.inline import Rich

ZERO_WIDTH_SPACE = "\u200b"

_MARKS = "*_~`"
_MARK = re.compile(r"[*_~`]")
# Slack draws `:name:` as an emoji; a name has letters, digits, and - _ + '.
_EMOJI = re.compile(r":(?=[\w+'’-]+:)")
# Only in a message's `text`, which has no `verbatim`: some senders parse these words into a call for everyone.
_CALL = re.compile(r"@(?=(?:here|channel|everyone|group))", re.IGNORECASE)
_TRAP = re.compile(r"[*_~`:@&<>]")  # all that is parted or escaped begins with one of these
# Where Slack accepts an opening mark after, and a closing mark before, without help.
_BEFORE_A_MARK = "( \t\u00a0" + ZERO_WIDTH_SPACE
_AFTER_A_MARK = ".,;:!?) \t\u00a0" + ZERO_WIDTH_SPACE
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]?(?=\s)")


def escaped(words: str) -> str:
    """Escape the three characters Slack reserves in any text that is not plain_text."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: Rich) -> str:
    """Draw a text with its emphasis, links and mentions; ValueError for a link that is not a web address."""
    return _drawn(slack_runs.marked(text))


def unmarked(text: Rich) -> str:
    """Draw a text for a message's `text`: links and mentions, but no emphasis, which would be read aloud as signs."""
    return _drawn(slack_runs.unmarked(text))


def pieces(text: Rich, limit: int) -> tuple[str, ...]:
    """Draw a text as `mrkdwn` does, in as few pieces of at most `limit` characters as good breaks allow; none if blank.

    A piece ends at a line, else a sentence, else a space; never inside an escape or a mark, nor inside a link that
    fits. ValueError where not even one character fits.
    """
    return tuple(_pieces(slack_runs.marked(text), limit))


def cut(text: Rich, limit: int) -> str:
    """Draw a text as `unmarked` does, cut at the last good break before `limit` characters and marked with `…`."""
    whole = _drawn(slack_runs.unmarked(text))
    if len(whole) <= limit:
        return whole
    return f"{next(_pieces(slack_runs.unmarked(text), limit - 2), '')} …".strip()


def is_blank(drawn: str) -> bool:
    """Tell whether Slack would refuse a drawn text as empty."""
    return not drawn.replace(ZERO_WIDTH_SPACE, "").strip()


def _drawn(runs: tuple[Run, ...]) -> str:
    return "\n".join(_unquoted(_line(line)) for line in slack_runs.lines(runs))


def _line(runs: list[Run]) -> str:
    match runs:
        case [Run(strong=False, emphasis=False) as run]:  # most are: nothing to join, nothing to mark
            return _one(run)
        case _:
            return _marked(runs, "strong", lambda part: _marked(part, "emphasis", _bare))


def _unquoted(line: str) -> str:
    # An escaped `>` still quotes at the start of a line.
    return ZERO_WIDTH_SPACE + line if line.lstrip().startswith("&gt;") else line


def _marked(runs: Iterable[Run], look: Literal["strong", "emphasis"], inner: Callable[[list[Run]], str]) -> str:
    mark = "*" if look == "strong" else "_"
    groups = groupby(runs, key=lambda run: run.strong if look == "strong" else run.emphasis)
    return _joined(_wrapped(inner(list(group)), mark) if has_look else inner(list(group)) for has_look, group in groups)


def _bare(runs: list[Run]) -> str:
    return _joined(_one(run) for run in runs)


def _one(run: Run) -> str:
    match run.kind:
        case "words":
            return _inert(run.words, underscores=run.emphasis)
        case "code":
            # A blank beside a tick keeps it from formatting: where long code is parted, one may stand at a piece's end.
            core = run.words.strip()
            before, _, after = run.words.partition(core) if core else (run.words, "", "")
            return f"{before}`{escaped(core)}`{after}" if core else before
        case "link":
            return f"<{slack_runs.encoded(run.address).replace('&', '&amp;')}|{_inert(run.words, underscores=True)}>"
        case "mention":
            return f"<{escaped(run.words)}>"
        case "moment":
            return f"<!date^{run.address}|{escaped(run.words)}>"
        case _:
            assert_never(run.kind)


def _wrapped(drawn: str, mark: str) -> str:
    core = drawn.strip()
    # A mark needs a visible character inside on each side; words that begin with a guarded mark stay unmarked.
    if not core or core.startswith(ZERO_WIDTH_SPACE) or core.endswith(ZERO_WIDTH_SPACE):
        return drawn
    start = drawn.index(core)
    return f"{drawn[:start]}{mark}{core}{mark}{drawn[start + len(core) :]}"


def _joined(parts: Iterable[str]) -> str:
    """Join parts; a mark of ours that touches a letter would not format (`un*frigging*believable`), so part them."""
    joined = ""
    for part in parts:
        if joined and part:
            opens = part[0] in _MARKS and joined[-1] not in _BEFORE_A_MARK
            closes = joined[-1] in _MARKS and part[0] not in _AFTER_A_MARK
            joined += ZERO_WIDTH_SPACE if opens or closes else ""
        joined += part
    return joined


def _inert(words: str, *, underscores: bool) -> str:
    """Escape words and part every character of theirs that Slack would take for markup.

    An underscore inside a word (`snake_case`) is literal anyway, unless the words stand in underscores themselves.
    """

    def apart(found: re.Match[str]) -> str:
        start, end = found.span()
        before = found.string[start - 1] if start else "x"
        after = found.string[end] if end < len(found.string) else "x"
        if found[0] == "_" and not underscores and start > 0 and end < len(found.string) and (before + after).isalnum():
            return found[0]
        left = "" if before.isspace() else ZERO_WIDTH_SPACE
        right = "" if after.isspace() or after in _MARKS else ZERO_WIDTH_SPACE
        return f"{left}{found[0]}{right}"

    if not _TRAP.search(words):
        return words
    if ":" in words:
        words = _EMOJI.sub(":" + ZERO_WIDTH_SPACE, words)
    if "@" in words:
        words = _CALL.sub("@" + ZERO_WIDTH_SPACE, words)
    return escaped(_MARK.sub(apart, words))


def _pieces(runs: tuple[Run, ...], limit: int) -> Iterator[str]:
    while len(drawn := _drawn(runs).strip()) > limit:
        at = _break(runs, limit)
        head, runs = slack_runs.split(runs, at)
        piece = _drawn(head).strip()
        if not is_blank(piece):
            yield piece
    if not is_blank(drawn):
        yield drawn


def _break(runs: tuple[Run, ...], limit: int) -> int:
    """Find how many characters of the undrawn words the next piece takes."""
    # A link, a mention, a moment or code is one thing: no separator is looked for inside.
    plain = "".join(run.words if run.kind == "words" else "\0" * len(run.words) for run in runs)
    fits, too_many = 0, len(plain)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if _length(runs, middle) <= limit else (fits, middle)
    if not fits or not slack_runs.split(runs, fits)[0]:
        raise ValueError(f"a link or mention does not fit into {limit} characters")
    newline = plain.rfind("\n", 0, fits) + 1
    sentence = max((found.end() for found in _SENTENCE_END.finditer(plain, 0, fits + 1)), default=0)
    space = max(plain.rfind(" ", 0, fits), 0)
    whole = _before_a_whole(runs, fits)
    for candidate, least in ((newline, fits // 2), (sentence, fits // 2), (space, fits // 2), (whole, 0)):
        # What is shorter may draw longer, so it is measured too.
        if candidate >= max(least, 1) and _length(runs, candidate) <= limit:
            return candidate
    return fits


def _length(runs: tuple[Run, ...], at: int) -> int:
    """Measure the piece that ends there, as it is drawn."""
    return len(_drawn(slack_runs.split(runs, at)[0]).strip())


def _before_a_whole(runs: tuple[Run, ...], at: int) -> int:
    """Find the start of the link, mention or code that a break at `at` would divide; 0 where there is none."""
    start = 0
    for run in runs:
        if run.kind != "words" and start < at < start + len(run.words):
            return start
        start += len(run.words)
    return 0
