"""Hear on Teams what concerns weekly tips: cards, changes, dialogs, and who may do what."""

import asyncio
from collections.abc import Mapping

import structlog
from msgspec.structs import replace

from cards.compose import phrases
from cards.compose.tips import notices as tips_notices
from cards.forms import Form, UserSelect
from cards.model import ME, Action, Card, FormName, TextBlock
from cards.teams import render
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.pending_replies import PendingReply
from handlers.teams import people, presenter, responses
from handlers.teams.payload import Activity
from handlers.teams.presenter import Presenter, ReplyTarget
from handlers.teams.responses import Reply
from handlers.tips import open_forms, ownership, views
from handlers.tips.open_forms import Opening
from handlers.tips.requests import TipsRequests
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.teams.messenger import TeamsMessenger
from scheduler import quiet_dates

log = structlog.get_logger()


class TeamsTips:
    """The tips' half of the handlers. Teams tells bots of no admins, so nobody is one here."""

    def __init__(self, context: HandlerContext, messenger: TeamsMessenger, presenter: Presenter) -> None:
        """Take the neutral dependencies, Teams' messenger, and what shows cards."""
        self._context = context
        self._presenter = presenter
        self._people = people.of(messenger, presenter.patience)
        self._requests = TipsRequests(context, self._people)

    async def asked(self, activity: Activity, answer: kinds.AboutTips, *, is_public: bool) -> None:
        """Answer what was typed: the change is made at once, its card posted where it was asked, in the thread.

        What is one person's own is not said where others read: a button shows it to whoever presses. `is_public` says
        that others read the question.
        """
        card = await self.card(activity, answer)
        if activity.alone:
            # The way to stop tips does so where it is pressed: elsewhere it would be about other tips.
            again = tips_notices.to_stop() if is_public and isinstance(answer, kinds.Stopping) else None
            self._context.spawn(self._presenter.say_alone(activity, card, again))
            return
        if kinds.place_of(answer) == ME and activity.kind != "personal":
            card = tips_notices.in_private(Action("tips", place=ME), "Settings")
        self._context.spawn(self._presenter.say(activity.address, card))

    async def changed(self, activity: Activity, answer: kinds.ChangeTips) -> Card:
        """Do what a button asks, and give what this person sees then.

        A settings card that all read tells all how the tips stand; a page that one person is on stays theirs.
        """
        card = await self.card(activity, answer)
        target = ReplyTarget.of(activity)
        is_shared = not answer.action.place and self._is_shared(activity, target)
        if is_shared and card == await self.card(activity, kinds.Settings()):  # else it says why it was not done
            self._context.spawn(self._presenter.show(activity.address.workspace, target, card, activity.person))
        return card

    def _is_shared(self, activity: Activity, target: ReplyTarget) -> bool:
        return activity.kind != "personal" and self._presenter.is_shared(activity.address.workspace, target)

    async def card(self, activity: Activity, answer: kinds.AboutTips) -> Card:
        """Draw a card about tips for who asks, once what they ask is done."""
        address = _whose(activity, kinds.place_of(answer))
        is_elsewhere = ownership.is_elsewhere(activity.address, address, activity.person)
        card = await self._requests.answer(
            answer, address, activity.person, is_outsider=activity.is_outsider, is_elsewhere=is_elsewhere
        )
        return card if isinstance(card, Card) else await card

    # --- dialogs

    async def fetch(self, activity: Activity, action: Action | None, zone: str) -> Reply:
        """Open the dialog a button names; where there is none for this person, say why in its place."""
        if action is None or action.verb != "tips-edit":
            return responses.dialog_words(tips_notices.FORM_OUT_OF_DATE)
        form = open_forms.name_of(action.argument)
        context = presenter.context_of(action.place, activity.target)
        opening = Opening(activity.address, context, zone, open_forms.proposed(action))
        return await self._dialog(activity, form, opening)

    async def _dialog(
        self,
        activity: Activity,
        form: FormName,
        opening: Opening,
        *,
        faults: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Reply:
        """Draw a dialog; a second time with what was typed, and what was wrong with it."""
        place, _ = presenter.spot_of(opening.carried)
        address = _whose(activity, place)
        asker = await self._asker(activity, address)
        drawn = await open_forms.opened(self._context, form, address, asker, opening)
        if not isinstance(drawn, Form):
            return responses.dialog_words(await self._presenter.sentence(activity, drawn))
        names = dict(await self._presenter.names(activity.address, _naming(drawn)))
        if form == "owners":
            # To choose from without typing; whoever is not among them is found by Teams' own search.
            names = {**await self._presenter.members(address), **names}
        countries = quiet_dates.countries() if form == "quiet" else ()
        dialog = render.dialog(drawn, names, faults=faults, values=values, countries=countries)
        return Reply(200, render.task(drawn, dialog))

    async def _asker(self, activity: Activity, address: Address) -> Asker:
        person = activity.person
        if ownership.is_elsewhere(activity.address, address, person):
            return Asker(person, is_elsewhere=True)
        subscription = await views.find(self._context, address)
        if not ownership.hinges_on_membership(subscription, person, address.conversation):
            return Asker(person)
        return await self._people.asker(address, person, is_outsider=activity.is_outsider)

    async def submit(self, activity: Activity, data: object, zone: str) -> Reply:
        """Take a dialog's answers: mistakes are shown at their fields, the rest is saved before it closes."""
        sent = render.submitted(data)
        if sent is None or sent[0].verb != "tips-save":
            return responses.dialog_words(tips_notices.FORM_OUT_OF_DATE)
        action, context = sent
        form, values = open_forms.name_of(action.argument), render.answers(data)
        place, message_id = presenter.spot_of(context)
        # Who sends it decides whose own tips they are, not the form; what it names elsewhere only owners change.
        address = _whose(activity, place)
        alone = activity.person if place == ME and activity.kind != "personal" else ""
        target = replace(ReplyTarget.of(activity), message_id=activity.target or message_id, alone=alone)
        sender = PendingReply(activity.person, target.encode())
        is_elsewhere = ownership.is_elsewhere(activity.address, address, activity.person)
        saved = await self._requests.submit(
            form, address, sender, values, is_outsider=activity.is_outsider, is_elsewhere=is_elsewhere
        )
        if saved.faults:
            context = presenter.context_of(place, message_id)  # of what came only what was understood goes back
            opening = Opening(activity.address, context, zone)
            return await self._dialog(activity, form, opening, faults=saved.faults, values=values)
        if saved.card is not None:
            card = saved.card
            if self._is_shared(activity, target):  # what all read is no page of somebody's
                card = await self.card(activity, kinds.Settings(place))
            self._context.spawn(self._presenter.show(activity.address.workspace, target, card, activity.person))
        return responses.CLOSED  # the card says what is saved, or the introduction that goes first

    async def search(self, typed: str) -> Reply:
        """Answer what is typed into the search for a time zone."""
        # In a thread: the first search reads the places, a good quarter of a second.
        return responses.search(await asyncio.to_thread(render.zone_choices, typed, self._context.clock()))


def _whose(activity: Activity, place: str) -> Address:
    return ownership.whose(activity.address, activity.person, place, is_direct=activity.kind == "personal")


def _naming(form: Form) -> Card:
    """Give a card that names whom a form names: names are looked up by card."""
    ids = [id_ for field in form.fields if isinstance(field, UserSelect) for id_ in field.values]
    return Card(form.title, (*(TextBlock(note) for note in form.notes), TextBlock(phrases.people(ids))))
