"""The chat.* methods: what a bot may post, where, and how it is refused."""

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.limits import surfaces
from playground.slack.platform import Platform
from playground.slack.rates import UPDATES_A_MINUTE
from playground.slack.values import Channel, Ephemeral, Message, Refusal


def find_channel(platform: Platform, given: object) -> Channel:
    """By id; what is private hides itself from a bot outside. Raises Refusal `channel_not_found`."""
    channel = platform.world.channels.get(str(given))
    if channel is None or (channel.kind != "public" and not platform.has_bot(channel)):
        raise Refusal("channel_not_found")
    return channel


def _target(platform: Platform, given: object) -> Channel:
    """Where a post goes: a channel id, a public channel's #name, or a person's id for a direct message."""
    world = platform.world
    if str(given) in world.people:
        user = world.people[str(given)]
        if user.is_deleted:
            raise Refusal("user_disabled")
        channel = world.ensure_dm(user)
    elif str(given) in world.channels:
        channel = find_channel(platform, given)
    else:
        named = [c.id for c in world.channels.values() if c.kind != "im" and str(given) in {c.name, f"#{c.name}"}]
        channel = find_channel(platform, named[0] if named else given)
    if channel.kind == "im" and not platform.app.messages_tab:
        raise Refusal("messages_tab_disabled")
    if channel.id in world.archived:
        raise Refusal("is_archived")
    if not platform.has_bot(channel):
        raise Refusal("not_in_channel")
    if channel.id in world.restricted:
        raise Refusal(world.restricted[channel.id])
    return channel


def _thread(platform: Platform, channel: Channel, given: object) -> str | None:
    """The parent's ts; a reply's ts leads to its parent. A deleted parent can't be replied to."""
    if not given:
        return None
    parent = platform.world.find_message(channel.id, str(given))
    if parent is None:
        raise Refusal("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _content(platform: Platform, channel: Channel, arguments: Json) -> Json:
    """What every message has, whoever sees it."""
    text, blocks = surfaces.message(arguments.get("text"), arguments.get("blocks"))
    return {
        "channel": channel.id,
        "text": text,
        "thread_ts": _thread(platform, channel, arguments.get("thread_ts")),
        "blocks": payloads.stored_blocks(blocks, platform.world),
    }


def post(platform: Platform, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = _target(platform, arguments.get("channel"))
    content = _content(platform, channel, arguments)
    metadata = surfaces.metadata(arguments.get("metadata"))
    platform.rates.check_post(channel.id)
    posted = Message(
        platform.world.fresh_ts(), user=platform.world.team.bot_user, metadata=metadata, from_bot=True, **content
    )
    platform.world.add_message(posted)
    shown = payloads.message(platform.world, posted, with_metadata=True)
    answer: Json = {"ok": True, "channel": channel.id, "ts": posted.ts, "message": shown}
    return answer | ({} if posted.text else _without_text())


def _without_text() -> Json:
    """Slack takes blocks without text, and warns: a screen reader and a notification would say nothing."""
    name = "missing_text_in_message"
    return {"warning": name, "response_metadata": {"warnings": [name]}}


def post_ephemeral(platform: Platform, arguments: Json) -> Json:
    """chat.postEphemeral."""
    channel = _target(platform, arguments.get("channel"))
    user = str(arguments.get("user"))
    if user not in platform.world.members[channel.id]:
        raise Refusal("user_not_in_channel")
    content = _content(platform, channel, arguments)
    shown = platform.world.add_ephemeral(Ephemeral(platform.world.fresh_ts(), user=user, **content))
    return {"ok": True, "message_ts": shown.ts}


def find_message(platform: Platform, arguments: Json, name: str = "ts") -> Message:
    """The message that the argument `name` means. Raises Refusal: `channel_not_found`, `message_not_found`."""
    channel = find_channel(platform, arguments.get("channel"))
    message = platform.world.find_message(channel.id, str(arguments.get(name)))
    if message is None:
        raise Refusal("message_not_found")
    return message


def _own(platform: Platform, arguments: Json, *, refusal: str) -> Message:
    message = find_message(platform, arguments)
    if not message.from_bot:
        raise Refusal(refusal)
    return message


def update(platform: Platform, arguments: Json) -> Json:
    """chat.update: text without blocks takes the blocks away; neither given is `no_text`; metadata stays."""
    message = _own(platform, arguments, refusal="cant_update_message")
    if message.channel in platform.world.archived:
        raise Refusal("is_archived")
    text, blocks = surfaces.message(arguments.get("text"), arguments.get("blocks"), update=True)
    platform.rates.check_call("chat.update", UPDATES_A_MINUTE)
    changes: Json = {
        "text": text or message.text,
        "blocks": payloads.stored_blocks(blocks, platform.world),
        "edited": True,
    }
    if "metadata" in arguments:
        changes["metadata"] = surfaces.metadata(arguments["metadata"])
    changed = platform.world.change_message(message, **changes)
    return {
        "ok": True,
        "channel": changed.channel,
        "ts": changed.ts,
        "text": changed.text,
        "message": payloads.message(platform.world, changed),
    }


def delete(platform: Platform, arguments: Json) -> Json:
    """chat.delete."""
    message = _own(platform, arguments, refusal="cant_delete_message")
    platform.world.delete_message(message.channel, message.ts)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def permalink(platform: Platform, arguments: Json) -> Json:
    """chat.getPermalink: a link into the page."""
    message = find_message(platform, arguments, "message_ts")
    link = f"{platform.url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"ok": True, "channel": message.channel, "permalink": link}
