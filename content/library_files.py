"""Read and check the files of a deck's folder together."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from content import library_check, library_read, library_yaml
from content.library_fields import Citations, Reading
from content.library_words import suggestion
from content.library_yaml import Entries, File, Items, Node, Unread
from content.model import Deck, Dimension, Fault, Reference, Term, Tip

T = TypeVar("T")

DECK, TIPS, REFERENCES, GLOSSARY = "deck.yaml", "tips.yaml", "references.yaml", "glossary.yaml"
LISTS = {DECK: "dimensions", TIPS: "tips", REFERENCES: "references", GLOSSARY: "terms"}
LARGEST = 2_000_000  # bytes of a file; a deck of a hundred tips has 300,000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder holds. `deck` is None where it could not be read; with any fault, the rest has gaps too."""

    deck: Deck | None
    dimensions: tuple[Dimension, ...]
    tips: tuple[Tip, ...]
    references: tuple[Reference, ...]
    terms: tuple[Term, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    version: str


def read(folder: Path, today: date | None) -> Contents:
    """Read the four files of a folder, and note every fault in and between them. Never raises for what it finds."""
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        fault = Fault(str(folder), 1, "there is no such folder: name the one that holds deck.yaml")
        return Contents(None, (), (), (), (), (fault,), (), "")
    opened = {name: _opened(folder, name) for name in (DECK, TIPS, REFERENCES, GLOSSARY)}
    version = hashlib.sha256()
    roots: dict[str, Node] = {}
    for name, each in opened.items():
        version.update(f"{name} {len(each.data)} ".encode() + each.data)
        roots[name] = library_yaml.root(each.file, each.text) if each.text is not None else Unread(1)
    files = {name: each.file for name, each in opened.items()}
    _check_folder(folder, files)

    def readable(name: str, found: T) -> T | None:
        """Give what was found, or None where its list could not be read, so that nothing is blamed for that."""
        return found if _has_list(roots[name], LISTS[name]) else None

    def reading(name: str, citations: Citations) -> Reading:
        return Reading(files[name], citations, today)

    references = library_read.references(reading(REFERENCES, Citations(None)), roots[REFERENCES])
    by_id = {placed.value.id: placed.value for placed in references}
    citations = Citations(readable(REFERENCES, by_id))
    deck, dimensions = library_read.deck(reading(DECK, citations), roots[DECK])
    tips = library_read.tips(reading(TIPS, citations), roots[TIPS])
    terms = library_read.terms(reading(GLOSSARY, citations), roots[GLOSSARY])

    known = readable(DECK, dimensions)
    library_check.check_dimensions(files[DECK], dimensions)
    library_check.check_tips(files[TIPS], tips, known)
    library_check.check_references(files[REFERENCES], references)
    library_check.check_terms(files[GLOSSARY], terms, known)
    if readable(TIPS, tips) is not None:
        library_check.check_tipless(files[DECK], tips, dimensions)
    if readable(DECK, dimensions) is not None and readable(TIPS, tips) is not None:
        library_check.check_cited(files[REFERENCES], references, citations.cited)
    return Contents(
        deck=deck,
        dimensions=tuple(sorted((placed.value for placed in dimensions), key=lambda dimension: dimension.number)),
        tips=tuple(placed.value for placed in tips),
        references=tuple(placed.value for placed in references),
        terms=tuple(placed.value for placed in terms),
        faults=_sorted(files, lambda file: file.faults),
        warnings=_sorted(files, lambda file: file.warnings),
        version=version.hexdigest()[:12],
    )


def _has_list(root: Node, name: str) -> bool:
    return isinstance(root, Entries) and any(
        key.value == name and isinstance(value, Items) for key, value in root.entries
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file's bytes and text; the text is None where it cannot be read."""

    file: File
    data: bytes = b""
    text: str | None = None


def _opened(folder: Path, name: str) -> _Opened:
    path = folder / name
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        file = File(str(path))
        if name == GLOSSARY and isinstance(error, FileNotFoundError):
            file.warn(1, "there is no glossary, so `what is …` has no answers: docs/writing.md shows how to write one")
        else:
            file.fault(1, f"the file cannot be read ({error.strerror}): put it there, as docs/writing.md shows it")
        return _Opened(file)
    if len(data) > LARGEST:
        file = File(str(path))
        file.fault(1, f"the file is larger than {LARGEST:,} bytes: is it a content file at all?")
        return _Opened(file)
    file, text = library_yaml.opened(str(path), data)
    return _Opened(file, data, text)


def _check_folder(folder: Path, files: dict[str, File]) -> None:
    """Warn of files that look like content and are not read."""
    try:
        others = sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError:  # a folder that may be entered and not listed still gives its files by name
        return
    for name in others:
        if name not in files:
            near = suggestion(name, files) or ": content stands in the four files of docs/writing.md"
            files[name] = File(str(folder / name))
            files[name].warn(1, f"this file is not read{near}")


def _sorted(files: dict[str, File], of: Callable[[File], list[Fault]]) -> tuple[Fault, ...]:
    return tuple(
        sorted((fault for file in files.values() for fault in of(file)), key=lambda fault: (fault.file, fault.line))
    )
