"""The shape and size of every block the emulator knows (docs.slack.dev/reference/block-kit/blocks)."""

from collections.abc import Callable

from playground.shared.values import Json
from playground.slack.limits import charts, elements
from playground.slack.limits.check import Check

SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
ACTIONS = 25
CONTEXT_ELEMENTS = 10
CONTEXT_ACTIONS = 5
RICH_TEXT_ELEMENTS = 100
LABEL = 2_000
ALT_TEXT = 2_000
URL = 3_000

IN_SECTION = elements.PRESSED | elements.PICKED | elements.PICKED_MANY | {"image"}
IN_ACTIONS = elements.PRESSED | elements.PICKED
IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}
IN_INPUT = elements.PICKED | elements.PICKED_MANY | {"plain_text_input"}


def check_blocks(check: Check, blocks: list[Json], at: str, *, surface: str, most: int) -> None:
    """surface: "message", "modal" or "home"."""
    least = 1 if surface == "message" else 0
    block_ids: set[str] = set()
    focused = charts_so_far = 0
    for index, block in enumerate(check.items(blocks, at, most=most, least=least)):
        here = f"{at}/{index}"
        if not check.is_object(block, here):
            continue
        check.identifier(block, "block_id", here, block_ids)
        focused += _has_focus(block)
        kind = block.get("type")
        charts_so_far += kind == "data_visualization"
        if kind is None:
            check.say(here, "missing required field: type")
        elif kind in BLOCKS and surface in ONLY_IN.get(kind, {surface}):
            BLOCKS[kind](check, block, here)
        else:
            check.say(f"{here}/type", f"unsupported type: {kind}")
    if charts_so_far > charts.CHARTS:
        check.say(at, f"no more than {charts.CHARTS} data_visualization blocks allowed")
    if focused > 1:
        check.say(at, "only one element can have focus_on_load")


def _has_focus(block: Json) -> bool:
    held = [block.get("element"), block.get("accessory"), *(block.get("elements") or ())]
    return any(isinstance(each, dict) and each.get("focus_on_load") is True for each in held)


def _check_header(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "text", "level"})
    if check.need(block, at, "text"):
        check.plain(block["text"], f"{at}/text", most=HEADER_TEXT)


def _check_divider(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id"})


def _check_rich_text(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "elements"})
    check.items(block.get("elements"), f"{at}/elements", most=RICH_TEXT_ELEMENTS)


def _check_section(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        check.say(at, "missing required field: text")
    if "text" in block:
        check.text(block["text"], f"{at}/text", most=SECTION_TEXT)
    if "fields" in block:
        for index, each in enumerate(check.items(block["fields"], f"{at}/fields", most=SECTION_FIELDS)):
            check.text(each, f"{at}/fields/{index}", most=FIELD_TEXT)
    if "accessory" in block:
        elements.check_element(check, block["accessory"], f"{at}/accessory", set(), IN_SECTION)


def _check_context(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "elements"})
    for index, each in enumerate(check.items(block.get("elements"), f"{at}/elements", most=CONTEXT_ELEMENTS)):
        here = f"{at}/elements/{index}"
        if isinstance(each, dict) and each.get("type") == "image":
            elements.check_element(check, each, here, set(), {"image"})
        else:
            check.text(each, here, most=SECTION_TEXT)


def _check_actions(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "elements"})
    action_ids: set[str] = set()
    for index, each in enumerate(check.items(block.get("elements"), f"{at}/elements", most=ACTIONS)):
        elements.check_element(check, each, f"{at}/elements/{index}", action_ids, IN_ACTIONS)


def _check_context_actions(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "elements"})
    action_ids: set[str] = set()
    for index, each in enumerate(check.items(block.get("elements"), f"{at}/elements", most=CONTEXT_ACTIONS)):
        elements.check_element(check, each, f"{at}/elements/{index}", action_ids, IN_CONTEXT_ACTIONS)


def _check_input(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "label", "element", "dispatch_action", "hint", "optional"})
    if check.need(block, at, "label", "element"):
        check.plain(block["label"], f"{at}/label", most=LABEL)
        elements.check_element(check, block["element"], f"{at}/element", set(), IN_INPUT)
    if "hint" in block:
        check.plain(block["hint"], f"{at}/hint", most=LABEL)
    for name in ("optional", "dispatch_action"):
        if name in block:
            check.flag(block[name], f"{at}/{name}")


def _check_image_block(check: Check, block: Json, at: str) -> None:
    check.keys(block, at, {"type", "block_id", "image_url", "slack_file", "alt_text", "title"})
    if check.need(block, at, "image_url", "alt_text"):
        check.string(block["image_url"], f"{at}/image_url", most=URL)
        check.string(block["alt_text"], f"{at}/alt_text", most=ALT_TEXT, least=0)
    if "title" in block:
        check.plain(block["title"], f"{at}/title", most=LABEL)


BLOCKS: dict[str, Callable[[Check, Json, str], None]] = {
    "section": _check_section,
    "header": _check_header,
    "divider": _check_divider,
    "context": _check_context,
    "actions": _check_actions,
    "context_actions": _check_context_actions,
    "data_visualization": charts.check_chart,
    "input": _check_input,
    "image": _check_image_block,
    "rich_text": _check_rich_text,
}
# What stands on some surfaces only; everything else on all of them.
ONLY_IN = {"context_actions": {"message"}, "data_visualization": {"message", "home"}}
