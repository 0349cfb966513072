"""Judge Slack messages and views by Slack's own limits, independently of the code that draws them.

The figures are those of `cards.slack.limits`, which `tests/cards/test_limits.py` compares with the emulator's; those
that slack_sdk's models miss (fields, empty text, ids, text together) were met in Slack's own answers.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cards.slack import limits

JSON = dict[str, Any]

SURFACES = {
    "message": {"header", "section", "context", "divider", "actions", "context_actions", "data_visualization"},
    "modal": {"header", "section", "context", "divider", "actions", "input"},
    "home": {"header", "section", "context", "divider", "actions", "input", "data_visualization"},
}
FEEDBACKS = 5  # elements of context_actions
SERIES = 12
IN_ACTIONS = {"button", "static_select", "overflow"}
IN_INPUT = {
    "static_select",
    "multi_static_select",
    "radio_buttons",
    "checkboxes",
    "timepicker",
    "datepicker",
    "external_select",
    "plain_text_input",
    "users_select",
    "multi_users_select",
}
HOLDS_WHAT_IS_TYPED = {"external_select", "plain_text_input", "users_select", "multi_users_select"}
MOST_OPTIONS = {
    "radio_buttons": limits.FEW_OPTIONS,
    "checkboxes": limits.FEW_OPTIONS,
    "overflow": limits.OVERFLOW_OPTIONS,
}
KEYS = {
    "header": {"type", "block_id", "text"},
    "section": {"type", "block_id", "text", "fields", "expand", "accessory"},
    "context": {"type", "block_id", "elements"},
    "divider": {"type", "block_id"},
    "actions": {"type", "block_id", "elements"},
    "context_actions": {"type", "block_id", "elements"},
    "data_visualization": {"type", "block_id", "title", "chart"},
    "bar": {"type", "series", "axis_config"},
    "feedback_buttons": {"type", "action_id", "positive_button", "negative_button"},
    "input": {"type", "block_id", "label", "hint", "optional", "element"},
    "button": {"type", "action_id", "text", "value", "url", "style", "accessibility_label", "confirm"},
    "static_select": {"type", "action_id", "placeholder", "options", "option_groups", "initial_option", "confirm"},
    "overflow": {"type", "action_id", "options", "confirm"},
    "radio_buttons": {"type", "action_id", "options", "initial_option", "confirm"},
    "checkboxes": {"type", "action_id", "options", "initial_options", "confirm"},
    "multi_static_select": {"type", "action_id", "placeholder", "options", "initial_options", "max_selected_items"},
    "timepicker": {"type", "action_id", "placeholder", "initial_time", "confirm"},
    "datepicker": {"type", "action_id", "placeholder", "initial_date", "confirm"},
    "plain_text_input": {"type", "action_id", "placeholder", "initial_value", "multiline", "min_length", "max_length"},
    "users_select": {"type", "action_id", "placeholder", "initial_user", "confirm"},
    "multi_users_select": {"type", "action_id", "placeholder", "initial_users", "max_selected_items", "confirm"},
    "external_select": {"type", "action_id", "placeholder", "min_query_length", "initial_option", "confirm"},
    "mrkdwn": {"type", "text", "verbatim"},
    "plain_text": {"type", "text", "emoji"},
}


def message_faults(message: JSON) -> list[str]:
    """List what Slack would refuse or cut in `{"text", "blocks"}`, a sentence each; empty where it takes it whole."""
    return [*_message(message)]


def view_faults(view: JSON) -> list[str]:
    """List what Slack would refuse in a modal, a sentence each."""
    return [*_view(view)]


def home_faults(view: JSON) -> list[str]:
    """List what Slack would refuse in a Home tab, a sentence each."""
    return [*_home(view)]


def _message(message: JSON) -> Iterator[str]:
    if set(message) != {"text", "blocks"}:
        yield f"the message has the keys {sorted(message)}, not blocks and text"
    yield from _length("the message's text", message.get("text"), limits.UPDATE_TEXT)
    for reserved in re.findall(
        r"<(?![@#][A-Z0-9]+>|(?:https?://|mailto:)[^<>|]+(?:\|[^<>|]+)?>)", message.get("text") or ""
    ):
        yield f"the message's text has an unescaped {reserved}"
    blocks = message.get("blocks") or []
    if len(blocks) > limits.MESSAGE_BLOCKS:
        yield f"{len(blocks)} blocks, {limits.MESSAGE_BLOCKS} are the most"
    together = sum(len(words) for words in _texts(blocks))
    if together > limits.BLOCKS_TEXT:
        yield f"all block text together has {together} characters, {limits.BLOCKS_TEXT:,} are the most"
    yield from _blocks(blocks, "message")


def _view(view: JSON) -> Iterator[str]:
    if view.get("type") != "modal":
        yield "the view is no modal"
    blocks = view.get("blocks") or []
    is_form = any(block.get("type") == "input" for block in blocks)  # only what is filled in is sent
    for part in ("title", "close", *(("submit",) if is_form else ())):
        yield from _plain(f"the view's {part}", view.get(part), limits.VIEW_TITLE)
    if len(view.get("private_metadata", "")) > limits.PRIVATE_METADATA:
        yield f"private_metadata has more than {limits.PRIVATE_METADATA:,} characters"
    if is_form:
        yield from _length("callback_id", view.get("callback_id"), limits.ID_LENGTH)
    if not blocks or len(blocks) > limits.VIEW_BLOCKS:
        yield f"{len(blocks)} blocks, 1 to {limits.VIEW_BLOCKS} are possible"
    if len(json.dumps(view).encode()) > limits.VIEW_BYTES:
        yield f"the view has more than {limits.VIEW_BYTES // 1_000} kB"
    yield from _blocks(blocks, "modal")


def _home(view: JSON) -> Iterator[str]:
    if set(view) != {"type", "blocks"} or view["type"] != "home":
        yield f"the view is no Home, of the keys {sorted(view)}"
    blocks = view.get("blocks") or []
    if len(blocks) > limits.VIEW_BLOCKS:
        yield f"{len(blocks)} blocks, {limits.VIEW_BLOCKS} are the most"
    if len(json.dumps(view).encode()) > limits.VIEW_BYTES:
        yield f"the view has more than {limits.VIEW_BYTES // 1_000} kB"
    yield from _blocks(blocks, "home")


def _blocks(blocks: list[JSON], surface: str) -> Iterator[str]:
    for block_id, times in Counter(block.get("block_id") for block in blocks).items():
        if block_id is not None and times > 1:
            yield f"block_id {block_id!r} is there {times} times"
    charts = sum(block.get("type") == "data_visualization" for block in blocks)
    if charts > limits.CHARTS:
        yield f"{charts} charts, {limits.CHARTS} are the most"
    for number, block in enumerate(blocks, 1):
        where = f"block {number}"
        if block.get("type") not in SURFACES[surface]:
            yield f"{where} is of type {block.get('type')!r}, unknown in a {surface}"
            continue
        if "block_id" in block:
            yield from _length(f"{where}'s block_id", block["block_id"], limits.ID_LENGTH)
        yield from _known(where, block)
        yield from CHECKS[block["type"]](where, block)


def _header(where: str, block: JSON) -> Iterator[str]:
    yield from _plain(where, block.get("text"), limits.HEADER_TEXT)


def _divider(_where: str, _block: JSON) -> Iterator[str]:
    yield from ()


def _input(where: str, block: JSON) -> Iterator[str]:
    yield from _plain(f"{where}'s label", block.get("label"), limits.LABEL)
    if "hint" in block:
        yield from _plain(f"{where}'s hint", block["hint"], limits.LABEL)
    yield from _element(where, block.get("element") or {}, IN_INPUT)


def _section(where: str, block: JSON) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"{where} has neither text nor fields"
    if "text" in block:
        yield from _text(where, block["text"], limits.SECTION_TEXT)
    if "fields" in block and not 1 <= len(block["fields"]) <= limits.SECTION_FIELDS:
        yield f"{where} has {len(block['fields'])} fields, 1 to {limits.SECTION_FIELDS} are possible"
    if "accessory" in block:
        yield from _element(where, block["accessory"], {"button"})
    for number, field in enumerate(block.get("fields", []), 1):
        yield from _text(f"{where}'s field {number}", field, limits.FIELD_TEXT)


def _context(where: str, block: JSON) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= limits.CONTEXT_ELEMENTS:
        yield f"{where} has {len(elements)} context elements, 1 to {limits.CONTEXT_ELEMENTS} are possible"
    for element in elements:
        yield from _text(where, element, limits.SECTION_TEXT)


def _actions(where: str, block: JSON) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= limits.ACTIONS:
        yield f"{where} has {len(elements)} elements, 1 to {limits.ACTIONS} are possible"
    for action_id, times in Counter(element.get("action_id") for element in elements).items():
        if times > 1:
            yield f"{where} has action_id {action_id!r} {times} times"
    for element in elements:
        yield from _element(where, element, IN_ACTIONS)


def _context_actions(where: str, block: JSON) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= FEEDBACKS:
        yield f"{where} has {len(elements)} elements, 1 to {FEEDBACKS} are possible"
    for element in elements:
        yield from _element(where, element, {"feedback_buttons"})


def _thumbs(where: str, element: JSON) -> Iterator[str]:
    for name in ("positive_button", "negative_button"):
        button = element.get(name) or {}
        if set(button) - {"text", "value", "accessibility_label"}:
            yield f"{where}'s {name} has unknown keys"
        yield from _plain(f"{where}'s {name}", button.get("text"), limits.BUTTON_TEXT)
        yield from _length(f"{where}'s {name}'s value", button.get("value"), limits.BUTTON_VALUE)
        yield from _length(
            f"{where}'s {name}'s spoken name", button.get("accessibility_label", "-"), limits.ACCESSIBILITY_LABEL
        )


def _chart(where: str, block: JSON) -> Iterator[str]:
    yield from _length(f"{where}'s title", block.get("title"), limits.CHART_TITLE)
    chart = block.get("chart") or {}
    if chart.get("type") != "bar":
        yield f"{where} is no bar chart"
        return
    yield from _known(where, chart)
    categories = chart.get("axis_config", {}).get("categories") or []
    if len(set(categories)) != len(categories) or not 1 <= len(categories) <= limits.CHART_POINTS:
        yield f"{where} has {len(categories)} categories, 1 to {limits.CHART_POINTS} that differ are possible"
    if not 1 <= len(chart.get("series") or []) <= SERIES:
        yield f"{where} has not 1 to {SERIES} series"
    for series in chart.get("series") or []:
        yield from _length(f"{where}'s series", series.get("name"), limits.CHART_LABEL)
        points = series.get("data") or []
        if [point.get("label") for point in points] != categories:
            yield f"{where}'s points are not its categories"
        for point in points:
            yield from _length(f"{where}'s label", point.get("label"), limits.CHART_LABEL)
            if type(point.get("value")) is not int:
                yield f"{where}'s value is {point.get('value')!r}, no count"


CHECKS: dict[str, Callable[[str, JSON], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "input": _input,
    "context_actions": _context_actions,
    "data_visualization": _chart,
}


def _element(where: str, element: JSON, allowed: set[str]) -> Iterator[str]:
    kind = element.get("type")
    if kind not in allowed:
        yield f"{where} can't hold an element of type {kind!r}"
        return
    yield from _known(where, element)
    yield from _length(f"{where}'s action_id", element.get("action_id"), limits.ID_LENGTH)
    if "placeholder" in element:
        yield from _plain(f"{where}'s placeholder", element["placeholder"], limits.PLACEHOLDER)
    if "confirm" in element:
        yield from _confirm(where, element["confirm"])
    if kind == "button":
        yield from _button(where, element)
    elif kind == "feedback_buttons":
        yield from _thumbs(where, element)
    elif kind in {"timepicker", "datepicker"}:
        yield from _moment(where, element)
    elif kind in HOLDS_WHAT_IS_TYPED:
        yield from _typed(where, element)
    else:
        yield from _options(where, element, most=MOST_OPTIONS.get(str(kind), limits.OPTIONS))


def _moment(where: str, element: JSON) -> Iterator[str]:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "00:00")):
        yield f"{where}'s initial_time is {element['initial_time']!r}, not HH:MM"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2026-01-01")):
        yield f"{where}'s initial_date is {element['initial_date']!r}, not YYYY-MM-DD"


def _typed(where: str, element: JSON) -> Iterator[str]:
    if "initial_option" in element:
        yield from _option(where, element["initial_option"])
    if not 1 <= element.get("max_length", limits.INPUT_LENGTH) <= limits.INPUT_LENGTH:
        yield f"{where}'s max_length is {element['max_length']}, 1 to {limits.INPUT_LENGTH:,} are possible"
    if len(element.get("initial_value", "")) > element.get("max_length", limits.INPUT_LENGTH):
        yield f"{where}'s initial_value is longer than its max_length"
    if "initial_user" in element:
        yield from _length(f"{where}'s initial_user", element["initial_user"], limits.ID_LENGTH)
    if len(element.get("initial_users", [])) > element.get("max_selected_items", 100):
        yield f"{where} has more people than it may hold"


def _button(where: str, button: JSON) -> Iterator[str]:
    yield from _plain(f"{where}'s button", button.get("text"), limits.BUTTON_TEXT)
    if len(button.get("value", "")) > limits.BUTTON_VALUE:
        yield f"{where}'s button value has more than {limits.BUTTON_VALUE:,} characters"
    if button.get("style", "primary") not in {"primary", "danger"}:
        yield f"{where}'s button has style {button['style']!r}"
    if "accessibility_label" in button:
        yield from _length(f"{where}'s accessibility_label", button["accessibility_label"], limits.ACCESSIBILITY_LABEL)
    if "url" in button:
        yield from _length(f"{where}'s url", button["url"], limits.URL)
        if not button["url"].startswith(("https://", "http://", "mailto:")):
            yield f"{where}'s url is no address"


def _options(where: str, element: JSON, most: int) -> Iterator[str]:
    groups = element.get("option_groups")
    if groups is not None:
        yield from _groups(where, element, groups)
        return
    options = element.get("options") or []
    if not 1 <= len(options) <= most:
        yield f"{where} has {len(options)} options, 1 to {most} are possible"
    for option in options:
        yield from _option(where, option)
    if "initial_option" in element and element["initial_option"] not in options:
        yield f"{where}'s initial_option is not one of its options"
    for option in element.get("initial_options", []):
        if option not in options:
            yield f"{where}'s initial_options are not all of its options"


def _groups(where: str, element: JSON, groups: list[JSON]) -> Iterator[str]:
    if "options" in element or not 1 <= len(groups) <= limits.OPTION_GROUPS:
        yield f"{where} has {len(groups)} groups of options, 1 to {limits.OPTION_GROUPS} are possible, and nothing else"
    for group in groups:
        if set(group) != {"label", "options"}:
            yield f"{where} has a group of the keys {sorted(group)}"
        yield from _plain(f"{where}'s group", group.get("label"), limits.GROUP_LABEL)
        yield from _options(where, {"options": group.get("options")}, limits.OPTIONS)
    offered = [option for group in groups for option in group.get("options") or []]
    if "initial_option" in element and element["initial_option"] not in offered:
        yield f"{where}'s initial_option is not one of its options"


def _option(where: str, option: JSON) -> Iterator[str]:
    yield from _plain(f"{where}'s option", option.get("text"), limits.OPTION_TEXT)
    yield from _length(f"{where}'s option value", option.get("value"), limits.OPTION_VALUE)


def _confirm(where: str, confirm: JSON) -> Iterator[str]:
    for part, most in (
        ("title", limits.CONFIRM_TITLE),
        ("confirm", limits.CONFIRM_LABEL),
        ("deny", limits.CONFIRM_LABEL),
    ):
        yield from _plain(f"{where}'s confirm {part}", confirm.get(part), most)
    yield from _text(f"{where}'s confirm text", confirm.get("text"), limits.CONFIRM_TEXT)


def _text(where: str, text: Any, most: int) -> Iterator[str]:  # noqa: ANN401 # judges whatever stands there
    if not isinstance(text, dict) or text.get("type") not in {"mrkdwn", "plain_text"}:
        yield f"{where} has no text object"
        return
    yield from _known(where, text)
    yield from _length(where, text.get("text"), most)


def _plain(where: str, text: Any, most: int) -> Iterator[str]:  # noqa: ANN401 # judges whatever stands there
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        yield f"{where} must be plain_text"
    yield from _text(where, text, most)


def _length(where: str, words: Any, most: int) -> Iterator[str]:  # noqa: ANN401 # judges whatever stands there
    if not isinstance(words, str) or not words.replace("\u200b", "").strip():
        yield f"{where} is empty"
    elif len(words) > most:
        yield f"{where} has {len(words)} characters, {most:,} are the most"


def _known(where: str, thing: JSON) -> Iterator[str]:
    for key in sorted(set(thing) - KEYS[thing["type"]]):
        yield f"{where} has the unknown key {key!r}"


def _texts(drawn: object) -> Iterator[str]:
    if isinstance(drawn, dict):
        for key, value in drawn.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(drawn, list):
        for value in drawn:
            yield from _texts(value)
