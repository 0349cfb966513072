"""Hear on Slack reactions to our own posts, which ask for more."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from content import emoji
from content.levels import Level
from handlers.context import HandlerContext
from handlers.depth import ReactionAnswers
from handlers.payload import mapping, text
from handlers.slack import ahead, payload
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
        asked = self._asked(body, context.bot_user_id)
        if asked is not None:
            await self._answers.react(*asked, text(mapping(body.get("event")).get("user")))
        return NOTHING

    def at_once(self, body: Mapping[str, Any], bot_user: str | None) -> bytes | None:
        """Answer a reaction that asks for nothing, or for what is posted; None for any other, and for other events."""
        if mapping(body.get("event")).get("type") != "reaction_added":
            return None
        return ahead.NOTHING if self._asked(body, bot_user) is None else None

    def _asked(self, body: Mapping[str, Any], bot_user: str | None) -> tuple[Address, str, Level] | None:
        """Read which level is asked for below which message; None where nothing is, or that is known to be posted."""
        event = mapping(body.get("event"))
        item = mapping(event.get("item"))
        level = emoji.level(text(event.get("reaction")), self._context.content.library.deck.reactions)
        message_id = text(item.get("ts"))
        if level is None or item.get("type") != "message" or not message_id:
            return None
        # Slack: item_user is who wrote the message; only what no user wrote (an incoming webhook) comes without it.
        author = text(event.get("item_user"))
        if author and bot_user and author != bot_user:
            return None
        address = Address(PLATFORM, payload.workspace(body, self._home()), text(item.get("channel")))
        return None if self._answers.is_answered(address, message_id, level) else (address, message_id, level)
