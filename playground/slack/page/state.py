"""Everything of the workspace that one person's page needs, as JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

from playground.shared.page import changes, clock
from playground.shared.page.changes import Shown
from playground.shared.values import Json
from playground.slack import acts, inputs, payloads
from playground.slack.page.trouble import Drawer
from playground.slack.platform import Platform
from playground.slack.values import Channel, Ephemeral, Message, User, View
from playground.slack.world import BOT_NAME, OTHER_TEAM_NAME, Workspace

FAULTS = 20


class Seen:
    """Only what one person may see, with what they have filled in."""

    rooms = "channels"

    def __init__(self, beside: Callable[[Platform, User], Json]) -> None:
        """`beside` tells of the other workspaces."""
        self._beside = beside

    def outline(self, platform: Platform, me: User) -> Json:
        """Everything but the messages."""
        world = platform.world
        home = world.homes.get(me.id)
        return {
            "version": world.version,
            **platform.about.shown(),
            **self._beside(platform, me),
            "me": me.id,
            "people": [_person(world, user) for user in world.people.values()],
            "bot": {"id": world.team.bot_user, "name": BOT_NAME},
            "commands": list(platform.app.commands) if platform.is_installed else [],
            "shortcuts": [
                {"id": callback_id, "name": name}
                for callback_id, name in platform.app.shortcuts.items()
                if platform.is_installed
            ],
            "has_home": platform.app.home_tab and platform.is_installed,
            "channels": [_channel(platform, channel) for channel in _channels(platform, me)],
            "joinable": [{"id": each.id, "name": each.name} for each in _joinable(world, me)],
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
    mine = [channel for channel in world.channels.values() if me.id in world.members[channel.id]]
    if me.kind != "stranger" and platform.is_installed:
        return mine
    return [channel for channel in mine if channel.kind != "im" or not platform.has_bot(channel)]  # not their app


def _joinable(world: Workspace, me: User) -> list[Channel]:
    """Public channels that one is not in; guests and people of other workspaces see none."""
    if me.kind in {"guest", "stranger"}:
        return []
    open_ = [each for each in world.channels.values() if each.kind == "public" and each.id not in world.archived]
    return [each for each in open_ if me.id not in world.members[each.id]]


def _person(world: Workspace, user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name.title(),
        "tz": user.tz,
        "role": _role(world, user),
        "is_gone": user.is_deleted,
    }


def _role(world: Workspace, user: User) -> str:
    match user.kind:
        case "member":
            return "Admin" if user.is_admin else "Member"
        case "owner":
            return "Owner"
        case "guest":
            return "Guest"
        case "stranger":
            every = [each.team for each in world.linked]
            return f"From {next((each.name for each in every if each.id == user.team), OTHER_TEAM_NAME)}"
        case _:
            assert_never(user.kind)


def _channel(platform: Platform, channel: Channel) -> Json:
    world = platform.world
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "has_bot": platform.has_bot(channel),
        "is_archived": channel.id in world.archived,
        "is_shared": world.is_shared(channel.id),
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
        return payloads.message(world, message, replies=replies) | {
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
            "user": "USLACKBOT" if found.from_slackbot else world.team.bot_user,
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
