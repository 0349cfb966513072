"""The measures that blocks are checked with: lengths, counts, shapes, in Slack's words."""

import re
from collections.abc import Collection
from typing import Any

from playground.shared.values import Json

ID_LENGTH = 255
# docs.slack.dev/messaging/formatting-message-text#date-formatting
DATE = re.compile(r"<!date\^[^>]*>")
DATE_FORM = re.compile(r"<!date\^-?\d+\^([^|^<>]+)(\^https?://[^|^<>]+)?\|[^|<>]+>")
DATE_TOKENS = re.compile(
    r"date|date_(?:num|slash|long|long_full|long_pretty|pretty|short|short_pretty)|day_divider_pretty|time|time_secs|ago"
)


class Check:
    """Collects every complaint, each with the JSON pointer that Slack would give."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def say(self, at: str, words: str) -> None:
        """Adds a complaint about the place `at`."""
        self.complaints.append(f"{words} [json-pointer:{at}]")

    def is_object(self, value: object, at: str) -> bool:
        """Complains about anything but a JSON object."""
        if isinstance(value, dict):
            return True
        self.say(at, "must provide an object")
        return False

    def keys(self, value: Json, at: str, allowed: Collection[str]) -> None:
        """Complains about every property Slack does not know."""
        for name in value:
            if name not in allowed:
                self.say(at, f"invalid additional property: {name}")

    def string(self, value: object, at: str, *, most: int, least: int = 1) -> None:
        """Complains about text that is too long or too short."""
        if not isinstance(value, str):
            self.say(at, "must be a string")
        elif len(value) < least:
            self.say(at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            self.say(at, f"must be less than {most + 1} characters")

    def pattern(self, value: object, at: str, pattern: str, words: str) -> None:
        """Complains, with `words`, about text of another shape."""
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.say(at, words)

    def one_of(self, value: object, at: str, allowed: Collection[str]) -> None:
        """Complains about a word that is not one of `allowed`."""
        if value not in allowed:
            self.say(at, f"must be one of: {', '.join(sorted(allowed))}")

    def flag(self, value: object, at: str) -> None:
        """Complains about anything but true and false."""
        if not isinstance(value, bool):
            self.say(at, "must be a boolean")

    def items(self, value: object, at: str, *, most: int, least: int = 1) -> list[Any]:
        """The items to go on with; none where it is no list."""
        if not isinstance(value, list):
            self.say(at, "must be an array")
            return []
        if len(value) < least:
            self.say(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            self.say(at, f"no more than {most} items allowed")
        return value

    def need(self, value: Json, at: str, *names: str) -> bool:
        """False, with complaints, where a required field is missing."""
        missing = [name for name in names if name not in value]
        for name in missing:
            self.say(at, f"missing required field: {name}")
        return not missing

    def text(self, value: object, at: str, *, most: int) -> None:
        """A text object of either kind."""
        if not self.is_object(value, at):
            return
        assert isinstance(value, dict)  # noqa: S101  # narrowed by is_object
        kind = value.get("type")
        if kind == "mrkdwn":
            self.keys(value, at, {"type", "text", "verbatim"})
            self.dates(str(value.get("text", "")), f"{at}/text")
        elif kind == "plain_text":
            self.keys(value, at, {"type", "text", "emoji"})
        else:
            self.say(f"{at}/type", "must be one of: mrkdwn, plain_text")
        if self.need(value, at, "text"):
            self.string(value["text"], f"{at}/text", most=most)

    def dates(self, text: str, at: str) -> None:
        """Complains, as Slack does not, about a date that people would read as it is written, or as its fallback."""
        for written in DATE.findall(text):
            form = DATE_FORM.fullmatch(written)
            tokens = re.findall(r"\{(\w+)\}", form[1]) if form else []
            if not tokens or not all(map(DATE_TOKENS.fullmatch, tokens)):
                self.say(at, f"a date that cannot be drawn: {written}")

    def plain(self, value: object, at: str, *, most: int) -> None:
        """A text object that must be plain_text."""
        if isinstance(value, dict) and value.get("type") != "plain_text":
            self.say(f"{at}/type", "must be plain_text")
            return
        self.text(value, at, most=most)

    def identifier(self, value: Json, name: str, at: str, taken: set[str]) -> None:
        """action_id and block_id: 255 characters, unique among `taken`."""
        if name not in value or value[name] == "":
            return
        found = value[name]
        self.string(found, f"{at}/{name}", most=ID_LENGTH)
        if found in taken:
            self.say(f"{at}/{name}", f"`{name}` {found} already exists, it must be unique")
        elif isinstance(found, str):
            taken.add(found)
