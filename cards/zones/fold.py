"""Fold what people type and what places are called alike, so that `São Paulo` finds `America/Sao_Paulo`."""

import unicodedata

# Letters that Unicode does not take apart into a plain one and its sign.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ə": "e"})
_SHORT = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
_LEFT_OUT = frozenset(".'’‘ʻʼʹ`´")


def folded(words: str) -> str:
    """Fold case, accents, separators and punctuation; `Saint` is `st`, as on most maps."""
    letters = unicodedata.normalize("NFKD", words.casefold()).translate(_PLAIN)
    # Composed again: Hangul falls apart too, and would take three times the room.
    plain = unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return " ".join(_SHORT.get(word, word) for word in "".join(map(_part, plain)).split())


def _part(letter: str) -> str:
    if letter.isalnum():
        return letter
    kind = unicodedata.category(letter)
    return letter if kind[0] == "M" else "" if letter in _LEFT_OUT or kind == "Cf" else " "
