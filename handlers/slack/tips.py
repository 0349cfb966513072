"""Hear on Slack what concerns weekly tips: cards, changes, forms, and who may do what."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from slack_bolt.response import BoltResponse

from cards.compose.tips import notices as tips_notices
from cards.forms import Form
from cards.model import ME, Action, Card, FormName
from cards.slack import render
from handlers import answers
from handlers.answers import AboutTips
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.slack import payload
from handlers.slack.payload import PLATFORM, Press
from handlers.tips import changes, forms, ownership, views
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.slack.messenger import SlackMessenger
from messengers.slack.people import Person
from scheduler import quiet_dates
from scheduler.weekly import ScheduleError
from store.subscriptions import Subscription

log = structlog.get_logger()

Body = Mapping[str, Any]

_JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json; charset=utf-8"}
_NOTHING = BoltResponse(status=200, body="")
# Seconds. Slack: a trigger_id lives 3 s, and the acknowledgement waits for this and for the form to open.
_PERSON_TIMEOUT = 0.6
_MOST_TYPED = 100  # characters of a search that are looked at
_LONGEST_FAULT = 500  # characters; a fault may quote what was typed


class SlackTips:
    """The tips' half of the listeners.

    What has to be looked up at Slack, whether somebody is an admin or gone, waits until the acknowledgement has left.
    A form's submission is the one exception: its mistakes can only be answered in the acknowledgement.
    """

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, Slack's messenger, and the workspace it speaks for."""
        self._context = context
        self._messenger = messenger
        self._home = home

    async def answered(
        self,
        answer: AboutTips,
        address: Address,
        person: str,
        later: Callable[[Card], Awaitable[object]],
        *,
        is_outsider: bool = False,
    ) -> Card | None:
        """Answer at once, or give None where something has to be looked up first: `later` is handed the card then."""
        address = payload.tips_address(address, person, answers.place_of(answer))
        subscription = await views.find(self._context, address)
        claims = isinstance(answer, answers.ChangeTips) and answer.action.verb == "tips-claim"
        if views.hinges_on_admin(subscription, person) or (claims and subscription is not None):
            asker = self._asker(address.workspace, person, is_outsider=is_outsider)
            self._context.spawn(self._look_up_and_answer(answer, address, asker, subscription, later))
            return None
        return await self._card(answer, address, Asker(person))

    async def press(self, press: Press, answer: AboutTips) -> None:
        """Answer a click, through its response_url."""

        async def respond(card: Card) -> None:
            if press.response_url:
                await self._messenger.respond(
                    press.response_url, card, replace=press.is_private, thread=press.address.thread
                )

        card = await self.answered(answer, press.address, press.person, respond, is_outsider=press.is_outsider)
        if card is not None:
            self._context.spawn(respond(card))

    async def _look_up_and_answer(
        self,
        answer: AboutTips,
        address: Address,
        asking: Awaitable[Asker],
        subscription: Subscription | None,
        later: Callable[[Card], Awaitable[object]],
    ) -> None:
        asker = await asking
        is_gone = False
        if isinstance(answer, answers.ChangeTips) and answer.action.verb == "tips-claim" and subscription is not None:
            is_gone = await self._is_gone(subscription)
        await later(await self._card(answer, address, asker, owner_is_gone=is_gone))

    async def _card(self, answer: AboutTips, address: Address, asker: Asker, *, owner_is_gone: bool = False) -> Card:
        if isinstance(answer, answers.ChangeTips):
            return await changes.change(self._context, address, asker, answer.action, owner_is_gone=owner_is_gone)
        return await views.shown(self._context, answer, address, asker)

    async def _asker(self, workspace: str, person: str, *, is_outsider: bool = False) -> Asker:
        found = await self._messenger.person(workspace, person)
        if found is None and is_outsider:
            return Asker(person, standing="may-not")
        standing = self._standing(workspace, found)
        return Asker(
            person, is_admin=found is not None and found.is_admin, sees_admins=found is not None, standing=standing
        )

    def _standing(self, workspace: str, found: Person | None) -> ownership.Standing:
        if found is None:
            return "unseen" if self._messenger.sees_people(workspace) else "may"
        return "may" if found.is_member else "may-not"

    async def _named(self, workspace: str, people: Sequence[str]) -> Mapping[str, ownership.Standing]:
        """Tell of each of these people whether they may own tips."""
        found = await asyncio.gather(*(self._messenger.person(workspace, person) for person in people))
        return {person: self._standing(workspace, one) for person, one in zip(people, found, strict=True)}

    async def _is_gone(self, subscription: Subscription) -> bool:
        """Say whether everybody who owns these tips has left, as far as Slack tells us."""
        owners = [owner for owner in (subscription.owner, *subscription.co_owners) if owner]
        found = await asyncio.gather(*(self._messenger.person(subscription.workspace, owner) for owner in owners))
        return all(one is not None and one.is_gone for one in found)

    # --- forms

    async def open_form(self, press: Press, action: Action) -> None:
        """Open the form a button names; where somebody has to be looked up first, after the acknowledgement."""
        form = forms.name_of(action.argument)
        place = ME if action.place == ME else ""
        address = payload.tips_address(press.address, press.person, place)
        subscription = await views.find(self._context, address)
        if views.hinges_on_admin(subscription, press.person):
            self._context.spawn(self._look_up_and_open(press, form, address))
            return
        zone, asker = "", Asker(press.person)
        if form == "settings":
            zone, asker = await self._zone_and_asker(address.workspace, press.person)
        await self._open(press, form, address, asker, zone)

    async def _look_up_and_open(self, press: Press, form: FormName, address: Address) -> None:
        asker = await self._asker(address.workspace, press.person)
        await self._open(press, form, address, asker, "")

    async def _zone_and_asker(self, workspace: str, person: str) -> tuple[str, Asker]:
        try:
            async with asyncio.timeout(_PERSON_TIMEOUT):
                found = await self._messenger.person(workspace, person)
        except TimeoutError:
            found = None
        if found is None:
            return "", Asker(person)
        return found.zone, Asker(person, is_admin=found.is_admin, sees_admins=True)

    async def _open(self, press: Press, form: FormName, address: Address, asker: Asker, zone: str) -> None:
        is_mine = address.conversation == press.person
        # A view_submission carries no channel and no response_url: both travel with the form.
        context = json.dumps(
            {
                "conversation": "" if is_mine else address.conversation,
                "place": ME if is_mine else "",
                "url": press.response_url,
                "beside": not press.is_private,
            }
        )
        drawn = await forms.opened(self._context, form, address, asker, carried=context, zone=zone)
        if not isinstance(drawn, Form):
            self._reply(press, drawn)
            return
        code = await self._messenger.open_form(address.workspace, press.trigger_id, drawn, self._context.clock())
        if code:
            log.warning("slack.form.not_opened", code=code)
            self._reply(press, tips_notices.form_not_opened(form, ME if is_mine else ""))

    def _reply(self, press: Press, card: Card) -> None:
        if press.response_url:
            self._context.spawn(
                self._messenger.respond(press.response_url, card, replace=press.is_private, thread=press.address.thread)
            )

    async def submission(self, body: Body) -> BoltResponse:
        """Take a form: mistakes are answered under their fields, the rest is saved before it closes."""
        view = mapping(body.get("view"))
        form = forms.name_of(_argument(text(view.get("callback_id"))))
        try:
            context = mapping(orjson.loads(text(view.get("private_metadata"))))  # json fails over a thousand brackets
        except ValueError:
            context = {}
        person = text(mapping(body.get("user")).get("id"))
        # Who sends it decides whose own tips they are; the form does not.
        conversation = person if context.get("place") == ME else text(context.get("conversation"))
        if not payload.is_id(conversation):
            return _form_errors(forms.out_of_date(form).faults)
        address = Address(PLATFORM, payload.workspace(body, self._home()), conversation)
        values = render.answers(view)
        # Who was not looked up is unseen, should the tips have changed by the time the form is taken.
        standing, asker = await views.find(self._context, address), Asker(person, standing="unseen")
        takes_it = form == "settings" and ownership.takes_it(standing, values.get("changed_by"), person, conversation)
        if takes_it or forms.wants_admins(values) or views.hinges_on_admin(standing, person):
            is_outsider = payload.is_outsider(body, self._home())
            asker = await self._asker(address.workspace, person, is_outsider=is_outsider)
        named = await self._named(address.workspace, ownership.newly_named(form, values, standing))
        saved = await forms.save(self._context, form, address, asker, values, named=named)
        if saved.faults:
            return _form_errors(saved.faults)
        url = text(context.get("url"))
        is_beside = context.get("beside") is True
        if saved.introduction is not None:
            # What came of it replaces the settings card; anything sent now could arrive after that.
            self._context.pending_replies.add(saved.introduction, person, url, self._context.clock())
            self._context.wake()
        elif url:
            card = await views.shown(self._context, forms.AFTER[form], address, asker)
            self._context.spawn(self._messenger.respond(url, card, replace=not is_beside))
        return _NOTHING

    async def search(self, body: Body) -> BoltResponse:
        """Answer what is typed into a search field."""
        typed = text(body.get("value"))[:_MOST_TYPED]
        if body.get("action_id") == "quiet_country":
            offered: Mapping[str, Any] = {"options": render.country_options(typed, _countries(typed))}
        else:
            # In a thread: the first search reads the places, a good quarter of a second.
            offered = await asyncio.to_thread(render.zone_search, typed, self._context.clock())
        return BoltResponse(status=200, body=json.dumps(offered), headers=_JSON)


def _countries(typed: str) -> Sequence[tuple[str, str]]:
    """List the countries, before them the part of one that is typed as its code, `DE-BY`."""
    try:
        code = quiet_dates.parse_country(typed)
    except ScheduleError:
        code = ""
    return ((code, code), *quiet_dates.countries()) if "-" in code else quiet_dates.countries()


def _argument(callback: str) -> str:
    try:
        return Action.decode(callback).argument
    except ValueError:
        return ""


def _form_errors(faults: Mapping[str, str]) -> BoltResponse:
    """Answer a form's mistakes. Slack: keyed by an input's block_id, which is the field's name."""
    shown = {
        name: fault if len(fault) <= _LONGEST_FAULT else f"{fault[:_LONGEST_FAULT]}…" for name, fault in faults.items()
    }
    return BoltResponse(status=200, body=json.dumps({"response_action": "errors", "errors": shown}), headers=_JSON)
