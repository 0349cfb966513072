"""List which files of a deck's folder hold content, and which look as if they did and are not read."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

DECK, ORDER, VERSIONS = "deck.yaml", "order.yaml", "versions.yaml"
# What stands in one file, or in the files of a folder of that name, and the key of its list there.
LISTS = {"tips": "tips", "dilemmas": "dilemmas", "references": "references", "glossary": "terms"}
DIMENSIONS = "dimensions"  # the folder of the dimensions that have a file each
NEEDED = ("tips", "references")
_ENDINGS = (".yaml", ".yml", ".yaml.txt", ".yml.txt")  # the last two are what Windows makes of the others unseen
_DEEPEST, _MOST_NAMES = 5, 10_000  # folders below each other, and files, that are looked through for content not read


def names(folder: Path) -> dict[str, tuple[str, ...]]:
    """List the files to read, by what they hold: those of a folder by name, after the one beside it."""
    found: dict[str, tuple[str, ...]] = {"deck": (DECK,), DIMENSIONS: tuple(_inside(folder, DIMENSIONS))}
    for name in LISTS:
        single = f"{name}.yaml"
        several = tuple(_inside(folder, name))
        is_there = os.path.lexists(folder / single)  # Path.exists raises for a name that is too long
        found[name] = (single, *several) if is_there or (name in NEEDED and not several) else several
    found["order"] = (ORDER,) if os.path.lexists(folder / ORDER) else ()
    return found


def nested(folder: Path) -> str:
    """Name a folder right below that holds a deck, where the folder itself holds none; '' where there is none."""
    if os.path.lexists(folder / DECK):
        return ""
    try:
        return next((each.name for each in sorted(folder.iterdir()) if (each / DECK).is_file()), "")
    except OSError:  # a folder that may be entered and not listed
        return ""


def _inside(folder: Path, name: str) -> Iterator[str]:
    try:
        found = sorted(path.name for path in (folder / name).iterdir() if path.suffix == ".yaml")
    except OSError:  # most decks need no such folder
        return
    yield from (f"{name}/{each}" for each in found if not each.startswith("."))


def unread(folder: Path, files: Mapping[str, object]) -> Iterator[str]:
    """List the files that look like content and are not among `files`."""
    listed = islice(_below(folder, "", _DEEPEST), _MOST_NAMES)
    alike = (name for name in listed if name.lower().endswith(_ENDINGS))
    yield from (name for name in alike if name not in files and name != VERSIONS)


def _below(folder: Path, above: str, depth: int) -> Iterator[str]:
    """List the files at any depth, by their names from the folder; what is hidden is an editor's or a system's."""
    try:
        entries = sorted(os.scandir(folder / above), key=lambda entry: entry.name)
    except OSError:  # a folder that may be entered and not listed still gives its files by name
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if not os.path.isdir(entry):  # noqa: PTH112 - the entry's own is_dir raises for a link to itself
            yield f"{above}{entry.name}"
        elif depth > 1:
            yield from _below(folder, f"{above}{entry.name}/", depth - 1)


def unread_words(name: str, several: Sequence[str]) -> str:
    """Say which files are read, and what keeps this one from being one of them."""
    words = ": docs/writing.md names the files that hold content"
    above = f"{name.partition('/')[0]}/"
    if not name.endswith(".yaml"):
        return f"{words}, and their names end in .yaml, in small letters"
    return f"{words}, and none stands in a folder below {above}" if above in several else words
