"""Hear on Slack what concerns learning: cards for one person, what is said beside them, and forms."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from msgspec.structs import replace
from slack_bolt.response import BoltResponse

from cards.forms import Form
from cards.model import Action, Card, Verb
from cards.slack import render
from handlers import rights
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.learning import plans, requests
from handlers.learning.asked import Asked, Beside
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from handlers.slack import payload, people, responses
from handlers.slack.payload import Press, Window
from handlers.slack.presenter import Presenter
from handlers.slack.responses import NOTHING
from handlers.tips.ownership import Standing
from messengers.base import Address
from messengers.people import Person
from messengers.slack import PLATFORM
from messengers.slack.messenger import SlackMessenger

log = structlog.get_logger()

_CHANGES_HOME: frozenset[Verb] = frozenset({"me-on", "me-forget", "privacy-forget"})
_LOCAL: frozenset[Verb] = frozenset({"round-ask", "round-save", "plan", "plan-save"})  # what is done at somebody's hour


class SlackLearning:
    """The half of the listeners that answers what handlers/learning/requests.py knows."""

    def __init__(
        self, context: HandlerContext, messenger: SlackMessenger, home: Callable[[], str], presenter: Presenter
    ) -> None:
        """Take the neutral dependencies, Slack's messenger, the workspace it speaks for, and what shows cards."""
        self._context = context
        self._messenger = messenger
        self._home = home
        self._presenter = presenter
        self._people = people.of(messenger)

    async def alone(self, answer: kinds.Learn, address: Address, person: str, *, is_outsider: bool = False) -> Card:
        """Draw what was asked for in words."""
        asked = Asked(
            answer.action,
            address,
            PendingReply(person, ""),
            is_direct=payload.is_direct(address),
            is_outsider=is_outsider,
        )
        said = await requests.answer(self._context, asked)
        return said.card if isinstance(said, Beside) else said

    async def press(self, press: Press, action: Action) -> None:
        """Answer a click: in place of a private card, beside a public post, or by a form."""
        if requests.is_opening(action):
            await self._open(press, action)
            return
        said = await requests.answer(self._context, _asked(press, action))
        if isinstance(said, Beside):
            self._presenter.beside(press, said.card)
        elif press.is_direct and press.window is None and action.verb in plans.ENDING:
            self._presenter.respond(press.response_url, said, replace=True)
        else:
            self._presenter.reply(press, said, changes=action.verb in _CHANGES_HOME)

    async def shortcut(self, body: Mapping[str, Any]) -> BoltResponse:
        """Open the form that the global shortcut names; it comes from no channel."""
        action = Action("compare")
        await self._open(payload.in_window(body, self._home(), Window(""), action), action)
        return NOTHING

    async def _open(self, press: Press, action: Action) -> None:
        found = await self._found(press.address.workspace, press.person, action.verb)
        who = self._people.known(press.address, press.person, found, is_outsider=press.is_outsider)
        asked = replace(_asked(press, action), standing=who.standing, zone=found.zone if found else "")
        # A view_submission carries no channel, message or response_url: they travel with the form.
        carried = json.dumps(
            {
                "conversation": press.address.conversation,
                "thread": press.address.thread,
                "message": press.message_id,
                "url": press.response_url,
                "beside": not press.is_private,
                "window": press.window is not None,
            }
        )
        drawn = await requests.opened(self._context, asked, carried)
        if not isinstance(drawn, Form):
            self._presenter.beside(press, drawn)
            return
        is_on_top = press.window is not None and press.window.is_modal
        code = await self._messenger.views.open_form(
            press.address.workspace, press.trigger_id, drawn, self._context.clock(), is_on_top=is_on_top
        )
        if code:
            log.warning("slack.form.not_opened", code=code)
            self._presenter.respond(press.response_url, requests.with_button(action), replace=False)

    async def _found(self, workspace: str, person: str, verb: Verb) -> Person | None:
        return await people.found_soon(self._messenger, workspace, person) if verb in _LOCAL else None

    async def _standing(self, address: Address, person: str, *, is_outsider: bool) -> Standing:
        return (await self._people.asker(address, person, is_outsider=is_outsider)).standing

    async def submission(self, view: Mapping[str, Any], action: Action, body: Mapping[str, Any]) -> BoltResponse:
        """Take a form: mistakes are answered under their fields, the rest is done before it closes."""
        context = payload.carried(view)
        person = text(mapping(body.get("user")).get("id"))
        address = Address(
            PLATFORM,
            payload.workspace(body, self._home()),
            text(context.get("conversation")),
            text(context.get("thread")),
        )
        found = await self._found(address.workspace, person, action.verb)
        is_outsider, changes = payload.is_outsider(body, self._home()), rights.is_change(action.verb)
        asked = Asked(
            action,
            address,
            PendingReply(person, text(context.get("url"))),
            message_id=text(context.get("message")),
            occasion=text(view.get("id")),
            is_direct=context.get("window") is True or payload.is_direct(address),
            is_outsider=is_outsider,
            standing=await self._standing(address, person, is_outsider=is_outsider) if changes else "unseen",
            zone=found.zone if found else "",
        )
        done = await requests.taken(self._context, asked, render.answers(view))
        if done.faults:
            return responses.form_errors(done.faults)
        if done.card is not None and context.get("window") is True:
            return responses.updated(done.card)
        if done.card is not None:
            self._presenter.respond(asked.sender.reply_to, done.card, replace=False, thread=address.thread)
        return NOTHING


def _asked(press: Press, action: Action) -> Asked:
    return Asked(
        action,
        press.address,
        press.presser,
        message_id=press.message_id,
        occasion=press.trigger_id,
        is_direct=press.is_direct,
        is_outsider=press.is_outsider,
    )
