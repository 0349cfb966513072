"""The judge of Slack's limits finds what Slack would refuse, and the emulators know no other limits than ours."""

import copy
from types import ModuleType
from typing import Any

import pytest

from cards.slack import limits as slack_limits
from cards.slack import render
from cards.teams import limits as teams_limits
from playground.slack.limits import blocks, charts, check, elements, surfaces
from playground.teams.limits import surfaces as teams_surfaces
from tests.cards import gallery, limits


def figures(*modules: ModuleType) -> dict[str, int]:
    """Give the limits of modules by their names."""
    return {name: value for module in modules for name, value in vars(module).items() if isinstance(value, int)}


def test_our_limits_are_the_emulators() -> None:
    """What we draw by, and what the emulators judge by, was read twice, and alike; where we stay below is named."""
    slack, theirs = figures(slack_limits), figures(blocks, charts, check, elements, surfaces)
    assert slack.keys() <= theirs.keys()
    below = {name: (most, theirs[name]) for name, most in slack.items() if most != theirs[name]}
    assert below == {"BLOCKS_TEXT": (11_000, 13_200)}  # some workspaces were refused less than the most
    teams, theirs = figures(teams_limits), figures(teams_surfaces)
    both = {name: (most, theirs[name]) for name, most in teams.items() if name in theirs}
    around = (26 * 1024, 28 * 1024)  # an activity is around the card
    assert both == {"CARD_BYTES": around, "ACTIONS": (6, 6), "SUGGESTED": (3, 3)}


def a_message() -> dict[str, Any]:
    """Give a message without fault, safe to spoil."""
    return copy.deepcopy(render.message(gallery.comparison()))


def a_view() -> dict[str, Any]:
    """Give a view without fault, safe to spoil."""
    return copy.deepcopy(render.view(gallery.form()))


def spoilt(thing: Any, path: str, value: object) -> Any:  # noqa: ANN401 # JSON of any shape
    """Set one place of a message or view, named like `blocks.0.text.text`, to a value."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = thing
    for part in way:
        place = place[part]
    place[last] = value
    return thing


PLAIN = {"type": "plain_text", "text": "x"}
OPTION = {"text": PLAIN, "value": "v"}


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("text", "", "text is empty"),
        ("text", "x" * 4_001, "4,000 are the most"),
        ("text", "a <b", "unescaped"),
        ("channel", "C1", "keys"),
        ("blocks", [{"type": "divider"}] * 51, "51 blocks"),
        ("blocks", [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}] * 5, "all block text"),
        ("blocks.0.type", "input", "unknown in a message"),
        ("blocks.0.block_id", "row-2", "block_id 'row-2' is there 2 times"),
        ("blocks.0.block_id", "x" * 256, "255 are the most"),
        ("blocks.0.text.text", "x" * 151, "150 are the most"),
        ("blocks.0.text.type", "mrkdwn", "must be plain_text"),
        ("blocks.0.color", "red", "unknown key 'color'"),
        ("blocks.1.fields", [], "0 fields"),
        ("blocks.1.fields", [PLAIN] * 11, "11 fields"),
        ("blocks.1.fields.0.text", "x" * 2_001, "2,000 are the most"),
        ("blocks.1.fields.0.text", " \u200b", "field 1 is empty"),
        ("blocks.2.text.text", "", "is empty"),
        ("blocks.2.text.text", "x" * 3_001, "3,000 are the most"),
        ("blocks.2.text", "words", "no text object"),
        ("blocks.2", {"type": "section"}, "neither text nor fields"),
        ("blocks.3.elements", [], "0 elements"),
        (
            "blocks.3.elements",
            [{"type": "button", "text": PLAIN, "action_id": str(n)} for n in range(26)],
            "26 elements",
        ),
        ("blocks.3.elements.0.action_id", "deepen|dimension/risks|sources", "2 times"),
        ("blocks.3.elements.0.action_id", "x" * 256, "255 are the most"),
        ("blocks.3.elements.0.text.text", "x" * 76, "75 are the most"),
        ("blocks.3.elements.0.value", "x" * 2_001, "2,000 characters"),
        ("blocks.3.elements.0.style", "blue", "style 'blue'"),
        ("blocks.3.elements.0.accessibility_label", "x" * 76, "75 are the most"),
        ("blocks.3.elements.0.type", "timepicker", "can't hold"),
        (
            "blocks.3.elements.0.confirm",
            {"title": PLAIN, "text": PLAIN, "confirm": PLAIN, "deny": {"type": "plain_text", "text": "x" * 31}},
            "30 are the most",
        ),
        ("blocks.5.elements.3.url", "javascript:x", "no address"),
        ("blocks.5.elements.4.options", [], "0 options"),
        ("blocks.5.elements.4.options", [OPTION] * 101, "101 options"),
        ("blocks.5.elements.4.options.0.value", "x" * 151, "150 are the most"),
        ("blocks.5.elements.4.options.0.text.text", "x" * 76, "75 are the most"),
        ("blocks.5.elements.4.placeholder.text", "x" * 151, "150 are the most"),
        ("blocks.6.elements", [PLAIN] * 11, "11 context elements"),
        ("blocks.6.elements", [], "0 context elements"),
    ],
)
def test_a_spoilt_message_is_found_out(path: str, value: object, fault: str) -> None:
    """One place spoilt, and the judge names it; unspoilt it has nothing to say."""
    assert limits.message_faults(a_message()) == []
    assert [sentence for sentence in limits.message_faults(spoilt(a_message(), path, value)) if fault in sentence]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("blocks.0.element.initial_options", [OPTION], "not all of its options"),
        ("blocks.0.element.options", [OPTION] * 11, "11 options"),
        ("blocks.2.element.initial_date", "7 December", "not YYYY-MM-DD"),
        ("blocks.4.element.max_length", 3_001, "1 to 3,000 are possible"),
        ("blocks.4.element.initial_value", "x" * 3_001, "longer than its max_length"),
        ("blocks.5.element.initial_option.text.text", "x" * 76, "75 are the most"),
        ("blocks.6.element.initial_user", "", "is empty"),
        ("blocks.7.element.initial_users", ["U1"] * 11, "more people than it may hold"),
    ],
)
def test_a_spoilt_field_is_found_out(path: str, value: object, fault: str) -> None:
    """One place of a field spoilt, and the judge names it; unspoilt it has nothing to say."""
    view = copy.deepcopy(render.view(gallery.other_form()))
    assert limits.view_faults(view) == []
    assert [sentence for sentence in limits.view_faults(spoilt(view, path, value)) if fault in sentence]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("type", "home", "no modal"),
        ("title.text", "x" * 25, "24 are the most"),
        ("submit.text", "x" * 25, "24 are the most"),
        ("close.text", "", "is empty"),
        ("private_metadata", "x" * 3_001, "3,000 characters"),
        ("private_metadata", "x" * 260_000, "250 kB"),
        ("callback_id", "x" * 256, "255 are the most"),
        ("blocks", [], "0 blocks"),
        ("blocks", [{"type": "divider"}] * 101, "101 blocks"),
        ("blocks.1.element.type", "button", "can't hold"),
        ("blocks.1.element.initial_option", OPTION, "not one of its options"),
        ("blocks.1.label.text", "x" * 2_001, "2,000 are the most"),
        ("blocks.2.element.initial_time", "9:30", "not HH:MM"),
        ("blocks.3.hint.type", "mrkdwn", "must be plain_text"),
        ("blocks.3.element.initial_option.value", "", "is empty"),
        ("blocks.4.element.options", [OPTION] * 11, "11 options"),
    ],
)
def test_a_spoilt_view_is_found_out(path: str, value: object, fault: str) -> None:
    """One place spoilt, and the judge names it; unspoilt it has nothing to say."""
    assert limits.view_faults(a_view()) == []
    assert [sentence for sentence in limits.view_faults(spoilt(a_view(), path, value)) if fault in sentence]
