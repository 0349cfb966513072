"""Answer what a person asks about weekly tips: a card, or a form that was filled in."""

from collections.abc import Coroutine, Mapping
from typing import Any

from msgspec.structs import replace

from cards.compose.tips import notices as tips_notices
from cards.model import Card, FormName
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from handlers.tips import changes, open_forms, ownership, save_forms, views
from handlers.tips.open_forms import Saved
from handlers.tips.people import TipsPeople
from handlers.tips.views import Asker
from messengers.base import Address
from store.subscriptions import Subscription


class TipsRequests:
    """Answers them for either platform; people are looked up only where the answer hinges on who they are."""

    def __init__(self, context: HandlerContext, people: TipsPeople) -> None:
        self._context = context
        self._people = people

    async def answer(
        self,
        asked: kinds.AboutTips,
        address: Address,
        person: str,
        *,
        is_outsider: bool = False,
        is_elsewhere: bool = False,
    ) -> Card | Coroutine[Any, Any, Card]:
        """Do what is asked, if this person may, and draw the card that answers it.

        Where somebody has to be looked up first, this gives what does so and then the rest. `is_elsewhere` says that it
        is asked from another place: then owners alone are answered, and are looked up nowhere else.
        """
        if is_elsewhere:
            return await self._elsewhere(asked, address, Asker(person, is_elsewhere=True))
        action = asked.action if isinstance(asked, kinds.ChangeTips) else None
        claims = action is not None and action.verb == "tips-claim"
        is_known = action is not None or self._people.tells_admins
        subscription = await views.find(self._context, address) if is_known else None
        hinges = action is not None and ownership.hinges_on_membership(subscription, person, address.conversation)
        if hinges or ownership.hinges_on_admin(subscription, person) or (claims and subscription is not None):
            claimed = subscription if claims else None
            return self._looked_up(asked, address, person, claimed, is_outsider=is_outsider)
        standing: ownership.Standing = "may-not" if is_outsider else "unseen"
        asker = Asker(person, standing=standing)
        if is_known and isinstance(asked, kinds.Settings):  # what most ask for, and it was read just now
            return views.settings(self._context, asked.undone, subscription, address, asker)
        return await self._card(asked, address, asker)

    async def _elsewhere(self, asked: kinds.AboutTips, address: Address, asker: Asker) -> Card:
        if isinstance(asked, kinds.ChangeTips):  # which looks itself who owns them
            return await self._card(asked, address, asker)
        if not ownership.owns(await views.find(self._context, address), asker.person):
            return tips_notices.not_yours_there()
        return await self._card(asked, address, asker)

    async def _looked_up(
        self, asked: kinds.AboutTips, address: Address, person: str, claimed: Subscription | None, *, is_outsider: bool
    ) -> Card:
        asker = await self._people.asker(address, person, is_outsider=is_outsider)
        is_gone = claimed is not None and await self._people.owners_are_gone(claimed)
        return await self._card(asked, address, asker, owner_is_gone=is_gone)

    async def _card(
        self, asked: kinds.AboutTips, address: Address, asker: Asker, *, owner_is_gone: bool = False
    ) -> Card:
        if isinstance(asked, kinds.ChangeTips):
            return await changes.change(self._context, address, asker, asked.action, owner_is_gone=owner_is_gone)
        return await views.shown(self._context, asked, address, asker)

    async def submit(
        self,
        form: FormName,
        address: Address,
        sender: PendingReply,
        values: Mapping[str, str],
        *,
        is_outsider: bool = False,
        is_elsewhere: bool = False,
    ) -> Saved:
        """Take a form's answers; `sender` hears what came of an introduction, where that goes first.

        `is_elsewhere` as for `answer`.
        """
        person, standing = sender.person, await views.find(self._context, address)
        # Who was not looked up is unseen, should the tips have changed by the time the form is taken.
        asker = Asker(person, is_elsewhere=is_elsewhere)
        needs_admin = open_forms.wants_admins(values) or ownership.hinges_on_admin(standing, person)
        hinges = ownership.hinges_on_membership(standing, person, address.conversation)
        if hinges or (needs_admin and self._people.tells_admins):
            found = await self._people.asker(address, person, is_outsider=is_outsider)
            asker = replace(found, is_elsewhere=is_elsewhere)
        named = await self._people.standings(address, ownership.newly_named(form, values, standing))
        saved = await save_forms.save(self._context, form, address, asker, values, named=named)
        if saved.introduction is not None:
            # What came of it replaces the settings card; anything shown now could arrive after that.
            self._context.pending_replies.add(saved.introduction, sender)
            self._context.wake()
        elif not saved.faults:
            after = open_forms.AFTER[form]
            if is_elsewhere:  # they may have been handed over just now
                return replace(saved, card=await self._elsewhere(after, address, asker))
            return replace(saved, card=await views.shown(self._context, after, address, asker))
        return saved
