"""Messages that answer a command or a click, at once or through its response_url."""

from msgspec import structs

from playground.shared.values import Json
from playground.slack import payloads
from playground.slack.limits import surfaces
from playground.slack.platform import Platform
from playground.slack.tickets import ResponseUrl
from playground.slack.values import Ephemeral, Message, Refusal


def use(platform: Platform, url: ResponseUrl, body: Json) -> None:
    """One use of a response_url. A refused body does not count. Raises Refusal."""
    if _is_set(body, "delete_original"):
        _delete(platform, url)
    else:
        text, blocks = surfaces.message(body.get("text"), body.get("blocks"))
        if _is_set(body, "replace_original") and url.original is not None:
            _replace(platform, url, text, payloads.stored_blocks(blocks, platform.world))
        else:
            show(platform, url.user, url.channel, body)
    url.uses += 1


def _is_set(body: Json, name: str) -> bool:
    """Slack takes true and "true"."""
    return body.get(name) in {True, "true"}


def show(platform: Platform, user: str, channel: str, body: Json) -> Ephemeral | Message:
    """A new message: for this person alone, unless response_type says in_channel. Raises Refusal.

    The bot needs no membership here: it was asked.
    """
    world = platform.world
    text, blocks = surfaces.message(body.get("text"), body.get("blocks"))
    stored = payloads.stored_blocks(blocks, world)
    thread_ts = body.get("thread_ts") or None
    if body.get("response_type") == "in_channel":
        posted = Message(world.fresh_ts(), channel, world.team.bot_user, text, stored, thread_ts, from_bot=True)
        return world.add_message(posted)
    return world.add_ephemeral(Ephemeral(world.fresh_ts(), channel, user, text, stored, thread_ts))


def _replace(platform: Platform, url: ResponseUrl, text: str, blocks: tuple[Json, ...]) -> None:
    world = platform.world
    if url.original is None:
        return
    kind, ts = url.original
    if kind == "ephemeral":
        current = world.ephemerals.get(ts)
        if current is not None:  # one that was dismissed stays dismissed
            world.add_ephemeral(structs.replace(current, text=text, blocks=blocks))
        return
    message = world.find_message(url.channel, ts)
    if message is None:
        raise Refusal("message_not_found", status=404)
    world.change_message(message, text=text, blocks=blocks, edited=True)


def _delete(platform: Platform, url: ResponseUrl) -> None:
    if url.original is None:
        return
    kind, ts = url.original
    if kind == "ephemeral":
        platform.world.drop_ephemeral(ts)
    elif platform.world.find_message(url.channel, ts) is not None:
        platform.world.delete_message(url.channel, ts)
