"""Know which time zone a person chose last, so that no form asks for what they said before."""

from collections.abc import Collection

from cachetools import FIFOCache

from cards.zones import names
from messengers.base import Address
from store.database.access import Database
from store.subscriptions import Subscriptions

_MOST = 10_000  # people, about 2 MB; of the others their tips still tell

_subscriptions = Subscriptions()


class ChosenZones:
    """Remembers what was chosen while this process lives and the app stays; before that, the tips one owns tell it."""

    def __init__(self, database: Database) -> None:
        """Begin knowing nobody's."""
        self._database = database
        self._chosen: FIFOCache[tuple[str, str, str], tuple[str, str]] = FIFOCache(_MOST)

    def note(self, address: Address, person: str, zone: str) -> None:
        """Remember what somebody chose just now."""
        self._chosen[address.platform, address.workspace, person] = zone, address.conversation

    def forget(self, platform: str, workspace: str, conversations: Collection[str] | None = None) -> None:
        """Forget what was chosen in a workspace, or in these conversations of it: the app was removed from there."""
        for key, (_, where) in list(self._chosen.items()):
            if key[:2] == (platform, workspace) and (conversations is None or where in conversations):
                self._chosen.pop(key, None)

    async def of(self, address: Address, person: str, here: Address) -> tuple[str, str]:
        """Give the IANA zone a person chose last, and that of the tips `here`; '' where there is none.

        One read where neither is known: their own weekly tip tells first, then the newest of the tips they own.
        """
        chosen, _ = self._chosen.get((address.platform, address.workspace, person), ("", ""))
        if names.knows(chosen):
            return chosen, ""
        async with self._database.read() as connection:
            owned = await _subscriptions.owned_by(connection, address.platform, address.workspace, person)
            there = await _subscriptions.find(connection, here.platform, here.workspace, here.conversation)
        own = [one.zone for one in owned if one.conversation == person]
        zones = (*own, *(one.zone for one in reversed(owned)))
        return next(filter(names.knows, zones), ""), there.zone if there is not None else ""
