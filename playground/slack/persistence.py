"""What of a workspace is kept from one start to the next."""

from pathlib import Path

from playground.shared.persistence import Memory, fields
from playground.shared.values import Json
from playground.slack.oauth.directory import Directory
from playground.slack.values import Channel, Ephemeral, Message, User, View
from playground.slack.world import HOME, Workspace


def memory(world: Workspace, folder: Path) -> Memory:
    """Keeps the workspace in a folder; each beside the first in a file of its own."""
    file = "slack.json" if world.team == HOME else f"slack-{world.team.id}.json"
    return Memory(folder / file, lambda: _dumped(world), lambda body: _load(world, body))


def installs(directory: Directory, folder: Path | None) -> Memory | None:
    """Keeps who has installed the app where, with their tokens, which open nothing but this emulator."""
    return Memory(folder / "slack-installs.json", directory.dumped, directory.load) if folder else None


def _dumped(world: Workspace) -> Json:
    modals = [view for stack in world.modals.values() for view in stack]
    return {
        "users": [fields(user) for user in world.people.values()],
        "channels": [fields(channel) for channel in world.channels.values()],
        "members": {channel: sorted(people) for channel, people in world.members.items()},
        "archived": sorted(world.archived),
        "messages": [fields(message) for kept in world.messages.values() for message in kept.values()],
        "deleted": sorted(world.deleted),
        "ephemerals": [fields(each) for each in world.ephemerals.values()],
        "modals": [fields(view) for view in modals],
        "homes": [fields(view) for view in world.homes.values()],
    }


def _load(world: Workspace, body: Json) -> None:
    world.people = {each["id"]: User(**each) for each in body["users"]}
    world.channels = {each["id"]: Channel(**each) for each in body["channels"]}
    world.members = {channel: set(people) for channel, people in body["members"].items()}
    world.archived = set(body["archived"])
    world.deleted = {(channel, ts) for channel, ts in body["deleted"]}
    world.messages = {channel: {} for channel in world.channels}
    for each in body["messages"]:
        world.messages[each["channel"]][each["ts"]] = Message(**each)
        world.keep_after(each["ts"])
    world.ephemerals = {each["ts"]: Ephemeral(**each) for each in body["ephemerals"]}
    for ts in world.ephemerals:
        world.keep_after(ts)
    world.modals = {}
    for each in body["modals"]:
        world.modals.setdefault(each["user"], []).append(View(**each))
    world.homes = {each["user"]: View(**each) for each in body["homes"]}
