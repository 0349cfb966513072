"""Teams' limits on a message and on a card: some are refused, others leave a person with less than was sent.

Figures: bots/how-to/format-your-bot-messages, task-modules-and-cards/cards/cards-reference.
"""

import json
import re
from typing import Any, TypeGuard

from playground.shared.values import Json
from playground.teams.limits import elements as known
from playground.teams.limits.elements import Shape
from playground.teams.values import CARD, Refusal

MESSAGE_BYTES = 100 * 1024  # of UTF-16, everything in it
CARD_BYTES = 28 * 1024  # of UTF-8
ACTIONS = 6
SUGGESTED = 3
VERSION = (1, 5)
DIALOG_WORDS = {"small", "medium", "large"}
WIDTHS = re.compile(known.TARGET_WIDTH)
URL = re.compile(r"https?://\S+")
# learn.microsoft.com/adaptive-cards/authoring-cards/text-features: anything else is shown as it is written.
CLOCK = re.compile(r"\{\{(?:DATE|TIME)\b")
CLOCK_FORM = re.compile(
    r"\{\{(?:DATE\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)(?:, ?(?:COMPACT|SHORT|LONG))?\)"
    r"|TIME\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)\))\}\}"
)


def check_message(body: Json, *, is_update: bool = False) -> list[str]:
    """What a person would not see of it. Raises Refusal: 413 MessageSizeTooBig, 400 BadSyntax."""
    if len(json.dumps(body, ensure_ascii=False).encode("utf-16-le")) > MESSAGE_BYTES:
        raise Refusal(413, "MessageSizeTooBig", "Message size too large.")
    text, attachments = body.get("text") or "", body.get("attachments") or []
    if not isinstance(text, str) or not isinstance(attachments, list):
        raise Refusal(400, "BadSyntax", "Error when processing the activity.")
    if not text.strip() and not attachments:
        raise Refusal(400, "BadSyntax", "The activity has neither text nor attachments.")
    complaints = []
    if text.strip() and attachments:
        if is_update:  # seen in practice: the two become two messages, and one can't be replaced by two
            raise Refusal(400, "BadSyntax", "Activity resulted into multiple skype activities")
        complaints.append("text and a card in one activity are split into two messages")
    complaints += check_suggested(body.get("suggestedActions"), is_beside_card=bool(attachments))
    if len(attachments) > 1:
        complaints.append("one attachment a message is drawn here")
    for number, each in enumerate(attachments):
        if not isinstance(each, dict) or each.get("contentType") != CARD:
            complaints.append(f"is not an Adaptive Card [/attachments/{number}]")
        else:
            complaints += check_card(each.get("content"), f"/attachments/{number}/content")
    return complaints


def check_suggested(suggested: object, *, is_beside_card: bool) -> list[str]:
    """What is wrong with what a message offers to ask next. Figures: bots/how-to/conversations/suggested-actions."""
    if suggested is None:
        return []
    actions = suggested.get("actions") if isinstance(suggested, dict) else None
    if not isinstance(actions, list):
        return ["suggestedActions.actions is not a list"]
    complaints = []
    if is_beside_card:
        complaints.append("suggestedActions are not shown beside an attachment")
    if len(actions) > SUGGESTED:
        complaints.append(f"suggestedActions has {len(actions)} actions, of which {SUGGESTED} are shown")
    for number, each in enumerate(actions):
        if not are_suggestions([each]):
            complaints.append(f"must be an imBack with a title and a value [/suggestedActions/actions/{number}]")
    return complaints


def are_suggestions(actions: object) -> TypeGuard[list[Json]]:
    """Whether all of them say their words in the chat."""
    return isinstance(actions, list) and all(
        isinstance(each, dict)
        and each.get("type") == "imBack"
        and all(isinstance(each.get(name), str) and each[name].strip() for name in ("title", "value"))
        for each in actions
    )


def check_card(card: object, at: str = "") -> list[str]:
    """What is wrong with a card; each complaint ends with its JSON pointer."""
    if not isinstance(card, dict):
        return [f"is no card [{at}]"]
    check = _Check()
    check.card(card, at)
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if size > CARD_BYTES:
        check.say(at, f"has {size} bytes, more than {CARD_BYTES}")
    return check.complaints


def check_task(task: object) -> list[str]:
    """What is wrong with the answer that opens a dialog, or goes on with it."""
    if not isinstance(task, dict) or task.get("type") not in {"continue", "message"}:
        return ["task.type must be continue or message"]
    value = task.get("value")
    if task["type"] == "message":
        return [] if isinstance(value, str) and value.strip() else ["task.value must be a sentence"]
    if not isinstance(value, dict):
        return ["task.value must be an object"]
    complaints = []
    for name in ("width", "height"):
        size = value.get(name)
        if not (size in DIALOG_WORDS if isinstance(size, str) else isinstance(size, int)):
            complaints.append(f"task.value.{name} must be small, medium, large, or a number of pixels")
    if not isinstance(value.get("title"), str):
        complaints.append("task.value.title is missing")
    held = value.get("card")
    if not isinstance(held, dict) or held.get("contentType") != CARD:
        return [*complaints, "task.value.card must be an attachment with an Adaptive Card"]
    complaints += check_card(held.get("content"))
    if any(f'"{name}"' in json.dumps(held) for name in ("Action.Execute",)):
        complaints.append("Action.Execute does nothing in a dialog")
    return complaints


def are_options(choices: object) -> TypeGuard[list[Json]]:
    """Whether all of them have a title and a value."""
    return isinstance(choices, list) and all(
        isinstance(each, dict) and isinstance(each.get("title"), str) and isinstance(each.get("value"), str)
        for each in choices
    )


class _Check:
    """Collects complaints on the way through a card."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._inputs: set[str] = set()

    def say(self, at: str, words: str) -> None:
        self.complaints.append(f"{words} [{at}]")

    def card(self, card: Json, at: str) -> None:
        if card.get("type") != "AdaptiveCard":
            self.say(at, "type must be AdaptiveCard")
        version = re.fullmatch(r"(\d+)\.(\d+)", str(card.get("version", "")))
        if "/card" not in at and (version is None or (int(version[1]), int(version[2])) > VERSION):
            self.say(f"{at}/version", f"version {card.get('version')} is not drawn, 1.5 is the newest")
        needed = known.CARD if "/card" not in at else Shape(known.CARD.may, frozenset(), known.CARD.lists)
        self._shape(card, needed, at)

    def _shape(self, node: Json, shape: Shape, at: str) -> None:
        for name in node.keys() - shape.may:
            self.say(at, f"unknown property {name}")
        for name in shape.must - node.keys():
            self.say(at, f"{name} is missing")
        for name, value in node.items():
            allowed = shape.words.get(name) or known.ENUMS.get(name)
            if allowed is not None and str(value).lower() not in allowed:
                self.say(f"{at}/{name}", f"{value} is none of {', '.join(sorted(allowed))}")
        if "targetWidth" in node and not WIDTHS.fullmatch(str(node["targetWidth"])):
            self.say(f"{at}/targetWidth", f"{node['targetWidth']} is no width")
        if isinstance(node.get("selectAction"), dict):
            self._one(node["selectAction"], "action", f"{at}/selectAction")
            if node["selectAction"].get("type") == "Action.ShowCard":
                self.say(f"{at}/selectAction", "Action.ShowCard is not possible here")
        for name, kind in shape.lists.items():
            self._list(node.get(name, []), kind, f"{at}/{name}")

    def _list(self, held: Any, kind: str, at: str) -> None:  # noqa: ANN401  # any JSON
        if not isinstance(held, list):
            self.say(at, "is not a list")
            return
        if kind == "action" and len(held) > ACTIONS:
            self.say(at, f"{len(held)} actions, of which {ACTIONS} are shown")
        for number, each in enumerate(held):
            if kind == "inline" and isinstance(each, str):
                continue
            self._one(each, kind, f"{at}/{number}")

    def _one(self, node: Any, kind: str, at: str) -> None:  # noqa: ANN401  # any JSON
        if not isinstance(node, dict):
            self.say(at, "is no object")
            return
        name = str(node.get("type") or ("Column" if kind == "column" else ""))
        shape = known.KINDS[kind].get(name)
        if shape is None:
            instead = node.get("fallback")
            if isinstance(instead, dict):
                self._one(instead, kind, f"{at}/fallback")
            elif instead != "drop":
                self.say(at, f"unknown {kind} {name}")
            return
        self._shape(node, shape, at)
        self._clock(node, name, at)
        if name.startswith("Input."):
            self._input(node, name, at)
        elif name.startswith("Action."):
            self._action(node, name, at)
        elif name.startswith("Chart."):
            self._chart(node, at)
        elif kind == "point":
            self._point(node, at)

    def _clock(self, node: Json, name: str, at: str) -> None:
        """DATE and TIME are worked out in the text of a TextBlock, and nowhere else."""
        for key, value in node.items():
            if not isinstance(value, str) or not CLOCK.search(value):
                continue
            if (name, key) != ("TextBlock", "text"):
                self.say(f"{at}/{key}", "DATE and TIME are drawn in a TextBlock alone")
            elif CLOCK.search(CLOCK_FORM.sub("", value)):
                self.say(f"{at}/{key}", "a moment that would be shown as it is written")

    def _input(self, node: Json, name: str, at: str) -> None:
        id_ = str(node.get("id"))
        if id_ in self._inputs:
            self.say(at, f"the id {id_} is taken")
        self._inputs.add(id_)
        if node.get("isRequired") and not (node.get("label") and node.get("errorMessage")):
            self.say(at, "a required field needs a label and an errorMessage")
        if name != "Input.ChoiceSet":
            return
        if not are_options(node.get("choices", [])):
            self.say(f"{at}/choices", "must be objects with a title and a value")
        query = node.get("choices.data")
        if query is not None and (
            not isinstance(query, dict) or query.get("type") != "Data.Query" or not query.get("dataset")
        ):
            self.say(f"{at}/choices.data", "must be a Data.Query with a dataset")

    def _chart(self, node: Json, at: str) -> None:
        if node.get("data") == []:
            self.say(f"{at}/data", "a chart without a bar")
        if not isinstance(node.get("title", ""), str):
            self.say(f"{at}/title", "is no text")
        if not isinstance(node.get("showTitle", False), bool):
            self.say(f"{at}/showTitle", "is neither true nor false")

    def _point(self, node: Json, at: str) -> None:
        if not isinstance(node.get("x", ""), str):
            self.say(f"{at}/x", "is no text")
        count = node.get("y", 0)
        if isinstance(count, bool) or not isinstance(count, int | float):
            self.say(f"{at}/y", "is no number")

    def _action(self, node: Json, name: str, at: str) -> None:
        if name == "Action.Execute" and not node.get("verb"):
            self.say(at, "verb is missing: the client sends nothing")
        if name == "Action.OpenUrl" and not URL.fullmatch(str(node.get("url"))):
            self.say(f"{at}/url", "is no address")
        if not at.endswith("/selectAction") and not node.get("title"):
            self.say(at, "a button without a title")
        if name == "Action.ShowCard":
            if isinstance(node.get("card"), dict):
                self.card(node["card"], f"{at}/card")
            else:
                self.say(at, "card is no card")
