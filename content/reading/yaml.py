"""Read a YAML file into nodes that remember their lines, and say in a sentence what YAML itself trips over.

Values stay what the writer typed, without YAML's own ideas of numbers, dates and truth.
"""

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import PurePath

import yaml
from msgspec import Struct, field

from content import wording
from content.model import Fault
from content.reading import yaml_errors

Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
LOADER: Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # libyaml's is ten times as fast
_SCANNERS_DEPTH = "maximum nesting depth"  # where the scanner gives up by itself, PyYAML 6.0.4
_TOO_DEEP = "lists and keys are nested too deeply here: compare the line with docs/writing.md"
_CUT_OFF = re.compile(r"\s+#\S")  # after a plain value
DEEPEST = 12  # the format needs six; a bound keeps a hostile file from exhausting the stack


class Scalar(Struct, frozen=True):
    """One value as typed. `style` is YAML's: empty for plain, a quote, `|` or `>`; lines count from 1."""

    value: str
    line: int
    last_line: int
    style: str


class Items(Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    line: int


class Entries(Struct, frozen=True):
    """Keys and their values, in file order, each key once."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int

    def get(self, name: str) -> "Node | None":
        """Give the value of a key; None where it is not there."""
        return next((value for key, value in self.entries if key.value == name), None)


class Unread(Struct, frozen=True):
    """What could not be read; its fault is reported already."""

    line: int


Node = Scalar | Items | Entries | Unread


class File(Struct, frozen=True):
    """One content file while it is read: its name and lines, and what was found wrong in it."""

    name: str
    lines: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """Give the file's name without folder and ending: `risks` for `tips/risks.yaml`."""
        return PurePath(self.name).stem

    def fault(self, line: int, sentence: str) -> None:
        """Note what keeps the file from being used, once for each line."""
        fault = Fault(self.name, line, sentence)
        if fault not in self.faults:
            self.faults.append(fault)

    def warn(self, line: int, sentence: str) -> None:
        """Note what a writer should look at, though the file can be used."""
        warning = Fault(self.name, line, sentence)
        if warning not in self.warnings:
            self.warnings.append(warning)

    def line_of(self, scalar: Scalar, near: str) -> int:
        """Find the line of a value on which `near` stands; the value's first line where that cannot be told."""
        block = scalar.style in ("|", ">")
        first = scalar.line + block
        for line in range(first, min(scalar.last_line, len(self.lines)) + 1):
            if near and near in self.lines[line - 1]:
                return line
        return min(first, scalar.last_line)


def opened(name: str, data: bytes) -> tuple[File, str | None]:
    """Decode a file into a text that is safe for YAML, noting what nobody sees; None where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        file = File(name)
        line = data.count(b"\n", 0, error.start) + 1
        file.fault(line, "this is not UTF-8: save the file with that encoding, and type this line's signs anew")
        return file, None
    file = File(name, tuple(re.split(r"\r\n|\r|\n", text) if "\r" in text else text.split("\n")))
    if not wording.unseen(text):  # as nearly always: looking through each line takes ten times as long
        return file, text
    for number, line_text in enumerate(file.lines, 1):
        if sign := wording.unseen(line_text):
            file.fault(number, f"a sign that nobody sees stands here ({sign}): delete it")
    return file, wording.without_unseen(text)


def root(file: File, text: str, loader: Loader = LOADER) -> Node:
    """Read the one document of a file; faults are noted in `file`."""
    with closing(_events(text, loader)) as events:
        try:
            return _Composing(file, events).document()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            if mark and _SCANNERS_DEPTH in str(error.problem):
                file.fault(mark.line + 1, _TOO_DEEP)
            else:
                file.fault(*yaml_errors.advice(error, file.lines))
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            file.fault(1, f"this cannot be read as YAML ({reason}): compare it with docs/writing.md")
        except _TooDeepError as error:
            file.fault(error.line, _TOO_DEEP)
    return Unread(1)


def mapping(file: File, node: Node | None, named: str) -> Entries | None:
    """Take a node for keys and values, noting a fault where it is something else."""
    match node:
        case None | Unread():
            return None
        case Entries():
            return node
        case Scalar(line=line) | Items(line=line):
            file.fault(line, f"{named} consists of keys and values: write `key: value` lines, indented alike")
            return None


def _events(text: str, loader: Loader) -> Generator[yaml.Event, None, None]:
    reading = loader(text)
    try:
        while reading.check_event():
            event = reading.get_event()
            if event is not None:
                yield event
    finally:
        reading.dispose()


class _TooDeepError(Exception):
    """The nesting passes DEEPEST."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Composing(Struct, frozen=True):
    """The events of one file on their way to nodes."""

    file: File
    events: Iterator[yaml.Event]

    def document(self) -> Node:
        """Read the first document, and refuse a second."""
        found: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    self.file.fault(
                        _line(event), "`---` begins a second document: a content file is one, so take it out"
                    )
                    return Unread(1)
                found = self.node(next(self.events), 1)
        if found is None:
            self.file.fault(1, "the file is empty: docs/writing.md shows what belongs in it")
        return found or Unread(1)

    def node(self, event: yaml.Event, depth: int) -> Node:
        """Read the node that begins with `event`; anchors, aliases and tags are refused, as writers never mean them."""
        line = _line(event)
        if depth > DEEPEST:
            raise _TooDeepError(line)
        if isinstance(event, yaml.AliasEvent):
            self.file.fault(
                line, f"`*{event.anchor}` repeats another value: write it out, or quote a text that begins with `*`"
            )
            return Unread(line)
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self.file.fault(line, f"`&{event.anchor}` names a value: take it out, or quote a text that begins with `&`")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self.file.fault(line, f"`{event.tag}` is read as a tag: take it out, or quote a text that begins with `!`")
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self.items(depth)), line)
        if isinstance(event, yaml.MappingStartEvent):
            return Entries(tuple(self.entries(depth)), line)
        return self.scalar(event)

    def items(self, depth: int) -> Iterator[Node]:
        """Read a list's items."""
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        """Read keys and values; a key that is repeated or no plain word is refused."""
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.file.fault(key.line, "a key must be one word: quote a text that begins with `[` or `{`")
            elif key.value == "<<":
                self.file.fault(key.line, "`<<` merges other keys in: write them out")
            elif key.value in seen:
                self.file.fault(
                    key.line, f"`{key.value}` stands here a second time, first on line {seen[key.value]}: keep one"
                )
            else:
                seen[key.value] = key.line
                yield key, value

    def scalar(self, event: yaml.Event) -> Scalar:
        """Read a value; what YAML would silently fold or cut off is reported."""
        first = _line(event) - 1
        last, column = (event.end_mark.line, event.end_mark.column) if event.end_mark else (first, 0)
        style = getattr(event, "style", "") or ""
        scalar = Scalar(str(getattr(event, "value", "")), first + 1, last + (column > 0 or last == first), style)
        if style == ">":
            for number in range(first + 2, min(scalar.last_line, len(self.file.lines))):
                here, above = self.file.lines[number], self.file.lines[number - 1]
                if above.strip() and yaml_errors.is_item(here):
                    self.file.fault(
                        number + 1, "`>` would fold this list into one line: begin the text with `|-` instead of `>-`"
                    )
                    break
        elif not style and last < len(self.file.lines) and _CUT_OFF.match(self.file.lines[last], column):
            self.file.warn(last + 1, "YAML takes what follows ` #` for a comment: quote the text if it belongs to it")
        return scalar


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
