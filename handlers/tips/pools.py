"""Give the tips of a library to whoever chooses among them."""

from weakref import WeakKeyDictionary

from content.library import Library
from scheduler.choosing import Candidate, Candidates

_known: WeakKeyDictionary[Library, Candidates] = WeakKeyDictionary()


def of(library: Library) -> Candidates:
    """Give the tips to choose from, in file order; made once for each library, which never changes."""
    found = _known.get(library)
    if found is None:
        found = _known[library] = {tip.id: Candidate(tip.dimension, tip.before) for tip in library.tips}
    return found
