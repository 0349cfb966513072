"""Answer Slack over HTTP: the body that each kind of request waits for."""

import json
from collections.abc import Mapping, Sequence

from slack_bolt.response import BoltResponse

from cards.compose import chats
from cards.model import Card
from cards.slack import render

NOTHING = BoltResponse(status=200, body="")
_JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json; charset=utf-8"}
_LONGEST_FAULT = 500  # characters; a fault may quote what was typed


def body(written: str) -> BoltResponse:
    """Answer with JSON."""
    return BoltResponse(status=200, body=written, headers=_JSON)


def ephemeral(card: Card) -> str:
    """Write the answer to a command, which its writer alone sees."""
    return json.dumps({"response_type": "ephemeral", **render.message(card)}, ensure_ascii=False)


def updated(card: Card) -> BoltResponse:
    """Answer a form by a card in its place: nothing else shows one where there is no channel."""
    view = render.modal(chats.unshared(card))
    return body(json.dumps({"response_action": "update", "view": view}, ensure_ascii=False))


def form_errors(faults: Mapping[str, str]) -> BoltResponse:
    """Answer a form's mistakes. Slack: keyed by an input's block_id, which is the field's name."""
    shown = {
        name: fault if len(fault) <= _LONGEST_FAULT else f"{fault[:_LONGEST_FAULT]}…" for name, fault in faults.items()
    }
    return body(json.dumps({"response_action": "errors", "errors": shown}))
