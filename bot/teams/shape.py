"""What an activity from Teams must look like before a handler reads it.

Handlers rely on the types checked here. What Teams adds to its activities passes untouched.
"""

from typing import Any, Literal

from bot.web import shape
from bot.web.shape import MisshapenError, check_text, is_printable, objects, require_text

Kind = Literal[
    "teams_message",
    "teams_reaction",
    "teams_action",
    "teams_dialog",
    "teams_search",
    "teams_invoke",
    "teams_install",
    "teams_change",
    "teams_other",
]

CHANNEL = "msteams"
_LONGEST_ID = 1_024  # Teams: a conversation's id has 40 to 150 characters, with ;messageid= some 25 more
_LONGEST_URL = 2_048

_KINDS: dict[str, Kind] = {
    "message": "teams_message",
    "messageReaction": "teams_reaction",
    "installationUpdate": "teams_install",
    "conversationUpdate": "teams_change",
    "messageDelete": "teams_change",
    "messageUpdate": "teams_change",
}
_INVOKES: dict[str, Kind] = {
    "adaptiveCard/action": "teams_action",
    "task/fetch": "teams_dialog",
    "task/submit": "teams_dialog",
    "application/search": "teams_search",
    "composeExtension/query": "teams_search",
}


def check_activity(activity: Any) -> Kind:  # noqa: ANN401 # JSON from outside may be anything
    """Check an activity.

    Raises:
        MisshapenError: what is missing or wrong.
    """
    if type(activity) is not dict:
        raise MisshapenError("the activity is not an object")
    form = require_text(activity, "type")
    if not form:
        raise MisshapenError("type is missing")
    if activity.get("channelId") != CHANNEL:
        # Azure sets Web Chat and Direct Line up unasked: whoever has their keys could speak as anybody.
        raise MisshapenError(f"channelId is not {CHANNEL}")
    _check_id(activity, "id")
    _check_id(activity, "replyToId")
    _require_url(activity)
    _check_account(activity, "conversation", is_needed=True)
    _check_account(activity, "from", is_needed=True)
    _check_account(activity, "recipient", is_needed=False)
    _check_channel_data(activity.get("channelData"))
    for name in ("text", "timestamp", "localTimestamp", "localTimezone", "locale", "action"):
        check_text(activity, name)
    _check_objects(activity, "entities")
    match form:
        case "invoke":
            return _INVOKES.get(require_text(activity, "name"), "teams_invoke")
        case "messageReaction":
            _check_reactions(activity)
        case "conversationUpdate":
            for name in ("membersAdded", "membersRemoved"):
                for member in _check_objects(activity, name):
                    _check_id(member, "id")
    return _KINDS.get(form, "teams_other")


def _require_url(activity: dict[str, Any]) -> None:
    # The token names it too, and the SDK compares the two only where the activity has one.
    url = require_text(activity, "serviceUrl")
    if not url.startswith(("https://", "http://")) or len(url) > _LONGEST_URL or not is_printable(url):
        raise MisshapenError("serviceUrl is no address")


def _check_account(activity: dict[str, Any], name: str, *, is_needed: bool) -> None:
    account = activity.get(name)
    if account is None and not is_needed:
        return
    if type(account) is not dict:
        raise MisshapenError(f"{name} is not an object")
    _check_id(account, "id")
    if is_needed and not account.get("id"):
        raise MisshapenError(f"{name} has no id")
    for inner in ("aadObjectId", "tenantId"):
        _check_id(account, inner)
    for inner in ("name", "conversationType"):
        check_text(account, inner)


def _check_channel_data(data: Any) -> None:  # noqa: ANN401 # JSON from outside may be anything
    if data is None:
        return
    if type(data) is not dict:
        raise MisshapenError("channelData is not an object")
    check_text(data, "eventType")
    for name in ("teamsTeamId", "teamsChannelId"):
        _check_id(data, name)
    for name in ("tenant", "team", "channel"):
        named = data.get(name)
        if named is None:
            continue
        if type(named) is not dict:
            raise MisshapenError(f"{name} is not an object")
        _check_id(named, "id")
        check_text(named, "name")


def _check_reactions(activity: dict[str, Any]) -> None:
    if not activity.get("replyToId"):
        raise MisshapenError("the reaction is on nothing")
    for name in ("reactionsAdded", "reactionsRemoved"):
        for reaction in _check_objects(activity, name):
            require_text(reaction, "type")


def _check_objects(node: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = node.get(name)
    return [] if value is None else objects(value, name)


def _check_id(node: dict[str, Any], name: str) -> None:
    shape.check_id(node, name, _LONGEST_ID)
