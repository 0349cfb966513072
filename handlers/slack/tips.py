"""Hear on Slack what concerns weekly tips: cards, changes, forms, and who may do what."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from cards.compose.tips import notices as tips_notices
from cards.forms import Form
from cards.model import ME, Action, Card, FormName
from cards.slack import render
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from handlers.slack import payload, people, responses
from handlers.slack.payload import Press
from handlers.slack.presenter import Presenter
from handlers.slack.responses import NOTHING
from handlers.tips import open_forms, ownership, save_forms, views
from handlers.tips.open_forms import Opening, Saved
from handlers.tips.requests import TipsRequests
from handlers.tips.views import Asker
from messengers.base import Address
from messengers.slack import PLATFORM
from messengers.slack.messenger import SlackMessenger
from scheduler import quiet_dates
from scheduler.weekly import ScheduleError

log = structlog.get_logger()

_MOST_TYPED = 100  # characters of a search that are looked at


class SlackTips:
    """The tips' half of the listeners.

    What has to be looked up at Slack, whether somebody is an admin or gone, waits until the acknowledgement has left.
    A form's submission is the one exception: its mistakes can only be answered in the acknowledgement.
    """

    def __init__(
        self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str], presenter: Presenter
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for, and what shows cards."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._presenter = presenter
        self._people = people.of(messenger)
        self._requests = TipsRequests(context, self._people)

    async def answer(
        self,
        asked: kinds.AboutTips,
        address: Address,
        person: str,
        *,
        is_outsider: bool = False,
        is_direct: bool = False,
    ) -> Card | Coroutine[Any, Any, Card]:
        """Draw the card that answers it, or give what does so once somebody has been looked up.

        `is_outsider` says that they are known to be of another workspace.
        """
        is_direct = is_direct or payload.is_direct(address)
        meant = ownership.whose(address, person, kinds.place_of(asked), is_direct=is_direct)
        is_elsewhere = ownership.is_elsewhere(address, meant, person)
        return await self._requests.answer(asked, meant, person, is_outsider=is_outsider, is_elsewhere=is_elsewhere)

    async def press(self, press: Press, asked: kinds.AboutTips) -> None:
        """Answer a click, through its response_url."""
        card = await self.answer(
            asked, press.address, press.person, is_outsider=press.is_outsider, is_direct=press.is_direct
        )
        if isinstance(asked, kinds.ChangeTips) and asked.action.verb == "tips-decline-claim" and press.window is None:
            # The question stands in the person's own chat: its answer takes its place, button and all.
            replace = press.is_private or press.is_direct
            self._presenter.respond(press.response_url, card, replace=replace, thread=press.address.thread)
            return
        self._presenter.reply(press, card, changes=isinstance(asked, kinds.ChangeTips))

    # --- forms

    async def open_form(self, press: Press, action: Action) -> None:
        """Open the form a button names; where somebody has to be looked up first, after the acknowledgement."""
        form = open_forms.name_of(action.argument)
        address = ownership.whose(press.address, press.person, action.place, is_direct=press.is_direct)
        if ownership.is_elsewhere(press.address, address, press.person):
            await self._open(press, form, address, Asker(press.person, is_elsewhere=True), "")
            return
        subscription = await views.find(self._context, address)
        if ownership.hinges_on_admin(subscription, press.person):
            self._context.spawn(self._look_up_and_open(press, form, address))
            return
        zone, asker = "", Asker(press.person)
        if form == "settings" or ownership.hinges_on_membership(subscription, press.person, address.conversation):
            found = await people.found_soon(self._messenger, address.workspace, press.person)
            asker = self._people.known(address, press.person, found, is_outsider=press.is_outsider)
            zone = found.zone if found else ""
        await self._open(press, form, address, asker, zone)

    async def _look_up_and_open(self, press: Press, form: FormName, address: Address) -> None:
        asker = await self._people.asker(address, press.person, is_outsider=press.is_outsider)
        await self._open(press, form, address, asker, "")

    async def _open(self, press: Press, form: FormName, address: Address, asker: Asker, zone: str) -> None:
        is_mine = address.conversation == press.person
        # A view_submission carries no channel and no response_url: both travel with the form.
        context = json.dumps(
            {
                "conversation": "" if is_mine else address.conversation,
                "place": ME if is_mine else "",
                "url": press.response_url,
                "beside": not press.is_private,
                "elsewhere": asker.is_elsewhere,
                "window": press.window is not None,
            }
        )
        opening = Opening(press.address, context, zone, open_forms.proposed(press.action))
        drawn = await open_forms.opened(self._context, form, address, asker, opening)
        if not isinstance(drawn, Form):
            self._presenter.reply(press, drawn)
            return
        is_on_top = press.window is not None and press.window.is_modal
        code = await self._messenger.views.open_form(
            address.workspace, press.trigger_id, drawn, self._context.clock(), is_on_top=is_on_top
        )
        if code:
            log.warning("slack.form.not_opened", code=code)
            place = ME if is_mine else address.conversation if asker.is_elsewhere else ""
            self._presenter.reply(press, tips_notices.form_not_opened(form, place))

    async def submission(self, body: Mapping[str, Any]) -> BoltResponse:
        """Take a form: mistakes are answered under their fields, the rest is saved before it closes."""
        view = mapping(body.get("view"))
        action, context = payload.callback(view), payload.carried(view)
        form = open_forms.name_of(action.argument if action else "")
        person = text(mapping(body.get("user")).get("id"))
        # Who sends it decides whose own tips they are; the form does not.
        conversation = person if context.get("place") == ME else text(context.get("conversation"))
        if not payload.is_id(conversation):
            return responses.form_errors(save_forms.out_of_date(form).faults)
        address = Address(PLATFORM, payload.workspace(body, self._home()), conversation)
        is_at_home = context.get("window") is True
        sender = PendingReply(person, payload.AT_HOME if is_at_home else text(context.get("url")))
        saved = await self._requests.submit(
            form,
            address,
            sender,
            render.answers(view),
            is_outsider=payload.is_outsider(body, self._home()),
            is_elsewhere=context.get("elsewhere") is True,
        )
        if saved.faults:
            return responses.form_errors(saved.faults)
        if is_at_home:
            return await self._saved_at_home(address, person, saved, payload.parent(view))
        if saved.card is not None:
            self._presenter.respond(sender.reply_to, saved.card, replace=context.get("beside") is not True)
        return NOTHING

    async def _saved_at_home(self, address: Address, person: str, saved: Saved, parent: str) -> BoltResponse:
        """Show what was saved: in the modal on which the form stood, which closes then, or else in its own place."""
        self._presenter.home.refresh(address.workspace, person)
        card = saved.card
        if card is None:  # an introduction goes first: the settings say so
            card = await views.shown(
                self._context, kinds.Settings(), address, Asker(person, is_elsewhere=address.conversation != person)
            )
        if not parent:
            return responses.updated(card)
        self._presenter.change(address.workspace, parent, card)
        return NOTHING

    async def search(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer what is typed into a search field."""
        typed = text(body.get("value"))[:_MOST_TYPED]
        if body.get("action_id") == "quiet_country":
            offered: Mapping[str, Any] = {"options": render.country_options(typed, _countries(typed))}
        else:
            # In a thread: the first search reads the places, a good quarter of a second.
            offered = await asyncio.to_thread(render.zone_search, typed, self._context.clock())
        return responses.body(json.dumps(offered))


def _countries(typed: str) -> Sequence[tuple[str, str]]:
    """List the countries, before them the part of one that is typed as its code, `DE-BY`."""
    try:
        code = quiet_dates.parse_country(typed)
    except ScheduleError:
        code = ""
    return ((code, code), *quiet_dates.countries()) if "-" in code else quiet_dates.countries()
