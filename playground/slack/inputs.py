"""What a person did with an element, in the words of Slack's payloads."""

from collections.abc import Mapping, Sequence
from typing import Any

from playground.shared.values import Json
from playground.slack import payloads

STATELESS = {"button", "overflow", "feedback_buttons", "icon_button"}
ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
OPTIONS = {"checkboxes", "multi_static_select"}
# What the state calls that which an element holds, and what the bot calls it beforehand; text is plain `value`.
HELD = {
    "timepicker": ("selected_time", "initial_time"),
    "datepicker": ("selected_date", "initial_date"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
}


def find(
    blocks: Sequence[Json],
    *,
    action_id: str | None = None,
    label: str | None = None,
    value: str | None = None,
    block_id: str | None = None,
) -> tuple[Json, Json]:
    """The one block and element that all the given words fit. LookupError names what is there."""
    there = [(block, part) for block in blocks for element in payloads.elements(block) for part in _parts(element)]
    fitting = [
        (block, element)
        for block, element in there
        if (action_id is None or element.get("action_id") == action_id)
        and (block_id is None or block.get("block_id") == block_id)
        and (value is None or element.get("value") == value)
        and (label is None or label in {_label(element), element.get("accessibility_label")})
    ]
    if not fitting:
        named = [f"{e.get('type')} {e.get('action_id')} {_label(e)!r}" for _, e in there]
        raise LookupError(f"nothing fits action_id={action_id} label={label} value={value}; there are {named}")
    return fitting[0]


def _parts(element: Json) -> list[Json]:
    """What of an element is pressed by itself: each of two thumbs, with the name that both have, each of "⋯"."""
    if element.get("type") == "overflow":
        menu = {name: element[name] for name in ("type", "action_id", "confirm") if name in element}
        return [element, *(menu | option | {"selected_option": option} for option in element["options"])]
    if element.get("type") != "feedback_buttons":
        return [element]
    both = {name: element[name] for name in ("type", "action_id")}
    return [both | element["positive_button"], both | element["negative_button"]]


def _label(element: Json) -> str:
    return str(element.get("text", {}).get("text", ""))


def offered(element: Json) -> list[Json]:
    """The element's options, groups flattened."""
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options") or []]


def _option(element: Json, choice: Any) -> Json | None:  # noqa: ANN401  # what a person picks
    """An option by its value or its visible text; a whole option only from an external_select."""
    if choice is None:
        return None
    if isinstance(choice, dict):
        return choice
    for option in offered(element):
        if choice in {option["value"], option["text"]["text"]}:
            return option
    raise LookupError(f"{choice!r} is not offered; there are {[o['value'] for o in offered(element)]}")


def entered(element: Json, choice: Any) -> Json:  # noqa: ANN401  # what a person picks or types
    """The element's part of `state.values` once it holds `choice` (None: emptied)."""
    kind = element["type"]
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, choice)}
    if kind in OPTIONS:
        return {"type": kind, "selected_options": [_option(element, each) for each in choice or ()]}
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": list(choice or ())}
    return {"type": kind, HELD[kind][0]: choice} if kind in HELD else {"type": kind, "value": choice or None}


def initial(element: Json) -> Json:
    """The element's part of `state.values` before anybody touched it."""
    kind = element["type"]
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options") or ())}
    return entered(element, element.get(HELD[kind][1] if kind in HELD else "initial_value"))


def values(blocks: Sequence[Json], held: Mapping[str, Mapping[str, Json]]) -> dict[str, dict[str, Json]]:
    """`state.values`: every element that can hold something, with what it holds."""
    found: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in payloads.elements(block):
            if element["type"] in STATELESS or "action_id" not in element:
                continue
            own = held.get(block["block_id"], {}).get(element["action_id"])
            found.setdefault(block["block_id"], {})[element["action_id"]] = own or initial(element)
    return found


def is_empty(state: Json) -> bool:
    """Whether the element holds nothing."""
    return not any(value for name, value in state.items() if name != "type")


def local_errors(blocks: Sequence[Json], state: Mapping[str, Mapping[str, Json]]) -> dict[str, str]:
    """What Slack's own client refuses before it sends a modal: empty or too short or too long."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        own = state[block["block_id"]][element["action_id"]]
        typed = len(own.get("value") or "")
        if is_empty(own):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif typed and typed < element.get("min_length", 0):
            errors[block["block_id"]] = f"Write {element['min_length']} characters or more."
        elif typed > element.get("max_length", 3_000):
            errors[block["block_id"]] = f"Write {element['max_length']} characters or fewer."
    return errors
