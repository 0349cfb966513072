"""The workspace as one JSON file, so that a playground that was killed goes on where it was."""

import asyncio
import dataclasses
import json
import os
from pathlib import Path

from playground.slack.values import Channel, Ephemeral, Json, Message, User, View
from playground.slack.world import Workspace

FILE = "slack.json"
FORM = 1


class Memory:
    """Saves after changes, once for all that happen together."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self._workspace = workspace
        self._folder = folder
        self._waiting: asyncio.Handle | None = None

    def soon(self) -> None:
        """As soon as the event loop has done what it is doing."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_soon(self.now)

    def now(self) -> None:
        """At once."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        save(self._workspace, self._folder)


def save(workspace: Workspace, folder: Path) -> None:
    """Written whole beside the old one and then renamed: never half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(_dumped(workspace)), encoding="utf-8")
    os.replace(fresh, folder / FILE)  # noqa: PTH105  # os.replace says atomic


def load(workspace: Workspace, folder: Path) -> bool:
    """False where there is nothing to go on from, or another edition wrote it."""
    try:
        body = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(body, dict) or body.get("form") != FORM:
        return False
    _load(workspace, body)
    return True


def _dumped(workspace: Workspace) -> Json:
    modals = [view for stack in workspace.modals.values() for view in stack]
    return {
        "form": FORM,
        "users": [dataclasses.asdict(user) for user in workspace.users.values()],
        "channels": [dataclasses.asdict(channel) for channel in workspace.channels.values()],
        "members": {channel: sorted(people) for channel, people in workspace.members.items()},
        "archived": sorted(workspace.archived),
        "messages": [_fields(message) for kept in workspace.messages.values() for message in kept.values()],
        "deleted": sorted(workspace.deleted),
        "ephemerals": [_fields(each) for each in workspace.ephemerals.values()],
        "modals": [_fields(view) for view in modals],
        "homes": [_fields(view) for view in workspace.homes.values()],
    }


def _fields(value: Message | Ephemeral | View) -> Json:
    """Not dataclasses.asdict, which copies deeply what is only read."""
    found = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    for name in ("reactions", "errors"):
        if name in found:
            found[name] = dict(found[name])
    return found


def _load(workspace: Workspace, body: Json) -> None:
    workspace.users = {each["id"]: User(**each) for each in body["users"]}
    workspace.channels = {each["id"]: Channel(**each) for each in body["channels"]}
    workspace.members = {channel: set(people) for channel, people in body["members"].items()}
    workspace.archived = set(body["archived"])
    workspace.deleted = {(channel, ts) for channel, ts in body["deleted"]}
    workspace.messages = {channel: {} for channel in workspace.channels}
    for each in body["messages"]:
        workspace.messages[each["channel"]][each["ts"]] = Message(**each)
        workspace.keep_after(each["ts"])
    workspace.ephemerals = {each["ts"]: Ephemeral(**each) for each in body["ephemerals"]}
    for ts in workspace.ephemerals:
        workspace.keep_after(ts)
    workspace.modals = {}
    for each in body["modals"]:
        workspace.modals.setdefault(each["user"], []).append(View(**each))
    workspace.homes = {each["user"]: View(**each) for each in body["homes"]}
