"""Finding one's way in an Adaptive Card as a client does: actions by their words, fields and what is in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from playground.shared.values import EMPTY, Json

WORDS = ("text", "title", "value", "altText", "label")
SENT_EMPTY = {"Input.Text", "Input.Number", "Input.Date", "Input.Time"}
REQUIRED = "This field is required."


class Found(Struct, frozen=True):
    """A part of a card, with its JSON pointer in the card."""

    at: str
    part: Json


def parts(node: object, at: str = "") -> Iterator[Found]:
    """Everything that has a type, from the outside in; what an action carries as `data` is no part."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield Found(at, node)
        for name, value in node.items():
            if name not in {"data", "fallback"}:
                yield from parts(value, f"{at}/{_escaped(name)}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from parts(value, f"{at}/{number}")


def actions(card: Json) -> list[Found]:
    """Every action, those inside ShowCards too."""
    return [found for found in parts(card) if str(found.part["type"]).startswith("Action.")]


def at_pointer(card: Json, at: str) -> Found:
    """The part at a JSON pointer. Raises LookupError."""
    for found in parts(card):
        if found.at == at and at:
            return found
    raise LookupError(f"there is nothing at {at} in this card")


def labelled(card: Json, label: str) -> Found:
    """The action that says `label`: on its button, in its tooltip, or in what is tapped. Raises LookupError."""
    every = actions(card)
    for found in every:
        if found.part.get("title") == label and not found.at.endswith("/selectAction"):
            return found
    for found in every:
        if label in {found.part.get("title"), found.part.get("tooltip"), _tapped(card, found.at)}:
            return found
    raise LookupError(f"nothing says {label!r} here; there is {', '.join(map(repr, labels(card))) or 'nothing at all'}")


def carrying(card: Json, data: Mapping[str, Any]) -> Found:
    """The first action whose data has at least these items. Raises LookupError."""
    for found in actions(card):
        held = found.part.get("data")
        if isinstance(held, dict) and data.items() <= held.items():
            return found
    raise LookupError(f"no action here carries {dict(data)}")


def labels(card: Json) -> list[str]:
    """What can be pressed, in the card's order."""
    return [str(each.part.get("title") or each.part.get("tooltip") or _tapped(card, each.at)) for each in actions(card)]


def words(node: object) -> str:
    """What stands in a part, one line an element."""
    return "\n".join(_words(node))


def _words(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "RichTextBlock":
            yield "".join(run if isinstance(run, str) else str(run.get("text", "")) for run in node.get("inlines", ()))
            return
        for name, value in node.items():
            if name in WORDS and isinstance(value, str):
                yield value
            elif name not in {"data", "fallback", "choices"}:
                yield from _words(value)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value)


def _tapped(card: Json, at: str) -> str:
    """The words of what is tapped to set off a selectAction."""
    if not at.endswith("/selectAction"):
        return ""
    *_, holder, _ = _way(card, at)
    return words({name: value for name, value in holder.items() if name != "selectAction"}).strip()


# -- fields


def fields(card: Json, at: str) -> list[Json]:
    """The inputs that the action at `at` gathers: its own card's, and those of the cards around a ShowCard."""
    inputs = [each for each in parts(card) if str(each.part["type"]).startswith("Input.")]
    return [each.part for each in inputs if f"{at}/".startswith(f"{_card_around(card, each.at)}/")]


def gathered(card: Json, at: str, typed: Mapping[str, str] = EMPTY) -> dict[str, str]:
    """Values as the client sends them, always text; what is not typed is as the card says. Raises LookupError.

    An empty text is sent empty; a choice that nobody made is left out.
    """
    inputs = fields(card, at)
    unknown = set(typed) - {str(each.get("id")) for each in inputs}
    if unknown:
        raise LookupError(f"there is no field {', '.join(sorted(unknown))} here")
    values = {}
    for each in inputs:
        value = typed.get(str(each.get("id")), _preset(each))
        if value or each["type"] in SENT_EMPTY:
            values[str(each.get("id"))] = value
    return values


def _preset(field: Json) -> str:
    if field["type"] == "Input.Toggle":
        return str(field.get("value", field.get("valueOff", "false")))
    return str(field.get("value", ""))


def invalid(card: Json, at: str, values: Mapping[str, str]) -> dict[str, str]:
    """What keeps the client from sending, by field."""
    complaints = {}
    for each in fields(card, at):
        complaint = _complaint(each, values.get(str(each.get("id")), ""))
        if complaint:
            complaints[str(each.get("id"))] = complaint
    return complaints


def _complaint(field: Json, value: str) -> str:
    own = str(field.get("errorMessage") or "")
    if not value or (field["type"] == "Input.Toggle" and value == field.get("valueOff", "false")):
        return (own or REQUIRED) if field.get("isRequired") else ""
    most = field.get("maxLength")
    if most is not None and len(value.encode("utf-16-le", "surrogatepass")) // 2 > most:  # as a browser counts
        return own or f"At most {most} characters."
    if field["type"] == "Input.Text" and not field.get("isMultiline") and "\n" in value:
        return own or "This field takes one line."
    if field.get("regex") and not re.fullmatch(field["regex"], value):
        return own or "This is not the right form."
    if field["type"] in {"Input.Date", "Input.Time"} and not str(field.get("min", "")) <= value <= str(
        field.get("max", "~")
    ):
        return own or "This is out of range."
    if field["type"] == "Input.Number" and not _is_within(field, value):
        return own or "This is out of range."
    if field["type"] == "Input.ChoiceSet" and "choices.data" not in field:
        there = {str(choice["value"]) for choice in field.get("choices", ())}
        chosen = value.split(",") if field.get("isMultiSelect") else [value]
        if not there.issuperset(chosen):
            return own or "There is no such choice."
    return ""


def _is_within(field: Json, value: str) -> bool:
    try:
        return bool(field.get("min", float("-inf")) <= float(value) <= field.get("max", float("inf")))
    except ValueError:
        return False


def _card_around(card: Json, at: str) -> str:
    """The pointer of the innermost card that holds `at`."""
    around = ""
    for count, node in enumerate(_way(card, at), 1):
        if count > 1 and isinstance(node, dict) and node.get("type") == "AdaptiveCard":
            around = "/".join(at.split("/")[:count])
    return around


def _way(card: Json, at: str) -> Iterator[Any]:
    """The card, and everything on the way to the pointer."""
    node: Any = card
    yield node
    for name in at.split("/")[1:]:
        node = node[int(name)] if isinstance(node, list) else node[_unescaped(name)]
        yield node


def _escaped(name: str) -> str:
    """JSON Pointer, RFC 6901."""
    return name.replace("~", "~0").replace("/", "~1")


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")
