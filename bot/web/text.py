"""Read JSON that a platform sent, without the characters that no database and no answer of ours can hold.

PostgreSQL stores no NUL, and half of a surrogate pair (an emoji cut in two) has no UTF-8. Both come as escapes.
"""

import re
from typing import Any

import orjson

# Escapes one after another, so that what follows an escaped backslash is not taken for one; pairs are whole.
_ESCAPE = re.compile(rb"\\(?:u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NUL = rb"\u0000"
_ONE = len(_NUL)
_REPLACEMENT = rb"\ufffd"  # what stands for a character that cannot be told
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parsed(raw: bytes) -> Any:  # noqa: ANN401 # JSON from outside may be anything
    """Parse JSON; ValueError for what is none, or is nested more than 1,024 levels deep.

    What needs no cleaning, nearly everything, costs no more than the parser and one look.
    """
    if _NUL in raw:
        return orjson.loads(storable(raw))
    try:
        return orjson.loads(raw)
    except ValueError:
        return orjson.loads(storable(raw))


def storable(raw: bytes) -> bytes:
    """Give JSON without NUL, and with � for half of a pair."""
    return _ESCAPE.sub(_kept, raw)


def _kept(found: re.Match[bytes]) -> bytes:
    escape = found[0]
    if len(escape) != _ONE:
        return escape
    if escape == _NUL:
        return b""
    return _REPLACEMENT if _SURROGATE.match(escape) else escape
