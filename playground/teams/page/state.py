"""Everything of the tenant that one person's page needs, as JSON."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from playground.shared.page import changes, clock
from playground.shared.page.changes import Shown
from playground.shared.values import Json
from playground.teams import outbound, payloads
from playground.teams.page.trouble import Drawer
from playground.teams.platform import OTHER_TENANT_NAME, Platform
from playground.teams.values import Conversation, Message, Person, Team

FAULTS = 20
SCOPES = {"personal": "personal", "channel": "team", "groupChat": "groupChat"}  # of the manifest, by kind of place


class Seen:
    """Only what one person may see; each card as they see it."""

    rooms = "conversations"

    def __init__(self, tenants: Sequence[Platform] = ()) -> None:
        """`tenants` are all that the page can go to."""
        self._tenants = tenants

    def outline(self, platform: Platform, me: Person) -> Json:
        """Everything but the messages."""
        world = platform.world
        mine = _conversations(platform, me)
        dialog = world.dialogs.get(me.id)
        teams = [team for team in world.teams.values() if any(each.team == team.id for each in mine)]
        return {
            "version": world.version,
            **platform.about.shown(),
            "me": me.id,
            "tenant": platform.tenant_id,
            "tenant_name": platform.tenant_name,
            "turned_away": outbound.TURNED_AWAY if platform.is_turned_away else "",
            # Empty where there is but one, and then nothing of it is shown.
            "tenants": [
                {"id": each.tenant_id, "name": each.tenant_name, "mark": each.world.mark} for each in self._tenants
            ]
            if len(self._tenants) > 1
            else [],
            "people": [
                {
                    **{name: getattr(p, name) for name in ("id", "member_id", "name", "zone", "is_gone")},
                    "role": _role(p),
                }
                for p in world.people.values()
            ],
            "bot": platform.bot,
            "teams": [_team(platform, team) for team in teams],
            "conversations": [_conversation(platform, each) for each in mine],
            "starters": {kind: platform.starters(scope) for kind, scope in SCOPES.items()},
            "query": platform.query,
            "dialog": None
            if dialog is None
            else {
                name: getattr(dialog, name)
                for name in ("id", "conversation", "message", "title", "width", "height", "card", "words")
            },
            "clock": clock.shown(platform.clock, me.zone),
            "trouble": Drawer(platform).shown(),
            "faults": [{"where": f.where, "error": f.words} for f in platform.faults[-FAULTS:]],
        }

    def messages(self, platform: Platform, me: Person) -> Iterator[Shown]:
        """The conversations' messages, without those for somebody else alone."""
        for conversation in _conversations(platform, me):
            for each in platform.world.messages[conversation.id].values():
                if each.recipient in {"", me.id}:
                    yield _message(platform, each, me)


def snapshot(platform: Platform, me: Person) -> Json:
    """Everything at once."""
    return changes.whole(Seen(), platform, me)


def _conversations(platform: Platform, me: Person) -> list[Conversation]:
    world = platform.world
    mine = [each for each in world.conversations.values() if not each.is_deleted and me.id in world.people_in(each)]
    return [each for each in mine if not each.team or not world.teams[each.team].is_deleted]


def _role(person: Person) -> str:
    match person.kind:
        case "member":
            return "Member"
        case "owner":
            return "Owner"
        case "guest":
            return "Guest"
        case "outsider":
            return f"From {OTHER_TENANT_NAME}"
        case _:
            assert_never(person.kind)


def _team(platform: Platform, team: Team) -> Json:
    return {
        "id": team.id,
        "name": team.name,
        "is_archived": team.is_archived,
        "has_bot": team.id in platform.world.installed,
        "channels": [each.id for each in platform.world.channels(team.id) if not each.is_deleted],
    }


def _conversation(platform: Platform, conversation: Conversation) -> Json:
    world = platform.world
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "name": platform.bot["name"] if conversation.kind == "personal" else conversation.name,
        "team": conversation.team,
        "has_bot": world.has_bot(conversation),
        "is_archived": bool(conversation.team) and world.teams[conversation.team].is_archived,
        "is_blocked": conversation.id in world.blocked,
        "members": sorted(world.people_in(conversation)),
    }


def _message(platform: Platform, message: Message, me: Person) -> Shown:
    card = platform.world.card_of(me, message)
    is_own = (me.id, message.id) in platform.world.views

    def build() -> Json:
        return {
            "id": message.id,
            "from": message.sender,
            "at": message.at,
            "thread": message.thread,
            "reply_to": message.reply_to,
            "text": message.text,
            "format": message.text_format,
            "is_edited": message.is_edited,
            "is_deleted": message.is_deleted,
            "is_targeted": bool(message.recipient),
            "reactions": [
                {"type": kind, "emoji": payloads.emoji_of(kind), "people": list(people)}
                for kind, people in message.reactions.items()
            ],
            "card": card,
            "is_own_view": is_own,
            "summary": message.summary,
            "suggested": list(message.suggested),
        }

    return Shown(message.conversation, message.id, (message, card, is_own), build)
