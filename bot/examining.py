"""Examine the content for a writer."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bot import drawing
from content.library import FaultyContent
from content.model import Fault


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What a writer should know of the content: what must be mended, and what should be looked at."""

    path: Path
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Say whether the bot would take this content."""
        return not self.faults

    def as_json(self) -> str:
        """Write it for a script."""
        lists = {"faults": self.faults, "warnings": self.warnings}
        return json.dumps(
            {"ok": self.ok, **{name: [asdict(one) for one in found] for name, found in lists.items()}}, indent=2
        )

    def as_text(self) -> str:
        """Write it for a person: a line a fault, which editors can jump to."""
        lines = [*map(str, self.faults), *(f"{warning} (warning)" for warning in self.warnings)]
        count = len(self.faults)
        closing = f"{self.path}: " + (f"{count} fault{'' if count == 1 else 's'}" if count else "no faults")
        return "\n".join([*lines, closing])


def content(path: Path, today: date) -> ContentReport:
    """Read the content at `path`, draw its cards, and report every fault."""
    try:
        return ContentReport(path, (), drawing.load(path, today).warnings)
    except FaultyContent as error:
        return ContentReport(path, error.faults, error.warnings)
