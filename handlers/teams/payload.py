"""Read what matters out of Teams' activities: who, where, when, which message, which words."""

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from handlers.payload import mapping, objects, text
from messengers.base import Address
from messengers.teams import PLATFORM

Kind = Literal["personal", "group", "channel"]

_KINDS: dict[str, Kind] = {"personal": "personal", "groupChat": "group", "channel": "channel"}
_CHANNEL = re.compile(r"@thread\.(tacv2|skype)$")
# Teams: who is mentioned stands in the text by name, marked; whoever it is, the name is none of the question.
_MENTION = re.compile(r"<at(?: [^>]*)?>.*?</at>", re.DOTALL)
# Marks of a formatted message; what people type as `<` comes as an entity. Those within a line divide no word.
_INLINE = re.compile(r"</?(?:at|b|strong|i|em|u|s|strike|del|code|span|font|a)(?:\s[^<>]*)?>", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|pre|blockquote|ul|ol|li|h[1-6]|img|emoji|attachment|table|tbody|tr|td|th)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# What only tells something; `event` alone of them has a name too.
_TOLD = {
    "message",
    "messageReaction",
    "messageUpdate",
    "messageDelete",
    "installationUpdate",
    "conversationUpdate",
    "event",
    "typing",
    "endOfConversation",
}
_CARD = "application/vnd.microsoft.card.adaptive"
_YEARS = range(2015, 2200)  # a moment outside them is none, and could not be kept
_MOST_PERSON = 64  # characters, as the store's columns have them
_MOST_TENANT = 64
MOST_ID = 255
MOST_NAME = 100  # characters of a person's, a channel's or a group's name
_MOST_TYPED = 6_000  # characters of a message that are read, marks included
_MOST_MENTIONS = 20
_MOST_WORDS = 2000  # of a message; what is looked at is less


class Activity(Struct, frozen=True):
    """One activity, as far as it concerns us.

    `address` has a thread in channels only: the id of the message at its root. `message_id` is the activity's own id,
    `target` that of the message it is about: pressed, reacted to. `team` and `title` (the name of the channel or the
    group) are empty where they are not said; so is `zone`, the person's own. `at` is when it happened,
    by Teams' clock. `alone` is the person's account in the conversation (29:…) where nobody else there saw what they
    sent, a slash command, and '' where others did. `is_outsider` says that they are known to be of another tenant than
    the conversation, whose tenant the address has.
    """

    kind: Kind
    address: Address
    person: str
    name: str
    message_id: str
    target: str
    service_url: str
    at: datetime | None
    team: str = ""
    title: str = ""
    zone: str = ""
    alone: str = ""
    is_outsider: bool = False


def activity(raw: Mapping[str, Any]) -> Activity | None:
    """Read an activity; None where it does not say where it belongs, or more than can be kept."""
    conversation, data = mapping(raw.get("conversation")), mapping(raw.get("channelData"))
    # Teams: in channels the id ends in `;messageid=` and the root of the thread.
    id_, _, root = text(conversation.get("id")).partition(";messageid=")
    # Teams: in a channel shared between tenants, the first is the host's, and the second may be the sender's.
    said = text(mapping(data.get("tenant")).get("id")).lower()
    tenant = text(conversation.get("tenantId")).lower() or said
    senders = {said, text(mapping(raw.get("from")).get("tenantId")).lower()} - {"", tenant}
    message_id, target = text(raw.get("id")), text(raw.get("replyToId"))
    service_url = text(raw.get("serviceUrl"))
    person = person_id(mapping(raw.get("from")))
    if not all((id_, tenant, service_url, person)) or len(tenant) > _MOST_TENANT:
        return None
    team = text(mapping(data.get("team")).get("id")) or text(data.get("teamsTeamId"))
    if max(map(len, (id_, root, message_id, target, team))) > MOST_ID:
        return None
    kind = _KINDS.get(text(conversation.get("conversationType"))) or _kind(id_)
    name = text(mapping(raw.get("from")).get("name"))[:MOST_NAME]
    # A slash command outside a thread is no root: nobody sees it, so nothing can be answered below it.
    if kind == "channel" and not root and raw.get("type") == "message" and not is_targeted(raw):
        root = target or message_id
    return Activity(
        kind=kind,
        address=Address(PLATFORM, tenant, id_, root if kind == "channel" else ""),
        person=person,
        name=name,
        message_id=message_id,
        target=target,
        service_url=service_url,
        at=_moment(text(raw.get("timestamp"))),
        team=team,
        title="" if kind == "personal" else _title(conversation, data, id_)[:MOST_NAME],
        zone=_zone(raw),
        alone=text(mapping(raw.get("from")).get("id")) if kind != "personal" and is_targeted(raw) else "",
        is_outsider=bool(senders),
    )


def _kind(id_: str) -> Kind:
    if id_.startswith("a:"):
        return "personal"
    return "channel" if _CHANNEL.search(id_) else "group"


def _title(conversation: Mapping[str, Any], data: Mapping[str, Any], id_: str) -> str:
    channel, team = mapping(data.get("channel")), mapping(data.get("team"))
    if text(channel.get("name")) and text(channel.get("id")) == id_:
        return text(channel.get("name"))
    # Teams: the General channel has its team's id, and comes without a name.
    return "General" if text(team.get("id")) == id_ else text(conversation.get("name"))


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _zone(raw: Mapping[str, Any]) -> str:
    """Find the person's IANA zone: beside the message, or in what their app says of itself."""
    zones = [text(each.get("timezone")) for each in objects(raw.get("entities")) if each.get("type") == "clientInfo"]
    return next(filter(None, (text(raw.get("localTimezone")), *zones)), "")


def person_id(account: Mapping[str, Any]) -> str:
    """Give a person's id: the Entra object id, which is the same everywhere, else the one this bot knows them by."""
    for id_ in (text(account.get("aadObjectId")), text(account.get("id"))):
        if id_ and len(id_) <= _MOST_PERSON:
            return id_
    id_ = text(account.get("id"))
    return f"id-{hashlib.sha256(id_.encode()).hexdigest()[:40]}" if id_ else ""


def wants_answer(raw: Mapping[str, Any]) -> bool:
    """Say whether an activity waits for an answer that is not empty: an invoke, or what may be one by another name."""
    kind = text(raw.get("type"))
    return kind == "invoke" or (kind not in _TOLD and bool(text(raw.get("name"))))


def is_targeted(raw: Mapping[str, Any]) -> bool:
    """Say whether an activity is for the bot alone, as slash commands are: nobody else in the conversation sees it."""
    return mapping(raw.get("recipient")).get("isTargeted") is True


def is_bot(account: Mapping[str, Any], raw: Mapping[str, Any], bot_id: str) -> bool:
    """Say whether an account is this bot's: who an activity is sent to. Teams: its id is `28:` and its client id."""
    id_ = text(account.get("id"))
    return bool(id_) and id_ in {bot_id, f"28:{bot_id}", text(mapping(raw.get("recipient")).get("id"))}


def is_anybodys_bot(account: Mapping[str, Any]) -> bool:
    """Say whether a bot wrote: two that mention each other would never stop."""
    return text(account.get("id")).startswith("28:") or account.get("role") == "bot"


def words(raw: Mapping[str, Any], kind: Kind, bot_id: str) -> str | None:
    """Give what was typed for the bot, without its own mention; None where it was not spoken to.

    Outside the personal chat it is spoken to by a mention or a slash command. Teams: the text is marked up, so its `<`,
    `&` and non-breaking spaces come as entities.
    """
    typed = text(raw.get("text"))[:_MOST_TYPED]
    if not typed.strip() and raw.get("value") is not None:
        return None  # a button that submits, not a question
    mentions = [each for each in objects(raw.get("entities")) if each.get("type") == "mention"]
    ours = [each for each in mentions if is_bot(mapping(each.get("mentioned")), raw, bot_id)][:_MOST_MENTIONS]
    if kind != "personal" and not ours and not is_targeted(raw):
        return None
    for mention in ours:
        typed = typed.replace(text(mention.get("text")) or " ", " ", 1)
    typed = html.unescape(_BLOCK.sub(" ", _INLINE.sub("", _MENTION.sub(" ", typed))))[:_MOST_WORDS]
    said = " ".join(typed.split())
    attached = objects(raw.get("attachments")) if not said and not ours else []
    if any(each.get("contentType") == _CARD for each in attached):
        return None  # a card of ours that somebody inserted
    return "help" if attached else said  # a picture alone asks for nothing that we know
