"""Everything of the workspace that one person's page needs, as JSON."""

from collections.abc import Sequence

from playground.shared.page import clock
from playground.shared.values import Json
from playground.slack import acts, inputs, payloads
from playground.slack.page.trouble import Drawer
from playground.slack.platform import Platform
from playground.slack.values import Channel, Ephemeral, Message, User, View
from playground.slack.world import BOT_NAME, BOT_USER, Workspace

FAULTS = 20


def snapshot(platform: Platform, me: User) -> Json:
    """Only what this person may see, with what they have filled in."""
    world = platform.world
    channels = [c for c in world.channels.values() if me.id in world.members[c.id]]
    home = world.homes.get(me.id)
    return {
        "version": world.version,
        "me": me.id,
        "people": [{"id": u.id, "name": u.name.title(), "tz": u.tz} for u in world.people.values()],
        "bot": {"id": BOT_USER, "name": BOT_NAME},
        "commands": list(platform.app.commands),
        "shortcuts": [{"id": callback_id, "name": name} for callback_id, name in platform.app.shortcuts.items()],
        "has_home": platform.app.home_tab,
        "channels": [_channel(platform, channel, me.id) for channel in channels],
        "modals": [_view(world, view) for view in world.modals.get(me.id, [])],
        "home": _view(world, home) if home else None,
        "clock": clock.shown(platform.clock, me.tz),
        "trouble": Drawer(platform).shown(),
        "faults": [{"where": f.where, "error": f.error} for f in platform.faults[-FAULTS:]],
    }


def _channel(platform: Platform, channel: Channel, me: str) -> Json:
    world = platform.world
    messages = [_message(world, message, me) for message in world.messages[channel.id].values()]
    private = [e for e in world.ephemerals.values() if (e.channel, e.user) == (channel.id, me)]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "has_bot": platform.has_bot(channel),
        "is_archived": channel.id in world.archived,
        "members": sorted(world.members[channel.id]),
        "messages": sorted([*messages, *(_ephemeral(world, e) for e in private)], key=lambda m: float(m["ts"])),
    }


def _message(world: Workspace, message: Message, me: str) -> Json:
    replies: Sequence[Message] = ()
    if message.thread_ts in {None, message.ts}:
        replies = world.thread(message.channel, message.ts)
    shown = payloads.message(message, replies=replies)
    held = world.entered.get((me, acts.key(message)), {})
    return shown | {
        "values": inputs.values(message.blocks, held),
        "is_reply": message.thread_ts not in {None, message.ts},
    }


def _ephemeral(world: Workspace, found: Ephemeral) -> Json:
    held = world.entered.get((found.user, acts.key(found)), {})
    return {
        "ts": found.ts,
        "user": "USLACKBOT" if found.from_slackbot else BOT_USER,
        "text": found.text,
        "blocks": list(found.blocks),
        "thread_ts": found.thread_ts,
        "is_ephemeral": True,
        "is_reply": found.thread_ts is not None,
        "values": inputs.values(found.blocks, held),
    }


def _view(world: Workspace, view: View) -> Json:
    held = world.entered.get((view.user, view.id), {})
    return {**view.body, "errors": dict(view.errors), "values": inputs.values(view.blocks, held)}
