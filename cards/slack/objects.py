"""Make the small objects Slack's blocks are built from, within Slack's limits.

Limits: docs.slack.dev/reference/block-kit; what does not fit is a ValueError that says what and by how much.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cards.slack import markup as slack_words

JSON = dict[str, Any]

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
ID = 255  # action_id, block_id, callback_id
OPTIONS = 100
OPTION_LABEL = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_LABEL = 30
VIEW_LABEL = 24  # title, submit and close
FIELD_LABEL = 2_000
PRIVATE_METADATA = 3_000


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Say in every ValueError from inside which card or form it is about."""
    try:
        yield
    except ValueError as fault:
        raise ValueError(f"{what}: {fault}") from fault


def mrkdwn(drawn: str) -> JSON:
    """Make a text object of words that slack_words drew."""
    # `verbatim`: @here, #general and addresses in content are words, not calls and links.
    return {"type": "mrkdwn", "text": drawn, "verbatim": True}


def plain_text(words: str) -> JSON:
    """Make a text object of words that need no drawing."""
    # `emoji` false: `:mag:` in content is words, while 🔍 itself is drawn all the same.
    return {"type": "plain_text", "text": words, "emoji": False}


def label(words: str, limit: int, what: str) -> JSON:
    """Make the plain_text of what must have words, at most `limit` characters; `what` names it in an error."""
    if slack_words.is_blank(words):
        raise ValueError(f"{what} is empty")
    return plain_text(within(words, limit, what))


def option(words: str, value: str) -> JSON:
    """Make an option object of a menu or radio buttons."""
    return {
        "text": label(words, OPTION_LABEL, "an option's label"),
        "value": within(value, OPTION_VALUE, "an option's value"),
    }


def confirmation(title: str, question: str, deny: str) -> JSON:
    """Make the question that is asked before a button does what its `title` says."""
    return {
        "title": label(title, CONFIRM_TITLE, "a confirmation's title"),
        "text": plain_text(within(question, CONFIRM_TEXT, "a confirmation's question")),
        "confirm": label(title, CONFIRM_LABEL, "a confirmation's button"),
        "deny": label(deny, CONFIRM_LABEL, "a confirmation's button"),
    }


def options(choices: Sequence[tuple[str, str]]) -> list[JSON]:
    """Make the options of a menu from labels and values, 1 to 100 of them."""
    if not 1 <= len(choices) <= OPTIONS:
        raise ValueError(f"a menu has 1 to {OPTIONS} options on Slack, not {len(choices)}")
    return [option(words, value) for words, value in choices]


def within(words: str, limit: int, what: str) -> str:
    """Give the words back where they have at most `limit` characters; `what` names them in an error."""
    if len(words) > limit:
        raise ValueError(f"{what} has at most {limit:,} characters on Slack, not {len(words):,}: {words[:60]!r}")
    return words


def message_blocks(drawn: Sequence[JSON]) -> tuple[JSON, ...]:
    """Give a message's blocks their block_ids, `row-1` onwards, where Slack takes so many and so much text."""
    if len(drawn) > BLOCKS:
        raise ValueError(f"a message has at most {BLOCKS} blocks on Slack, not {len(drawn)}")
    length = sum(_text_lengths(list(drawn)))
    if length > TEXT_TOGETHER:
        raise ValueError(f"all text of a message together has at most {TEXT_TOGETHER:,} characters, not {length:,}")
    return numbered(drawn)


def numbered(drawn: Sequence[JSON]) -> tuple[JSON, ...]:
    """Give blocks their block_ids: unique in the message, and the same whenever the same card is drawn."""
    return tuple({**block, "block_id": f"row-{number}"} for number, block in enumerate(drawn, 1))


def _text_lengths(drawn: object) -> Iterator[int]:
    match drawn:
        case dict():
            for key, value in drawn.items():
                yield from ((len(value),) if key == "text" and isinstance(value, str) else _text_lengths(value))
        case list():
            for value in drawn:
                yield from _text_lengths(value)
        case _:
            return
