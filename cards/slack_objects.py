"""Make the small objects Slack's blocks are built from, within Slack's limits.

Limits: docs.slack.dev/reference/block-kit; what does not fit is a ValueError that says what and by how much.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from cards import slack_words

JSON = dict[str, Any]
_Thing = TypeVar("_Thing")

BLOCKS = 50
VIEW_BLOCKS = 100
# chat.postMessage refuses blocks whose text is too long together (`msg_blocks_too_long`), undocumented: at about 13,200
# characters for some (bolt-js#2509), at 11,341 for others (bolt-js#2867).
TEXT_TOGETHER = 11_000
MESSAGE_TEXT = 4_000
HEADER = 150
SECTION_TEXT = 3_000
FIELD_TEXT = 2_000
ELEMENTS = 25
BUTTON_LABEL = 75
SPOKEN = 75
URL = 3_000
ACTION_ID = 255
OPTIONS = 100
OPTION_LABEL = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
VIEW_LABEL = 24  # title, submit and close
FIELD_LABEL = 2_000
PRIVATE_METADATA = 3_000
RADIO_BUTTONS = 4  # Slack allows 10; more than a few read better as a menu


def options(options: Sequence[tuple[str, str]]) -> list[JSON]:
    if not options:
        raise ValueError("a menu needs an option")
    return [option(label, value) for label, value in few(list(options), OPTIONS, "options")]


def option(label: str, value: str) -> JSON:
    return {
        "text": label(label, OPTION_LABEL, "an option's label"),
        "value": within(value, OPTION_VALUE, "an option's value"),
    }


def mrkdwn(drawn: str) -> JSON:
    # `verbatim`: @here, #general and addresses in content are words, not calls and links.
    return {"type": "mrkdwn", "text": drawn, "verbatim": True}


def plain_text(words: str) -> JSON:
    # `emoji` false: `:mag:` in content is words, while 🔍 itself is drawn all the same.
    return {"type": "plain_text", "text": words, "emoji": False}


def label(words: str, limit: int, what: str) -> JSON:
    if slack_words.is_blank(words):
        raise ValueError(f"{what} is empty")
    return plain_text(within(words, limit, what))


def within(words: str, limit: int, what: str) -> str:
    if len(words) > limit:
        raise ValueError(f"{what} has at most {limit:,} characters on Slack, not {len(words):,}: {words[:60]!r}")
    return words


def few(things: list[_Thing], limit: int, what: str) -> list[_Thing]:
    if len(things) > limit:
        raise ValueError(f"Slack takes at most {limit} {what}, not {len(things)}")
    return things


