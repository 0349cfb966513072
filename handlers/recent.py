"""Remember a bounded number of things, so that what is known need not be looked up."""

from collections.abc import Hashable


class BoundedSet:
    """A set that forgets its oldest member when it is full."""

    def __init__(self, most: int) -> None:
        """Begin empty; `most` members at once."""
        self._most = most
        self._members: dict[Hashable, None] = {}

    def __contains__(self, member: Hashable) -> bool:
        """Say whether a member is there."""
        return member in self._members

    def add(self, member: Hashable) -> None:
        """Take a member in."""
        self._members[member] = None
        if len(self._members) > self._most:
            del self._members[next(iter(self._members))]
