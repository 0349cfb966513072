"""The requests the servers are measured with: what Slack sends, signed when it is sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from bench import wrk
from playground.shared.clock import EmulatorClock
from playground.slack import events, payloads
from playground.slack.values import Channel, Ephemeral, Message, User
from playground.slack.world import TEAM, Workspace

SECRET = "8f742231b10e8888abcd99eee00085a5"  # noqa: S105 # nobody's; it has the form of Slack's
ROOM = "C0001"
QUESTION = "our users keep redoing by hand what the assistant wrote, is it worth it?"
# What one workspace may ask for is bounded (bot/web/fairness.py), so that it takes several to ask as much as there is
# time for. To a bot with one token all of them are the one it serves.
WORKSPACES = tuple(f"T{number:07}" for number in range(64))
SOMEBODYS_POST = "1794990000.000100"  # a message that is not the bot's

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
ALICE = User("U0001", "alice", "Europe/London")
CHANNEL = Channel(ROOM, "pm-learning", "public")
WORLD = Workspace(EmulatorClock())  # where all of it happens


@dataclass(frozen=True, slots=True)
class Load(wrk.Load):
    """What Slack sends, signed. Slack: good for 5 minutes."""

    content_type: str = _FORM
    path = "/slack/events"

    def headers(self, now: float) -> Mapping[str, str]:
        """Give Slack's headers, with the signature."""
        stamp = str(int(now))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=self.body)
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept-Encoding": "gzip,deflate",
            "Accept": "application/json,*/*",
            "X-Slack-Signature": signature or "",
            "X-Slack-Request-Timestamp": stamp,
            "Content-Type": self.content_type,
        }


@dataclass(frozen=True, slots=True)
class Spread(Load):
    """The same request from each of many workspaces in turn."""

    workspaces: tuple[str, ...] = ()

    def message(self, port: int, now: float) -> bytes:
        """Give that of the first workspace."""
        return self._of(self.workspaces[0], port, now)

    def messages(self, port: int, now: float) -> tuple[bytes, ...]:
        """Give one of each workspace."""
        return tuple(self._of(workspace, port, now) for workspace in self.workspaces)

    def _of(self, workspace: str, port: int, now: float) -> bytes:
        load = Load(self.name, self.title, self.body, content_type=self.content_type)
        return of(workspace, load).message(port, now)


def spread(load: Load, workspaces: Sequence[str] = WORKSPACES) -> Spread:
    """Give a request as it comes from many workspaces."""
    values = {each.name: getattr(load, each.name) for each in fields(load)}
    return Spread(**values, workspaces=tuple(workspaces))


def command(text: str, response_url: str) -> Load:
    """Give `/pm-compare TEXT`."""
    form = payloads.command(WORLD, ALICE, CHANNEL, "/pm-compare", text, trigger_id="1.2.abc", response_url=response_url)
    return Load(f"command {text}", f"/pm-compare {text}", urlencode(form).encode(), answers_with_card=True)


def button(response_url: str) -> Load:
    """Give a click on "Skills" on a private card: the new card goes to the response_url, in place of the old one."""
    action = {
        "action_id": "show|dimension/skills|previous",
        "block_id": "9",
        "text": {"type": "plain_text", "text": "‹ Skills", "emoji": True},
        "value": "show|dimension/skills|previous",
        "type": "button",
        "action_ts": "1795000001.2",
    }
    card = Ephemeral("1795000000.1", ROOM, ALICE.id, "")
    payload = payloads.interaction(WORLD, "block_actions", ALICE) | payloads.place(WORLD, card, CHANNEL, {})
    payload |= {"trigger_id": "1.2.abc", "response_url": response_url, "actions": [action]}
    body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
    return Load("button", "a button (with the card sent to its response_url)", body, posts_back=True)


def reaction(message_id: str, author: str, title: str) -> Load:
    """Give a 🔍 reaction on a message; `author` is who wrote that message."""
    target = Message(message_id, ROOM, author, "")
    return _event(title, events.reaction("reaction_added", ALICE, target, "mag", event_ts="1795000002.000200"))


def mention(words: str, room: str, message_id: str) -> Load:
    """Give a mention in a channel; Slack: no two messages there have the same ts."""
    return _event("a mention", events.mention(WORLD, Message(message_id, room, ALICE.id, words), ALICE))


def of(workspace: str, load: Load) -> Load:
    """Give the same request from another workspace."""
    return replace(load, body=load.body.replace(TEAM.encode(), workspace.encode()))


def _event(title: str, event: dict[str, Any]) -> Load:
    body = events.envelope(WORLD, event, event_id="Ev0001", event_time=1_795_000_002)
    return Load(title, title, json.dumps(body).encode(), content_type=_JSON)
