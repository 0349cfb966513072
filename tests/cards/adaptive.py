"""Judge Adaptive Cards as Teams does: the published schema, Teams' limits, and the words a person reads."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

SCHEMA = Path(__file__).resolve().parents[2] / ".." / "shared" / "schemas" / "adaptive-card-1.5.json"
CARD_BYTES = 26 * 1024  # Teams: 28 KB a message, and around the card there is an activity
ACTIONS = 6
_ESCAPED = re.compile(r"\\([\\*_\[\]`~])")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((https?://[^)]*)\)")
_MARKS = re.compile(r"(?<!\\)\*+")
# What Teams adds to the schema of 1.5, with what each may hold. learn.microsoft.com: "Format cards in Teams" (width),
# "Container layouts", "People Picker in Adaptive Cards".
EXTENSIONS: Mapping[tuple[str, str], Any] = {
    ("AdaptiveCard", "msteams"): lambda value: value == {"width": "Full"},
    ("Container", "layouts"): lambda value: (
        len(value) == 1 and set(value[0]) == {"type", "itemFit", "minItemWidth"} and value[0]["type"] == "Layout.Flow"
    ),
    # 1.5 has it by its own documentation; the published schema's list of styles was not brought up to date.
    ("Input.ChoiceSet", "style"): lambda value: value == "filtered",
    ("Input.ChoiceSet", "choices.data"): lambda value: (
        value in [{"type": "Data.Query", "dataset": dataset} for dataset in ("graph.microsoft.com/users", "zones")]
    ),
}


def every(drawn: object) -> Iterator[dict[str, Any]]:
    """Give every object inside a card."""
    if isinstance(drawn, dict):
        yield drawn
        for value in drawn.values():
            yield from every(value)
    elif isinstance(drawn, list):
        for value in drawn:
            yield from every(value)


def plain(drawn: Any) -> Any:  # noqa: ANN401 # JSON
    """Give a card without what Teams adds to the schema; anything else it adds stays, and is a fault there."""
    if isinstance(drawn, list):
        return [plain(value) for value in drawn]
    if not isinstance(drawn, dict):
        return drawn
    kept = {}
    for name, value in drawn.items():
        allowed = EXTENSIONS.get((drawn.get("type", ""), name))
        if allowed is None or not allowed(value):
            kept[name] = plain(value)
    return kept


def schema_faults(card: dict[str, Any]) -> list[str]:
    """List what the published schema of Adaptive Cards 1.5 says against a card."""
    if not SCHEMA.is_file():
        pytest.skip("the schema of Adaptive Cards lies outside the repository, and is not here")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = _VALIDATORS.setdefault("card", validator_for(schema)(schema))
    return [fault.message[:200] for fault in validator.iter_errors(plain(card))]


_VALIDATORS: dict[str, Any] = {}


def limit_faults(card: dict[str, Any]) -> list[str]:
    """List what Teams would refuse, cut or draw wrongly."""
    faults = []
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if size > CARD_BYTES:
        faults.append(f"{size} bytes")
    buttons = sum(len(each["actions"]) for each in _outside(card) if each.get("type") == "ActionSet")
    if buttons + len(card.get("actions", [])) > ACTIONS:
        faults.append(f"{buttons} buttons")
    ids = [each["id"] for each in every(card) if "id" in each]
    if len(ids) != len(set(ids)):
        faults.append("an id twice")
    for each in every(card):
        kind = each.get("type")
        if kind == "TextBlock" and (not each.get("wrap") or not each["text"].strip() or "\n" in each["text"]):
            faults.append(f"a text that is cut off, blank or broken: {each}")
        if kind == "Action.Execute" and (
            each.get("verb") != each["data"].get("action") or not each["data"].get("value")
        ):
            faults.append(f"a button that says not what to do: {each}")
        if kind == "ActionSet" and not all(action.get("title") for action in each["actions"]):
            faults.append(f"a button without words: {each}")
        if kind == "Input.ChoiceSet" and not each.get("choices"):
            faults.append(f"nothing to choose from: {each}")  # adaptivecards.io's own renderer says so
        if kind == "Action.ToggleVisibility" and not set(each["targetElements"]) <= set(ids):
            faults.append(f"a button that shows nothing: {each}")
    if not card.get("speak") or not card.get("fallbackText"):
        faults.append("nothing for who can't see it")
    return faults


def _outside(drawn: object) -> Iterator[dict[str, Any]]:
    """Give every object of a card that shows before anything is pressed."""
    if isinstance(drawn, list):
        for value in drawn:
            yield from _outside(value)
    elif isinstance(drawn, dict) and drawn.get("isVisible", True):
        yield drawn
        for name, value in drawn.items():
            if name != "card":
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


def read(text: str) -> str:
    """Read Markdown as a client draws it; a link's address is said after its words."""
    linked = _LINK.sub(r"\1 (\2)", text)
    unmarked = _MARKS.sub("", linked)
    return _ESCAPED.sub(r"\1", unmarked).replace("\u00a0", " ").replace("\u200b", "")
