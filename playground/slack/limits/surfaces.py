"""Slack's limits on a message, a modal and a Home tab, each refused with Slack's own error code.

Figures: docs.slack.dev/reference/block-kit, and the sum of a message's block text (13,200) found by trying.
"""

import json
from collections.abc import Sequence
from typing import Any

from playground.shared.values import Json
from playground.slack.limits import blocks as limits_blocks
from playground.slack.limits import elements
from playground.slack.limits.check import Check
from playground.slack.values import Refusal

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT_CUT = 40_000
UPDATE_TEXT = 4_000
BLOCKS_TEXT = 13_200
VIEW_BYTES = 250_000
VIEW_TITLE = 24
PRIVATE_METADATA = 3_000
ID_LENGTH = 255
OPTIONS = 100


def message_blocks(blocks: object) -> list[Json]:
    """The blocks, if Slack would take them in a message.

    Raises Refusal: invalid_blocks_format, invalid_blocks, msg_blocks_too_long.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    check = Check()
    limits_blocks.check_blocks(check, blocks, "/blocks", surface="message", most=MESSAGE_BLOCKS)
    if check.complaints:
        raise _detailed("invalid_blocks", check.complaints)
    if sum(len(text) for text in texts(blocks)) > BLOCKS_TEXT:
        raise Refusal("msg_blocks_too_long")
    return blocks


def message(text: object, blocks: object, *, update: bool = False) -> tuple[str, list[Json]]:
    """Text and blocks as Slack would store them. Raises Refusal, `no_text` and `msg_too_long` too."""
    checked = message_blocks(blocks) if blocks else []
    if text is not None and not isinstance(text, str):
        raise _detailed("invalid_arguments", ["must be a string [json-pointer:/text]"])
    words = text or ""
    if not words.strip() and not checked:
        raise Refusal("no_text")
    if update and len(words) > UPDATE_TEXT:
        raise Refusal("msg_too_long")
    return words[:TEXT_CUT], checked


def view(body: object, *, home: bool) -> Json:
    """The view, if Slack would open or publish it. Raises Refusal: invalid_arguments, view_too_large."""
    if not isinstance(body, dict):
        raise _detailed("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    check = Check()
    surface = "home" if home else "modal"
    if body.get("type") != surface:
        check.say("/view/type", f"must be '{surface}'")
    _check_view_fields(check, body, home=home)
    blocks = body.get("blocks")
    if isinstance(blocks, list):
        limits_blocks.check_blocks(check, blocks, "/view/blocks", surface=surface, most=VIEW_BLOCKS)
        if (
            not home
            and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
            and not body.get("submit")
        ):
            check.say("/view", "must define `submit` to use an `input` block in modals")
    else:
        check.say("/view", "missing required field: blocks")
    if check.complaints:
        raise _detailed("invalid_arguments", check.complaints)
    if len(json.dumps(body).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")
    return body


def _check_view_fields(check: Check, body: Json, *, home: bool) -> None:
    common = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    modal = {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}
    check.keys(body, "/view", common if home else common | modal)
    if not home:
        if "title" in body:
            check.plain(body["title"], "/view/title", most=VIEW_TITLE)
        else:
            check.say("/view", "missing required field: title")
        for name in ("submit", "close"):
            if body.get(name) is not None:
                check.plain(body[name], f"/view/{name}", most=VIEW_TITLE)
    for name, most in (("private_metadata", PRIVATE_METADATA), ("callback_id", ID_LENGTH), ("external_id", ID_LENGTH)):
        if body.get(name):
            check.string(body[name], f"/view/{name}", most=most)


def suggestions(body: object) -> list[str]:
    """What is wrong with the answer to a block_suggestion; nothing when Slack would show it."""
    if not isinstance(body, dict) or ("options" in body) == ("option_groups" in body):
        return ["must have either options or option_groups"]
    check = Check()
    if "options" in body:
        elements.check_options(check, body["options"], "/options", most=OPTIONS, least=0)
    else:
        elements.check_option_groups(check, body["option_groups"], "/option_groups")
    return check.complaints


def metadata(value: Any) -> Json | None:  # noqa: ANN401  # any JSON
    """Message metadata. Raises Refusal `invalid_metadata_format`."""
    if value is None:
        return None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("event_type"), str)
        or not isinstance(value.get("event_payload"), dict)
    ):
        raise Refusal("invalid_metadata_format")
    return value


def texts(node: object) -> list[str]:
    """Every text of a block tree, at any depth."""
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() if not isinstance(value, str) for text in texts(value)]
    if isinstance(node, list | tuple):
        return [text for value in node for text in texts(value)]
    return []


def _detailed(error: str, complaints: Sequence[str]) -> Refusal:
    return Refusal(
        error,
        errors=list(complaints),
        response_metadata={"messages": [f"[ERROR] {complaint}" for complaint in complaints]},
    )
