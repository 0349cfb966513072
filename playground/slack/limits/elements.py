"""The shape and size of every interactive element (docs.slack.dev/reference/block-kit/block-elements)."""

from collections.abc import Callable, Collection

from playground.shared.values import Json
from playground.slack.limits.check import Check

BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
URL = 3_000
ACCESSIBILITY_LABEL = 75
PLACEHOLDER = 150
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_LABEL = 30
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
OPTION_GROUPS = 100
GROUP_LABEL = 75
OVERFLOW_OPTIONS = 5
FEW_OPTIONS = 10
INPUT_LENGTH = 3_000
ALT_TEXT = 2_000

PRESSED = {"button", "overflow"}
PICKED = {
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "radio_buttons",
    "checkboxes",
    "datepicker",
    "timepicker",
}
PICKED_MANY = {"multi_static_select", "multi_users_select"}

_CHOSEN = {"confirm", "focus_on_load"}
_NAMED = _CHOSEN | {"placeholder"}
_LISTED = _NAMED | {"options", "option_groups"}
KEYS = {
    "button": {"text", "value", "url", "style", "confirm", "accessibility_label"},
    "overflow": {"options", "confirm"},
    "static_select": _LISTED | {"initial_option"},
    "multi_static_select": _LISTED | {"initial_options", "max_selected_items"},
    "external_select": _NAMED | {"initial_option", "min_query_length"},
    "users_select": _NAMED | {"initial_user"},
    "multi_users_select": _NAMED | {"initial_users", "max_selected_items"},
    "conversations_select": _NAMED
    | {"initial_conversation", "default_to_current_conversation", "filter", "response_url_enabled"},
    "channels_select": _NAMED | {"initial_channel", "response_url_enabled"},
    "radio_buttons": _CHOSEN | {"options", "initial_option"},
    "checkboxes": _CHOSEN | {"options", "initial_options"},
    "datepicker": _NAMED | {"initial_date"},
    "timepicker": _NAMED | {"initial_time", "timezone"},
    "plain_text_input": {"placeholder", "focus_on_load", "initial_value", "multiline", "min_length", "max_length"}
    | {"dispatch_action_config"},
    "image": {"image_url", "slack_file", "alt_text"},
    "feedback_buttons": {"positive_button", "negative_button"},
    "icon_button": {"icon", "text", "value", "confirm", "accessibility_label", "visible_to_user_ids"},
}


def check_element(check: Check, element: object, at: str, action_ids: set[str], allowed: Collection[str]) -> None:
    """Checks one element; `allowed` are the types that may stand here."""
    if not check.is_object(element, at):
        return
    assert isinstance(element, dict)  # noqa: S101  # narrowed by is_object
    kind = element.get("type")
    if kind not in allowed:
        check.say(f"{at}/type", f"unsupported type: {kind}")
        return
    own = set() if kind == "image" else {"action_id"}
    check.keys(element, at, KEYS[str(kind)] | own | {"type"})
    if own:
        check.identifier(element, "action_id", at, action_ids)
    if "placeholder" in element:
        check.plain(element["placeholder"], f"{at}/placeholder", most=PLACEHOLDER)
    if "confirm" in element:
        _check_confirm(check, element["confirm"], f"{at}/confirm")
    own_check = ELEMENTS.get(str(kind))
    if own_check is not None:
        own_check(check, element, at)


def _check_overflow(check: Check, element: Json, at: str) -> None:
    check_options(check, element.get("options"), f"{at}/options", most=OVERFLOW_OPTIONS, with_url=True)


def _check_few(check: Check, element: Json, at: str) -> None:
    check_options(check, element.get("options"), f"{at}/options", most=FEW_OPTIONS)
    _check_initial(check, element, at)


def _check_time(check: Check, element: Json, at: str) -> None:
    if "initial_time" in element:
        check.pattern(element["initial_time"], f"{at}/initial_time", r"([01]\d|2[0-3]):[0-5]\d", "must be HH:mm")


def _check_date(check: Check, element: Json, at: str) -> None:
    if "initial_date" in element:
        check.pattern(element["initial_date"], f"{at}/initial_date", r"\d{4}-\d\d-\d\d", "must be YYYY-MM-DD")


def _check_image(check: Check, element: Json, at: str) -> None:
    if check.need(element, at, "image_url", "alt_text"):
        check.string(element["image_url"], f"{at}/image_url", most=URL)
        check.string(element["alt_text"], f"{at}/alt_text", most=ALT_TEXT, least=0)


def _check_button(check: Check, element: Json, at: str) -> None:
    if check.need(element, at, "text"):
        check.plain(element["text"], f"{at}/text", most=BUTTON_TEXT)
    for name, most in (("value", BUTTON_VALUE), ("url", URL), ("accessibility_label", ACCESSIBILITY_LABEL)):
        if name in element:
            check.string(element[name], f"{at}/{name}", most=most, least=0 if name == "value" else 1)
    if "style" in element:
        check.one_of(element["style"], f"{at}/style", {"primary", "danger"})


def _check_thumbs(check: Check, element: Json, at: str) -> None:
    if not check.need(element, at, "positive_button", "negative_button"):
        return
    for name in ("positive_button", "negative_button"):
        button, here = element[name], f"{at}/{name}"
        if check.is_object(button, here) and check.need(button, here, "text", "value"):
            check.keys(button, here, {"text", "value", "accessibility_label"})
            check.plain(button["text"], f"{here}/text", most=BUTTON_TEXT)
            check.string(button["value"], f"{here}/value", most=BUTTON_VALUE)
            if "accessibility_label" in button:
                check.string(button["accessibility_label"], f"{here}/accessibility_label", most=ACCESSIBILITY_LABEL)


def _check_icon(check: Check, element: Json, at: str) -> None:
    if check.need(element, at, "icon", "text"):
        check.one_of(element["icon"], f"{at}/icon", {"trash"})
        _check_button(check, element, at)


def _check_confirm(check: Check, confirm: object, at: str) -> None:
    if not check.is_object(confirm, at):
        return
    assert isinstance(confirm, dict)  # noqa: S101  # narrowed by is_object
    check.keys(confirm, at, {"title", "text", "confirm", "deny", "style"})
    if check.need(confirm, at, "title", "text", "confirm", "deny"):
        check.plain(confirm["title"], f"{at}/title", most=CONFIRM_TITLE)
        check.text(confirm["text"], f"{at}/text", most=CONFIRM_TEXT)
        check.plain(confirm["confirm"], f"{at}/confirm", most=CONFIRM_LABEL)
        check.plain(confirm["deny"], f"{at}/deny", most=CONFIRM_LABEL)


def check_options(
    check: Check, options: object, at: str, *, most: int, least: int = 1, with_url: bool = False
) -> None:  # the parts are named by the caller
    """Checks a list of options; only an overflow menu's may carry a url."""
    for index, option in enumerate(check.items(options, at, most=most, least=least)):
        here = f"{at}/{index}"
        if not check.is_object(option, here):
            continue
        check.keys(option, here, {"text", "value", "description"} | ({"url"} if with_url else set()))
        if check.need(option, here, "text", "value"):
            check.text(option["text"], f"{here}/text", most=OPTION_TEXT)
            check.string(option["value"], f"{here}/value", most=OPTION_VALUE)
        if "description" in option:
            check.text(option["description"], f"{here}/description", most=OPTION_TEXT)


def check_option_groups(check: Check, groups: object, at: str) -> None:
    """Checks 100 groups of 100 options at most."""
    for index, group in enumerate(check.items(groups, at, most=OPTION_GROUPS)):
        here = f"{at}/{index}"
        if check.is_object(group, here) and check.need(group, here, "label", "options"):
            check.keys(group, here, {"label", "options"})
            check.plain(group["label"], f"{here}/label", most=GROUP_LABEL)
            check_options(check, group["options"], f"{here}/options", most=OPTIONS)


def _check_select(check: Check, element: Json, at: str) -> None:
    if ("options" in element) == ("option_groups" in element):
        check.say(at, "must have either options or option_groups")
    elif "options" in element:
        check_options(check, element["options"], f"{at}/options", most=OPTIONS)
    else:
        check_option_groups(check, element["option_groups"], f"{at}/option_groups")
    _check_initial(check, element, at)


def _check_initial(check: Check, element: Json, at: str) -> None:
    """An initial option must equal one of the options, to the letter."""
    groups = element.get("option_groups") or [element]
    offered = [option for group in groups if isinstance(group, dict) for option in group.get("options") or []]
    if "initial_option" in element and element["initial_option"] not in offered:
        check.say(f"{at}/initial_option", "must match one of the options")
    for index, option in enumerate(element.get("initial_options") or []):
        if option not in offered:
            check.say(f"{at}/initial_options/{index}", "must match one of the options")


def _check_text_input(check: Check, element: Json, at: str) -> None:
    for name, least in (("min_length", 0), ("max_length", 1)):
        length = element.get(name)
        if length is not None and not (isinstance(length, int) and least <= length <= INPUT_LENGTH):
            check.say(f"{at}/{name}", f"must be between {least} and {INPUT_LENGTH}")
    if "multiline" in element:
        check.flag(element["multiline"], f"{at}/multiline")
    if "initial_value" in element:
        longest = element.get("max_length")
        most = longest if isinstance(longest, int) else INPUT_LENGTH
        check.string(element["initial_value"], f"{at}/initial_value", most=most, least=0)


ELEMENTS: dict[str, Callable[[Check, Json, str], None]] = {
    "button": _check_button,
    "overflow": _check_overflow,
    "radio_buttons": _check_few,
    "checkboxes": _check_few,
    "static_select": _check_select,
    "multi_static_select": _check_select,
    "timepicker": _check_time,
    "datepicker": _check_date,
    "plain_text_input": _check_text_input,
    "image": _check_image,
    "feedback_buttons": _check_thumbs,
    "icon_button": _check_icon,
}
