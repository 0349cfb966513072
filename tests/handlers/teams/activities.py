"""Activities as Microsoft Teams sends them: from whom, where, and what each says."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Literal

from cards.model import Action

TENANT = "0f0f0f0f-1111-4222-8333-444444444444"
CLIENT = "11111111-2222-4333-8444-555555555555"
BOT = {"id": f"28:{CLIENT}", "name": "PM Compare"}
SERVICE = "https://smba.trafficmanager.net/emea/"

Activity = dict[str, Any]
_ids = count(1_764_000_000_000)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the tenant: the Entra object id, and the id this bot knows them by."""

    name: str
    aad: str
    id: str
    zone: str

    def account(self) -> Activity:
        """Give what activities say of them."""
        return {"id": self.id, "aadObjectId": self.aad, "name": self.name}


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation."""

    kind: Literal["personal", "groupChat", "channel"]
    id: str
    name: str = ""
    team: str = ""


ALICE = Person("Alice Martin", "aaaaaaaa-0000-4000-8000-000000000001", "29:1alice", "Europe/Paris")
BOB = Person("Bob Stone", "bbbbbbbb-0000-4000-8000-000000000002", "29:1bob", "America/New_York")
TEAM = "19:team0000000000000000000000000000@thread.tacv2"
ROOM = Place("channel", "19:room0000000000000000000000000000@thread.tacv2", "pm-learning", TEAM)
GENERAL = Place("channel", TEAM, "", TEAM)
GROUP = Place("groupChat", "19:group000000000000000000000000000@thread.v2", "Launch")
ALONE = Place("personal", "a:1alice-and-the-bot")
BOBS = Place("personal", "a:1bob-and-the-bot")


def activity(kind: str, person: Person, place: Place, thread: str = "", **more: object) -> Activity:
    """Make an activity of any kind; `thread` is the id at the root of a channel's thread, `more` goes in as it is."""
    conversation = {
        "id": f"{place.id};messageid={thread}" if thread else place.id,
        "conversationType": place.kind,
        "tenantId": TENANT,
    }
    if place.kind == "groupChat" and place.name:
        conversation["name"] = place.name
    data: Activity = {"tenant": {"id": TENANT}}
    if place.kind == "channel":
        data |= {"team": {"id": place.team}, "channel": {"id": place.id} | ({"name": place.name} if place.name else {})}
    return {
        "type": kind,
        "id": f"f:{next(_ids)}",
        "timestamp": "2026-11-23T08:30:00.1234567Z",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": person.account(),
        "conversation": conversation,
        "recipient": BOT,
        "channelData": data,
        "localTimezone": person.zone,
    } | more


def said(person: Person, place: Place, words: str, *, thread: str = "", is_for_bot: bool = True) -> Activity:
    """Type a message; outside the personal chat with a mention, unless it is not for the bot."""
    own = str(next(_ids))
    entities: list[Activity] = [{"type": "clientInfo", "timezone": person.zone, "platform": "Web"}]
    if place.kind != "personal" and is_for_bot:
        words = f"<at>PM Compare</at>&nbsp;{words}"
        entities.append({"type": "mention", "mentioned": BOT, "text": "<at>PM Compare</at>"})
    root = (thread or own) if place.kind == "channel" else ""
    message = activity("message", person, place, thread=root, text=words, textFormat="plain", entities=entities)
    return message | {"id": own}


def invoked(person: Person, place: Place, name: str, value: object, *, target: str = "", thread: str = "") -> Activity:
    """Send an invoke; `target` is the message it belongs to."""
    about: Activity = {"replyToId": target} if target else {}
    return activity("invoke", person, place, thread, name=name, value=value) | about


def data(action: Action | str) -> Activity:
    """Give what a button brings back."""
    return {"action": "pm-compare", "value": action if isinstance(action, str) else action.encode()}


def pressed(person: Person, place: Place, target: str, action: Action | str, *, thread: str = "") -> Activity:
    """Press a button of the card of a message."""
    execute = {"type": "Action.Execute", "verb": "pm-compare", "data": data(action)}
    value = {"action": execute, "trigger": "manual"}
    return invoked(person, place, "adaptiveCard/action", value, target=target, thread=thread)


def opened(person: Person, place: Place, target: str, action: Action, *, thread: str = "") -> Activity:
    """Press a button that opens a dialog."""
    value = {"data": data(action), "context": {"theme": "default"}}
    return invoked(person, place, "task/fetch", value, target=target, thread=thread)


def submitted(person: Person, place: Place, sent: object, *, thread: str = "") -> Activity:
    """Send a dialog; Teams does not say which message it was opened from."""
    return invoked(person, place, "task/submit", {"data": sent, "context": {"theme": "default"}}, thread=thread)


def reacted(person: Person, place: Place, target: str, *kinds: str, thread: str = "") -> Activity:
    """React to a message."""
    added = [{"type": kind} for kind in kinds]
    return activity("messageReaction", person, place, thread=thread, replyToId=target, reactionsAdded=added)


def installed(person: Person, place: Place, action: str = "add", *, at: datetime | None = None) -> Activity:
    """Add the app to a place, or remove it."""
    return activity("installationUpdate", person, place, action=action) | _when(at)


def changed(person: Person, place: Place, event: str, *, at: datetime | None = None, **more: object) -> Activity:
    """Tell what became of a channel or a team; a channel's events come from its team's General channel."""
    general = Place("channel", place.team, "", place.team)
    sent = activity("conversationUpdate", person, general) | _when(at) | more
    channel = {"id": place.id} | ({"name": place.name} if place.name else {})
    about = {"channel": channel} if event.startswith("channel") else {}
    return sent | {"channelData": {"tenant": {"id": TENANT}, "team": {"id": place.team}, "eventType": event} | about}


def members(person: Person, place: Place, *, added: bool, at: datetime | None = None) -> Activity:
    """Tell that the bot was added to a place, or removed from it."""
    who: Activity = {"membersAdded" if added else "membersRemoved": [BOT]}
    return activity("conversationUpdate", person, place) | who | _when(at)


def _when(at: datetime | None) -> Activity:
    return {} if at is None else {"timestamp": at.isoformat().replace("+00:00", "Z")}
