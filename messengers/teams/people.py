"""Know people by name on Teams, whose cards have no placeholder that its apps would fill in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from cachetools import FIFOCache
from msgspec.structs import replace

from cards import mentions
from cards.model import Card
from messengers.base import Address, Refused
from messengers.people import MOST, TIMEOUT, PeopleCache, Person
from messengers.teams import conversations, errors
from messengers.teams.connector import Answer, Connector
from messengers.teams.conversations import Directory
from store.conversations import Conversation
from store.database.access import Database, UnusableError

_MOST_ASKED = 10  # people on one card
_MOST_LISTED = 100  # members that a form offers; Teams gives 500 at once at most
# Teams: the roles of a tenant's own people. Others are guest, anonymous (of a meeting) and what bots have.
_OWN_ROLES = {"", "user", "member", "owner"}
_GUESTS_SIGN = "#ext#"  # Entra: in the user principal name of a guest
_LONGEST = 80  # characters of a name that are kept; cards have room for no more


class People:
    """Asks who is in a conversation, and remembers the answers for five minutes; names for as long as there is room."""

    def __init__(
        self, connector: Connector, database: Database, directory: Directory, monotonic: Callable[[], float]
    ) -> None:
        self._connector = connector
        self._database = database
        self._directory = directory
        self._known = PeopleCache(monotonic)
        self._names: FIFOCache[tuple[str, str], str] = FIFOCache(MOST)

    async def find(self, row: Conversation, person: str) -> Person | None:
        """Give what is known of somebody in a conversation; None where Teams does not say, or not soon enough."""
        return await self._known.find((row.workspace, row.id, person), lambda: self._ask(row, person))

    async def _ask(self, row: Conversation, person: str) -> Person | None:
        answer = await errors.ask(self._connector.get(conversations.url(row, "members", person)))
        match answer:
            case Refused(errors.NOT_A_MEMBER):
                return Person(is_gone=True, is_member=False)
            case Answer() if name := _name(answer):
                self.learn(row.workspace, person, name)
                return Person(name, is_member=_is_of(errors.body(answer), row.workspace))
            case _:
                return None

    async def members(self, row: Conversation) -> Mapping[str, str]:
        """Give the first of a conversation's members by name, people only; nobody where Teams does not say in time."""
        url = conversations.url(row, "pagedmembers") + f"?pageSize={_MOST_LISTED}"
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await errors.ask(self._connector.get(url))
        except TimeoutError:
            return {}
        listed = errors.body(answer).get("members") if isinstance(answer, Answer) else None
        found: dict[str, str] = {}
        for one in listed if isinstance(listed, list) else ():
            match one:
                # Teams: a roster calls the id by its old name, an activity by the new one.
                case {"objectId": str(person), "name": str(name)} | {"aadObjectId": str(person), "name": str(name)} if (
                    person and name
                ):
                    found[person] = name[:_LONGEST]
                    self.learn(row.workspace, person, name)
        return found

    def learn(self, workspace: str, person: str, name: str) -> None:
        """Remember what somebody is called in a tenant."""
        if name:
            self._names[workspace, person] = name[:_LONGEST]

    async def names(self, address: Address, card: Card) -> Mapping[str, str]:
        """Give the names of the people and conversations a card names, as far as they are known or soon found out.

        A conversation is named where it is, and in the chat of somebody who is in it: not of who has left.
        """
        people, named = mentions.named(card)
        workspace = address.workspace
        rooms = [one for one in named if one == address.conversation or await self._may_read_of(address, one)]
        found = {one: self._names[workspace, one] for one in people if (workspace, one) in self._names}
        try:
            if missing := [*rooms, *(one for one in people if one not in found)]:
                found |= await self._kept(workspace, missing)
        except UnusableError:
            return found
        unknown = [one for one in people if one not in found][:_MOST_ASKED]
        row = await self._directory.known(address) if unknown else None
        if row is not None:
            members = await asyncio.gather(*(self.find(row, person) for person in unknown))
            found |= {person: one.name for person, one in zip(unknown, members, strict=True) if one and one.name}
        return found

    async def _may_read_of(self, address: Address, room: str) -> bool:
        """Say whether who reads at an address, alone, is in another conversation; in doubt they are not."""
        here = await self._directory.known(address)
        there = await self._directory.known(replace(address, conversation=room, thread=""))
        if here is None or not here.person or there is None:
            return False
        found = await self.find(there, here.person)
        return found is not None and not found.is_gone

    async def _kept(self, workspace: str, ids: Sequence[str]) -> dict[str, str]:
        """Give the names the store has: of conversations, and of people by their chats."""
        async with self._database.read() as connection:
            rows = {one: await conversations.row_of(connection, workspace, one) for one in ids}
        return {one: row.name for one, row in rows.items() if row and row.name}


def _name(answer: Answer) -> str:
    name = errors.body(answer).get("name")
    return name[:_LONGEST] if isinstance(name, str) else ""


def _is_of(account: Mapping[str, object], tenant: str) -> bool:
    """Say whether an account is a person of this tenant; what it does not say speaks for it."""

    def said(name: str) -> str:
        return str(account.get(name) or "").casefold()

    return (
        said("tenantId") in {"", tenant.casefold()}
        and said("userRole") in _OWN_ROLES
        and _GUESTS_SIGN not in said("userPrincipalName")
        and not said("id").startswith("28:")
    )
