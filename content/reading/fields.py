"""Read the values of one mapping, each against its rule, and note every fault with its line."""

import re
from collections.abc import Iterator
from copy import copy
from datetime import date
from typing import TypeVar

from content import matching, wording
from content.inline import Prose, Rich
from content.reading import yaml
from content.reading.citations import Reading
from content.reading.schema import SHAPES
from content.reading.texts import Texts
from content.reading.yaml import Entries, Items, Node, Scalar, Unread
from content.references import Reference

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
Word = TypeVar("Word", bound=str)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_STALE_MONTHS = 12  # claims checked longer ago than this are worth a warning


class Fields(Texts):
    """The values of one mapping. A value with a fault is read as an empty one, and the fault noted."""

    @classmethod
    def of(cls, reading: Reading, node: Node | None, shape: str) -> "Fields | None":
        """Take a node for a mapping of a shape, noting a fault where it is none."""
        kind = SHAPES[shape].kind
        entries = yaml.mapping(reading.file, node, f"an {kind}" if kind[0] in "aeio" else f"a {kind}")
        return cls(reading, entries, shape) if entries else None

    def __init__(self, reading: Reading, node: Entries, shape: str) -> None:
        super().__init__(reading, shape)
        known = SHAPES[shape]
        self.begins = node.line
        self.nodes = {name.value: value for name, value in node.entries}
        self.lines = {name.value: name.line for name, _ in node.entries}
        missing = [name for name in known.required if name not in self.nodes]
        free = [name for name in known.keys if name not in self.nodes]
        for name, line in self.lines.items():
            if name in known.keys:
                continue
            near = matching.suggestion(name, free, missing)
            self.file.fault(line, f"unknown key `{name[:60]}`{near or f': no {self.kind} has it, so take it out'}")
            missing = [other for other in missing if f"`{other}`" not in near]
        for name in missing:
            self.file.fault(self.begins, f"this {self.kind} has no `{name}`: add it")

    def apart(self) -> "Fields":
        """Give the same values, of which what texts link to is collected apart."""
        other = copy(self)
        other.reading = self.reading.apart()
        return other

    def inner(self, name: str, shape: str) -> "Fields | None":
        """Give the mapping of a shape that stands behind a key."""
        return Fields.of(self.reading, self.nodes.get(name), shape)

    def inners(self, name: str, shape: str) -> Iterator["Fields"]:
        """Give the mappings of a shape in the list behind a key."""
        for node in self.items(name):
            if fields := Fields.of(self.reading, node, shape):
                yield fields

    def reference(self, name: str) -> Reference | None:
        """Read a reference by its id."""
        id_ = self.text(name)
        return self.reading.citations.found(self.file, self.line(name), id_) if id_ else None

    def line(self, name: str) -> int:
        """Give the line on which a key stands, or the mapping's first."""
        return self.lines.get(name, self.begins)

    def text(self, name: str) -> str:
        """Read plain words of one line, drawn as they are."""
        scalar = self._scalar(self.nodes.get(name), name)
        return self._plain(scalar, name) if scalar else ""

    def texts(self, name: str) -> tuple[tuple[str, int], ...]:
        """Read a list of plain words, each with its line."""
        scalars = [self._scalar(node, f"an item of `{name}`") for node in self.items(name)]
        return tuple((self._plain(scalar, name), scalar.line) for scalar in scalars if scalar)

    def rich(self, name: str) -> Rich:
        """Read one paragraph of Markdown."""
        scalar = self._scalar(self.nodes.get(name), name)
        return self._rich(scalar, name) if scalar else ()

    def riches(self, name: str) -> tuple[Rich, ...]:
        """Read a list of Markdown, one paragraph an item."""
        scalars = [self._scalar(node, f"an item of `{name}`") for node in self.items(name)]
        return tuple(self._rich(scalar, name) for scalar in scalars if scalar)

    def prose(self, name: str) -> Prose:
        """Read paragraphs and lists of Markdown."""
        scalar = self._scalar(self.nodes.get(name), name)
        return self._prose(scalar, name) if scalar else ()

    def number(self, name: str) -> int:
        """Read a whole number within its range."""
        scalar = self._scalar(self.nodes.get(name), name, as_text=False)
        if scalar is None:
            return 0
        least, most = self.keys[name].count or (0, 0)
        if scalar.style or not _WHOLE.fullmatch(scalar.value):
            self.file.fault(scalar.line, f"`{name}` is a whole number: write digits alone, without quotes")
            return 0
        if not least <= int(scalar.value) <= most:
            self.file.fault(scalar.line, f"`{name}` is {scalar.value}: it must be from {least} to {most}")
        return int(scalar.value)

    def month(self, name: str) -> str:
        """Read the year and month of a check, `YYYY-MM`, not in the future; one long past is worth a warning."""
        scalar = self._scalar(self.nodes.get(name), name, as_text=False)
        if scalar is None:
            return ""
        match = MONTH.fullmatch(scalar.value)
        if not match:
            self.file.fault(scalar.line, f"`{name}` is a year and month such as 2026-11, not `{scalar.value[:20]}`")
            return ""
        today = self.reading.today
        if today is not None:
            age = (today.year - int(match[1])) * 12 + today.month - int(match[2])
            if age < 0:
                self.file.fault(
                    scalar.line, f"`{name}` is {scalar.value}, which is yet to come: write the month of the last check"
                )
            elif age > _STALE_MONTHS:
                self.file.warn(
                    scalar.line, f"the claims were last checked in {scalar.value}: check them again and set `{name}`"
                )
        return scalar.value

    def day(self, name: str) -> date | None:
        """Read a day, `YYYY-MM-DD`."""
        scalar = self._scalar(self.nodes.get(name), name, as_text=False)
        if scalar is None:
            return None
        try:
            day = date.fromisoformat(scalar.value) if DATE.fullmatch(scalar.value) else None
        except ValueError:  # 2026-02-30
            day = None
        if day is None:
            self.file.fault(scalar.line, f"`{name}` is a day such as 2026-12-02, not `{scalar.value[:20]}`")
        return day

    def identity(self, name: str) -> str:
        """Read an id."""
        words = self.text(name)
        if words and not ID.fullmatch(words):
            self.file.fault(
                self.line(name), f"`{words[:60]}` cannot be an id: use lower-case letters, digits and hyphens"
            )
        return words

    def address(self, name: str) -> str:
        """Read an https address."""
        scalar = self._scalar(self.nodes.get(name), name)
        if scalar and not wording.is_address(scalar.value):
            self.file.fault(
                scalar.line,
                f"`{name}` must begin with https:// and have no spaces: write odd signs as %-escapes",
            )
        return scalar.value if scalar else ""

    def choice(self, name: str, allowed: tuple[Word, ...]) -> Word:
        """Read one of a few words; the first of them where there is a fault."""
        scalar = self._scalar(self.nodes.get(name), name, as_text=False)
        for word in allowed:
            if scalar and scalar.value == word:
                return word
        if scalar:
            near = matching.suggestion(scalar.value, allowed) or f": it must be one of {', '.join(allowed)}"
            self.file.fault(scalar.line, f"`{name}` is `{scalar.value[:30]}`{near}")
        return allowed[0]

    def items(self, name: str) -> tuple[Node, ...]:
        """Give a list's items, noting where there are too few or too many."""
        items = self.list_of(name)
        least, most = self.keys[name].count or (0, 0)
        if isinstance(self.nodes.get(name), Items) and not least <= len(items) <= most:
            todo = "add some" if len(items) < least else "take some out"
            wanted = f"from {least} to {most}" if least < most else f"exactly {most}"
            self.file.fault(self.line(name), f"`{name}` has {len(items)}, {wanted} are wanted: {todo}")
        return items

    def list_of(self, name: str) -> tuple[Node, ...]:
        """Give a list's items, however many."""
        match self.nodes.get(name):
            case None | Unread():
                return ()
            case Items(items):
                return items
            case Scalar(line=line) | Entries(line=line):
                self.file.fault(line, f"`{name}` is a list: begin each item on its own line with `- `")
                return ()
