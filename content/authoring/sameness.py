"""Measure how much alike the worked examples and the recalls of the tips are: readers see through a mould."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from content import inline
from content.inline import Bullets
from content.model import Tip
from content.reading.schema import SECTIONS

_Each = TypeVar("_Each")
FEWEST = 20  # tips from which on shares mean something


class Share(Struct, frozen=True):
    """A share from 0 to 1 of what is measured, what it is a share of, and between which bounds it has to lie."""

    of: str
    value: float
    least: float
    most: float

    @property
    def is_kept(self) -> bool:
        """Say whether it lies within its bounds."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        """Give it as a writer reads it: `17% of the examples begin with "in" (at most 25%)`."""
        bounds = f"{self.least:.0%} to {self.most:.0%}" if self.least else f"at most {self.most:.0%}"
        return f"{self.value:.0%} {self.of} ({bounds})"


def shares(tips: Sequence[Tip]) -> tuple[Share, ...]:
    """Measure the tips, or nothing where they are few.

    The bounds: who gets a tip a week meets the same beginning, and the same shape, once a month or less. Where one side
    won twice as often as the other, examples would teach a verdict instead of a judgment. Of three answers the
    right one stands at each place about as often, and is not to be told by its length.
    """
    if len(tips) < FEWEST:
        return ()
    beginnings = Counter(map(_beginning, tips))
    shapes = Counter(map(_shape, tips))
    (word, begin), (shape, alike) = beginnings.most_common(1)[0], shapes.most_common(1)[0]
    found = [
        Share(f"of the examples begin with “{word}”", begin / len(tips), 0, 0.25),
        Share(f"of the examples have one shape ({shape})", alike / len(tips), 0, 0.25),
    ]
    contests = [tip for tip in tips if tip.wins in ("model", "plain")]
    if len(contests) >= FEWEST:
        wins = sum(tip.wins == "model" for tip in contests) / len(contests)
        found.append(Share(f"of the {len(contests)} examples with a winner are won by the model", wins, 1 / 3, 2 / 3))
    recalls = [tip.recall.options for tip in tips if tip.recall]
    if len(recalls) >= FEWEST:
        places = Counter(next(n for n, each in enumerate(options) if each.verdict == "right") for options in recalls)
        longest = _share(recalls, lambda options: max(options, key=lambda each: len(each.label)).verdict == "right")
        found += [
            Share(f"of the recalls have the right answer {name}", places[n] / len(recalls), 0.2, 0.45)
            for n, name in enumerate(("first", "second", "third"))
        ]
        found.append(Share("of the recalls have the right answer as the longest", longest, 0, 0.45))
    return tuple(found)


def _share(many: Sequence[_Each], holds: Callable[[_Each], bool]) -> float:
    return sum(map(holds, many)) / len(many)


def _beginning(tip: Tip) -> str:
    """Give the first word of a tip's example; `an` is `a`."""
    first = inline.plain_prose(_example(tip)).split(maxsplit=1)[0].strip("“”\"'.,:;").casefold()
    return "a" if first == "an" else first


def _shape(tip: Tip) -> str:
    """Say which paragraphs and lists a tip's example is made of: `text, 3 labeled items, text`."""
    return ", ".join(
        f"{len(block.items)} {'labeled ' if _are_labeled(block.items) else ''}items"
        if isinstance(block, Bullets)
        else "text"
        for block in _example(tip)
    )


def _are_labeled(items: Iterable[inline.Rich]) -> bool:
    return all(item and isinstance(item[0], inline.Strong) for item in items)


def _example(tip: Tip) -> inline.Prose:
    heading, _ = SECTIONS["example"]
    return next((section.prose for section in tip.detail if section.label == heading), ())
