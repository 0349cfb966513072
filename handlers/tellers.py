"""Remember for a while who tells the writers something: how much today, and which form made which row."""

import secrets
from collections.abc import Callable
from datetime import date, datetime

from cachetools import FIFOCache

MOST = 20  # things that a person may tell the writers in a day
_REMEMBERED = 20_000  # people of today, and forms, about 10 MB; who is forgotten begins again


class Tellers:
    """What one process knows of them, in memory alone: with several, each counts for itself, and from its start."""

    def __init__(self, clock: Callable[[], datetime], most: int = MOST) -> None:
        """Begin with nobody; `clock` gives the moment, whose day in UTC counts."""
        self._clock = clock
        self.most = most
        self._told: FIFOCache[tuple[date, str, str], int] = FIFOCache(_REMEMBERED)
        self._rows: FIFOCache[tuple[str, ...], str] = FIFOCache(_REMEMBERED)

    def is_enough(self, workspace: str, person: str) -> bool:
        """Say whether a person told as much today as is taken from one."""
        return self._told.get((self._clock().date(), workspace, person), 0) >= self.most

    def note(self, workspace: str, person: str) -> None:
        """Count one more thing that a person told."""
        key = (self._clock().date(), workspace, person)
        self._told[key] = self._told.get(key, 0) + 1

    def row(self, *form: str) -> str:
        """Give the id of the row that a form makes, the same where it is sent twice; `form` says which, and whose.

        It is by chance, since an id that is made from who sent what could tell who that was.
        """
        return self._rows.setdefault(form, secrets.token_hex(16))
