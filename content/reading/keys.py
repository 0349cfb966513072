"""Say in what a mapping of a content file consists: its keys, and of what kind and how long each value is."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Of = Literal[
    "id",  # lower-case letters, digits and hyphens
    "line",  # plain words of one line, drawn as they are
    "lines",  # a list of them
    "paragraph",  # Markdown of one paragraph
    "paragraphs",  # a list of them
    "prose",  # Markdown of paragraphs and lists
    "number",
    "month",  # YYYY-MM
    "date",  # YYYY-MM-DD
    "address",  # https
    "choice",  # one of the key's `choices`
    "mapping",  # keys and values of the key's `shape`
    "mappings",  # a list of them
    "reactions",  # Slack's name of a reaction -> a level
]


class Key(Struct, frozen=True):
    """What stands behind a key: its kind, one sentence for the writer, and whether it may be left out.

    A text, or each of a list, has at `most` so many characters as people read them: an address behind a link is not
    counted. `count` is how many there are at least and at most, or how much a number is. `wanted` is of an optional
    key: how many there are of it wherever a deck has it at all; 0 where nobody asks for it.
    """

    of: Of
    says: str
    shape: str = ""
    most: int = 0
    count: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    wanted: int = 0

    @property
    def is_offered(self) -> bool:
        """Say whether it may be left out, and is asked for wherever most entries of a deck have it."""
        return self.wanted > 0


class Shape(Struct, frozen=True):
    """The keys of one mapping; `kind` is what faults call it."""

    kind: str
    keys: Mapping[str, Key]

    @property
    def required(self) -> tuple[str, ...]:
        """Give the keys that may not be left out."""
        return tuple(name for name, key in self.keys.items() if not key.is_optional)
