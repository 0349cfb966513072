"""Remember in this process which installation serves which workspace, so that the database is asked once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cachetools import LRUCache, TTLCache
from slack_sdk.web.async_client import AsyncWebClient

from messengers.slack.installations import Installed

_MOST = 10_000  # installations, and as many workspaces that have none
_CLIENTS = 2_000  # made in a moment, and each holds more memory than its installation
_FOR = 3600.0  # seconds: what changes is told by `learn`; this is for what was missed
_ABSENT_FOR = 30.0  # seconds; also for a token that no key opens

Make = Callable[[str, Installed], AsyncWebClient]
Asked = tuple[str, str]  # a workspace, and the organization that was named with it


class Remembered:
    """A bounded memory, which forgets by itself, of frozen installations and of who has none."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Take seconds, for how long something is remembered."""
        self._installed: TTLCache[str, Installed] = TTLCache(_MOST, _FOR, monotonic)  # by place
        self._serves: TTLCache[str, str] = TTLCache(_MOST, _FOR, monotonic)  # workspace to place
        self._absent: TTLCache[Asked, str] = TTLCache(_MOST, _ABSENT_FOR, monotonic)  # with what is wrong, or ''
        self._clients: LRUCache[str, tuple[tuple[str, datetime], AsyncWebClient]] = LRUCache(_CLIENTS)  # by workspace
        self._told: Mapping[str, datetime] = {}

    def find(self, workspace: str, enterprise: str) -> Installed | None:
        """Give what is known to serve a workspace; None where nothing is, or where another organization is named."""
        try:  # each request comes here, and to ask these caches with `get` is to look twice
            found = self._installed[self._serves[workspace or enterprise]]
        except KeyError:
            return None
        if found.is_organization and enterprise and found.place != enterprise:
            return None
        return found

    def absence(self, workspace: str, enterprise: str) -> str | None:
        """Give '' where nothing is installed, words where it cannot be read, and None where nothing is known."""
        return self._absent.get((workspace, enterprise))

    def put(self, workspace: str, installed: Installed) -> None:
        """Remember what serves a workspace."""
        self._installed[installed.place] = installed
        self._serves[workspace] = installed.place

    def put_absent(self, workspace: str, enterprise: str, words: str = "") -> None:
        """Remember for a short while that nothing serves a workspace, or in words why it cannot."""
        self._absent[workspace, enterprise] = words

    def renew(self, installed: Installed) -> None:
        """Put new tokens in the place of former ones, where these are remembered."""
        if installed.place in self._installed:
            self._installed[installed.place] = installed

    def client(self, workspace: str, installed: Installed, make: Make) -> AsyncWebClient:
        """Give the client of a workspace with the installation's own token, never with a former one."""
        of = installed.token.reveal(), installed.installed_at
        known = self._clients.get(workspace)
        if known and known[0] == of:
            return known[1]
        made = make(workspace, installed)
        self._clients[workspace] = (of, made)
        return made

    def drop(self, *places: str) -> None:
        """Forget workspaces and organizations, whatever these serve, and that they have none."""
        gone = set(places)
        for place in gone:
            self._installed.pop(place, None)
            self._clients.pop(place, None)
        for workspace in [each for each, place in self._serves.items() if gone & {each, place}]:
            del self._serves[workspace]
            self._clients.pop(workspace, None)
        for asked in [each for each in self._absent if gone & set(each)]:
            del self._absent[asked]

    def learn(self, changed: Mapping[str, datetime]) -> int:
        """Forget what is of another moment than the database says; gives how many places that were.

        The same changes are told several times, for one that was read just before may be remembered just after.
        """
        gone = [place for place, at in changed.items() if self._told.get(place) != at or self._differs(place, at)]
        self._told = changed
        if gone:
            self.drop(*gone)
        return len(gone)

    def _differs(self, place: str, at: datetime) -> bool:
        known = self._installed.get(place)
        return (known is not None and known.changed_at != at) or self._serves.get(place, place) != place
