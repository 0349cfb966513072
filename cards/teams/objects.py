"""Make the small objects Adaptive Cards are built from, within Teams' limits.

What does not fit is a ValueError that says what.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from cards import fitting
from cards.model import FORMS, Action, Button, LinkButton
from cards.teams import limits, markup

JSON = dict[str, Any]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
VERB = "pm-compare"
_STYLES: Mapping[str, str] = {"primary": "positive", "danger": "destructive"}

within = partial(fitting.within, "Teams")


def adaptive(body: list[JSON], words: str, *, actions: list[JSON] | None = None) -> JSON:
    """Make a whole card around its elements; ValueError where it is larger than Teams takes."""
    card: JSON = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "msteams": {"width": "Full"},
        "fallbackText": cut(words, limits.FALLBACK),
        "speak": cut(words, limits.SPEECH),
        "body": body,
    }
    if actions:
        card["actions"] = actions
    size = len(orjson.dumps(card))
    if size > limits.CARD_BYTES:
        raise ValueError(f"a card has at most {limits.CARD_BYTES:,} bytes on Teams, not {size:,}")
    return card


def block(drawn: str, **look: Any) -> JSON:  # noqa: ANN401 # a TextBlock's own properties
    """Make a TextBlock of Markdown that `markup` drew."""
    return {"type": "TextBlock", "text": drawn, "wrap": True, **look}


def container(items: list[JSON], **look: Any) -> JSON:  # noqa: ANN401 # a Container's own properties
    """Make a Container."""
    return {"type": "Container", "items": items, **look}


def data(action: Action) -> JSON:
    """Make what comes back when something is pressed. The SDK routes on `action`, clients need `verb` beside it."""
    return {"action": VERB, "value": within(action.encode(), limits.ACTION_VALUE, "an action")}


def pressing(action: Action) -> JSON:
    """Make the action of a button, or of whatever else can be pressed, without its title."""
    if action.verb in FORMS:
        # Teams: only a button that says so when the card is drawn opens a dialog.
        return {"type": "Action.Submit", "data": {"msteams": {"type": "task/fetch"}, **data(action)}}
    return {"type": "Action.Execute", "verb": VERB, "data": data(action)}


def button(item: Button | LinkButton) -> JSON:
    """Make the button that does it; what asks first is `cards/teams/actions.py`'s."""
    title = label(item.label, "a button's label")
    if isinstance(item, LinkButton):
        return {"type": "Action.OpenUrl", "title": title, "url": item.url}
    done = {**pressing(item.action), "title": title}
    if item.style != "plain":
        done["style"] = _STYLES[item.style]
    if item.spoken:
        done["tooltip"] = item.spoken
    return done


def label(words: str, what: str) -> str:
    """Give the words of what must have some, at most 80 characters; `what` names it in an error."""
    said = markup.label(words)
    if not said:
        raise ValueError(f"{what} is empty")
    return within(said, limits.LABEL, what)


def cut(words: str, limit: int) -> str:
    """Give the words, cut at the last space before `limit` characters and marked with `…`."""
    if len(words) <= limit:
        return words
    return f"{words[: limit - 2].rsplit(None, 1)[0]} …"
