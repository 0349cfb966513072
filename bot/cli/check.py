"""Examine the content for a writer."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from bot import content_loading
from bot.cli import questions, questions_file
from bot.cli.learning import told
from content import library, matching, wording
from content.authoring import offered, readability, sameness, similarity, versions
from content.authoring.readability import Grade
from content.authoring.sameness import Share
from content.authoring.similarity import Pair
from content.authoring.versions import UnreadableLockError
from content.library import FaultyContent, Library
from content.model import Fault
from content.reading import folder, snapshot
from content.reading.listing import DIMENSIONS, LISTS, ORDER, VERSIONS


class ContentReport(Struct, frozen=True):
    """What a writer should know of the content: what must be mended, what should be looked at, and how tips read.

    `grades` is None where they cannot be computed here; with faults, they and `nearest` are not looked at.
    """

    path: Path
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    grades: tuple[Grade, ...] | None = ()
    nearest: tuple[Pair, ...] = ()
    shares: tuple[Share, ...] = ()
    found: Mapping[questions.Half, questions.Figures] = field(default_factory=dict)
    misses: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the bot would take this content."""
        return not self.faults

    def as_json(self) -> str:
        """Write it for a script."""
        lists = {"faults": self.faults, "warnings": self.warnings, "misses": self.misses}
        return json.dumps(
            {
                "ok": self.ok,
                **{name: [asdict(one) for one in found] for name, found in lists.items()},
                "grades": {grade.tip.id: round(grade.years, 1) for grade in self.grades or ()},
                "shares": {share.of: round(share.value, 3) for share in self.shares},
                "questions": {half: asdict(figures) for half, figures in self.found.items()},
                "alike": [[pair.tip.id, pair.other.id, round(pair.likeness)] for pair in self.nearest[:_SHOWN]],
            },
            indent=2,
        )

    def as_text(self) -> str:
        """Write it for a person: a line a fault, which editors can jump to, then how the tips read."""
        lines = [*map(str, self.faults), *(f"{warning} (warning)" for warning in self.warnings)]
        count = len(self.faults)
        closing = f"{wording.shown(str(self.path))}: " + (
            f"{count} fault{'' if count == 1 else 's'}" if count else "no faults"
        )
        return "\n".join([*lines, *self._reading(), closing])

    def _reading(self) -> list[str]:
        lines = []
        if self.grades is None:
            lines.append("Reading grades need the developers' packages (requirements-dev.txt)")
        elif self.grades:
            mean = sum(grade.years for grade in self.grades) / len(self.grades)
            hardest = ", ".join(f"{grade.years:.1f} {grade.tip.id}" for grade in self.grades[:_SHOWN])
            lines.append(f"Reading grade of the tips, at most {readability.MOST:g}: mean {mean:.1f}; {hardest}")
        if self.nearest:
            alike = ", ".join(f"{pair.likeness:.0f} {pair.tip.id} / {pair.other.id}" for pair in self.nearest[:_SHOWN])
            lines.append(f"Tips most alike, under {similarity.TOO_ALIKE} of 100: {alike}")
        lines += map(str, self.shares)
        lines += map(str, self.misses)
        lines += [f"Questions, {half}: {figures}" for half, figures in self.found.items()]
        return lines


_SHOWN = 3  # of the hardest tips, and of the most alike ones


def content(
    path: Path,
    today: date,
    asked: Path | None = None,
    *,
    shows_misses: bool = False,
    said: Sequence[told.Told] = (),
    kept: Path | None = None,
) -> ContentReport:
    """Read the content at `path`, draw its cards, and report every fault; and how it answers what a file has `asked`.

    With `shows_misses` also which questions of the half `seen` are answered wrongly. What readers `said` is wrong with
    it is warned of. Cards that are known in the folder `kept` are not drawn again.
    """
    try:
        read = content_loading.load(path, today, kept=kept)
        lock = versions.read(path)
    except FaultyContent as error:
        broken = _sorted(questions_file.read(asked, None).file.faults) if asked else ()
        return ContentReport(path, (*error.faults, *broken), error.warnings)
    except UnreadableLockError as error:
        return ContentReport(path, (Fault(str(path / VERSIONS), 1, str(error)),), ())
    grades, nearest = readability.grades(read.tips), similarity.pairs(read.tips)
    shares = sameness.shares(read.tips)
    faults = [*_hard(read, grades or ()), *_alike(read, nearest), *_of_one_mould(path, shares)]
    warnings = [*read.warnings, *offered.warnings(read), *told.warnings(read, said)]
    if lock:
        entries = versions.versioned(read)
        faults += versions.faults(lock, entries)
        warnings += versions.warnings(path, lock, entries)
    report = ContentReport(path, _sorted(faults), _sorted(warnings), grades, nearest, shares)
    return _answering(report, read, asked, shows_misses=shows_misses) if asked else report


def _answering(report: ContentReport, read: Library, asked: Path, *, shows_misses: bool) -> ContentReport:
    held = questions_file.read(asked, read)
    if held.file.faults:
        return replace(report, faults=(*report.faults, *_sorted(held.file.faults)))
    missed = questions.misses(read, held.questions) if shows_misses else ()
    return replace(
        report,
        found=questions.figures(read, held.questions),
        misses=tuple(Fault(held.file.name, question.line, sentence) for question, sentence in missed),
    )


class UnknownDimensionError(Exception):
    """The content has no dimension of that name; says which ones it has."""


def only(report: ContentReport, name: str) -> ContentReport:
    """Keep what concerns one dimension: its files, which are named after it, and those that belong to all.

    Raises:
        UnknownDimensionError: there is none of that name; not where none can be told of, since the deck is broken.
    """
    known = folder.dimension_ids(snapshot.snapshot(report.path))
    if known and name not in known:
        near = matching.suggestion(name, known)
        raise UnknownDimensionError(f"There is no dimension {name!r}{near}; there are {', '.join(known)}.")
    others = {Path(f"{kind}/{each}.yaml") for each in known if each != name for kind in (DIMENSIONS, *LISTS)}

    def of(found: tuple[Fault, ...]) -> tuple[Fault, ...]:
        return tuple(fault for fault in found if Path(*Path(fault.file).parts[-2:]) not in others)

    return replace(
        report,
        faults=of(report.faults),
        warnings=of(report.warnings),
        grades=report.grades and tuple(grade for grade in report.grades if grade.tip.dimension == name),
        nearest=tuple(pair for pair in report.nearest if name in (pair.tip.dimension, pair.other.dimension)),
    )


def accept(path: Path, today: date, kept: Path | None = None) -> int:
    """Note the texts as they are now as those of their versions; give how many were new, changed or gone.

    Raises:
        FaultyContent: the content has faults, which are mended first.
    """
    report = content(path, today, kept=kept)
    if report.faults:
        raise FaultyContent(report.faults, report.warnings)
    entries = versions.versioned(library.load(path))
    return versions.accept(path, versions.read(path), entries)


def _hard(read: Library, grades: tuple[Grade, ...]) -> list[Fault]:
    hard = [grade for grade in grades if grade.years > readability.MOST]
    places = [read.places[f"tip/{grade.tip.id}"] for grade in hard]
    return [
        Fault(
            place.file,
            place.line,
            f"`{grade.tip.id}` reads at grade {grade.years:.1f}, at most {readability.MOST:g}: "
            "write shorter sentences and plainer words",
        )
        for grade, place in zip(hard, places, strict=True)
    ]


def _alike(read: Library, nearest: tuple[Pair, ...]) -> list[Fault]:
    alike = [pair for pair in nearest if pair.likeness >= similarity.TOO_ALIKE]
    places = [read.places[f"tip/{pair.tip.id}"] for pair in alike]
    return [
        Fault(
            place.file,
            place.line,
            f"`{pair.tip.id}` says much of what `{pair.other.id}` says ({pair.likeness:.0f} of 100 words): "
            "make them one, or say what only this one says",
        )
        for pair, place in zip(alike, places, strict=True)
    ]


def _of_one_mould(path: Path, shares: tuple[Share, ...]) -> list[Fault]:
    return [
        Fault(str(path / ORDER), 1, f"{share}: rewrite some, each in a form of its own")
        for share in shares
        if not share.is_kept
    ]


def _sorted(found: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(found, key=lambda fault: (fault.file, fault.line)))
