"""Put what readers told the writers in order: by subject, what is wrong for longest first."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cards.model import Subject
from content.library import Library
from store.learning.feedback import Feedback
from store.learning_tables import FeedbackKind

KINDS: tuple[FeedbackKind, ...] = get_args(FeedbackKind)
SHORT = 8  # digits of an id that are shown; as many as tell it from the others may be typed
COLUMNS = (
    *("id", "kind", "subject", "title", "version", "place", "words", "source", "wants_answer", "platform"),
    *("workspace", "conversation", "created_at", "closed_at", "fixed_in"),
)
_WITHOUT: Mapping[FeedbackKind, str] = {
    "missing": "What was missing",
    "tip": "Suggested tips",
    "dilemma": "Suggested dilemmas",
}


class Group(Struct, frozen=True):
    """What was told of one subject, or of none: what is wrong first, then in the order of the kinds, oldest first.

    `title` is the subject's and `version` the one it has now; '' and 0 where it has gone from the content.
    """

    subject: str
    title: str
    version: int
    rows: tuple[Feedback, ...]

    @property
    def counts(self) -> dict[FeedbackKind, int]:
        """How often each kind was told, those that were."""
        found = Counter(row.kind for row in self.rows)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def as_json(self) -> dict[str, Any]:
        """Give it as a JSON-ready object."""
        return {
            "subject": self.subject,
            "title": self.title,
            "version": self.version,
            "counts": self.counts,
            "rows": [record(row, self.title) for row in self.rows],
        }


def grouped(library: Library | None, rows: Sequence[Feedback]) -> list[Group]:
    """Group rows, which come oldest first; the group with the oldest open `wrong` is the first."""
    groups: dict[str, list[Feedback]] = {}
    for row in rows:
        groups.setdefault(row.subject or row.kind, []).append(row)
    ordered = sorted(groups.values(), key=_urgency)
    return [_group(library, sorted(group, key=lambda row: KINDS.index(row.kind))) for group in ordered]


def _urgency(group: Sequence[Feedback]) -> tuple[bool, float]:
    wrong = [row for row in group if row.kind == "wrong" and row.closed_at is None]
    return not wrong, (wrong or group)[0].created_at.timestamp()


def _group(library: Library | None, rows: Sequence[Feedback]) -> Group:
    first = rows[0]
    if not first.subject:
        return Group("", _WITHOUT.get(first.kind, first.kind), 0, tuple(rows))
    title, version = standing(library, first.subject)
    return Group(first.subject, title, version, tuple(rows))


def standing(library: Library | None, subject: str) -> tuple[str, int]:
    """Give what a subject is called and which version it has now; '' and 0 where it is not in the content."""
    try:
        read = Subject.parse(subject)
    except ValueError:
        return "", 0
    finds = {"dimension": library.dimension, "tip": library.tip, "dilemma": library.dilemma} if library else {}
    content = finds[read.kind](read.id) if finds else None
    return (content.title, content.version) if content else ("", 0)


def record(row: Feedback, title: str) -> dict[str, Any]:
    """Give a row as a JSON-ready object, by `COLUMNS`: whether an answer is wanted, not who wants it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": row.subject,
        "title": title if row.subject else "",
        "version": row.version,
        "place": row.place,
        "words": row.words,
        "source": row.source,
        "wants_answer": row.person != "",
        "platform": row.platform,
        "workspace": row.workspace,
        "conversation": row.conversation,
        "created_at": row.created_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "fixed_in": row.fixed_in,
    }


def print_list(groups: Sequence[Group], console: Console) -> None:
    """Print groups for a person: a heading each, with counts, and a line for each row."""
    if not groups:
        console.print("Nobody told the writers anything that is open. `--all` shows what was closed too.")
    for group in groups:
        console.print(Text(_heading(group), style="bold"))
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 1))
        for name, fixed in (("id", True), ("day", True), ("kind", True), ("where", True), ("words", False)):
            table.add_column(name, no_wrap=fixed, overflow="fold")
        for row in group.rows:
            words = Text(printable(row.words).replace("\n", " ") or "—", style="" if row.words else "dim")
            table.add_row(row.id[:SHORT], f"{row.created_at:%Y-%m-%d}", row.kind, _where(row), words)
        console.print(table)


def _heading(group: Group) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in group.counts.items())
    if not group.subject:
        return f"{group.title}: {counts}"
    now = f" · {group.title}, version {group.version} now" if group.version else " · not in the content any more"
    return f"{group.subject}{now}: {counts}"


def _where(row: Feedback) -> str:
    """Say of which version it is, where in the text, and whether it is closed."""
    parts = [f"v{row.version}" if row.version else "", row.place, _ending(row)]
    return " ".join(filter(None, parts))


def _ending(row: Feedback) -> str:
    if row.closed_at is None:
        return "wants an answer" if row.person else ""
    return f"fixed in {row.fixed_in}" if row.fixed_in else "closed"


def printable(words: str) -> str:
    """Give words that move no terminal: control characters but line ends become spaces."""
    return "".join(" " if sign != "\n" and unicodedata.category(sign) == "Cc" else sign for sign in words)


def details(row: Feedback, title: str) -> Iterator[tuple[str, str]]:
    """Give a row's fields with their names, those that hold something."""
    for name, value in record(row, title).items():
        if value not in {"", None, 0}:
            yield name.replace("_", " "), "yes" if value is True else printable(str(value))
