"""The Web API methods the pocket answers, each with the scopes it asks for."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from playground import slack_methods_chat as chat
from playground import slack_methods_views as views
from playground import slack_payloads as payloads
from playground.slack_platform import Platform
from playground.slack_values import Channel, Json, Message, Refusal
from playground.slack_workspace import APP, BOT_ID, BOT_NAME, BOT_USER

HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}


class Method(NamedTuple):
    """What a call does, and the scope it needs."""

    run: Callable[[Platform, Json], Json]
    scope: str | None = None


def call(platform: Platform, name: str, arguments: Json) -> Json:
    """Does what the method does. Raises Refusal with Slack's error code."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", req_method=name)
    if method.scope:
        require_scope(platform, method.scope)
    return method.run(platform, arguments)


def require_scope(platform: Platform, *needed: str) -> None:
    """Any one of `needed` will do."""
    if not platform.scopes.intersection(needed):
        provided = ",".join(sorted(platform.scopes))
        raise Refusal("missing_scope", needed=",".join(needed), provided=provided)


def echo_arguments(__: Platform, arguments: Json) -> Json:
    """api.test."""
    if "error" in arguments:
        raise Refusal(str(arguments["error"]), args=arguments)
    return {"ok": True, "args": arguments}


def show_identity(platform: Platform, __: Json) -> Json:
    """auth.test."""
    return payloads.bot_identity(platform.url)


def show_user(platform: Platform, arguments: Json) -> Json:
    """users.info."""
    user = platform.workspace.users.get(str(arguments.get("user")))
    if user is None:
        raise Refusal("user_not_found")
    offset = dt.datetime.fromtimestamp(platform.clock.now(), ZoneInfo(user.tz)).utcoffset()
    return {"ok": True, "user": payloads.person(user, int(offset.total_seconds()) if offset else 0)}


def add_reaction(platform: Platform, arguments: Json) -> Json:
    """reactions.add."""
    channel = chat.find_channel(platform, arguments.get("channel"))
    message = platform.workspace.find_message(channel.id, str(arguments.get("timestamp")))
    if message is None:
        raise Refusal("message_not_found")
    if not platform.workspace.react(message, BOT_USER, str(arguments.get("name"))):
        raise Refusal("already_reacted")
    return {"ok": True}


def open_conversation(platform: Platform, arguments: Json) -> Json:
    """conversations.open."""
    user = platform.workspace.users.get(str(arguments.get("users")))
    if user is None:
        raise Refusal("user_not_found")
    return {"ok": True, "channel": {"id": platform.workspace.ensure_dm(user).id}}


def show_history(platform: Platform, arguments: Json) -> Json:
    """conversations.history: newest first."""
    channel = _readable(platform, arguments)
    found = platform.workspace.posts(channel.id)
    return _messages(platform, arguments, [m for m in reversed(found) if _is_between(m.ts, arguments)])


def show_replies(platform: Platform, arguments: Json) -> Json:
    """conversations.replies: the parent, then its replies."""
    channel = _readable(platform, arguments)
    ts = str(arguments.get("ts"))
    parent = platform.workspace.find_message(channel.id, ts)
    if parent is None:
        raise Refusal("thread_not_found")
    return _messages(platform, arguments, [parent, *platform.workspace.thread(channel.id, ts)])


def _readable(platform: Platform, arguments: Json) -> Channel:
    require_scope(platform, *HISTORY_SCOPES.values())
    channel = chat.find_channel(platform, arguments.get("channel"))
    require_scope(platform, HISTORY_SCOPES[channel.kind])
    if not platform.has_bot(channel):
        raise Refusal("not_in_channel")
    return channel


def _is_between(ts: str, arguments: Json) -> bool:
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    if str(arguments.get("inclusive", "")).lower() in {"1", "true"}:
        return oldest <= float(ts) <= latest
    return oldest < float(ts) < latest


def _messages(platform: Platform, arguments: Json, found: list[Message]) -> Json:
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in {"1", "true"}
    limit = int(arguments.get("limit") or 100)
    shown = [
        payloads.message(m, with_metadata=with_metadata, replies=platform.workspace.thread(m.channel, m.ts))
        for m in found[:limit]
    ]
    return {"ok": True, "messages": shown, "has_more": len(found) > limit}


def refuse_app_token(_: Platform, __: Json) -> Json:
    """Socket Mode takes an app-level token; a bot token gets this answer."""
    raise Refusal("not_allowed_token_type")


def show_bot(_: Platform, __: Json) -> Json:
    """bots.info."""
    return {"ok": True, "bot": {"id": BOT_ID, "name": BOT_NAME, "app_id": APP, "user_id": BOT_USER}}


METHODS: dict[str, Method] = {
    "api.test": Method(echo_arguments),
    "auth.test": Method(show_identity),
    "apps.connections.open": Method(refuse_app_token),
    "bots.info": Method(show_bot, "users:read"),
    "chat.postMessage": Method(chat.post, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.getPermalink": Method(chat.permalink),
    "conversations.open": Method(open_conversation, "im:write"),
    "conversations.history": Method(show_history),
    "conversations.replies": Method(show_replies),
    "reactions.add": Method(add_reaction, "reactions:write"),
    "users.info": Method(show_user, "users:read"),
    "views.open": Method(views.open_modal),
    "views.push": Method(views.push_modal),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
}
