"""Everything of the workspace that one person's page needs, as JSON."""

from collections.abc import Iterator, Sequence

from playground.shared.page import changes, clock
from playground.shared.page.changes import Shown
from playground.shared.values import Json
from playground.slack import acts, inputs, payloads
from playground.slack.page.trouble import Drawer
from playground.slack.platform import Platform
from playground.slack.values import Channel, Ephemeral, Message, User, View
from playground.slack.world import BOT_NAME, BOT_USER, Workspace

FAULTS = 20


class Seen:
    """Only what one person may see, with what they have filled in."""

    rooms = "channels"

    def outline(self, platform: Platform, me: User) -> Json:
        """Everything but the messages."""
        world = platform.world
        home = world.homes.get(me.id)
        return {
            "version": world.version,
            "me": me.id,
            "people": [{"id": u.id, "name": u.name.title(), "tz": u.tz} for u in world.people.values()],
            "bot": {"id": BOT_USER, "name": BOT_NAME},
            "commands": list(platform.app.commands),
            "shortcuts": [{"id": callback_id, "name": name} for callback_id, name in platform.app.shortcuts.items()],
            "has_home": platform.app.home_tab,
            "channels": [_channel(platform, channel) for channel in _channels(platform, me)],
            "modals": [_view(world, view) for view in world.modals.get(me.id, [])],
            "home": _view(world, home) if home else None,
            "clock": clock.shown(platform.clock, me.tz),
            "trouble": Drawer(platform).shown(),
            "faults": [{"where": f.where, "error": f.error} for f in platform.faults[-FAULTS:]],
        }

    def messages(self, platform: Platform, me: User) -> Iterator[Shown]:
        """The channels' messages, and the notes that this person alone has there."""
        world = platform.world
        for channel in _channels(platform, me):
            replies = _replies(world, channel)
            said = world.messages[channel.id].values()
            notes = (e for e in world.ephemerals.values() if (e.channel, e.user) == (channel.id, me.id))
            shown = [_message(world, each, me, replies.get(each.ts, ())) for each in said]
            shown.extend(_ephemeral(world, each) for each in notes)
            yield from changes.in_order(shown)


def _channels(platform: Platform, me: User) -> list[Channel]:
    world = platform.world
    return [channel for channel in world.channels.values() if me.id in world.members[channel.id]]


def _channel(platform: Platform, channel: Channel) -> Json:
    world = platform.world
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "has_bot": platform.has_bot(channel),
        "is_archived": channel.id in world.archived,
        "members": sorted(world.members[channel.id]),
    }


def _replies(world: Workspace, channel: Channel) -> dict[str, list[Message]]:
    """By the message they stand under, found in one walk."""
    found: dict[str, list[Message]] = {}
    for each in world.messages[channel.id].values():
        if each.thread_ts not in {None, each.ts}:
            found.setdefault(str(each.thread_ts), []).append(each)
    return found


def _message(world: Workspace, message: Message, me: User, replies: Sequence[Message]) -> Shown:
    held = world.entered.get((me.id, acts.key(message)), {})

    def build() -> Json:
        people = list(dict.fromkeys(each.user for each in replies))
        return payloads.message(message, replies=replies) | {
            "values": inputs.values(message.blocks, held),
            "is_reply": message.thread_ts not in {None, message.ts},
            "reply_people": people,
        }

    last = replies[-1].ts if replies else ""
    return Shown(message.channel, message.ts, (message, len(replies), last, repr(held)), build)


def _ephemeral(world: Workspace, found: Ephemeral) -> Shown:
    held = world.entered.get((found.user, acts.key(found)), {})

    def build() -> Json:
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

    return Shown(found.channel, found.ts, (found, repr(held)), build)


def _view(world: Workspace, view: View) -> Json:
    held = world.entered.get((view.user, view.id), {})
    return {**view.body, "errors": dict(view.errors), "values": inputs.values(view.blocks, held)}
