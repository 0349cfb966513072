"""Know of a person what changing tips depends on: whether they belong to the workspace, run it, or have left it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from cachetools import TTLCache
from msgspec import Struct

KEPT = 300.0  # seconds; who is made an admin or leaves now is known as such five minutes later
TIMEOUT = 2.0  # seconds; somebody waits for an answer that can do without
MOST = 10_000  # people, about 2 MB


class Person(Struct, frozen=True):
    """Somebody as a platform knows them; `name` and their IANA `zone` are '' where it names none.

    `is_member` is an active person of the workspace or tenant itself: no guest, nobody of another one, no bot. Only a
    member can be its admin; `is_admin` is None where the platform tells bots of no admins. `is_gone` is who has left:
    a deactivated account, or nobody of the conversation any more.
    """

    name: str = ""
    zone: str = ""
    is_gone: bool = False
    is_member: bool = True
    is_admin: bool | None = None


class PeopleCache:
    """Remembers for five minutes what a platform said of people; who was longest not asked for is forgotten first."""

    def __init__(self, monotonic: Callable[[], float], most: int = MOST) -> None:
        self._known: TTLCache[Hashable, Person] = TTLCache(most, KEPT, monotonic)

    async def find(self, key: Hashable, ask: Callable[[], Awaitable[Person | None]]) -> Person | None:
        """Give what is known of a person, or what `ask` finds out; None where it finds nothing, or not in 2 s."""
        known = self._known.get(key)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(TIMEOUT):
                found = await ask()
        except TimeoutError:
            return None
        if found is not None:
            self._known[key] = found
        return found
