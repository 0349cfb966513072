"""Draw a form's fields as inputs of a Slack modal, and read what was entered."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import assert_never

from cards import forms
from cards.forms import Field, Option
from cards.slack import limits, objects
from cards.slack.objects import JSON
from cards.zones import names

SEARCH = "Search"
RADIO_BUTTONS = 4  # options; Slack allows 10, but more than a few read better as a menu
NO_COUNTRY = objects.option(forms.NO_COUNTRY.label, forms.NO_COUNTRY.value)


def drawn(field: Field, now: datetime | None) -> JSON:
    """Draw a field; its name is block_id and action_id. With `now` (aware), a chosen zone shows its offset."""
    block: JSON = {
        "type": "input",
        "block_id": objects.within(field.name, limits.ID_LENGTH, "a field's name"),
        "label": objects.label(field.label, limits.LABEL, "a field's label"),
        "element": {"action_id": field.name, **_element(field, now)},
    }
    if field.hint:
        block["hint"] = objects.label(field.hint, limits.LABEL, "a field's hint")
    if _is_optional(field):
        block["optional"] = True
    return block


def _is_optional(field: Field) -> bool:
    return isinstance(field, forms.TextInput | forms.DateInput | forms.UserSelect) and field.optional


def _element(field: Field, now: datetime | None) -> JSON:
    match field:
        case forms.SingleSelect(_, _, choices, value) if any(choice.group for choice in choices):
            return _grouped(choices, value)
        case forms.SingleSelect(_, _, choices, value):
            options = _options(choices)
            element: JSON = {"type": "radio_buttons" if len(options) <= RADIO_BUTTONS else "static_select"}
            initial = next((option for option in options if option["value"] == value), None)
            return element | {"options": options} | ({"initial_option": initial} if initial else {})
        case forms.MultiSelect(_, _, choices, values):
            options = _options(choices)
            element = {"type": "checkboxes" if len(options) <= limits.FEW_OPTIONS else "multi_static_select"}
            chosen = [option for option in options if option["value"] in values]
            return element | {"options": options} | ({"initial_options": chosen} if chosen else {})
        case forms.TimeInput(_, _, value):
            return {"type": "timepicker"} | ({"initial_time": value} if value else {})
        case forms.DateInput(_, _, value):
            return {"type": "datepicker"} | ({"initial_date": value} if value else {})
        case forms.TextInput(_, _, value, _, most, is_long):
            length = min(most or limits.INPUT_LENGTH, limits.INPUT_LENGTH)
            element = {"type": "plain_text_input", "multiline": is_long, "max_length": length}
            return element | ({"initial_value": value[:length]} if value else {})
        case forms.UserSelect(_, _, values, _, most):
            if most == 1:
                return {"type": "users_select"} | ({"initial_user": values[0]} if values else {})
            element = {"type": "multi_users_select", "max_selected_items": most}
            return element | ({"initial_users": list(values)} if values else {})
        case forms.ZoneSearch(_, _, value):
            return _search(zone_option(value, now) if value else None)
        case forms.CountrySearch(_, _, value, shown):
            return _search(country_option(value, shown) if value else NO_COUNTRY)
        case _:
            assert_never(field)


def _options(choices: Sequence[Option]) -> list[JSON]:
    return objects.options([(choice.label, choice.value) for choice in choices])


def _grouped(choices: Sequence[Option], value: str) -> JSON:
    parts = [(heading, list(members)) for heading, members in groupby(choices, key=lambda choice: choice.group)]
    groups: list[JSON] = [
        {
            "label": objects.label(heading, limits.GROUP_LABEL, "a group's heading"),
            "options": _options(members[start : start + limits.OPTIONS]),
        }
        for heading, members in parts
        for start in range(0, len(members), limits.OPTIONS)
    ]
    if len(groups) > limits.OPTION_GROUPS:
        raise ValueError(f"a menu has at most {limits.OPTION_GROUPS} groups on Slack, not {len(groups)}")
    initial = next((option for group in groups for option in group["options"] if option["value"] == value), None)
    return {"type": "static_select", "option_groups": groups} | ({"initial_option": initial} if initial else {})


def _search(initial: JSON | None) -> JSON:
    # 0: the likeliest show before anything is typed.
    element = {"type": "external_select", "min_query_length": 0, "placeholder": objects.plain_text(SEARCH)}
    return element | ({"initial_option": initial} if initial else {})


def zone_option(name: str, now: datetime | None) -> JSON:
    """Make the option of a time zone, with its offset where the moment is known."""
    return objects.option(names.label(name, now) if now else name, name)


def country_option(code: str, name: str) -> JSON:
    """Make the option of a country."""
    return objects.option(name[: limits.OPTION_TEXT], code)


def answer(elements: object) -> str:
    """Read what one input of a submitted form holds; '' for nothing, or for what no input of ours holds."""
    for element in elements.values() if isinstance(elements, dict) else ():
        match element:
            case (
                {"selected_option": {"value": str() as value}}
                | {"selected_time": str() as value}
                | {"selected_date": str() as value}
                | {"selected_user": str() as value}
                | {"type": "plain_text_input", "value": str() as value}
            ):
                return value
            case {"selected_options": list() as options}:
                values = [option.get("value") for option in options if isinstance(option, dict)]
                return " ".join(value for value in values if isinstance(value, str))
            case {"selected_users": list() as people}:
                return " ".join(person for person in people if isinstance(person, str))
            case _:
                continue
    return ""
