"""The tenant as one JSON file, so that a playground that was killed goes on where it was."""

import asyncio
import dataclasses
import json
import os
from pathlib import Path

from playground.teams.values import Conversation, Dialog, Json, Message, Person, Team
from playground.teams.world import World

FILE = "teams.json"
FORM = 1
PLACES = ("installed", "reached", "removed", "blocked")


class Memory:
    """Saves after changes, once for all that happen together."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
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
        save(self._world, self._folder)


def save(world: World, folder: Path) -> None:
    """Written whole beside the old one and then renamed: never half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(_dumped(world)), encoding="utf-8")
    os.replace(fresh, folder / FILE)  # noqa: PTH105  # os.replace says atomic


def load(world: World, folder: Path) -> bool:
    """False where there is nothing to go on from, or another edition wrote it."""
    try:
        body = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(body, dict) or body.get("form") != FORM:
        return False
    _load(world, body)
    return True


def _dumped(world: World) -> Json:
    return {
        "form": FORM,
        "people": [_fields(person) for person in world.people.values()],
        "teams": [_fields(team) for team in world.teams.values()],
        "conversations": [_fields(conversation) for conversation in world.conversations.values()],
        "members": {place: sorted(people) for place, people in world.members.items()},
        "messages": [_fields(message) for kept in world.messages.values() for message in kept.values()],
        "views": [[person, message, card] for (person, message), card in world.views.items()],
        "dialogs": [_fields(dialog) for dialog in world.dialogs.values()],
        **{name: sorted(getattr(world, name)) for name in PLACES},
    }


def _fields(value: Person | Team | Conversation | Message | Dialog) -> Json:
    """Not dataclasses.asdict, which copies deeply what is only read."""
    found = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if "reactions" in found:
        found["reactions"] = dict(found["reactions"])
    return found


def _load(world: World, body: Json) -> None:
    world.people = {each["id"]: Person(**each) for each in body["people"]}
    world.teams = {each["id"]: Team(**each) for each in body["teams"]}
    world.conversations = {each["id"]: Conversation(**each) for each in body["conversations"]}
    world.members = {place: set(people) for place, people in body["members"].items()}
    world.messages = {conversation: {} for conversation in world.conversations}
    for each in body["messages"]:
        world.messages[each["conversation"]][each["id"]] = Message(**each)
        world.keep_after(each["id"])
    world.views = {(person, message): card for person, message, card in body["views"]}
    world.dialogs = {each["person"]: Dialog(**each) for each in body["dialogs"]}
    for each in world.dialogs.values():
        world.keep_after(each.id)
    for name in PLACES:
        setattr(world, name, set(body[name]))
