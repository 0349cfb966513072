"""Make the small objects Adaptive Cards are built from, within Teams' limits.

Limits: learn.microsoft.com, "Cards" and "Format bot messages"; what does not fit is a ValueError that says what.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from cards.model import Action, Button, LinkButton
from cards.teams import markup

JSON = dict[str, Any]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
VERB = "pm-compare"
CARD_BYTES = 26 * 1024  # Teams: 28 KB for a message, of UTF-8; the rest is for the activity around the card
ACTIONS = 6  # Teams draws no more buttons on a card
SPEECH = 3_000  # characters; as much as anybody listens to, and a ninth of the card's room
FALLBACK = 600  # characters
SUMMARY = 200  # characters; a notification shows about so much
LABEL = 80  # characters; longer ones are cut by most clients
ACTION_VALUE = 150  # characters, as Slack's, which draws the same buttons
_STYLES: Mapping[str, str] = {"primary": "positive", "danger": "destructive"}
KEEP = "No"


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Say in every ValueError from inside which card or form it is about."""
    try:
        yield
    except ValueError as fault:
        raise ValueError(f"{what}: {fault}") from fault


def adaptive(body: list[JSON], words: str, *, actions: list[JSON] | None = None) -> JSON:
    """Make a whole card around its elements; ValueError where it is larger than Teams takes."""
    card: JSON = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "msteams": {"width": "Full"},
        "fallbackText": cut(words, FALLBACK),
        "speak": cut(words, SPEECH),
        "body": body,
    }
    if actions:
        card["actions"] = actions
    size = len(orjson.dumps(card))
    if size > CARD_BYTES:
        raise ValueError(f"a card has at most {CARD_BYTES:,} bytes on Teams, not {size:,}")
    return card


def block(drawn: str, **look: Any) -> JSON:  # noqa: ANN401 # a TextBlock's own properties
    """Make a TextBlock of Markdown that teams_words drew."""
    return {"type": "TextBlock", "text": drawn, "wrap": True, **look}


def container(items: list[JSON], **look: Any) -> JSON:  # noqa: ANN401 # a Container's own properties
    """Make a Container."""
    return {"type": "Container", "items": items, **look}


def data(action: Action) -> JSON:
    """Make what comes back when something is pressed. The SDK routes on `action`, clients need `verb` beside it."""
    return {"action": VERB, "value": within(action.encode(), ACTION_VALUE, "an action")}


def pressing(action: Action) -> JSON:
    """Make the action of a button, or of whatever else can be pressed, without its title."""
    if action.verb == "tips-edit":
        # Teams: only a button that says so when the card is drawn opens a dialog.
        return {"type": "Action.Submit", "data": {"msteams": {"type": "task/fetch"}, **data(action)}}
    return {"type": "Action.Execute", "verb": VERB, "data": data(action)}


def button(item: Button | LinkButton) -> JSON:
    """Make a button; one that asks first shows its question, and the button that does it, below."""
    title = label(item.label, "a button's label")
    if isinstance(item, LinkButton):
        return {"type": "Action.OpenUrl", "title": title, "url": item.url}
    done = {**pressing(item.action), "title": title}
    if item.style != "plain":
        done["style"] = _STYLES[item.style]
    if item.spoken:
        done["tooltip"] = item.spoken
    if not item.asks:
        return done
    question = {
        "type": "AdaptiveCard",
        "body": [block(markup.literal(item.asks))],
        "actions": [{**done, "title": title}],
    }
    asking: JSON = {"type": "Action.ShowCard", "title": title, "card": question}
    if item.style != "plain":
        asking["style"] = _STYLES[item.style]
    return asking


def label(words: str, what: str) -> str:
    """Give the words of what must have some, at most 80 characters; `what` names it in an error."""
    said = markup.label(words)
    if not said:
        raise ValueError(f"{what} is empty")
    return within(said, LABEL, what)


def within(words: str, limit: int, what: str) -> str:
    """Give the words back where they have at most `limit` characters; `what` names them in an error."""
    if len(words) > limit:
        raise ValueError(f"{what} has at most {limit:,} characters on Teams, not {len(words):,}: {words[:60]!r}")
    return words


def cut(words: str, limit: int) -> str:
    """Give the words, cut at the last space before `limit` characters and marked with `…`."""
    if len(words) <= limit:
        return words
    return f"{words[: limit - 2].rsplit(None, 1)[0]} …"
