"""Read a file of questions, and say in a sentence what is wrong with it, as `check` does of the content."""

from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec import Struct

from bot.cli.questions import HALVES, LIST, NOTHING, Half, Question
from content import matching, wording
from content.library import Library
from content.reading import yaml
from content.reading.yaml import Entries, File, Items, Node, Scalar

_KEYS = ("ask", "answers", "nothing", "half")
_NEEDED_KEYS = ("ask", "half")
_KINDS = ("tip", "dilemma", "term", "dimension")
_FORMS = f"write {', '.join(f'{kind}/ID' for kind in _KINDS)} or {LIST}"
_NEEDED = "a file of questions is a list below `questions:`, each with `ask`, `answers` and `half`"


class Asked(Struct, frozen=True):
    """What a file asks, and the file with its faults; with any fault, some questions are left out."""

    file: File
    questions: tuple[Question, ...]


def read(path: Path, library: Library | None) -> Asked:
    """Read a file of questions; without a library it cannot be told whether their subjects exist.

    Raises:
        OSError: it cannot be read.
    """
    file, text = yaml.opened(wording.shown(str(path)), path.read_bytes())
    if text is None:
        return Asked(file, ())
    root = yaml.root(file, text)
    listed = root.get("questions") if isinstance(root, Entries) else None
    if not isinstance(listed, Items):
        if not file.faults:
            file.fault(root.line, f"{_NEEDED}: docs/writing.md shows one")
        return Asked(file, ())
    known = _subjects(library) if library else None
    return Asked(file, tuple(_Reading(file, known).questions(listed)))


def _subjects(library: Library) -> tuple[str, ...]:
    return (
        LIST,
        *(f"dimension/{dimension.id}" for dimension in library.dimensions),
        *(f"tip/{tip.id}" for tip in library.tips),
        *(f"dilemma/{dilemma.id}" for dilemma in library.dilemmas),
        *(f"term/{term.id}" for term in library.terms),
    )


class _Reading:
    """The questions of one file while they are read, each compared with those above it."""

    def __init__(self, file: File, known: Collection[str] | None) -> None:
        self.file = file
        self.known = known
        self.above = ""
        self.asked: dict[str, int] = {}

    def questions(self, listed: Items) -> Iterator[Question]:
        for node in listed.items:
            entries = yaml.mapping(self.file, node, "a question")
            if entries is None:
                continue
            missing = [name for name in _NEEDED_KEYS if entries.get(name) is None]
            for name, _ in entries.entries:
                if name.value not in _KEYS:
                    near = matching.suggestion(name.value, _KEYS, missing) or f": a question has {', '.join(_KEYS)}"
                    self.file.fault(name.line, f"unknown key `{name.value[:60]}`{near}")
            ask, half, right = self.ask(entries), self.half(entries), self.right(entries)
            if ask and half and right:
                yield Question(ask, right, half, entries.line)

    def ask(self, entries: Entries) -> str:
        """Read what is typed, which no other question types."""
        match entries.get("ask"):
            case Scalar(value, line) if value.strip():
                first = self.asked.setdefault(matching.key(value) or value, line)
                if first != line:
                    self.file.fault(line, f"`{value}` is asked on line {first} already: take one of them out")
                return value
            case _:
                self.file.fault(entries.line, "this question has no `ask`: write what people type")
                return ""

    def half(self, entries: Entries) -> Half | None:
        """Read the half, of which it has to be the turn."""
        match entries.get("half"):
            case Scalar(value, line) if value in HALVES:
                half = HALVES[HALVES.index(value)]
                turn = HALVES[0] if self.above in ("", HALVES[1]) else HALVES[1]
                if half != turn:
                    where = f"the question above it is `{self.above}`" if self.above else "the first question"
                    self.file.fault(line, f"`half` is `{value}`, and {where}: they take turns, so write `{turn}`")
                self.above = half
                return half
            case Scalar(value, line) if value.strip():
                near = matching.suggestion(value, HALVES) or f": write {' or '.join(HALVES)}"
                self.file.fault(line, f"`half` is `{value[:30]}`{near}")
            case _:
                self.file.fault(entries.line, f"this question has no `half`: write {' or '.join(HALVES)}, by turns")
        self.above = HALVES[1] if self.above == HALVES[0] else HALVES[0]
        return None

    def right(self, entries: Entries) -> tuple[str, ...]:
        """Read the subjects that answer it, best first, or that nothing does."""
        answers, nothing = entries.get("answers"), entries.get("nothing")
        match answers, nothing:
            case Items(items), None if items:
                return tuple(self.subjects(items))
            case None, Scalar("true"):
                return (NOTHING,)
            case None, Scalar(value, line):
                self.file.fault(line, f"`nothing` is `{value[:30]}`: write `true`, or what answers it in `answers`")
            case _:
                line = answers.line if answers else entries.line
                self.file.fault(
                    line, "write what answers this in `answers: [...]`, best first, or else `nothing: true`"
                )
        return ()

    def subjects(self, items: tuple[Node, ...]) -> Iterator[str]:
        """Read subjects, each of which exists and is named once."""
        seen = set()
        for item in items:
            if not isinstance(item, Scalar):
                self.file.fault(item.line, f"an answer is one word: {_FORMS}")
                continue
            value, line = item.value, item.line
            kind, slash, _ = value.partition("/")
            if value != LIST and not (slash and kind in _KINDS):
                near = matching.suggestion(value, [LIST]) or f": {_FORMS}"
                self.file.fault(line, f"`{value[:60]}` is no subject{near}")
            elif self.known is not None and value not in self.known:
                near = matching.suggestion(value, self.known) or ": take it out"
                self.file.fault(line, f"there is no `{value[:60]}`{near}")
            elif value in seen:
                self.file.fault(line, f"`{value}` answers this already: name it once")
            seen.add(value)
            yield value
