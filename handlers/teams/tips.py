"""Hear on Teams what concerns weekly tips: cards, changes, dialogs, and who may do what."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from cards.compose import chats, phrases
from cards.compose.tips import notices as tips_notices
from cards.forms import Form, UserSelect
from cards.model import ME, Action, Card, FormName, TextBlock
from cards.teams import render
from handlers import answers
from handlers.answers import AboutTips
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from handlers.teams import payload, presenter, responses
from handlers.teams.payload import PLATFORM, Activity
from handlers.teams.presenter import Presenter, ReplyTarget
from handlers.teams.responses import Reply
from handlers.tips import changes, forms, ownership, views
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.teams.messenger import TeamsMessenger
from messengers.teams.people import Member
from scheduler import quiet_dates
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription

log = structlog.get_logger()


class TeamsTips:
    """The tips' half of the handlers. Teams tells bots of no admins, so nobody is one here."""

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger, presenter: Presenter) -> None:
        """Take the neutral dependencies, Teams' messenger, and what shows cards."""
        self._context = context
        self._messenger = messenger
        self._presenter = presenter

    async def asked(self, activity: Activity, answer: AboutTips, *, is_public: bool) -> None:
        """Answer what was typed: the change is made at once, its card posted where it was asked, in the thread.

        What is one person's own is not said where others read: a button shows it to whoever presses. `is_public` says
        that others read the question.
        """
        card = await self.card(activity, answer)
        if activity.alone:
            # The way to stop tips does so where it is pressed: elsewhere it would be about other tips.
            again = tips_notices.to_stop() if is_public and isinstance(answer, answers.Stopping) else None
            self._context.spawn(self._presenter.say_alone(activity, card, again))
            return
        if answers.place_of(answer) == ME and activity.kind != "personal":
            card = tips_notices.in_private(Action("tips", place=ME), "Settings")
        self._context.spawn(self._presenter.say(activity.address, card))

    async def card(self, activity: Activity, answer: AboutTips) -> Card:
        """Draw a card about tips for who asks, once what they ask is done."""
        address, asker = payload.tips_address(activity, answers.place_of(answer)), Asker(activity.person)
        if not isinstance(answer, answers.ChangeTips):
            return await views.shown(self._context, answer, address, asker)
        is_gone = False
        if (
            answer.action.verb == "tips-claim"
            and (subscription := await views.find(self._context, address)) is not None
        ):
            is_gone = await self._is_gone(subscription)
            asker = await self._asker(address, activity.person)
        return await changes.change(self._context, address, asker, answer.action, owner_is_gone=is_gone)

    async def _is_gone(self, subscription: Subscription) -> bool:
        """Say whether everybody who owns these tips has left, as far as Teams tells us."""
        owners = [owner for owner in (subscription.owner, *subscription.co_owners) if owner]
        found = await self._people(Address(PLATFORM, subscription.workspace, subscription.conversation), owners)
        return all(one is not None and one.is_gone for one in found)

    async def _people(self, address: Address, people: Sequence[str]) -> Sequence[Member | None]:
        """Look several people of a conversation up, as far as Teams says in time."""
        place = (address.workspace, address.conversation)
        try:
            async with asyncio.timeout(self._presenter.patience):
                return await asyncio.gather(*(self._messenger.person(*place, person) for person in people))
        except TimeoutError:
            return [None for _ in people]

    async def _named(self, address: Address, people: Sequence[str]) -> Mapping[str, ownership.Standing]:
        """Tell of each of these people whether they may own a conversation's tips: in it, and no guests."""
        found = await self._people(address, people)
        return {
            person: "unseen" if one is None else "may" if one.is_member else "may-not"
            for person, one in zip(people, found, strict=True)
        }

    async def _asker(self, address: Address, person: str) -> Asker:
        return Asker(person, standing=(await self._named(address, (person,)))[person])

    # --- dialogs

    async def fetch(self, activity: Activity, action: Action | None, zone: str) -> Reply:
        """Open the dialog a button names; where there is none for this person, say why in its place."""
        if action is None or action.verb != "tips-edit":
            return responses.dialog_words(tips_notices.FORM_OUT_OF_DATE)
        place = ME if action.place == ME else ""
        form = forms.name_of(action.argument)
        return await self._dialog(activity, form, presenter.context_of(place, activity.target), zone)

    async def _dialog(
        self,
        activity: Activity,
        form: FormName,
        context: str,
        zone: str,
        *,
        faults: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Reply:
        """Draw a dialog; a second time with what was typed, and what was wrong with it."""
        place, _ = presenter.spot_of(context)
        address = payload.tips_address(activity, place)
        drawn = await forms.opened(self._context, form, address, Asker(activity.person), carried=context, zone=zone)
        if not isinstance(drawn, Form):
            return responses.dialog_words(await self._presenter.sentence(activity, drawn))
        names = dict(await self._presenter.names(activity.address, _naming(drawn)))
        if form == "owners":
            # To choose from without typing; whoever is not among them is found by Teams' own search.
            names = {**await self._presenter.members(address), **names}
        countries = quiet_dates.countries() if form == "quiet" else ()
        dialog = render.dialog(drawn, names, faults=faults, values=values, countries=countries)
        return Reply(200, render.task(drawn, dialog))

    async def submit(self, activity: Activity, data: object, zone: str) -> Reply:
        """Take a dialog's answers: mistakes are shown at their fields, the rest is saved before it closes."""
        sent = render.submitted(data)
        if sent is None or sent[0].verb != "tips-save":
            return responses.dialog_words(tips_notices.FORM_OUT_OF_DATE)
        action, context = sent
        form, values = forms.name_of(action.argument), render.answers(data)
        place, message_id = presenter.spot_of(context)
        # Who sends it decides whose own tips they are, and where they sent it from which conversation's: not the form.
        # Who was not looked up is unseen, should the tips have changed by the time the dialog is taken.
        address, asker = payload.tips_address(activity, place), Asker(activity.person, standing="unseen")
        standing = await views.find(self._context, address)
        changed_by = values.get("changed_by")
        if form == "settings" and ownership.takes_it(standing, changed_by, activity.person, address.conversation):
            asker = await self._asker(address, activity.person)
        named = await self._named(address, ownership.newly_named(form, values, standing))
        saved = await forms.save(self._context, form, address, asker, values, named=named)
        if saved.faults:
            context = presenter.context_of(place, message_id)  # of what came only what was understood goes back
            return await self._dialog(activity, form, context, zone, faults=saved.faults, values=values)
        alone = activity.person if place == ME and activity.kind != "personal" else ""
        spot = replace(ReplyTarget.of(activity), message_id=activity.target or message_id, alone=alone)
        if saved.introduction is not None:
            # What came of it replaces the settings; anything shown now could arrive after that.
            self._context.pending_replies.add(saved.introduction, activity.person, spot.encode(), self._context.clock())
            self._context.wake()
            return responses.dialog_words(chats.INTRODUCING)
        card = await views.shown(self._context, forms.AFTER[form], address, asker)
        self._context.spawn(self._presenter.show(activity.address.workspace, spot, card, activity.person))
        return responses.dialog_words(chats.SAVED)

    async def search(self, typed: str) -> Reply:
        """Answer what is typed into the search for a time zone."""
        # In a thread: the first search reads the places, a good quarter of a second.
        return responses.search(await asyncio.to_thread(render.zone_choices, typed, self._context.clock()))

    async def introduced(self, delivery: Delivery, listener: PendingReply) -> None:
        """Show who turned tips on what came of the introduction."""
        address = Address(PLATFORM, delivery.workspace, delivery.conversation)
        card = await forms.introduced(self._context, address, Asker(listener.person), delivery)
        await self._presenter.show(delivery.workspace, ReplyTarget.decode(listener.response_url), card, listener.person)


def _naming(form: Form) -> Card:
    """Give a card that names whom a form names: names are looked up by card."""
    ids = [id_ for field in form.fields if isinstance(field, UserSelect) for id_ in field.values]
    return Card(form.title, (*(TextBlock(note) for note in form.notes), TextBlock(phrases.people(ids))))
