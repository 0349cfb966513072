"""Know people by name on Teams, whose cards have no placeholder that its apps would fill in."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx
from microsoft_teams.api import ApiClient

from cards import mentions
from cards.model import Card
from messengers.base import Address, Refused
from messengers.teams import PLATFORM, conversations, errors
from messengers.teams.conversations import Places
from store.conversations import Conversation, Conversations
from store.database.access import Database, UnusableError

_KEPT = 300.0  # seconds; who leaves a conversation has left it five minutes later
_MOST = 10_000  # people and names each, about 2 MB; oldest go first
_TIMEOUT = 2.0  # seconds; somebody waits for a card that can do without
_MOST_ASKED = 10  # people on one card
_MOST_LISTED = 100  # members that a form offers; Teams gives 500 at once at most
# Teams: the roles of a tenant's own people. Others are guest, anonymous (of a meeting) and what bots have.
_OWN_ROLES = {"", "user", "member", "owner"}
_GUESTS_SIGN = "#ext#"  # Entra: in the user principal name of a guest
_LONGEST = 80  # characters of a name that are kept; cards have room for no more

_conversations = Conversations()
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a conversation; `is_gone` where they are in it no more, and then without a name.

    `is_member` is a person of the conversation's own tenant: no guest, nobody of a federated one, no bot.
    """

    name: str
    is_gone: bool = False
    is_member: bool = True


class People:
    """Asks who is in a conversation, and remembers the answers for five minutes; names for as long as there is room."""

    def __init__(
        self,
        api: ApiClient,
        database: Database,
        places: Places,
        monotonic: Callable[[], float],
        most: int = _MOST,
    ) -> None:
        self._api = api
        self._database = database
        self._places = places
        self._monotonic = monotonic
        self._most = most
        self._members: dict[tuple[str, str, str], tuple[float, Member]] = {}
        self._names: dict[str, str] = {}

    async def find(self, place: Conversation, person: str) -> Member | None:
        """Give what is known of somebody in a conversation; None where Teams does not say, or not soon enough."""
        now, key = self._monotonic(), (place.workspace, place.id, person)
        until, known = self._members.get(key, (now, None))
        if until > now:
            return known
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer = await errors.ask(self._api.http.get(conversations.url(place, "members", person)))
        except TimeoutError:
            return None
        match answer:
            case Refused(errors.NOT_A_MEMBER):
                member = Member("", is_gone=True, is_member=False)
            case httpx.Response() if name := _name(answer):
                member = Member(name, is_member=_is_of(_body(answer), place.workspace))
                self.learn(person, name)
            case _:
                return None
        _put(self._members, key, (now + _KEPT, member), self._most)
        return member

    async def members(self, place: Conversation) -> Mapping[str, str]:
        """Give the first of a conversation's members by name, people only; nobody where Teams does not say in time."""
        url = conversations.url(place, "pagedmembers") + f"?pageSize={_MOST_LISTED}"
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer = await errors.ask(self._api.http.get(url))
        except TimeoutError:
            return {}
        listed = _body(answer).get("members") if isinstance(answer, httpx.Response) else None
        found: dict[str, str] = {}
        for one in listed if isinstance(listed, list) else ():
            match one:
                # Teams: a roster calls the id by its old name, an activity by the new one.
                case {"objectId": str(person), "name": str(name)} | {"aadObjectId": str(person), "name": str(name)} if (
                    person and name
                ):
                    found[person] = name[:_LONGEST]
                    self.learn(person, name)
        return found

    def learn(self, person: str, name: str) -> None:
        """Remember what somebody is called."""
        if name:
            _put(self._names, person, name[:_LONGEST], self._most)

    async def names(self, address: Address, card: Card) -> Mapping[str, str]:
        """Give the names of the people and conversations a card names, as far as they are known or soon found out."""
        people, rooms = mentions.named(card)
        found = {one: self._names[one] for one in people if one in self._names}
        try:
            if missing := [*rooms, *(one for one in people if one not in found)]:
                found |= await self._kept(address.workspace, missing)
            unknown = [one for one in people if one not in found][:_MOST_ASKED]
            place = await self._places.known(address) if unknown else None
        except UnusableError:
            return found
        if place is not None:
            members = await asyncio.gather(*(self.find(place, person) for person in unknown))
            found |= {person: one.name for person, one in zip(unknown, members, strict=True) if one and one.name}
        return found

    async def _kept(self, workspace: str, ids: Sequence[str]) -> dict[str, str]:
        """Give the names the store has: of conversations, and of people by their chats."""
        async with self._database.read() as connection:
            rows = {
                one: await _conversations.find(connection, PLATFORM, workspace, one)
                or await _conversations.personal(connection, PLATFORM, workspace, one)
                for one in ids
            }
        return {one: row.name for one, row in rows.items() if row and row.name}


def _name(answer: httpx.Response) -> str:
    name = _body(answer).get("name")
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


def _body(answer: httpx.Response) -> Mapping[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _put(known: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    known.pop(key, None)
    while len(known) >= most:
        del known[next(iter(known))]
    known[key] = value
