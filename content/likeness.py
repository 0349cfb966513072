"""Tell how alike words are. What counts it comes when somebody first types what is no word of ours: most never do."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any


def slips(one: str, other: str, most: int) -> int:
    """Count what it takes to make one word the other, two letters that changed places as one; above `most` no more."""
    counted: int = _parts().slips(one, other, score_cutoff=most)
    return counted


def misspelt(
    word: str, known: Sequence[str] | Mapping[str, str], most: int, count: int | None = None
) -> list[tuple[str, int, Any]]:
    """List the known words within so many slips, fewest first: each with its slips, and its place or key."""
    found: list[tuple[str, int, Any]] = _parts().extract(
        word, known, scorer=_parts().slips, score_cutoff=most, limit=count
    )
    return found


def alike(word: str, known: Sequence[str], least: int) -> list[str]:
    """List the known words that look like a word in `least` of a hundred parts, most alike first."""
    found = _parts().extract(word, known, scorer=_parts().ratio, score_cutoff=least, limit=None)
    return [each for each, _, _ in found]


def most_alike(word: str, known: Sequence[str], least: int) -> str | None:
    """Give the first of those that `alike` would list."""
    found = _parts().extract_one(word, known, scorer=_parts().ratio, score_cutoff=least)
    return found[0] if found else None


class _Parts:
    """What is used of rapidfuzz."""

    def __init__(self) -> None:
        # A hundredth of a start, and 4 MB.
        from rapidfuzz import fuzz, process  # noqa: PLC0415 # slow
        from rapidfuzz.distance import OSA  # noqa: PLC0415 # slow

        self.ratio, self.slips = fuzz.ratio, OSA.distance
        self.extract, self.extract_one = process.extract, process.extractOne


@cache
def _parts() -> _Parts:
    return _Parts()
