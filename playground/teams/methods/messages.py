"""What the bot may do to messages: send, answer, update, delete, react; with the connector's checks and codes."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from playground.shared.values import Json
from playground.teams.limits import surfaces
from playground.teams.platform import Platform
from playground.teams.rates import SENDING
from playground.teams.values import BOT, CARD, Conversation, Message, Person, Refusal


class Asked(Struct, frozen=True):
    """One call: what stands in its path, its query, and its body."""

    path: Json
    query: Json
    body: Json


Method = Callable[[Platform, Asked], tuple[int, Any]]


def place(platform: Platform, asked: Asked) -> tuple[Conversation, str]:
    """The conversation, and the root that `;messageid=` names. Raises Refusal: 404, 403.

    Codes: bots/build-conversational-capability, "status codes from agent conversational APIs".
    """
    world = platform.world
    id_, _, root = str(asked.path["conversation"]).partition(";messageid=")
    found = world.conversations.get(id_)
    if found is None or found.is_deleted or (found.team and world.teams[found.team].is_deleted):
        raise Refusal(404, "ConversationNotFound", "Conversation not found.")
    if found.id in world.blocked:
        raise Refusal(403, "ConversationBlockedByUser", "User blocked the conversation with the bot.")
    if not world.has_bot(found):
        raise Refusal(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    return found, root


def send(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """POST …/activities and …/activities/{activity}: a message, in a channel under its root."""
    found, root = place(platform, asked)
    _check_may_write(platform, found)
    platform.rates.check("send", found.id, SENDING)
    if asked.body.get("type") == "typing":
        return 201, {"id": platform.world.fresh_message_id()}
    if asked.body.get("type") != "message":
        raise Refusal(400, "BadArgument", "Unknown activity type")
    recipient = _recipient(platform, found, asked)
    above = _answered(platform, found, root or str(asked.path.get("activity", "")))
    return 201, {"id": post(platform, found, asked.body, above=above, recipient=recipient).id}


def post(
    platform: Platform, found: Conversation, body: Json, *, above: Message | None = None, recipient: str = ""
) -> Message:
    """Keeps a message of the bot. Raises Refusal: 400, 413."""
    complaints = surfaces.check_message(body)
    if complaints:
        platform.fault("post", "not shown as it was sent", complaints)
    world = platform.world
    if above is None and body.get("replyToId"):
        above = world.messages[found.id].get(str(body["replyToId"]))
    id_ = world.fresh_message_id()
    thread = "" if found.kind != "channel" else (above.thread if above else id_)
    return world.add_message(
        Message(
            id_,
            found.id,
            BOT,
            platform.clock.now(),
            **_content(body),
            thread=thread,
            reply_to=above.id if above and found.kind != "channel" else "",
            recipient=recipient,
        )
    )


def _check_may_write(platform: Platform, found: Conversation) -> None:
    if found.team and platform.world.teams[found.team].is_archived:
        raise Refusal(403, "NotEnoughPermissions", "The team is archived.")


def _answered(platform: Platform, found: Conversation, id_: str) -> Message | None:
    if not id_:
        return None
    message = platform.world.messages[found.id].get(id_)
    if message is None or message.is_deleted:
        raise Refusal(404, "ActivityNotFoundInConversation", "Conversation not found.")
    return message


def _content(body: Json) -> Json:
    """What is kept of an activity: one card, its words, its summary."""
    cards = [each.get("content") for each in body.get("attachments") or () if isinstance(each, dict)]
    kinds = [each.get("contentType") for each in body.get("attachments") or () if isinstance(each, dict)]
    return {
        "text": str(body.get("text") or ""),
        "text_format": str(body.get("textFormat") or "markdown"),
        "summary": str(body.get("summary") or ""),
        "suggested": _suggested(body) if not cards else (),
        "card": cards[0] if cards and kinds[0] == CARD and isinstance(cards[0], dict) else None,
    }


def _suggested(body: Json) -> tuple[Json, ...]:
    """What the client offers of it: the first three, where all can be understood."""
    held = body.get("suggestedActions")
    actions = held.get("actions") if isinstance(held, dict) else None
    shown = actions if surfaces.are_suggestions(actions) else []
    return tuple({"title": each["title"], "value": each["value"]} for each in shown[: surfaces.SUGGESTED])


def _is_targeted(asked: Asked) -> bool:
    return str(asked.query.get("isTargetedActivity", "")).lower() == "true"


def _recipient(platform: Platform, found: Conversation, asked: Asked) -> str:
    """Who alone sees it; '' for everybody. Codes: bots/how-to/conversations/targeted-messages."""
    if not _is_targeted(asked):
        return ""
    person = platform.world.find_person(str((asked.body.get("recipient") or {}).get("id", "")))
    if found.kind == "personal" or person is None:
        raise Refusal(400, "BadArgument", "A targeted message needs a recipient, in a group chat or a channel.")
    if person.id not in platform.world.people_in(found):
        raise Refusal(400, "BadArgument", "The recipient is not in the conversation.")
    return person.id


def _own(platform: Platform, asked: Asked) -> Message:
    """The bot's own message that the path names. Raises Refusal: 404, 403."""
    found, _ = place(platform, asked)
    _check_may_write(platform, found)
    message = _answered(platform, found, str(asked.path["activity"]))
    if message is None or bool(message.recipient) != _is_targeted(asked):
        raise Refusal(404, "ActivityNotFoundInConversation", "Conversation not found.")
    if not message.is_from_bot:
        raise Refusal(403, "NotEnoughPermissions", "Only the bot's own messages can be changed.")
    platform.rates.check("send", found.id, SENDING)
    return message


def update(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """PUT …/activities/{activity}: everybody sees the new one, whatever they had pressed."""
    message = _own(platform, asked)
    if _is_targeted(asked) and asked.body.get("recipient"):
        raise Refusal(400, "BadArgument", "The recipient can't be changed.")
    if asked.body.get("type") != "message":
        raise Refusal(400, "BadArgument", "Unknown activity type")
    complaints = surfaces.check_message(asked.body, is_update=True)
    if complaints:
        platform.fault("update", "not shown as it was sent", complaints)
    platform.world.forget_views(message.id)
    platform.world.change_message(message, **_content(asked.body), is_edited=True)
    return 200, {"id": message.id}


def delete(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """DELETE …/activities/{activity}."""
    platform.world.delete_message(_own(platform, asked))
    return 200, None


def react(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """PUT …/reactions/{reaction}: the bot's own reaction to any message."""
    message, kind = _reacted(platform, asked)
    people = dict.fromkeys((*message.reactions.get(kind, ()), BOT))
    platform.world.change_message(message, reactions={**message.reactions, kind: tuple(people)})
    return 200, None


def unreact(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """DELETE …/reactions/{reaction}."""
    message, kind = _reacted(platform, asked)
    left = {name: tuple(p for p in people if (name, p) != (kind, BOT)) for name, people in message.reactions.items()}
    platform.world.change_message(message, reactions={name: people for name, people in left.items() if people})
    return 200, None


def _reacted(platform: Platform, asked: Asked) -> tuple[Message, str]:
    found, _ = place(platform, asked)
    message = _answered(platform, found, str(asked.path["activity"]))
    if message is None:
        raise Refusal(404, "ActivityNotFoundInConversation", "Conversation not found.")
    platform.rates.check("send", found.id, SENDING)
    return message, str(asked.path["reaction"])


def create(platform: Platform, asked: Asked) -> tuple[int, Any]:
    """POST v3/conversations: the person's own chat, or a new post in a channel."""
    body, data = asked.body, asked.body.get("channelData") or {}
    tenant = body.get("tenantId") or (data.get("tenant") or {}).get("id")
    channel = (data.get("channel") or {}).get("id")
    if channel:
        found, _ = place(platform, Asked({"conversation": channel}, {}, {}))
        _check_may_write(platform, found)
        platform.rates.check("send", found.id, SENDING)
        root = post(platform, found, body.get("activity") or {})
        return 201, _resource(platform, f"{found.id};messageid={root.id}", root.id)
    if tenant != platform.tenant_id:
        raise Refusal(400, "BadArgument", "Missing or unknown tenant.")
    members = body.get("members")
    if body.get("isGroup") or not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise Refusal(400, "BadArgument", "Incorrect conversation creation parameters")
    person = platform.world.find_person(str(members[0].get("id", "")))
    if person is None or person.is_gone:
        raise Refusal(400, "BadArgument", "Invalid user identity in provided tenant")
    return 201, _personal(platform, person, body.get("activity"))


def _personal(platform: Platform, person: Person, activity: Json | None) -> Json:
    chat = platform.world.ensure_personal(person)
    platform.rates.check("create", chat.id, SENDING)
    if not platform.world.may_reach(person):
        raise Refusal(403, "ForbiddenOperationException", "The bot is not installed in user's personal scope")
    if not platform.world.has_bot(chat):
        platform.world.reached.add(chat.id)
        platform.world.touch()
    if activity is None:
        return _resource(platform, chat.id)
    _, _ = place(platform, Asked({"conversation": chat.id}, {}, {}))
    return _resource(platform, chat.id, post(platform, chat, activity).id)


def _resource(platform: Platform, id_: str, activity: str = "") -> Json:
    made = {"id": id_, "serviceUrl": platform.service_url}
    return {**made, "activityId": activity} if activity else made
