"""What a request from Slack must look like before a framework reads it.

Handlers rely on the types checked here, and Bolt on those that its context is built from: a wrong one makes Bolt
answer 500. What Slack adds to its payloads passes untouched.
"""

from typing import Any, Literal

from bot.web import shape
from bot.web.shape import MisshapenError, check_text, objects, require_text

Kind = Literal["command", "action", "options", "view", "shortcut", "event", "verification"]

_LONGEST_ID = 64  # Slack's ids are about 11 characters; store/tables.py keeps 64
_DEEPEST = 3  # body, event, message: Bolt follows them by recursion and has no limit

_PAYLOAD_KINDS: dict[str, Kind] = {
    "block_actions": "action",
    "block_suggestion": "options",
    "view_submission": "view",
    "view_closed": "view",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}

# What Bolt's context is built from; most of what Slack sends besides is nothing to it.
_READ_BY_BOLT: dict[str, Literal["id", "id or object", "inner", "else"]] = {
    **dict.fromkeys(("user", "team", "channel", "enterprise"), "id or object"),
    **dict.fromkeys(("user_id", "team_id", "channel_id", "enterprise_id", "thread_ts", "context_team_id"), "id"),
    **dict.fromkeys(("event", "item", "message", "previous_message", "assistant_thread"), "inner"),
    **dict.fromkeys(("response_url", "response_urls", "authorizations"), "else"),
}


def check_command(fields: Any) -> Kind:  # noqa: ANN401 # over Socket Mode it comes as JSON, which may be anything
    """Check a slash command's fields.

    Raises:
        MisshapenError: what is missing or wrong.
    """
    if type(fields) is not dict:
        raise MisshapenError("the command is not an object")
    require_text(fields, "command")
    for name in ("text", "trigger_id"):
        check_text(fields, name)
    if not fields["command"].startswith("/"):
        raise MisshapenError("the command does not begin with a slash")
    for name in ("user_id", "channel_id"):
        _require_id(fields, name)
    _require_id(fields, "team_id" if fields.get("team_id") else "enterprise_id")
    _check_context(fields, _DEEPEST)
    return "command"


def check_payload(payload: Any) -> Kind:  # noqa: ANN401 # JSON from outside may be anything
    """Check an interaction: a button, a menu, a form, a shortcut.

    Raises:
        MisshapenError: what is missing or wrong.
    """
    if type(payload) is not dict:
        raise MisshapenError("the payload is not a JSON object")
    form = payload.get("type")
    kind = _PAYLOAD_KINDS.get(form) if type(form) is str else None
    if kind is None:
        raise MisshapenError("the payload is of no type this app has")
    _check_who_and_where(payload)
    match kind:
        case "action":
            _check_actions(payload)
        case "options":
            require_text(payload, "action_id")
            require_text(payload, "value")
        case "view":
            _check_view(payload.get("view"))
        case "shortcut":
            require_text(payload, "callback_id")
    return kind


def check_event(body: Any) -> Kind | None:  # noqa: ANN401 # JSON from outside may be anything
    """Check what the Events API sends: an event, or the question whether this address is ours.

    None stands for Slack's notice that it holds events back (`app_rate_limited`): nobody has to act on it.

    Raises:
        MisshapenError: what is missing or wrong.
    """
    if type(body) is not dict:
        raise MisshapenError("the body is not a JSON object")
    match body.get("type"):
        case "url_verification":
            require_text(body, "challenge")
            _check_context(body, _DEEPEST)
            return "verification"
        case "event_callback":
            event = body.get("event")
            if type(event) is not dict:
                raise MisshapenError("the event is not an object")
            require_text(event, "type")
            _require_id(body, "event_id")
            _check_context(body, _DEEPEST)
            _check_our_event(event)
            return "event"
        case "app_rate_limited":
            return None
        case _:
            raise MisshapenError("the body is of no type this app has")


def _check_who_and_where(payload: dict[str, Any]) -> None:
    user = payload.get("user")
    if type(user) is not dict:
        raise MisshapenError("the payload has no user")
    _require_id(user, "id")
    for name in ("team", "enterprise", "channel", "message", "container", "view"):
        _check_object(payload, name)
    for name in ("trigger_id", "callback_id"):
        check_text(payload, name)
    _check_context(payload, _DEEPEST)


def _check_our_event(event: dict[str, Any]) -> None:
    for name in ("text", "ts", "event_ts", "bot_id", "item_user"):
        check_text(event, name)
    match event["type"]:
        case "reaction_added":
            _require_id(event, "user")
            require_text(event, "reaction")
            item = event.get("item")
            if type(item) is not dict:
                raise MisshapenError("the reaction is on nothing")
            require_text(item, "type")
            if item["type"] == "message":
                _require_id(item, "channel")
                _require_id(item, "ts")
        case "app_mention":
            _require_id(event, "channel")
            _require_id(event, "ts")
            require_text(event, "text")
            if type(event.get("user")) is dict:
                raise MisshapenError("user is not a text")
        case "app_home_opened":
            _require_id(event, "user")
            require_text(event, "tab")
            _check_object(event, "view")
        case "tokens_revoked":
            _check_object(event, "tokens")


def _check_actions(payload: dict[str, Any]) -> None:
    actions = payload.get("actions")
    if type(actions) is not list or not actions:
        raise MisshapenError("there are no actions")
    for action in actions:
        if type(action) is not dict:
            raise MisshapenError("an action is not an object")
        require_text(action, "action_id")
        for name in ("block_id", "type", "value", "selected_time"):
            check_text(action, name)
        option = action.get("selected_option")
        if option is not None:
            if type(option) is not dict:
                raise MisshapenError("selected_option is not an object")
            require_text(option, "value")


def _check_view(view: Any) -> None:  # noqa: ANN401 # JSON from outside may be anything
    if type(view) is not dict:
        raise MisshapenError("there is no view")
    require_text(view, "callback_id")
    require_text(view, "type")
    for name in ("id", "hash", "private_metadata"):
        check_text(view, name)
    for name in ("app_installed_team_id", "team_id"):
        _check_id(view, name)
    state = view.get("state")
    values = state.get("values", {}) if type(state) is dict else ({} if state is None else None)
    if type(values) is not dict:
        raise MisshapenError("the view's state holds no values")
    for block in values.values():
        if type(block) is not dict or not all(type(answer) is dict for answer in block.values()):
            raise MisshapenError("the view's state holds something other than answers")


def _check_context(node: dict[str, Any], levels: int) -> None:
    """Check whatever Bolt's context is built from (slack_bolt/request/internals.py, `extract_…`)."""
    if not levels:
        raise MisshapenError("it is nested too deeply")
    for name, value in node.items():
        read = _READ_BY_BOLT.get(name)
        if read is None:
            continue
        if read == "id":
            if value is not None and not _is_id(value):
                raise MisshapenError(f"{name} is no id")
        elif read == "id or object":
            if type(value) is dict:
                _check_id(value, "id")
            elif value is not None and not _is_id(value):
                raise MisshapenError(f"{name} is no id")
        elif read == "inner":
            if type(value) is dict:
                _check_context(value, levels - 1)
            elif name == "event":  # null too: Bolt asks it for its bot_id
                raise MisshapenError("the event is not an object")
        else:
            _check_rest_of_context(node, name, levels)


def _check_rest_of_context(node: dict[str, Any], name: str, levels: int) -> None:
    match name:
        case "response_url":
            check_text(node, name)
        case "response_urls":
            # Slack: one for each field with response_url_enabled, and ours have none; for a second one Bolt raises a
            # KeyError.
            if len(objects(node[name], name)) > 1:
                raise MisshapenError("there are several response_urls")
        case _ if node[name] is not None:
            for authorization in objects(node[name], name):
                _check_context(authorization, levels - 1)


def _is_id(value: object) -> bool:
    return type(value) is str and len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()


def _check_object(node: dict[str, Any], name: str) -> None:
    value = node.get(name)
    if value is not None and type(value) is not dict:
        raise MisshapenError(f"{name} is not an object")


def _check_id(node: dict[str, Any], name: str) -> None:
    shape.check_id(node, name, _LONGEST_ID)


def _require_id(node: dict[str, Any], name: str) -> None:
    if not node.get(name):
        raise MisshapenError(f"{name} is missing")
    _check_id(node, name)
