"""conversations.history and conversations.replies: what was said, for a bot that was granted to read it."""

from collections.abc import Sequence
from itertools import dropwhile

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.methods import chat
from playground.slack.platform import Platform
from playground.slack.values import Channel, Message, Refusal

HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}
MOST = 999  # Slack: conversations.history, "limit"
BY_DEFAULT = 100
CURSOR = "next_ts:"


def show_history(platform: Platform, arguments: Json) -> Json:
    """conversations.history: newest first."""
    channel = _readable(platform, arguments)
    platform.rates.check_reading("conversations.history")
    found = [m for m in reversed(platform.world.posts(channel.id)) if _is_between(m.ts, arguments)]
    return _page(platform, arguments, found)


def show_replies(platform: Platform, arguments: Json) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = _readable(platform, arguments)
    parent = platform.world.find_message(channel.id, str(arguments.get("ts")))
    if parent is None:
        raise Refusal("thread_not_found")
    platform.rates.check_reading("conversations.replies")
    replies = [m for m in platform.world.thread(channel.id, parent.ts) if _is_between(m.ts, arguments)]
    return _page(platform, arguments, [parent, *replies])


def _readable(platform: Platform, arguments: Json) -> Channel:
    platform.require_scope(*HISTORY_SCOPES.values())
    channel = chat.find_channel(platform, arguments.get("channel"))
    platform.require_scope(HISTORY_SCOPES[channel.kind])
    if not platform.has_bot(channel):
        raise Refusal("not_in_channel")
    return channel


def _is_between(ts: str, arguments: Json) -> bool:
    try:
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    if _is_true(arguments.get("inclusive")):
        return oldest <= float(ts) <= latest
    return oldest < float(ts) < latest


def _is_true(given: object) -> bool:
    return str(given).lower() in {"1", "true"}


def _page(platform: Platform, arguments: Json, found: Sequence[Message]) -> Json:
    limit = platform.rates.most_objects(_limit(arguments.get("limit")))
    cursor = str(arguments.get("cursor") or "")
    if cursor:
        found = list(dropwhile(lambda message: f"{CURSOR}{message.ts}" != cursor, found))
        if not found:
            raise Refusal("invalid_cursor")
    shown = [
        payloads.message(
            platform.world,
            message,
            with_metadata=_is_true(arguments.get("include_all_metadata")),
            replies=platform.world.thread(message.channel, message.ts),
        )
        for message in found[:limit]
    ]
    body: Json = {"ok": True, "messages": shown, "has_more": len(found) > limit}
    if len(found) > limit:
        body["response_metadata"] = {"next_cursor": f"{CURSOR}{found[limit].ts}"}
    return body


def _limit(given: object) -> int:
    if not given:
        return BY_DEFAULT
    try:
        limit = int(str(given))
    except ValueError:
        raise Refusal("invalid_limit") from None
    if not 1 <= limit <= MOST:
        raise Refusal("invalid_limit")
    return limit
