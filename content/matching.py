"""Compare words as people mean them: without case, accents, punctuation, invisible signs or slips of the finger."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from content import likeness

LONGEST = 300  # characters that are looked at; nobody names a thing in more, and a pasted page must cost nothing
_MOST_SLIPS = 3

# What stands for an apostrophe, or a quotation mark, in some script or on some keyboard: within a word it is none of
# it. Some of them Unicode calls letters, and some fall into a blank and an accent when they are made compatible.
_APOSTROPHES = frozenset(
    "'`\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02ee\u0301\u0374\u055a\u05f3\u05f4\u07f4\u07f5"
    "\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201a\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40"
)
# Letters without a picture, and what joins emoji and the letters of some scripts.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_UNSEEN = frozenset({"Cf", "Cs"})  # formats (widths, directions, soft hyphens, tags) and half characters
_MARKS = frozenset({"Mn", "Me"})  # accents, variations, and what goes around a sign
_LETTERS = re.compile(r"[a-z0-9]+")
_PLAIN = re.compile(r"[a-z0-9]+(?:['`]+[a-z0-9]+)*")


class Word(Struct, frozen=True):
    """One word, as its `key` is equal to that of another, and where it stands in the text."""

    key: str
    start: int
    end: int


def key(words: str) -> str:
    """Give the form under which words are equal: `Risks & responsibilities!` and `risks and Résponsibilities`."""
    text = words[:LONGEST]
    if _is_plain(text):
        found = _LETTERS.findall(text.lower().replace("'", "").replace("`", ""))
    else:
        found = [word.key for word in _parts(text)]
    return " ".join(word for word in found if word != "and")


def parts(text: str) -> tuple[Word, ...]:
    """Divide a text into its words; `and` is none, since `&` is none either."""
    if _is_plain(text):
        found = [
            Word(each.group().replace("'", "").replace("`", ""), *each.span()) for each in _PLAIN.finditer(text.lower())
        ]
    else:
        found = list(_parts(text))
    return tuple(word for word in found if word.key != "and")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()  # as nearly all are


def _parts(text: str) -> Iterable[Word]:
    letters: list[str] = []
    start = end = 0
    for place, sign in enumerate(f"{text} "):
        for plain in _plain(sign):
            if plain != " ":
                start = start if letters else place
                letters.append(plain)
                end = place + 1
            elif letters:
                yield Word("".join(letters), start, end)
                letters = []


@lru_cache(4096)
def _plain(sign: str) -> str:
    """Give the letters and digits that a sign means, a blank where it ends a word, nothing where it does neither."""
    if _is_nothing(sign):
        return ""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(_digit(each) if each.isalnum() else " " for each in apart if not _is_nothing(each))


def _is_nothing(sign: str) -> bool:
    """Say whether a sign neither belongs to a word nor ends one."""
    if sign in _APOSTROPHES or sign in _FILLERS:
        return True
    category = unicodedata.category(sign)
    return category in _UNSEEN or category in _MARKS or (category == "Cc" and not sign.isspace())


def _digit(sign: str) -> str:
    """Give a digit of any script, or in a circle, as the one on most keyboards."""
    return str(unicodedata.digit(sign)) if sign.isdigit() else sign


def visible(text: str) -> str:
    """Give a text without what nobody sees in it, in one line; what joins emoji and letters stays."""
    if not _is_plain(text):
        text = "".join(sign for sign in text if sign in _JOINERS or not _is_unseen(sign))
    return " ".join(text.split())


def _is_unseen(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category in _UNSEEN or sign in _FILLERS or (category == "Cc" and not sign.isspace())


def repeated(text: str) -> str:
    """Give a text as it can be said again to who typed it: signs in their usual form, and nothing unseen."""
    if text.isascii():
        return text
    usual = unicodedata.normalize("NFKC", text)
    bare = "".join(sign for sign in usual if sign not in _JOINERS)
    return bare if bare.isascii() else usual


def slips(typed: str, meant: str) -> int | None:
    """Count the slips between two keys, word boundaries aside; None where they are too many to be slips.

    A slip is a letter wrong, missing, added or swapped with its neighbour. Words of three letters or fewer have none,
    those of four only a swap: "cat" is no misspelt "car".
    """
    typed, meant = typed.replace(" ", ""), meant.replace(" ", "")
    if typed == meant:
        return 0
    shorter, longer = sorted((len(typed), len(meant)))
    if longer - shorter > _MOST_SLIPS:  # as mostly
        return None
    if shorter < 4 or (shorter == 4 and sorted(typed) != sorted(meant)):  # noqa: PLR2004 - the rule stands above
        return None
    allowed = 1 if shorter < 8 else 2 if shorter < 14 else _MOST_SLIPS  # noqa: PLR2004 - one slip in about five letters
    distance = likeness.slips(typed, meant, allowed)
    return distance if distance <= allowed else None


def misspelt(typed: str, known: Mapping[str, str]) -> dict[str, int]:
    """Give those among many words that a key is a misspelt one of, each with its slips.

    `known` gives them without their blanks: most are told to be others before anything is counted.
    """
    joined = typed.replace(" ", "")
    alike = likeness.misspelt(joined, known, _MOST_SLIPS)
    counted = ((meant, slips(joined, without)) for without, _, meant in alike)
    return {meant: count for meant, count in counted if count is not None}


def nearest(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """Give the words that a key most probably is a misspelt one of, where it is to be one of a few; mostly none.

    More is forgiven than among many words: one slip from four letters on, two from eight, and a key held too long.
    """
    held = (re.sub(r"(.)\1{2,}", again, typed) for again in (r"\1", r"\1\1"))
    ways = tuple(dict.fromkeys((typed, *held)))
    found: dict[int, list[str]] = {}
    for meant in known:
        for written in ways:
            most = _most_slips(written, meant)
            distance = likeness.slips(written, meant, most)
            if distance <= most:
                found.setdefault(distance, []).append(meant)
    return tuple(dict.fromkeys(found[min(found)])) if found else ()


def _most_slips(typed: str, meant: str) -> int:
    if len(meant) < 4 or len(typed) < 3:  # noqa: PLR2004 # of so short a word, two letters may have changed places
        return int(sorted(typed) == sorted(meant))
    return 1 if len(meant) < 8 else 2  # noqa: PLR2004 # as it stands above


def suggestion(typed: str, known: Iterable[str], awaited: Iterable[str] = ()) -> str:
    """Give `; did you mean …?` for a near miss among known names, or an empty text.

    One that is `awaited` anyway is meant also by what only begins alike: `tries` for `try`.
    """
    found = likeness.most_alike(typed, tuple(known), 70)
    if found is None:
        alike = [name for name in awaited if name[:1] == typed[:1]]
        found = likeness.most_alike(typed, alike, 50)
    return f"; did you mean `{found}`?" if found is not None else ""
