"""The JSON that Slack sends, in the shapes its documentation and its SDKs' fixtures show."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.shared.values import Json
from playground.slack.values import Channel, Ephemeral, Message, Place, User, View
from playground.slack.world import APP, BOT_HANDLE, OTHER_TEAM, Workspace

VERIFICATION_TOKEN = "pocket-verification-token"  # noqa: S105  # deprecated by Slack, sent all the same

# Slack: with an organization's installation what is of no channel names no workspace but in `user` and `view`.
OF_NO_TEAM = {"view_submission", "view_closed"}


def team_of(world: Workspace, user: User | None) -> str:
    """The workspace that an account is of."""
    if user is None or user.kind != "stranger":
        return world.team.id
    return user.team or OTHER_TEAM


def _enterprise(world: Workspace) -> Json | None:
    found = world.team.organization
    return None if found is None else {"id": found.id, "name": found.name}


def _team(world: Workspace) -> Json:
    """A workspace of an organization names it; any other says nothing of one."""
    found = world.team.organization
    above = {} if found is None else {"enterprise_id": found.id, "enterprise_name": found.name}
    return {"id": world.team.id, "domain": world.team.domain} | above


def stored_blocks(blocks: Sequence[Json], world: Workspace) -> tuple[Json, ...]:
    """Blocks with the ids that Slack fills in where they are missing."""
    filled = copy.deepcopy(list(blocks))
    for block in filled:
        block["block_id"] = block.get("block_id") or world.fresh_id("b")
        for element in elements(block):
            if "type" in element and element["type"] not in {"image", "mrkdwn", "plain_text"}:
                element["action_id"] = element.get("action_id") or world.fresh_id("a")
    return tuple(filled)


def elements(block: Json) -> Iterator[Json]:
    """What can be used in a block: its accessory, its input element, its actions."""
    if block.get("type") == "section" and "accessory" in block:
        yield block["accessory"]
    elif block.get("type") == "input":
        yield block["element"]
    elif block.get("type") in {"actions", "context_actions"}:
        yield from block["elements"]


def message(world: Workspace, found: Message, *, with_metadata: bool = False, replies: Sequence[Message] = ()) -> Json:
    """A message as history and payloads show it."""
    body: Json = {"type": "message", "user": found.user, "ts": found.ts, "text": found.text, "team": world.team.id}
    if found.from_bot:
        body |= {"bot_id": world.team.bot_id, "app_id": APP}
    if found.blocks:
        body["blocks"] = list(found.blocks)
    if found.thread_ts:
        body["thread_ts"] = found.thread_ts
    if replies:
        body |= {"thread_ts": found.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    if found.edited:
        body["edited"] = {"user": found.user, "ts": found.ts}
    if found.reactions:
        body["reactions"] = [
            {"name": name, "users": list(people), "count": len(people)} for name, people in found.reactions.items()
        ]
    if with_metadata and found.metadata is not None:
        body["metadata"] = found.metadata
    return body


def view(  # noqa: PLR0913  # the parts are named by the caller
    world: Workspace,
    given: Json,
    *,
    view_id: str,
    view_hash: str,
    blocks: Sequence[Json],
    root: str,
    previous: str | None,
) -> Json:  # the parts are named by the caller
    """A view with everything Slack adds to what the bot gave."""
    return {
        "id": view_id,
        "team_id": world.team.id,
        "type": given["type"],
        "blocks": list(blocks),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "state": {"values": {}},
        "hash": view_hash,
        "title": given.get("title"),
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "previous_view_id": previous,
        "root_view_id": root,
        "app_id": APP,
        "external_id": given.get("external_id", ""),
        "app_installed_team_id": world.team.id,
        "bot_id": world.team.bot_id,
    }


def command(  # noqa: PLR0913  # the parts are named by the caller
    world: Workspace, user: User, channel: Channel, name: str, text: str, *, trigger_id: str, response_url: str
) -> dict[str, str]:
    """The form of a slash command."""
    shown = {"im": "directmessage", "private": "privategroup", "public": channel.name}[channel.kind]
    found = world.team.organization
    above = {} if found is None else {"enterprise_id": found.id, "enterprise_name": found.name}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        **above,
        "channel_id": channel.id,
        "channel_name": shown,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "true" if world.is_org_wide else "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(world: Workspace, kind: str, user: User) -> Json:
    """What every interactive payload begins with."""
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team_of(world, user)},
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "team": None if world.is_org_wide and kind in OF_NO_TEAM else _team(world),
        "enterprise": _enterprise(world),
        "is_enterprise_install": world.is_org_wide,
    }


def shortcut(world: Workspace, user: User, callback_id: str, *, action_ts: str) -> Json:
    """A global shortcut: less than the others say of who and where."""
    return {
        "type": "shortcut",
        "token": VERIFICATION_TOKEN,
        "action_ts": action_ts,
        "team": None if world.is_org_wide else _team(world),
        "user": {"id": user.id, "username": user.name, "team_id": team_of(world, user)},
        "is_enterprise_install": world.is_org_wide,
        "enterprise": _enterprise(world),
        "callback_id": callback_id,
    }


def place(world: Workspace, where: Place, channel: Channel | None, values: Mapping[str, Any]) -> Json:
    """Container, channel, message or view: where a click happened.

    An ephemeral message is stored nowhere, so its payload carries no `message`.
    """
    if isinstance(where, View):
        return {"container": {"type": "view", "view_id": where.id}, "view": with_state(where, values)}
    container: Json = {
        "type": "message",
        "message_ts": where.ts,
        "channel_id": where.channel,
        "is_ephemeral": isinstance(where, Ephemeral),
    }
    if where.thread_ts:
        container["thread_ts"] = where.thread_ts
    name = "" if channel is None else {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
    body: Json = {
        "container": container,
        "channel": {"id": where.channel, "name": name},
        "state": {"values": dict(values)},
    }
    if isinstance(where, Message):
        body["message"] = message(world, where)
    return body


def with_state(where: View, values: Mapping[str, Any]) -> Json:
    """The view's body with what its fields hold."""
    return {**where.body, "state": {"values": dict(values)}}


def person(world: Workspace, user: User, offset: int) -> Json:
    """users.info, as far as a bot can use it."""
    return {
        "id": user.id,
        "team_id": team_of(world, user),
        "name": user.name,
        "deleted": user.is_deleted,
        "real_name": user.name.title(),
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": offset,
        "profile": {"real_name": user.name.title(), "display_name": user.name},
        # Slack: an owner is an admin too, and is_stranger stands there for people of other workspaces alone.
        "is_admin": user.is_admin or user.kind == "owner",
        "is_owner": user.kind == "owner",
        "is_primary_owner": user.kind == "owner",
        "is_restricted": user.kind == "guest",
        "is_ultra_restricted": user.kind == "guest",
        **({"is_stranger": True} if user.kind == "stranger" else {}),
        "is_bot": user.id == world.team.bot_user,
        "is_app_user": False,
        "updated": 0,
    }


def bot_identity(world: Workspace, url: str, *, is_org_wide: bool = False) -> Json:
    """auth.test. Slack: an organization's token answers with the organization where the workspace would stand."""
    team, above = world.team, world.team.organization
    place = above if above is not None and is_org_wide else team
    return {
        "ok": True,
        "url": url,
        "team": place.name,
        "user": BOT_HANDLE,
        "team_id": place.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        **({} if above is None else {"enterprise_id": above.id}),
        "is_enterprise_install": is_org_wide,
    }
