"""Judge Adaptive Cards as Teams does: what they are made of, Teams' limits, and the words a person reads."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from cards.compose import phrases
from cards.teams import limits
from tests import strict
from tests.cards.teams.adaptive_table import AdaptiveCard

_ESCAPED = re.compile(r"\\([\\*_\[\]`~])")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((https?://[^)]*)\)")
# A moment, as the functions of a TextBlock draw it by the clock of who reads.
_MOMENT = re.compile(r"\{\{DATE\((\S+), SHORT\)\}\} at \{\{TIME\(\1\)\}\}(?: your time)?")
_MARKS = re.compile(r"(?<!\\)\*+")


def every(drawn: object) -> list[dict[str, Any]]:
    """Give every object inside a card, in the order in which they stand there."""
    found: list[dict[str, Any]] = []
    _gather(drawn, found)
    return found


def _gather(drawn: object, found: list[dict[str, Any]]) -> None:
    if isinstance(drawn, dict):
        found.append(drawn)
        for value in drawn.values():
            if isinstance(value, dict | list):
                _gather(value, found)
    elif isinstance(drawn, list):
        for value in drawn:
            _gather(value, found)


def card_faults(card: dict[str, Any]) -> list[str]:
    """List what Teams would refuse, cut or draw wrongly: first what is no Adaptive Card, then what is no good one."""
    return strict.faults(AdaptiveCard, card) or limit_faults(card)


def limit_faults(card: dict[str, Any]) -> list[str]:
    """List what is wrong with a card whose elements are each as they should be."""
    faults = []
    size = len(orjson.dumps(card))
    if size > limits.CARD_BYTES:
        faults.append(f"{size} bytes")
    buttons = sum(len(each["actions"]) for each in _outside(card) if each.get("type") == "ActionSet")
    if buttons + len(card.get("actions", [])) > limits.ACTIONS:
        faults.append(f"{buttons} buttons")
    whole = every(card)
    ids = [each["id"] for each in whole if "id" in each]
    if len(ids) != len(set(ids)):
        faults.append("an id twice")
    for each in whole:
        kind = each.get("type")
        if kind == "TextBlock" and (not each.get("wrap") or not each["text"].strip() or "\n" in each["text"]):
            faults.append(f"a text that is cut off, blank or broken: {each}")
        if not all(action.get("title") for action in each.get("actions", ())):
            faults.append(f"a button without words: {each}")
        if kind == "Input.ChoiceSet" and not each.get("choices"):
            faults.append(f"nothing to choose from: {each}")  # adaptivecards.io's own renderer says so
        if each.get("isRequired") and not each.get("errorMessage"):
            faults.append(f"a field that does not say what it waits for: {each['id']}")
        if kind == "Action.ToggleVisibility" and not set(_targets(each)) <= set(ids):
            faults.append(f"a button that shows nothing: {each}")
    return faults


def _targets(toggle: dict[str, Any]) -> Iterator[str]:
    """Give the ids of what is shown and hidden."""
    for each in toggle["targetElements"]:
        yield each if isinstance(each, str) else each["elementId"]


def _outside(drawn: object) -> Iterator[dict[str, Any]]:
    """Give every object of a card that shows before anything is pressed."""
    if isinstance(drawn, list):
        for value in drawn:
            yield from _outside(value)
    elif isinstance(drawn, dict) and drawn.get("isVisible", True):
        yield drawn
        for name, value in drawn.items():
            if name != "card" and isinstance(value, dict | list):
                yield from _outside(value)


def words(drawn: object) -> str:
    """Read all a person sees on a card, or can make it show."""
    match drawn:
        case {"type": "TextBlock", "text": str(text)}:
            return read(text)
        case {"type": str(kind), "title": str(title), **more} if kind.startswith("Action."):
            return "\n".join((title, words(more.get("card"))))
        case dict():
            return "\n".join(words(value) for name, value in drawn.items() if name not in {"speak", "fallbackText"})
        case list():
            return "\n".join(words(value) for value in drawn)
        case _:
            return ""


@lru_cache(maxsize=10_000)  # the same lines stand on card after card
def read(text: str) -> str:
    """Read Markdown as a client draws it; a link's address is said after its words, and moments as in Paris."""
    text = _MOMENT.sub(lambda found: phrases.moment_words(datetime.fromisoformat(found[1]), "Europe/Paris"), text)
    linked = _LINK.sub(r"\1 (\2)", text)
    unmarked = _MARKS.sub("", linked)
    return _ESCAPED.sub(r"\1", unmarked).replace("\u00a0", " ").replace("\u200b", "")
