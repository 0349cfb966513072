"""Compare words as people mean them: without case, accents, punctuation or small slips of the finger."""

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

LONGEST = 300  # characters that are looked at; nobody names a thing in more, and a pasted page must cost nothing


def key(words: str) -> str:
    """Give the form under which words are equal: `Risks & responsibilities!` and `risks and Résponsibilities`."""
    folded = (
        unicodedata.normalize("NFKD", words[:LONGEST])
        .casefold()
        .replace("&", " and ")
        .replace("'", "")
        .replace("’", "")
    )
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(word for word in re.findall(r"[^\W_]+", plain) if word != "and")


def slips(typed: str, meant: str) -> int | None:
    """Count the slips between two keys, word boundaries aside; None where they are too many to be slips.

    A slip is a letter wrong, missing, added or swapped with its neighbour. Words of three letters or fewer have none,
    those of four only a swap: "cat" is no misspelt "car".
    """
    typed, meant = typed.replace(" ", ""), meant.replace(" ", "")
    if typed == meant:
        return 0
    shorter = min(len(typed), len(meant))
    if shorter < 4 or (shorter == 4 and sorted(typed) != sorted(meant)):  # noqa: PLR2004 - the rule stands above
        return None
    allowed = 1 if shorter < 8 else 2 if shorter < 14 else 3  # noqa: PLR2004 - one slip in about five letters
    distance = OSA.distance(typed, meant, score_cutoff=allowed)
    return distance if distance <= allowed else None


def suggestion(typed: str, known: Iterable[str]) -> str:
    """Give `; did you mean …?` for a near miss among known names, or an empty text."""
    found = process.extractOne(typed, tuple(known), scorer=fuzz.ratio, score_cutoff=70)
    return f"; did you mean `{found[0]}`?" if found else ""
