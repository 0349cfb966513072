"""Learn of people what changing tips depends on, as far as their platform tells."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from handlers.tips import ownership
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.people import Person
from store.subscriptions import Subscription


class TipsPeople(Struct, frozen=True):
    """A platform's people: `find` looks one of a conversation up, None in doubt.

    `may_ask` says of a workspace whether it lets the bot ask at all: what can never be known speaks for everybody.
    `tells_admins` says that the platform tells bots who is one. `patience` is how many seconds a question about several
    may take.
    """

    find: Callable[[Address, str], Awaitable[Person | None]]
    may_ask: Callable[[str], bool] = lambda _: True
    tells_admins: bool = False
    patience: float | None = None

    async def asker(self, address: Address, person: str, *, is_outsider: bool = False) -> Asker:
        """Look who asks up; `is_outsider` says that they are known to be of another workspace."""
        (found,) = await self._all(address, (person,))
        return self.known(address, person, found, is_outsider=is_outsider)

    def known(self, address: Address, person: str, found: Person | None, *, is_outsider: bool = False) -> Asker:
        """Say who asks, where their platform said this of them, or nothing."""
        standing = self._standing(address, found)
        if found is None and is_outsider:
            standing = "may-not"
        return Asker(person, found.is_admin if found else None, standing)

    async def standings(self, address: Address, people: Sequence[str]) -> Mapping[str, ownership.Standing]:
        """Tell of each of these people whether they may own a conversation's tips."""
        found = await self._all(address, people)
        return {person: self._standing(address, one) for person, one in zip(people, found, strict=True)}

    async def owners_are_gone(self, subscription: Subscription) -> bool:
        """Say whether everybody who owns these tips has left, as far as the platform tells."""
        address = Address(subscription.platform, subscription.workspace, subscription.conversation)
        found = await self._all(address, [one for one in (subscription.owner, *subscription.co_owners) if one])
        return all(one is not None and one.is_gone for one in found)

    async def _all(self, address: Address, people: Sequence[str]) -> Sequence[Person | None]:
        try:
            async with asyncio.timeout(self.patience):
                return await asyncio.gather(*(self.find(address, person) for person in people))
        except TimeoutError:
            return [None for _ in people]

    def _standing(self, address: Address, found: Person | None) -> ownership.Standing:
        if found is None:
            return "unseen" if self.may_ask(address.workspace) else "may"
        return "may" if found.is_member else "may-not"
