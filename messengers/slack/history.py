"""Look in a channel's history for a message of ours, by the delivery's id in its metadata.

Only where an operator added a history scope to their own app (docs/reconcile.md): no manifest of ours has one.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
from cachetools import FIFOCache, TTLCache
from msgspec import Struct
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from messengers.base import Absent, Address, CannotLook, Found, LookedUp, Posted, Slowed
from messengers.slack.errors import code_of, refusal
from messengers.slack.installations import UnservedError

METADATA_EVENT = "pm_compare_delivery"
# Seconds before the delivery was planned. Slack's clock stamps messages, and ours may run this far ahead: beyond five
# minutes it refuses our signatures, or we its. A window that begins too late would call absent what is there.
_EARLIER = 360.0
_PAGE = 200  # Slack: conversations.history, "we recommend no more than 200"
# Slack: apps outside its Marketplace read 15 messages a minute, new ones since 2025-05-29, others later.
_PAGE_LIMITED, _WAIT_LIMITED = 15, 60.0
_LIMITED_FOR = 3600.0  # seconds, after which it is tried whether that is so
_UNLIMITED = 5  # pages within `_WAIT_LIMITED`: whoever was given so many is not held to one
_SCOPES_KEPT = 600.0  # seconds
_MOST = 1_000  # of whatever is remembered here
_CHANNEL, _DIRECT = frozenset({"channels:history", "groups:history", "mpim:history"}), frozenset({"im:history"})
_OPENING = "im:write"


class Granted(Struct, frozen=True):
    """What a workspace granted, and who we are there."""

    scopes: frozenset[str]
    bot_user: str


class History:
    """Reads conversations.history, and conversations.replies where a delivery answers in a thread."""

    def __init__(
        self,
        client: Callable[[str], Awaitable[AsyncWebClient]],
        granted: Callable[[str], Awaitable[tuple[frozenset[str], str]]],
        monotonic: Callable[[], float],
    ) -> None:
        """Take what it needs: `granted` gives a workspace's scopes and our user's id there, or raises as auth.test."""
        self._client = client
        self._ask_granted = granted
        self._monotonic = monotonic
        self._granted: TTLCache[str, Granted] = TTLCache(_MOST, _SCOPES_KEPT, monotonic)
        self._gates: FIFOCache[str, float] = FIFOCache(_MOST)  # until when a workspace's history is not asked for
        self._limited: TTLCache[str, None] = TTLCache(_MOST, _LIMITED_FOR, monotonic)
        self._pages: FIFOCache[str, deque[float]] = FIFOCache(_MOST)  # when a workspace's last few were read
        # By delivery and attempt: the cursor at which a limited look goes on. Slack lists the newest first, so after
        # another attempt it would go past what that one posted.
        self._cursors: FIFOCache[tuple[str, int], str] = FIFOCache(_MOST)
        self._rooms: FIFOCache[tuple[str, str], str] = FIFOCache(_MOST)  # (workspace, person) -> D…

    def learn_room(self, workspace: str, person: str, room: str) -> None:
        """Note which conversation a person's direct messages are."""
        self._rooms[workspace, person] = room

    async def look_up(self, address: Address, delivery_id: str, since: datetime, attempt: int = 1) -> LookedUp:
        """Look for a delivery that was planned at `since`; Absent only where everything since then was read."""
        if (wait := self._wait(address.workspace)) > 0:  # whatever it would ask first
            return CannotLook("ratelimited", wait)
        try:
            granted = await self._scopes(address.workspace)
            room = await self._room(address, granted)
            if isinstance(room, CannotLook):
                return room
            return await self._read(address, room, (delivery_id, attempt), since, granted.bot_user)
        except SlackApiError as error:
            return self._refused(address.workspace, error, (delivery_id, attempt))
        except (UnservedError, aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
            return CannotLook(type(error).__name__)

    def _wait(self, workspace: str) -> float:
        return self._gates.get(workspace, 0.0) - self._monotonic()

    async def _scopes(self, workspace: str) -> Granted:
        known = self._granted.get(workspace)
        if known is None:
            known = self._granted[workspace] = Granted(*await self._ask_granted(workspace))
        return known

    async def _room(self, address: Address, granted: Granted) -> str | CannotLook:
        """Give the conversation to read, where one of the scopes for its kind was granted."""
        conversation = address.conversation
        is_person = conversation.startswith(("U", "W"))
        # A private channel's id begins with C or G, a public one's with C: Slack says `missing_scope` for the other.
        wanted = _DIRECT if is_person or conversation.startswith("D") else _CHANNEL
        if not granted.scopes & wanted:
            return CannotLook(f"no history scope for {'direct messages' if wanted is _DIRECT else 'channels'}")
        if not is_person:
            return conversation
        if known := self._rooms.get((address.workspace, conversation)):
            return known
        if _OPENING not in granted.scopes:
            return CannotLook(f"{_OPENING} was not granted, which finds a person's direct messages")
        client = await self._client(address.workspace)
        opened = (await client.conversations_open(users=conversation)).get("channel")
        room = opened.get("id") if isinstance(opened, Mapping) else None
        if not isinstance(room, str) or not room:
            return CannotLook("answer without a conversation")
        self.learn_room(address.workspace, conversation, room)
        return room

    async def _read(
        self, address: Address, room: str, sought: tuple[str, int], since: datetime, bot_user: str
    ) -> Found | Absent | CannotLook:
        """Read page after page; a limited app reads one now, and goes on there the next time."""
        workspace = address.workspace
        client = await self._client(workspace)
        cursor = self._cursors.get(sought, "")
        while True:
            if (wait := self._wait(workspace)) > 0:
                return CannotLook("ratelimited", wait)
            is_limited = workspace in self._limited
            if is_limited:
                self._gates[workspace] = self._monotonic() + _WAIT_LIMITED
            arguments: dict[str, Any] = {
                "channel": room,
                "oldest": f"{since.timestamp() - _EARLIER:.6f}",
                "inclusive": True,
                "include_all_metadata": True,
                "limit": _PAGE_LIMITED if is_limited else _PAGE,
                **({"cursor": cursor} if cursor else {}),
            }
            if address.thread:
                answer = await client.conversations_replies(ts=address.thread, **arguments)
            else:
                answer = await client.conversations_history(**arguments)
            self._pages.setdefault(workspace, deque(maxlen=_UNLIMITED)).append(self._monotonic())
            messages = answer.get("messages")
            if not isinstance(messages, list):
                return CannotLook("answer without messages")
            found = _found(messages, address, room, sought[0], bot_user)
            if found is not None:
                self._cursors.pop(sought, None)
                return found
            cursor = _next(answer)
            if not cursor:
                self._cursors.pop(sought, None)
                return CannotLook("more messages, and no way to them") if answer.get("has_more") else Absent()
            self._cursors[sought] = cursor

    def _is_unlimited(self, workspace: str) -> bool:
        """Say whether more was read within a minute of late than a limited app may: then it was only too much at once.

        Taken for limited, hundreds of outcomes would be looked up in as many minutes, and come too late for their day.
        """
        pages = self._pages.get(workspace)
        return pages is not None and len(pages) == _UNLIMITED and self._monotonic() - pages[0] < _WAIT_LIMITED

    def _refused(self, workspace: str, error: SlackApiError, sought: tuple[str, int]) -> CannotLook:
        refused = refusal(error)
        if isinstance(refused, Slowed):
            wait = refused.seconds
            if not self._is_unlimited(workspace):
                self._limited[workspace] = None
                wait = max(wait, _WAIT_LIMITED)
            self._gates[workspace] = self._monotonic() + wait
            return CannotLook("ratelimited", wait)
        code = code_of(error)
        if code == "missing_scope":
            self._granted.pop(workspace, None)
        if code == "invalid_cursor":
            self._cursors.pop(sought, None)  # from the beginning, the next time
        return CannotLook(code or "unreadable answer")


def _found(
    messages: Sequence[Any], address: Address, room: str, delivery_id: str, bot_user: str
) -> Found | CannotLook | None:
    """Find the delivery's message on a page; CannotLook where Slack keeps the metadata of our own messages from us."""
    is_withheld = False
    for message in messages:
        if not isinstance(message, Mapping):
            continue
        metadata, ts = message.get("metadata"), message.get("ts")
        if isinstance(metadata, Mapping) and metadata.get("event_type") == METADATA_EVENT:
            payload = metadata.get("event_payload")
            # 'delivery' is what the first version wrote.
            ours = (payload.get("id"), payload.get("delivery")) if isinstance(payload, Mapping) else ()
            if delivery_id in ours and isinstance(ts, str):
                return Found(Posted(ts, conversation="" if room == address.conversation else room))
        elif bot_user and message.get("user") == bot_user and "subtype" not in message:
            # Every post of ours carries its delivery's id. Without it nothing says that ours is not among these.
            is_withheld = True
    return CannotLook("Slack shows no metadata of our own messages") if is_withheld else None


def _next(answer: AsyncSlackResponse) -> str:
    following = answer.get("response_metadata")
    cursor = following.get("next_cursor") if isinstance(following, Mapping) else None
    return cursor if isinstance(cursor, str) else ""
