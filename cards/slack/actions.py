"""Draw what can be pressed in Slack's Block Kit: rows of buttons and menus, and thumbs."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import assert_never

from cards import model
from cards.model import Action, Button, Feedback
from cards.slack import limits, objects
from cards.slack.objects import JSON

LINK = "link-"  # action_id of a button that opens an address: Slack sends a click all the same, to be acknowledged
OVERFLOW = "more"  # action_id of the menu for what is needed less often; the chosen option's value, as in a menu
MENU = "menu-"  # action_id of a menu; the chosen option's value is the encoded action
THUMBS = "feedback"  # action_id of both thumbs; the pressed one's value is the encoded action

KEEP = "No"
UP, DOWN = ("👍", "Useful"), ("👎", "Not useful")  # what is seen, and what a screen reader says


def rows(items: Sequence[model.Pressable], overflow: Sequence[Button] = ()) -> Iterator[JSON]:
    """Draw buttons and menus as `actions` blocks of at most 25 each, the last with an `overflow` menu at its end.

    ValueError for what Slack would refuse.
    """
    last = [_more(overflow)] if overflow else []
    for start in range(0, len(items), limits.ACTIONS):
        elements = _elements(items[start : start + limits.ACTIONS])
        is_last = start + limits.ACTIONS >= len(items)
        if is_last and last and len(elements) < limits.ACTIONS:
            elements += last
            last = []
        yield {"type": "actions", "elements": elements}
    if last:
        yield {"type": "actions", "elements": last}


def _more(items: Sequence[Button]) -> JSON:
    options = [objects.option(item.label, encoded(item.action)) for item in items]
    return {"type": "overflow", "action_id": OVERFLOW, "options": options}


def joined(blocks: Sequence[model.Block]) -> Iterator[tuple[model.Block, tuple[Button, ...]]]:
    """Give each block with what goes into the overflow menu at its end: the quiet row after a row of buttons."""
    held = False
    for block, following in pairwise((*blocks, model.Divider())):
        if held:
            held = False
            continue
        quiet = _overflow(following) if isinstance(block, model.Actions) and block.items else ()
        held = bool(quiet)
        yield block, quiet


def _overflow(row: model.Block) -> tuple[Button, ...]:
    """Give the buttons of a quiet row, where a menu can hold them all; a menu of one is no menu."""
    if not isinstance(row, model.Actions) or not row.is_quiet or not 1 < len(row.items) <= limits.OVERFLOW_OPTIONS:
        return ()
    buttons = [item for item in row.items if isinstance(item, Button) and not item.asks]
    return tuple(buttons) if len(buttons) == len(row.items) else ()


def beside(button: Button) -> JSON:
    """Draw the one button that stands beside a paragraph."""
    return _button(button)


def thumbs(feedback: Feedback) -> JSON:
    """Draw thumbs as Slack's own, which stand below a message and nowhere else."""
    pair = {
        "type": "feedback_buttons",
        "action_id": THUMBS,
        "positive_button": _thumb(UP, feedback.up),
        "negative_button": _thumb(DOWN, feedback.down),
    }
    return {"type": "context_actions", "elements": [pair]}


def small_thumbs(feedback: Feedback) -> Iterator[JSON]:
    """Draw thumbs as two plain buttons, for where Slack takes none of its own (a Home)."""
    pair = ((UP, feedback.up), (DOWN, feedback.down))
    return rows([Button(seen, action, spoken=spoken) for (seen, spoken), action in pair])


def encoded(action: Action) -> str:
    """Give the text that a button carries and a form is called by, at most as long as an option's value."""
    return objects.within(action.encode(), limits.OPTION_VALUE, "an action")


def _thumb(look: tuple[str, str], action: Action) -> JSON:
    seen, spoken = look
    return {"text": objects.plain_text(seen), "value": encoded(action), "accessibility_label": spoken}


def _elements(items: Sequence[model.Pressable]) -> list[JSON]:
    drawn = [_element(item, position) for position, item in enumerate(items, 1)]
    taken: set[str] = set()
    for position, element in enumerate(drawn, 1):
        # Slack: action_id is unique within its block. What to do stands in the value, not in the id.
        if element["action_id"] in taken:
            element["action_id"] += f"#{position}"
        taken.add(element["action_id"])
    return drawn


def _element(item: model.Pressable, position: int) -> JSON:
    match item:
        case model.Button():
            return _button(item)
        case model.LinkButton(label, url):
            return {
                "type": "button",
                "action_id": f"{LINK}{position}",
                "text": objects.label(label, limits.BUTTON_TEXT, "a button's label"),
                "url": objects.within(url, limits.URL, "a button's address"),
            }
        case model.Select(label, choices, chosen):
            options = objects.options([(said, encoded(action)) for said, action in choices])
            current = next((option for option in options if chosen and option["value"] == encoded(chosen)), None)
            # Slack: a client keeps what somebody chose under an action_id, also when the message is drawn anew.
            named = f"{MENU}{position}-{chosen.subject}" if current and chosen else f"{MENU}{position}"
            return {
                "type": "static_select",
                "action_id": named,
                "placeholder": objects.label(label, limits.PLACEHOLDER, "a menu's label"),
                "options": options,
                **({"initial_option": current} if current else {}),
            }
        case _:
            assert_never(item)


def _button(button: Button) -> JSON:
    drawn = {
        "type": "button",
        "action_id": encoded(button.action),
        "text": objects.label(button.label, limits.BUTTON_TEXT, "a button's label"),
        "value": encoded(button.action),
    }
    if button.style != "plain":
        drawn["style"] = button.style
    if button.spoken:
        drawn["accessibility_label"] = objects.within(
            button.spoken, limits.ACCESSIBILITY_LABEL, "a button's spoken name"
        )
    if button.asks:
        drawn["confirm"] = objects.confirmation(button.label, button.asks, KEEP)
    return drawn
