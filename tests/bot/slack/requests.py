"""What Slack sends, whole, and signed as Slack signs it."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import orjson
from slack_sdk.signature import Clock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 # the one in Slack's documentation
NOW = 1_795_000_000
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"


class Noon(Clock):
    """A clock that stands."""

    def now(self) -> float:
        """Stand still."""
        return NOW


def headers(content_type: bytes, body: bytes, *, at: int = NOW, secret: str = SECRET) -> list[tuple[bytes, bytes]]:
    """Sign `body`, and say what it is."""
    stamp = str(at).encode()
    signature = hmac.new(secret.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
    return [
        (b"host", b"127.0.0.1"),
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"x-slack-request-timestamp", stamp),
        (b"x-slack-signature", f"v0={signature}".encode()),
    ]


def command(text: str = "risks") -> dict[str, Any]:
    """Give the fields of /pm-compare."""
    return {
        "token": "verification",
        "team_id": "T0001",
        "team_domain": "example",
        "channel_id": "C0001",
        "channel_name": "pm-learning",
        "user_id": "U0001",
        "user_name": "alice",
        "command": "/pm-compare",
        "text": text,
        "api_app_id": "A0001",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0001/1/abc",
        "trigger_id": "1.2.abc",
    }


def press() -> dict[str, Any]:
    """Give the payload of a button."""
    return {
        "type": "block_actions",
        "user": {"id": "U0001", "username": "alice", "name": "alice", "team_id": "T0001"},
        "api_app_id": "A0001",
        "token": "verification",
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0001", "is_ephemeral": True},
        "trigger_id": "1.2.abc",
        "team": {"id": "T0001", "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0001", "name": "pm-learning"},
        "message": {"type": "message", "user": "U0002", "ts": "1.2", "text": "Risks", "blocks": []},
        "response_url": "https://hooks.slack.com/actions/T0001/1/abc",
        "actions": [
            {
                "action_id": "show-1",
                "block_id": "moves",
                "type": "button",
                "text": {"type": "plain_text", "text": "Skills"},
                "value": "show||skills",
                "action_ts": "1.3",
            }
        ],
    }


def choose() -> dict[str, Any]:
    """Give the payload of a menu that asks for options."""
    return press() | {"type": "block_suggestion", "action_id": "zone", "block_id": "zone", "value": "Par"}


def submit() -> dict[str, Any]:
    """Give the payload of a submitted form."""
    return {
        "type": "view_submission",
        "user": {"id": "U0001", "team_id": "T0001"},
        "team": {"id": "T0001"},
        "trigger_id": "1.2.abc",
        "view": {
            "id": "V0001",
            "type": "modal",
            "callback_id": "tips-save",
            "private_metadata": "C0001",
            "blocks": [{"type": "section", "block_id": "words"}, {"type": "input", "block_id": "weekday"}],
            "state": {"values": {"weekday": {"weekday": {"type": "static_select", "selected_option": None}}}},
        },
        "response_urls": [],
    }


def shortcut() -> dict[str, Any]:
    """Give the payload of a global shortcut."""
    return {
        "type": "shortcut",
        "user": {"id": "U0001", "team_id": "T0001"},
        "team": {"id": "T0001"},
        "trigger_id": "1.2.abc",
        "callback_id": "compare",
    }


def event(inner: dict[str, Any]) -> dict[str, Any]:
    """Give the envelope of an event."""
    return {
        "token": "verification",
        "team_id": "T0001",
        "api_app_id": "A0001",
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": NOW,
        "event": inner,
        "authorizations": [{"enterprise_id": None, "team_id": "T0001", "user_id": "U0002", "is_bot": True}],
        "is_ext_shared_channel": False,
    }


def reaction() -> dict[str, Any]:
    """Give a reaction to a message."""
    item = {"type": "message", "channel": "C0001", "ts": "1.2"}
    return event(
        {
            "type": "reaction_added",
            "user": "U0001",
            "reaction": "mag",
            "item": item,
            "item_user": "U0002",
            "event_ts": "1",
        }
    )


def mention() -> dict[str, Any]:
    """Give a mention of the bot."""
    return event({"type": "app_mention", "user": "U0001", "text": "<@U0002> risks", "ts": "1.2", "channel": "C0001"})


def revocation() -> dict[str, Any]:
    """Give the notice that tokens were revoked."""
    return event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0002"]}})


def home_opened() -> dict[str, Any]:
    """Give the notice that somebody looks at the Home tab, with the view that stands there."""
    view = {"id": "V0001", "type": "home", "blocks": [], "callback_id": "", "hash": "1.abc"}
    inner = {"type": "app_home_opened", "user": "U0001", "channel": "D0001", "tab": "home", "event_ts": "1"}
    return event(inner | {"view": view})


def press_at_home() -> dict[str, Any]:
    """Give the payload of a button in the Home tab: without a channel, a message and a response_url."""
    elsewhere = {"channel", "message", "response_url"}
    kept = {name: value for name, value in press().items() if name not in elsewhere}
    view = {"id": "V0001", "type": "home", "callback_id": "", "state": {"values": {}}, "app_installed_team_id": "T0001"}
    return kept | {"container": {"type": "view", "view_id": "V0001"}, "view": view}


def verification() -> dict[str, Any]:
    """Give the question whether this address is ours."""
    return {"type": "url_verification", "token": "verification", "challenge": "3eZbrw1a"}


def form(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Give the content type and the body of a form."""
    return FORM, urlencode(fields).encode()


def payload(content: object) -> tuple[bytes, bytes]:
    """Give the content type and the body of an interaction."""
    return form({"payload": orjson.dumps(content).decode()})


def envelope(content: object) -> tuple[bytes, bytes]:
    """Give the content type and the body of an event."""
    return JSON, orjson.dumps(content)
