"""The requests the servers are measured with: what Slack sends, signed when it is sent."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench import wrk

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 # the one in Slack's documentation; it opens nothing
TEAM, ROOM, PERSON, BOT_USER = "T0001", "C0001", "U0001", "U0002"
SOMEBODYS_POST = "1794990000.000100"  # a message that is not the bot's

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Load(wrk.Load):
    """What Slack sends, signed. Slack: good for 5 minutes."""

    content_type: str = _FORM
    path = "/slack/events"

    def headers(self, now: float) -> Mapping[str, str]:
        """Give Slack's headers, with the signature."""
        stamp = str(int(now))
        signed = b"v0:%b:%b" % (stamp.encode(), self.body)
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept-Encoding": "gzip,deflate",
            "Accept": "application/json,*/*",
            "X-Slack-Signature": f"v0={hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()}",
            "X-Slack-Request-Timestamp": stamp,
            "Content-Type": self.content_type,
        }


def command(text: str, response_url: str) -> Load:
    """Give `/pm-compare TEXT`."""
    fields = {
        "token": "verification",
        "team_id": TEAM,
        "team_domain": "example",
        "channel_id": ROOM,
        "channel_name": "pm-learning",
        "user_id": PERSON,
        "user_name": "alice",
        "command": "/pm-compare",
        "text": text,
        "api_app_id": "A0001",
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": "1.2.abc",
    }
    return Load(f"command {text}", f"/pm-compare {text}", urlencode(fields).encode(), answers_with_card=True)


def button(response_url: str) -> Load:
    """Give a click on "Skills" on a private card: the new card goes to the response_url, in place of the old one."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": PERSON, "username": "alice", "name": "alice", "team_id": TEAM},
        "api_app_id": "A0001",
        "token": "verification",
        "container": {"type": "message", "message_ts": "1795000000.1", "channel_id": ROOM, "is_ephemeral": True},
        "trigger_id": "1.2.abc",
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": ROOM, "name": "pm-learning"},
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [
            {
                "action_id": "show|dimension/skills|previous",
                "block_id": "9",
                "text": {"type": "plain_text", "text": "‹ Skills", "emoji": True},
                "value": "show|dimension/skills|previous",
                "type": "button",
                "action_ts": "1795000001.2",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
    return Load("button", "a button (with the card sent to its response_url)", body, posts_back=True)


def reaction(message_id: str, author: str, title: str) -> Load:
    """Give a 🔍 reaction on a message; `author` is who wrote that message."""
    event = {
        "type": "reaction_added",
        "user": PERSON,
        "reaction": "mag",
        "item": {"type": "message", "channel": ROOM, "ts": message_id},
        "item_user": author,
        "event_ts": "1795000002.000200",
    }
    return _event(title, event)


def mention(words: str, room: str, message_id: str) -> Load:
    """Give a mention in a channel; Slack: no two messages there have the same ts."""
    event = {"type": "app_mention", "user": PERSON, "text": words, "ts": message_id, "channel": room}
    return _event("a mention", event)


def _event(title: str, event: dict[str, Any]) -> Load:
    body: dict[str, Any] = {
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": "A0001",
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": 1_795_000_002,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-abc",
    }
    return Load(title, title, json.dumps(body).encode(), content_type=_JSON)
