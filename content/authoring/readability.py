"""Say how many years of school a text asks of its reader."""

import importlib
import warnings
from collections.abc import Sequence
from types import ModuleType

from msgspec import Struct

from content import inline
from content.model import Tip

MOST = 10.0  # the Flesch-Kincaid grade of a tip at most: what a reader of sixteen takes in at first sight


class Grade(Struct, frozen=True):
    """A tip and its grade."""

    tip: Tip
    years: float


def grades(tips: Sequence[Tip]) -> tuple[Grade, ...] | None:
    """Give the grade of what each tip says on its card, the hardest first; None where textstat is not installed."""
    textstat = _textstat()
    if textstat is None:
        return None
    found = [Grade(tip, float(textstat.flesch_kincaid_grade(_said(tip)))) for tip in tips]
    return tuple(sorted(found, key=lambda grade: -grade.years))


def _said(tip: Tip) -> str:
    return f"{inline.plain(tip.idea)} {inline.plain(tip.try_this)}"


def _textstat() -> ModuleType | None:
    """Import it only now: it takes 0.15 s, serves nobody but writers, and is one of the developers' packages."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads its word lists through pkg_resources, which says that it will go
        try:
            return importlib.import_module("textstat")
        except ModuleNotFoundError:
            return None
