"""What of a tenant is kept from one start to the next."""

from pathlib import Path

from playground.shared.persistence import Memory, fields
from playground.shared.values import Json
from playground.teams.values import Conversation, Dialog, Message, Person, Team
from playground.teams.world import Tenant

PLACES = ("installed", "reached", "removed", "blocked")


def memory(world: Tenant, folder: Path) -> Memory:
    """Keeps the tenant in a folder; each beside the first in a file of its own."""
    file = f"teams-{world.mark}.json" if world.mark else "teams.json"
    return Memory(folder / file, lambda: _dumped(world), lambda body: _load(world, body))


def _dumped(world: Tenant) -> Json:
    return {
        "people": [fields(person) for person in world.people.values()],
        "teams": [fields(team) for team in world.teams.values()],
        "conversations": [fields(conversation) for conversation in world.conversations.values()],
        "members": {place: sorted(people) for place, people in world.members.items()},
        "messages": [fields(message) for kept in world.messages.values() for message in kept.values()],
        "views": [[person, message, card] for (person, message), card in world.views.items()],
        "dialogs": [fields(dialog) for dialog in world.dialogs.values()],
        **{name: sorted(getattr(world, name)) for name in PLACES},
    }


def _load(world: Tenant, body: Json) -> None:
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
