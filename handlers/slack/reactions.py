"""Hear on Slack reactions to our own posts, which ask for more."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from content import emoji
from handlers.context import HandlerContext
from handlers.depth import ReactionAnswers
from handlers.payload import mapping, text
from handlers.slack import payload
from handlers.slack.responses import NOTHING
from messengers.base import Address
from messengers.slack import PLATFORM


class SlackReactions:
    """Writes down what was asked before the 200."""

    def __init__(self, context: HandlerContext, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, and the workspace we are in ('' while unknown)."""
        self._context = context
        self._home = home
        self._answers = ReactionAnswers(context)

    async def reaction(self, body: Mapping[str, Any], context: AsyncBoltContext) -> BoltResponse:
        """Answer a reaction on one of our own posts with a level in its thread, once; anything else is not ours."""
        event = mapping(body.get("event"))
        item = mapping(event.get("item"))
        level = emoji.level(text(event.get("reaction")), self._context.content.library.deck.reactions)
        message_id = text(item.get("ts"))
        if level is None or item.get("type") != "message" or not message_id:
            return NOTHING
        # Slack: item_user is who wrote the message; only what no user wrote (an incoming webhook) comes without it.
        author = text(event.get("item_user"))
        if not author or not context.bot_user_id or author == context.bot_user_id:
            address = Address(PLATFORM, payload.workspace(body, self._home()), text(item.get("channel")))
            await self._answers.react(address, message_id, level, text(event.get("user")))
        return NOTHING
