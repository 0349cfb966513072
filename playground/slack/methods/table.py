"""The Web API methods the emulator answers, each with the scopes it asks for."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.methods import chat, views
from playground.slack.methods import conversations as reading
from playground.slack.platform import Platform
from playground.slack.values import Refusal
from playground.slack.world import APP, BOT_NAME


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
        platform.require_scope(method.scope)
    return method.run(platform, arguments)


def echo_arguments(__: Platform, arguments: Json) -> Json:
    """api.test."""
    if "error" in arguments:
        raise Refusal(str(arguments["error"]), args=arguments)
    return {"ok": True, "args": arguments}


def show_identity(platform: Platform, __: Json) -> Json:
    """auth.test."""
    return payloads.bot_identity(platform.world, platform.url)


def show_user(platform: Platform, arguments: Json) -> Json:
    """users.info."""
    user = platform.world.people.get(str(arguments.get("user")))
    if user is None:
        raise Refusal("user_not_found")
    offset = dt.datetime.fromtimestamp(platform.clock.now(), ZoneInfo(user.tz)).utcoffset()
    return {
        "ok": True,
        "user": payloads.person(platform.world, user, int(offset.total_seconds()) if offset else 0)
        | platform.world.accounts.get(user.id, {}),
    }


def add_reaction(platform: Platform, arguments: Json) -> Json:
    """reactions.add."""
    message = chat.find_message(platform, arguments, "timestamp")
    if not platform.world.react(message, platform.world.team.bot_user, str(arguments.get("name"))):
        raise Refusal("already_reacted")
    return {"ok": True}


def open_conversation(platform: Platform, arguments: Json) -> Json:
    """conversations.open."""
    user = platform.world.people.get(str(arguments.get("users")))
    if user is None:
        raise Refusal("user_not_found")
    return {"ok": True, "channel": {"id": platform.world.ensure_dm(user).id}}


def refuse_app_token(_: Platform, __: Json) -> Json:
    """Socket Mode takes an app-level token; a bot token gets this answer."""
    raise Refusal("not_allowed_token_type")


def show_bot(platform: Platform, __: Json) -> Json:
    """bots.info."""
    team = platform.world.team
    return {"ok": True, "bot": {"id": team.bot_id, "name": BOT_NAME, "app_id": APP, "user_id": team.bot_user}}


# What a token may ask about itself, whatever it is for.
OF_ITSELF = {"api.test", "auth.test", "apps.connections.open"}
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
    "conversations.history": Method(reading.show_history),
    "conversations.replies": Method(reading.show_replies),
    "reactions.add": Method(add_reaction, "reactions:write"),
    "users.info": Method(show_user, "users:read"),
    "views.open": Method(views.open_modal),
    "views.push": Method(views.push_modal),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
}
