"""Follow on Slack what becomes of channels: another id, archived, deleted, or left by the bot.

Slack tells it to those alone who may list channels, which no manifest of ours asks for; an operator's own may.
"""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from cards.reason import PlatformCode
from handlers.context import HandlerContext
from handlers.payload import mapping, text
from handlers.slack import payload
from handlers.slack.responses import NOTHING
from messengers.slack import PLATFORM
from scheduler.subscriptions import closed_conversations
from store import moving
from store.database.access import tried_again

log = structlog.get_logger()

# Why tips are paused then, as chat.postMessage would say it. A rename changes nothing: channels are kept by their ids.
# Unarchived, only a person resumes them, as after any refusal.
_CLOSED = {
    "channel_archive": "channel_archive",
    "group_archive": "channel_archive",
    "channel_deleted": "channel_deleted",
    "group_deleted": "channel_deleted",
    "channel_left": "channel_left",
    "group_left": "group_left",
}


class SlackChannels:
    """The listener for them."""

    def __init__(self, context: HandlerContext, home: Callable[[], str]) -> None:
        """Take the neutral dependencies, and the workspace that is spoken for ('' while unknown)."""
        self._context = context
        self._home = home

    async def heard(self, body: Mapping[str, Any]) -> BoltResponse:
        """Follow one event; once more changes nothing."""
        event, workspace = mapping(body.get("event")), payload.workspace(body, self._home())
        kind = text(event.get("type"))
        if kind == "channel_id_changed":
            await self._moved(workspace, text(event.get("old_channel_id")), text(event.get("new_channel_id")))
        elif reason := _CLOSED.get(kind):
            await self._closed(workspace, text(event.get("channel")), PlatformCode(reason))
        return NOTHING

    @tried_again
    async def _moved(self, workspace: str, old: str, new: str) -> None:
        """Go on under a channel's new id. docs.slack.dev/reference/events/channel_id_changed."""
        if not (payload.is_id(old) and payload.is_id(new)) or old == new:
            return
        async with self._context.database.write() as connection:
            moved = await moving.conversation(connection, PLATFORM, workspace, old, new)
        log.info("slack.channel.moved", workspace=workspace, tips=moved)
        self._context.wake()

    @tried_again
    async def _closed(self, workspace: str, channel: str, reason: PlatformCode) -> None:
        if not payload.is_id(channel):
            return
        async with self._context.database.write() as connection:
            stopped = await closed_conversations.stop_conversations(
                connection, PLATFORM, workspace, [channel], reason, self._context.clock()
            )
        if stopped:
            self._context.wake()
