"""The type of what a deck's folder holds, once its files were read and checked together."""

from collections.abc import Mapping

from msgspec import Struct, field

from content.model import Deck, Dilemma, Dimension, Fault, Place, Term, Tip
from content.references import Reference


class Contents(Struct, frozen=True):
    """What a folder holds. `deck` is None where it could not be read; with any fault, the rest has gaps too.

    `places` says where each entry stands, under names such as `tip/way-out`.
    """

    deck: Deck | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    version: str
    dimensions: tuple[Dimension, ...] = ()
    tips: tuple[Tip, ...] = ()
    dilemmas: tuple[Dilemma, ...] = ()
    references: tuple[Reference, ...] = ()
    terms: tuple[Term, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
