"""Make the small objects Slack's blocks are built from, within Slack's limits.

What does not fit is a ValueError that says what and by how much.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from zlib import crc32

import orjson

from cards import fitting
from cards.slack import limits, markup

JSON = dict[str, Any]

within = partial(fitting.within, "Slack")


def mrkdwn(drawn: str) -> JSON:
    """Make a text object of words that `markup` drew."""
    # `verbatim`: @here, #general and addresses in content are words, not calls and links.
    return {"type": "mrkdwn", "text": drawn, "verbatim": True}


def plain_text(words: str) -> JSON:
    """Make a text object of words that need no drawing."""
    # `emoji` false: `:mag:` in content is words, while 🔍 itself is drawn all the same.
    return {"type": "plain_text", "text": words, "emoji": False}


def label(words: str, limit: int, what: str) -> JSON:
    """Make the plain_text of what must have words, at most `limit` characters; `what` names it in an error."""
    if markup.is_blank(words):
        raise ValueError(f"{what} is empty")
    return plain_text(within(words, limit, what))


def option(words: str, value: str) -> JSON:
    """Make an option object of a menu or radio buttons."""
    return {
        "text": label(words, limits.OPTION_TEXT, "an option's label"),
        "value": within(value, limits.OPTION_VALUE, "an option's value"),
    }


def confirmation(title: str, question: str, deny: str) -> JSON:
    """Make the question that is asked before a button does what its `title` says."""
    return {
        "title": label(title, limits.CONFIRM_TITLE, "a confirmation's title"),
        "text": plain_text(within(question, limits.CONFIRM_TEXT, "a confirmation's question")),
        "confirm": label(title, limits.CONFIRM_LABEL, "a confirmation's button"),
        "deny": label(deny, limits.CONFIRM_LABEL, "a confirmation's button"),
    }


def options(choices: Sequence[tuple[str, str]]) -> list[JSON]:
    """Make the options of a menu from labels and values, 1 to 100 of them."""
    if not 1 <= len(choices) <= limits.OPTIONS:
        raise ValueError(f"a menu has 1 to {limits.OPTIONS} options on Slack, not {len(choices)}")
    return [option(words, value) for words, value in choices]


def message_blocks(drawn: Sequence[JSON]) -> tuple[JSON, ...]:
    """Give a message's blocks their block_ids, `row-1` onwards, where Slack takes so many and so much text."""
    if len(drawn) > limits.MESSAGE_BLOCKS:
        raise ValueError(f"a message has at most {limits.MESSAGE_BLOCKS} blocks on Slack, not {len(drawn)}")
    length = _text_length(drawn)
    if length > limits.BLOCKS_TEXT:
        raise ValueError(
            f"all text of a message together has at most {limits.BLOCKS_TEXT:,} characters, not {length:,}"
        )
    _check_charts(drawn, "message")
    return numbered(drawn)


def home_blocks(drawn: Sequence[JSON]) -> tuple[JSON, ...]:
    """Give the blocks of a Home their block_ids, as `message_blocks` does, where Slack takes so many."""
    if len(drawn) > limits.VIEW_BLOCKS:
        raise ValueError(f"a Home has at most {limits.VIEW_BLOCKS} blocks on Slack, not {len(drawn)}")
    _check_charts(drawn, "Home")
    return numbered(drawn)


def numbered(drawn: Sequence[JSON]) -> tuple[JSON, ...]:
    """Give blocks their block_ids: unique in the message, and the same whenever the same card is drawn.

    Slack: a client keeps what somebody chose in a block of that id, also when the message is drawn anew. So the id of
    a row with a menu says what the menu offers and shows.
    """
    return tuple({**block, "block_id": f"row-{number}{_state(block)}"} for number, block in enumerate(drawn, 1))


def _state(block: JSON) -> str:
    menus = [each for each in block.get("elements", ()) if each["type"] == "static_select"]
    return f"-{crc32(orjson.dumps(menus)):08x}" if menus else ""


def _check_charts(drawn: Sequence[JSON], surface: str) -> None:
    charts = sum(block["type"] == "data_visualization" for block in drawn)
    if charts > limits.CHARTS:
        raise ValueError(f"a {surface} has at most {limits.CHARTS} charts on Slack, not {charts}")


def _text_length(drawn: dict[str, Any] | Sequence[Any]) -> int:
    length = 0
    for key, value in drawn.items() if isinstance(drawn, dict) else enumerate(drawn):
        if isinstance(value, dict | list):
            length += _text_length(value)
        elif key == "text" and isinstance(value, str):
            length += len(value)
    return length
