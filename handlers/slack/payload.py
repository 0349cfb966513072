"""Read what matters out of Slack's payloads: who, where, which message, which action."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from msgspec import Struct

from cards.model import Action
from handlers.payload import mapping, text
from handlers.pending_replies import PendingReply
from messengers.base import Address
from messengers.slack import PLATFORM

# Slack: what is typed as `<` comes as `&lt;`, so that what stands between real ones is a mark of Slack's own.
_CALL = re.compile(r"<(?:@[UW][A-Z0-9]+|#[A-Z0-9]+|!(?:here|channel|everyone|subteam\^[A-Z0-9]+))(?:\|[^<>]*)?>")
# Links, and what names a moment or a place. In a command's words `<` may come as it is, and then marks nothing.
_MARKED = re.compile(r"<((?:[a-z][a-z0-9+.-]*:|[#@!])[^<>]*)>", re.IGNORECASE)
_PICTURE = "🙂"
_EMOJI = re.compile(r"(?<![\w:]):(?=[+-]1:|100:|1234:|[a-z0-9_+'-]*[a-z])[a-z0-9_+'-]+:(?::skin-tone-\d:)?(?!\w)")
_LONGEST_URL = 1_000  # Slack's have about 100 characters, and they travel with forms, which carry 3,000
_LONGEST_ID = 64  # Slack's are about 11 characters
AT_HOME = "home"  # stands for a response_url: who waits looks at their Home, and there is nothing else to tell them in


class Window(Struct, frozen=True):
    """Where a click came from that belongs to no channel: a modal, or else the Home tab or the global shortcut.

    Nothing can be said there but in a modal; `id` is the view's, '' for a shortcut.
    """

    id: str
    is_modal: bool = False


class Press(Struct, frozen=True):
    """One click on a button or menu of ours.

    `message_id` is the ts of the message that was pressed, `thread` its thread's ts or empty; `response_url` and
    `trigger_id` are Slack's, empty where the payload has none (a click inside a form). `is_outsider` and
    `is_among_people` as below. In a `window` the address is the person, whose own all is that has no other place.
    """

    action: Action | None
    address: Address
    person: str
    message_id: str
    is_private: bool
    response_url: str
    trigger_id: str
    is_outsider: bool = False
    is_among_people: bool = False
    window: Window | None = None

    @property
    def is_direct(self) -> bool:
        """Say whether nobody but the person and the bot is there."""
        return self.window is not None or is_direct(self.address)

    @property
    def presser(self) -> PendingReply:
        """Give who pressed, and where to tell them what came of it."""
        return PendingReply(self.person, self.response_url, self.is_among_people)


def words(typed: str) -> str:
    """Give what a person typed as words: without calls to people and places, links as what is read of them.

    Slack: docs.slack.dev/messaging/formatting-message-text; emoji come as their names. A message that is nothing but
    emoji is pictures, as on the other platform, and not what their names say.
    """
    said = _MARKED.sub(_read, _CALL.sub(" ", typed))
    without = _EMOJI.sub(" ", said)
    return unescaped(without if without.strip() else _EMOJI.sub(_PICTURE, said)).strip()


def _read(marked: re.Match[str]) -> str:
    address, bar, label = marked.group(1).partition("|")
    return label if bar else address.removeprefix("mailto:").removeprefix("tel:")


def is_id(word: str) -> bool:
    """Say whether a word may be an id of Slack's, and be stored as one."""
    return bool(word) and len(word) <= _LONGEST_ID and word.isascii() and word.isprintable()


def response_url(body: Mapping[str, Any]) -> str:
    """Give the address that answers an interaction; '' where there is none that could be Slack's."""
    url = text(body.get("response_url"))
    return url if len(url) <= _LONGEST_URL and url.isascii() and url.isprintable() else ""


def unescaped(typed: str) -> str:
    """Give a text as it was typed; Slack escapes three characters of it."""
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def workspace(body: Mapping[str, Any], home: str) -> str:
    """Find the workspace whose installation this is about; `home` is the one that it is known to be, '' for none.

    In the order of slack_bolt/request/internals.py, `extract_team_id`. Slack Connect: the outer team_id can be the
    other company's, so an event's authorizations[0] and a form's app_installed_team_id go first. An organization's
    installation names no workspace there: then it is the one through which the event came, or where the form was.
    """
    if home:
        return home
    view = mapping(body.get("view"))
    installed = text(view.get("app_installed_team_id"))
    team, user = mapping(body.get("team")), mapping(body.get("user"))
    if installed.startswith("E"):
        there = (team.get("id"), view.get("team_id"), user.get("team_id")) if enterprise(body) == installed else ()
        return next((text(one) for one in there if text(one).startswith("T")), installed)
    authorized = _authorization(body)
    found = (
        installed
        or text(authorized.get("team_id"))
        or (text(body.get("context_team_id")) if authorized else "")
        or text(body.get("team_id"))
        or text(team.get("id"))
        or text(user.get("team_id"))
    )
    if found and not found.startswith("E"):
        return found
    # Slack: an organization's payloads may have no team, and a person's is the organization.
    beside = (view.get("team_id"), mapping(body.get("message")).get("team"))
    return next((text(one) for one in beside if text(one).startswith("T")), found)


def enterprise(body: Mapping[str, Any]) -> str:
    """Find the organization that is named beside the workspace; '' for none. As above, `extract_enterprise_id`."""
    return (
        text(mapping(body.get("enterprise")).get("id"))
        or text(_authorization(body).get("enterprise_id"))
        or text(body.get("enterprise_id"))
        or text(mapping(body.get("team")).get("enterprise_id"))
    )


def is_of_organization(body: Mapping[str, Any]) -> bool:
    """Say whether it is for an organization's installation. Slack: a command's fields are texts."""
    said = (_authorization(body) or body).get("is_enterprise_install")
    return said is True or text(said) == "true"


def organization(body: Mapping[str, Any]) -> str:
    """Find the organization whose installation serves the workspace of a request; '' where it does not say that.

    Slack Connect: a click's `team` is where it "originated from", a visitor's perhaps, and the organization beside it
    that of the card. Whoever took these for one would serve the visitor's workspace with the organization's token.
    """
    named = enterprise(body) if is_of_organization(body) else ""
    if not named or _authorization(body) or "command" in body:
        return named
    team, user = mapping(body.get("team")), mapping(body.get("user"))
    of_team = text(team.get("enterprise_id"))
    return named if of_team == named or (not of_team and text(user.get("team_id")) == named) else ""


def _authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an event's first authorization: the installation that it is sent for."""
    authorizations = body.get("authorizations")
    return mapping(authorizations[0]) if isinstance(authorizations, list) and authorizations else {}


def is_outsider(body: Mapping[str, Any], home: str) -> bool:
    """Say whether a command, a mention, a click or a form is known to be of somebody of another workspace.

    Slack is not asked. On Enterprise Grid a person's team may be the organization: there nothing is known.
    """
    event = mapping(body.get("event"))
    teams = (
        text(mapping(body.get("user")).get("team_id")),  # a click, a form
        # An event of a shared channel: whose workspace wrote it.
        text(event.get("user_team")) or text(event.get("source_team")) or text(event.get("team")),
        ""
        if "event" in body or mapping(body.get("user"))
        else text(body.get("team_id")),  # a command is typed where one is
    )
    team, installed = next(filter(None, teams), ""), workspace(body, home)
    is_grid = bool(mapping(body.get("enterprise"))) or bool(text(body.get("enterprise_id"))) or team.startswith("E")
    return bool(team) and team != installed and not is_grid


def command_address(body: Mapping[str, Any], home: str) -> Address:
    """Find where a slash command was typed."""
    return Address(PLATFORM, workspace(body, home), text(body.get("channel_id")))


def is_direct(address: Address) -> bool:
    """Say whether an address is a direct message; chat.postMessage takes a user id, and opens the D… by itself."""
    return address.conversation.startswith("D")


def is_among_people(body: Mapping[str, Any]) -> bool:
    """Say whether a command or a click comes from a direct message: D…, or of several people, which has C… or G….

    Slack names the latter `mpdm-alice--bob--carol-1`. The bot's own chat with a person is a D… too: there posts arrive.
    """
    channel = mapping(body.get("channel"))
    place = text(body.get("channel_id")) or text(channel.get("id"))
    name = text(body.get("channel_name")) or text(channel.get("name"))
    return place.startswith("D") or name.startswith("mpdm-")


def press(body: Mapping[str, Any], home: str) -> Press:
    """Read a block_actions payload; `action` is None for a value that is not, or no longer, ours."""
    container, message = mapping(body.get("container")), mapping(body.get("message"))
    if container.get("type") == "view":
        view = mapping(body.get("view"))
        window = Window(text(container.get("view_id")) or text(view.get("id")), is_modal=view.get("type") == "modal")
        return in_window(body, home, window, _pressed(body.get("actions")))
    channel = text(mapping(body.get("channel")).get("id")) or text(container.get("channel_id"))
    thread = text(message.get("thread_ts")) or text(container.get("thread_ts"))
    return Press(
        _pressed(body.get("actions")),
        Address(PLATFORM, workspace(body, home), channel, thread),
        text(mapping(body.get("user")).get("id")),
        text(container.get("message_ts")) or text(message.get("ts")),
        container.get("is_ephemeral") is True,
        response_url(body),
        text(body.get("trigger_id")),
        is_outsider(body, home),
        is_among_people(body),
    )


def in_window(body: Mapping[str, Any], home: str, window: Window, action: Action | None) -> Press:
    """Read what was done where there is no channel, no message and no response_url."""
    person = text(mapping(body.get("user")).get("id"))
    return Press(
        action,
        Address(PLATFORM, workspace(body, home), person),
        person,
        window.id,
        is_private=True,
        response_url="",
        trigger_id=text(body.get("trigger_id")),
        is_outsider=is_outsider(body, home),
        window=window,
    )


def carried(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what a form brought along of the click that opened it; nothing where it is not ours."""
    try:
        return mapping(orjson.loads(text(view.get("private_metadata"))))  # json fails over a thousand brackets
    except ValueError:
        return {}


def callback(view: Mapping[str, Any]) -> Action | None:
    """Read which form it is; None for one that is not, or no longer, ours."""
    try:
        return Action.decode(text(view.get("callback_id")))
    except ValueError:
        return None


def parent(view: Mapping[str, Any]) -> str:
    """Read which modal a form was put on top of; '' where it stands alone."""
    return text(view.get("previous_view_id"))


def is_link(body: Mapping[str, Any]) -> bool:
    """Say whether a click was on a button that opens an address: Slack reports those too, and wants a 200."""
    actions = body.get("actions")
    return (
        isinstance(actions, list) and bool(actions) and text(mapping(actions[0]).get("action_id")).startswith("link-")
    )


def _pressed(actions: object) -> Action | None:
    if not isinstance(actions, list) or not actions:
        return None
    pressed = mapping(actions[0])
    return _action(text(pressed.get("value")) or text(mapping(pressed.get("selected_option")).get("value")))


@lru_cache(maxsize=1024)  # most cards carry the same few
def _action(value: str) -> Action | None:
    try:
        return Action.decode(value)
    except ValueError:
        return None
