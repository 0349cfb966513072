"""Explain to a writer what YAML trips over, and know what it would silently misread."""

import re

import yaml
from msgspec import Struct


def is_misread(value: str) -> bool:
    """Say whether a YAML 1.1 reader would take a plain value for something that does not print as it was typed."""
    return _MISREAD.fullmatch(value) is not None


def is_item(line: str) -> bool:
    """Say whether a line of a text begins like an item of a Markdown list."""
    return _ITEM.match(line) is not None


def advice(error: yaml.MarkedYAMLError, lines: tuple[str, ...]) -> tuple[int, str]:
    """Turn a parser's error into the line to look at, counted from 1, and a sentence that says what to do there."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark
    line = min(mark.line + 1, len(lines)) if mark else 1
    begun = error.context_mark.line + 1 if error.context_mark else line
    if tabbed := next((number for number in range(line, 0, -1) if _TABBED.match(lines[number - 1])), None):
        return tabbed, _TAB
    sign = lines[line - 1][mark.column : mark.column + 1] if mark else ""
    for trap in _TRAPS:
        if trap.problem in problem and trap.context in context and trap.sign in ("", sign):
            return begun if trap.at_beginning else line, trap.sentence.format(sign=sign)
    return line, (
        "the line does not fit the lines above it: line its first sign up with theirs, "
        "and quote a whole text that begins with a quotation mark or a bracket"
    )


# From YAML 1.1's types: booleans and null; then numbers in base 60, 2, 8 and 16, with `_`, `+` or leading zeros, or
# with decimals that would be dropped; then a moment with a time. https://yaml.org/type/
_MISREAD = re.compile(
    r"""~|null|yes|no|on|off|true|false|y|n
    |[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
    |[-+]?0(b[01_]+|o?[0-7_]+|x[0-9a-f_]+)|[-+]?0[0-9]+
    |\+[0-9]+|[-+]?[0-9]+_[0-9_]*
    |[-+]?([0-9][0-9_]*)?\.[0-9_]*0|[-+]?[0-9][0-9_]*\.|[-+]?\.[0-9_]+
    |[-+]?[0-9][0-9_.]*e[-+]?[0-9]+|[-+]?\.inf|\.nan
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:.*""",
    re.VERBOSE | re.IGNORECASE,
)

_TAB = "a tab stands where only spaces may: indent with spaces"
_TABBED = re.compile(r" *\t\s*\S")  # never right in a content file: where YAML itself takes it, texts may not have it
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]{1,2}[.)])\s")


class _Trap(Struct, frozen=True):
    """Parts of what PyYAML and libyaml say, the sign they stopped at, and what a writer does about it."""

    sentence: str
    problem: str = ""
    context: str = ""
    sign: str = ""
    at_beginning: bool = False


_TRAPS = (
    _Trap(
        "a colon with a space stands in a text, or the line is indented too far: put the text below `>-`, or quote it",
        "mapping values",
    ),
    _Trap(
        "a quotation mark opens here and is not closed as it should be: close it, or put the text below `>-`",
        context="quoted scalar",
        at_beginning=True,
    ),
    _Trap(_TAB, "cannot start any token", sign="\t"),
    _Trap("the sign {sign} cannot begin a text: put it below `>-`, or quote it", "cannot start any token"),
    _Trap("a text cannot begin with `*`: put it below `>-`, or quote it", context="alias", at_beginning=True),
    _Trap("`*` repeats a value that has no name: put the text below `>-`, or quote it", "undefined alias"),
    _Trap("a text cannot begin with `&`: put it below `>-`, or quote it", context="anchor", at_beginning=True),
    _Trap("a text cannot begin with `!`: put it below `>-`, or quote it", context="tag", at_beginning=True),
    _Trap("a line cannot begin with `%`: put the text below `>-`, or quote it", context="directive", at_beginning=True),
    _Trap(
        "the text begins on the line below `>-` or `|-`, indented, and nothing else stands beside the sign",
        context="block scalar",
    ),
    _Trap(
        "a bracket opens here and is not closed: close it, or quote a text that begins with `[` or `{{`",
        context="flow",
        at_beginning=True,
    ),
)
