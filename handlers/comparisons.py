"""Draw comparisons, what is asked for most, once for each version of the content."""

import random
from collections.abc import Callable
from typing import Generic, TypeVar, assert_never

from cards.compose import dimensions
from cards.model import Card
from content.library import Library
from content.model import Dimension
from handlers.asking import kinds

_Drawn = TypeVar("_Drawn")


class Comparisons(Generic[_Drawn]):
    """Every dimension's card for one person, and what `draw` makes of it: the answer as it leaves."""

    def __init__(self, draw: Callable[[Card], _Drawn]) -> None:
        self._draw = draw
        self._kept: dict[tuple[str, str], tuple[Card, _Drawn]] = {}  # by the content's version and the dimension

    def drawn(self, library: Library, dimension: Dimension) -> _Drawn:
        """Give a comparison as it leaves."""
        return self._comparison(library, dimension)[1]

    def card(self, library: Library, answer: kinds.Show | kinds.Compare | kinds.AnyDimension) -> Card:
        """Give the card of an answer from the content, for one person."""
        match answer:
            case kinds.Show(card):
                return card
            case kinds.Compare(dimension):
                return self._comparison(library, dimension)[0]
            case kinds.AnyDimension():
                return dimensions.comparison(library, random.choice(library.dimensions))  # noqa: S311 # a random card guards nothing
            case _:
                assert_never(answer)

    def _comparison(self, library: Library, dimension: Dimension) -> tuple[Card, _Drawn]:
        key = (library.version, dimension.id)
        if key not in self._kept:
            # A new version of the content makes all of the old one's answers useless.
            self._kept = {known: kept for known, kept in self._kept.items() if known[0] == library.version}
            card = dimensions.comparison(library, dimension)
            self._kept[key] = (card, self._draw(card))
        return self._kept[key]
