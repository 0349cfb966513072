"""Put a new entry at the end of the file it belongs to, whatever else is unfinished."""

import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from content import matching, wording
from content.authoring import scaffold
from content.authoring.scaffold import KINDS
from content.reading import folder, yaml
from content.reading.listing import DECK, LISTS
from content.reading.snapshot import Snapshot
from content.reading.yaml import Entries, Items, Node, Scalar

_SCHEMA = re.compile(r"# yaml-language-server: \$schema=(\S+)/deck\.json")
_FIRST_ITEM = re.compile(r"( *)-(?:\s|$)")


class RefusedError(Exception):
    """The entry cannot be put there; says why, and what to do."""


def add(taken: Snapshot, kind: str, dimension: str, id_: str, today: date) -> tuple[Path, int]:
    """Add an empty entry to the file it belongs to, and give that file and the entry's first line.

    A deck whose tips stand in a folder has a file for each dimension; references alone may stand in one file for all.

    Raises:
        RefusedError: the id or name is in use, or the file cannot be read as YAML.
    """
    group = KINDS[kind]
    if id_:
        _check_free(taken, kind, id_)
    path = taken.folder / f"{group}.yaml"
    if (taken.folder / ("tips" if group != "references" else "references")).is_dir():
        path = taken.folder / group / f"{dimension}.yaml"
    path.parent.mkdir(exist_ok=True)
    above, indented = _above(path, LISTS[group]) if path.exists() else (_begun(taken.folder, path, group), 2)
    new = textwrap.indent(textwrap.dedent(scaffold.entry(kind, dimension, id_, today)), " " * indented)
    path.write_text(above + new, encoding="utf-8")
    return path, above.count("\n") + 1


def _check_free(taken: Snapshot, kind: str, id_: str) -> None:
    for name in taken.names[KINDS[kind]]:
        _, root = folder.opened(name, taken.files[name])
        listed = root.get(LISTS[KINDS[kind]]) if isinstance(root, Entries) else None
        for entry in listed.items if isinstance(listed, Items) else ():
            for named in _names(entry):
                if matching.key(named.value) == matching.key(id_):
                    raise RefusedError(f"`{id_}` is a {kind} already ({wording.shown(name)}:{named.line})")


def _names(entry: Node) -> Iterator[Scalar]:
    """Give what an entry is called by: its id, and the words for a term."""
    for name, held in entry.entries if isinstance(entry, Entries) else ():
        match held if name.value in ("id", "term", "aliases") else None:
            case Scalar() as scalar:
                yield scalar
            case Items(items):
                yield from (item for item in items if isinstance(item, Scalar))
            case _:
                continue


def _above(path: Path, key: str) -> tuple[str, int]:
    """Give what stands above a new entry of a file, and by how many blanks its entries are indented."""
    file, text = yaml.opened(wording.shown(str(path)), path.read_bytes())
    text = (text or "").replace("\r\n", "\n").rstrip()
    if not file.faults and not any(line.strip() and not line.strip().startswith("#") for line in text.split("\n")):
        return f"{text}\n\n{key}:\n".lstrip("\n"), 2
    root = yaml.root(file, text) if not file.faults else None
    entries: Mapping[str, Node] = (
        {name.value: value for name, value in root.entries} if isinstance(root, Entries) else {}
    )
    match entries.get(key):
        case Scalar("") if list(entries) == [key]:
            return f"{text}\n", 2
        case Items(()) if list(entries) == [key]:
            return re.sub(rf"(?m)^{key}:\s*\[\s*\]", f"{key}:", text) + "\n", 2
        case Items(_, line) if list(entries) == [key] and (first := _FIRST_ITEM.match(text.split("\n")[line - 1])):
            return f"{text}\n\n", len(first[1])
        case _:
            found = [str(fault) for fault in file.faults]
            said = found or [f"{file.name}:1: this is no list of `{key}:` with each item on a line of its own"]
            raise RefusedError("\n".join((*said, "Mend this first: what is added below it could not be read either.")))


def _begun(folder: Path, path: Path, group: str) -> str:
    """Give the first lines of a file: its schema stands where that of deck.yaml does."""
    try:
        schemas = _SCHEMA.search((folder / DECK).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        schemas = None
    if schemas is None:
        return f"{LISTS[group]}:\n"
    above = os.path.relpath(folder / schemas[1], path.parent)
    return f"# yaml-language-server: $schema={Path(above).as_posix()}/{group}.json\n\n{LISTS[group]}:\n"
