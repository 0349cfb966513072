"""Read the values of one mapping, each against its rule, and note every fault with its line."""

import html
import re
from collections.abc import Iterator
from copy import copy
from typing import TypeVar

from content import inline, markdown, matching, wording
from content.inline import Prose, Rich
from content.markdown import Undrawable
from content.model import Reference
from content.reading import yaml, yaml_errors
from content.reading.citations import Reading
from content.reading.schema import SHAPES
from content.reading.yaml import Entries, Items, Node, Scalar, Unread

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")
Word = TypeVar("Word", bound=str)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_MARKUP = 4000  # characters of marks and addresses in one text, beyond which the parser is not asked
_MARKS = ("**", "`", "](")
# A side stands in one field beside its title (Slack: field 2,000 characters), counted with addresses and escapes.
_DRAWN = 1900
_STALE_MONTHS = 12  # claims checked longer ago than this are worth a warning


class Fields:
    """The values of one mapping. A value with a fault is read as an empty one, and the fault noted."""

    @classmethod
    def of(cls, reading: Reading, node: Node | None, shape: str) -> "Fields | None":
        """Take a node for a mapping of a shape, noting a fault where it is none."""
        kind = SHAPES[shape].kind
        entries = yaml.mapping(reading.file, node, f"an {kind}" if kind[0] in "aeio" else f"a {kind}")
        return cls(reading, entries, shape) if entries else None

    def __init__(self, reading: Reading, node: Entries, shape: str) -> None:
        known = SHAPES[shape]
        self.reading = reading
        self.file = reading.file
        self.kind = known.kind
        self.keys = known.keys
        self.begins = node.line
        self.nodes = {name.value: value for name, value in node.entries}
        self.lines = {name.value: name.line for name, _ in node.entries}
        missing = [name for name in known.required if name not in self.nodes]
        free = [name for name in known.keys if name not in self.nodes]
        for name, line in self.lines.items():
            if name in known.keys:
                continue
            near = matching.suggestion(name, free)
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
        if scalar is None or self._is_too_long(scalar, name, scalar.value, marks=_MARKUP):
            return ()
        try:
            prose = markdown.parse_prose(scalar.value)
        except Undrawable as error:
            self._refuse(scalar, name, error)
            return ()
        words = inline.plain_prose(prose)
        self._is_too_long(scalar, name, words)
        self._is_blank(scalar, name, words)
        return tuple(
            inline.Paragraph(self._cited(scalar, block.text))
            if isinstance(block, inline.Paragraph)
            else inline.Bullets(tuple(self._cited(scalar, item) for item in block.items), block.ordered)
            for block in prose
        )

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
        scalar = self._scalar(self.nodes.get(name), name)
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

    def _scalar(self, node: Node | None, name: str, *, as_text: bool = True) -> Scalar | None:
        named = name if "`" in name else f"`{name}`"
        match node:
            case None | Unread():
                return None
            case Items(_, line):
                self.file.fault(
                    line, f"{named} is one text, not a list: put it below `>-`, or quote it if it begins with `[`"
                )
                return None
            case Entries(_, line):
                self.file.fault(
                    line, f"{named} is one text, but a colon with a space makes YAML read a key: quote the text"
                )
                return None
            case Scalar(value, line, last_line, style):
                if not value.strip():
                    self.file.fault(line, f"{named} has no text: write some")
                elif wording.is_blank(value):
                    self.file.fault(line, f"{named} has no text that anybody sees: write some")
                elif as_text and not style and yaml_errors.is_misread(value):
                    self.file.fault(
                        line, f'YAML would misread {value[:40]} as something else: quote it, as "{value[:40]}"'
                    )
                elif sign := wording.unseen(value) or ("U+0009, a tab" if "\t" in value else ""):
                    self.file.fault(line, f"{named} contains a sign that nobody sees ({sign}): take it out")
                else:
                    return Scalar(value.strip(), line, last_line, style)
                return None

    def _plain(self, scalar: Scalar, name: str) -> str:
        self._is_too_long(scalar, name, scalar.value)
        if "\n" in scalar.value:
            self.file.fault(scalar.line, f"`{name}` is one line: take out the line break")
        if any(mark in scalar.value for mark in _MARKS):
            self.file.fault(scalar.line, f"`{name}` is drawn as it is: take the Markdown out")
        if code := wording.shortcode(scalar.value):
            self.file.fault(scalar.line, f"`{code}` is an emoji on Slack only: write the emoji itself")
        return scalar.value

    def _rich(self, scalar: Scalar, name: str) -> Rich:
        if self._is_too_long(scalar, name, scalar.value, marks=_MARKUP):
            return ()
        try:
            rich = markdown.parse_inline(scalar.value)
        except Undrawable as error:
            self._refuse(scalar, name, error)
            return ()
        words = inline.plain(rich)
        self._is_blank(scalar, name, words)
        resolved = self._cited(scalar, rich)
        drawn = len(html.escape(words, quote=False)) + sum(len(url) + 3 for url in inline.links(resolved))
        if not self._is_too_long(scalar, name, words) and drawn > _DRAWN:
            self.file.fault(
                scalar.line, f"`{name}` takes {drawn} characters with its addresses, at most {_DRAWN}: cite fewer"
            )
        return resolved

    def _cited(self, scalar: Scalar, rich: Rich) -> Rich:
        """Resolve links: a reference's gets its address, a term's becomes plain words, as no platform could open it."""

        def address(url: str) -> str:
            line = self.file.line_of(scalar, url)
            if url.startswith(markdown.TERM_SCHEME):
                name = url.removeprefix(markdown.TERM_SCHEME)
                self.reading.citations.explain(self.file, line, name)
                self.reading.linked.append(name)
                return ""
            if not url.startswith(markdown.REFERENCE_SCHEME):
                return url
            reference = self.reading.citations.found(self.file, line, url.removeprefix(markdown.REFERENCE_SCHEME))
            return reference.url if reference else url

        return inline.with_links(rich, address)

    def _refuse(self, scalar: Scalar, name: str, error: Undrawable) -> None:
        for each in (error, *error.others):
            self.file.fault(self.file.line_of(scalar, each.near), f"in `{name}`, {each}")

    def _is_blank(self, scalar: Scalar, name: str, words: str) -> None:
        if wording.is_blank(words):
            self.file.fault(scalar.line, f"`{name}` has no text that anybody sees: write some")

    def _is_too_long(self, scalar: Scalar, name: str, words: str, marks: int = 0) -> bool:
        most = self.keys[name].most
        if len(words) <= most + marks:
            return False
        self.file.fault(
            scalar.line, f"`{name}` has {len(words)} characters, at most {most} fit: shorten it by {len(words) - most}"
        )
        return True
