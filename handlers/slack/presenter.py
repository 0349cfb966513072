"""Show cards on Slack to one person alone, beside what they acted on or in place of it."""

from collections.abc import Awaitable

from cards.model import Card
from handlers.context import HandlerContext
from handlers.slack.payload import Press
from messengers.slack.messenger import SlackMessenger


class Presenter:
    """Shows them once the acknowledgement has left; a card that is still to be found out is waited for."""

    def __init__(self, context: HandlerContext, messenger: SlackMessenger) -> None:
        """Take the neutral dependencies, and Slack's messenger."""
        self._context = context
        self._messenger = messenger

    def reply(self, press: Press, card: Card | Awaitable[Card]) -> None:
        """Answer a click: a private card is replaced, beside a public post another opens."""
        self.respond(press.response_url, card, replace=press.is_private, thread=press.address.thread)

    def respond(self, url: str, card: Card | Awaitable[Card], *, replace: bool, thread: str = "") -> None:
        """Answer through a response_url; nothing is shown where there is none."""
        self._context.spawn(self._respond(url, card, replace=replace, thread=thread))

    async def _respond(self, url: str, card: Card | Awaitable[Card], *, replace: bool, thread: str) -> None:
        shown = card if isinstance(card, Card) else await card
        if url:
            await self._messenger.respond(url, shown, replace=replace, thread=thread)
