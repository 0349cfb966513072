"""Votes in one round: the bot is made to ask a channel, and everybody there presses a button of its post."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode

from bench.slack import loads
from bench.slack.loads import Load
from bench.wrk import BrokenError
from playground.slack import payloads
from playground.slack.values import Message, User
from playground.slack.world import BOT_USER

TITLE = "a vote, each by somebody else"
# Where nobody keeps rounds: what buttons carry, and the post that they stand on.
SOMEBODYS_CHOICES = tuple(f"vote||{'0' * 32}:{place}" for place in range(3))
SOMEBODYS_POST = Message(loads.SOMEBODYS_POST, loads.ROOM, BOT_USER, "A dilemma", from_bot=True)

_MOST = 5_000  # presses in a run; were they to run out, the first people would vote again
_SOMEBODY, _CHOICE = "U0000000", "choice-of-somebody"  # stand for a person's id, and for what a button carries
_DAYS = 13  # until voting ends


@dataclass(frozen=True, slots=True)
class Votes(Load):
    """Presses of buttons that carry `choices`, each by somebody who has not voted before, one choice after the other.

    They come from many workspaces, as `Spread` says.

    `body` is a press whose person and choice are still to be put in; `people` numbers those who press.
    """

    choices: tuple[str, ...] = SOMEBODYS_CHOICES
    people: Iterator[int] = field(default_factory=lambda: count(1))

    def message(self, port: int, now: float) -> bytes:
        """Give the press of somebody who was not there before."""
        number = next(self.people)
        choice = quote_plus(json.dumps(self.choices[number % len(self.choices)])[1:-1])
        body = self.body.replace(_SOMEBODY.encode(), b"U%07d" % number).replace(_CHOICE.encode(), choice.encode())
        load = Load(self.name, self.title, body)
        return loads.of(loads.WORKSPACES[number % len(loads.WORKSPACES)], load).message(port, now)

    def messages(self, port: int, now: float) -> tuple[bytes, ...]:
        """Give as many presses as a run may take."""
        return tuple(self.message(port, now) for _ in range(_MOST))


def votes(post: Message, choices: tuple[str, ...], response_url: str) -> Votes:
    """Give votes on a post with buttons that carry `choices`."""
    action = {
        "action_id": _CHOICE,
        "block_id": "4",
        "text": {"type": "plain_text", "text": "One of the choices", "emoji": True},
        "value": _CHOICE,
        "type": "button",
        "action_ts": "1795000001.2",
    }
    payload = payloads.interaction(loads.WORLD, "block_actions", User(_SOMEBODY, "somebody", "Europe/London"))
    payload |= payloads.place(loads.WORLD, post, loads.CHANNEL, {})
    payload |= {"trigger_id": "1.2.abc", "response_url": response_url, "actions": [action]}
    body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
    return Votes("vote", TITLE, body, posts_back=True, choices=choices)


def asking(dilemma: str, response_url: str) -> Load:
    """Give the form that asks the channel a dilemma, by its id, filled in: voting ends in some days."""
    day = (datetime.now(UTC) + timedelta(days=_DAYS)).date().isoformat()
    values = {
        "day": {"day": {"type": "datepicker", "selected_date": day}},
        "at": {"at": {"type": "timepicker", "selected_time": "12:00"}},
    }
    carried = {"conversation": loads.ROOM, "thread": "", "message": "", "url": response_url, "beside": True}
    given = {
        "type": "modal",
        "callback_id": f"round-save|dilemma/{dilemma}|UTC",
        "private_metadata": json.dumps({**carried, "window": False}),
    }
    view_id = f"V{time.time_ns()}"  # the same form twice would ask once
    body = payloads.view(loads.WORLD, given, view_id=view_id, view_hash="1.a", blocks=(), root=view_id, previous=None)
    payload = payloads.interaction(loads.WORLD, "view_submission", loads.ALICE)
    payload |= {"trigger_id": "1.2.abc", "view": {**body, "state": {"values": values}}, "response_urls": []}
    return Load("asking", "asking a channel", urlencode({"payload": json.dumps(payload)}).encode())


def posted(body: bytes, message_id: str) -> tuple[Message, tuple[str, ...]]:
    """Read what was posted with chat.postMessage: the message, and what its buttons for choices carry.

    Raises:
        BrokenError: there are none.
    """
    blocks = _blocks(body)
    choices = tuple(
        element["value"]
        for block in blocks
        for element in payloads.elements(block)
        if str(element.get("value", "")).startswith("vote|")
    )
    if not choices:
        raise BrokenError(f"nobody can vote on what the bot posts: {body[:300]!r}")
    return Message(message_id, loads.ROOM, BOT_USER, "A dilemma", blocks=blocks, from_bot=True), choices


def _blocks(body: bytes) -> Sequence[dict[str, Any]]:
    """Read the blocks out of what a client of Slack's sends: JSON, or a form with JSON in it."""
    if body.startswith(b"{"):
        found: Sequence[dict[str, Any]] = json.loads(body).get("blocks", ())
        return found
    blocks: Sequence[dict[str, Any]] = json.loads(parse_qs(body.decode()).get("blocks", ["[]"])[0])
    return blocks
