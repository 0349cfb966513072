"""Show cards on Slack to one person alone, beside what they acted on or in place of it."""

from collections.abc import Awaitable

import structlog

from cards.compose import chats
from cards.model import Card
from handlers.context import HandlerContext
from handlers.slack.home import SlackHome
from handlers.slack.payload import Press, Window
from handlers.slack.written_replies import WrittenReplies
from messengers.slack.messenger import REPLIES_AT_ONCE, SlackMessenger

log = structlog.get_logger()


class Presenter:
    """Shows them once the acknowledgement has left; a card that is still to be found out is waited for."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger, home: SlackHome) -> None:
        """Take the neutral dependencies, Slack's messenger, and what draws Homes."""
        self._context = context
        self._messenger = messenger
        self._written = WrittenReplies(messenger.send, context.spawn, REPLIES_AT_ONCE)
        self.home = home

    def reply(self, press: Press, card: Card | Awaitable[Card], *, changes: bool = False) -> None:
        """Answer a click: a private card or a modal is replaced, beside a public post and a Home another opens.

        `changes` says that what a Home shows may be different after it.
        """
        if press.window is None:
            thread, is_unshared = press.address.thread, press.is_among_people
            self.respond(press.response_url, card, replace=press.is_private, thread=thread, is_unshared=is_unshared)
        else:
            replaced = press.window.id if press.window.is_modal else ""
            self._context.spawn(self._in_window(press, press.window, card, replaced, changes=changes))

    def beside(self, press: Press, card: Card | Awaitable[Card]) -> None:
        """Say something beside what was clicked, which stays as it is."""
        if press.window is None:
            self.respond(press.response_url, card, replace=False, thread=press.address.thread)
        else:
            self._context.spawn(self._in_window(press, press.window, card, ""))

    def respond(
        self, url: str, card: Card | Awaitable[Card], *, replace: bool, thread: str = "", is_unshared: bool = False
    ) -> None:
        """Answer through a response_url; nothing is shown where there is none. `is_unshared` leaves sharing out."""
        self._context.spawn(self._respond(url, card, replace=replace, thread=thread, is_unshared=is_unshared))

    def send(self, url: str, written: bytes) -> None:
        """Answer through a response_url with a card that is written already."""
        self._written.add(url, written)

    def change(self, workspace: str, view_id: str, card: Card) -> None:
        """Put a card in the place of what a modal shows."""
        self._context.spawn(self._change(workspace, view_id, card))

    async def _respond(
        self, url: str, card: Card | Awaitable[Card], *, replace: bool, thread: str, is_unshared: bool
    ) -> None:
        shown = card if isinstance(card, Card) else await card
        if url:
            shown = chats.unshared(shown) if is_unshared else shown
            await self._messenger.respond(url, shown, replace=replace, thread=thread)

    async def _in_window(
        self, press: Press, window: Window, card: Card | Awaitable[Card], replaced: str, *, changes: bool = False
    ) -> None:
        shown = chats.unshared(card if isinstance(card, Card) else await card)  # a window is one person's own
        workspace = press.address.workspace
        if replaced:
            await self._change(workspace, replaced, shown)
        else:
            views, is_on_top = self._messenger.views, window.is_modal
            if code := await views.open_card(workspace, press.trigger_id, shown, is_on_top=is_on_top):
                log.warning("slack.card.not_opened", code=code)
        if changes:
            self.home.refresh(workspace, press.person)

    async def _change(self, workspace: str, view_id: str, card: Card) -> None:
        if code := await self._messenger.views.update_card(workspace, view_id, card):
            log.warning("slack.card.not_changed", code=code)
