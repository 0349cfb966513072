"""Find tips that say the same in other words."""

import re
from collections.abc import Sequence

from msgspec import Struct
from rapidfuzz import fuzz, process

from content import inline, matching
from content.model import Tip
from content.search import vocabulary

# Of 100, the words that two tips share. Measured on the first 21 tips, no two of which say the same: at most 28, in the
# middle 14; two of them told anew sentence by sentence have 60 and 70 in common with what they were told from.
TOO_ALIKE = 45
_ENDINGS = re.compile(r"(?<=\w{4})(?:ing|ed|es|s|ly)$")


class Pair(Struct, frozen=True):
    """Two tips, and how alike their words are, of 100."""

    tip: Tip
    other: Tip
    likeness: float


def pairs(tips: Sequence[Tip]) -> tuple[Pair, ...]:
    """Give for each tip but the first the one above it that is most like it, the most alike pair first."""
    said = [_words(tip) for tip in tips]
    found = []
    for place, tip in enumerate(tips):
        # In alphabetical order, and each once: what the two have in common then is the words they share.
        nearest = process.extractOne(said[place], said[:place], scorer=fuzz.ratio, processor=None)
        if nearest:
            found.append(Pair(tip, tips[nearest[2]], nearest[1]))
    return tuple(sorted(found, key=lambda pair: -pair.likeness))


def _words(tip: Tip) -> tuple[str, ...]:
    texts = (tip.title, inline.plain(tip.idea), inline.plain(tip.try_this))
    # key() looks at so many characters only, hence word by word
    words = {key for text in texts for word in text.split() for key in matching.key(word).split()}
    return tuple(sorted({_ENDINGS.sub("", word) for word in words if not vocabulary.is_idle(word)}))
