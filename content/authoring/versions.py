"""Notice texts that changed though their version did not, by what versions.yaml holds of each."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from content.library import Library
from content.model import Fault, Place
from content.reading import yaml
from content.reading.listing import VERSIONS
from content.reading.yaml import Entries, Items, Node, Scalar

HEAD = """\
# What each text read like when it was last accepted; written by `python -m bot check --accept`, never by hand.
# `gone` are ids that were used once: posts in channels still point to them, so they are never given to anything else.
"""


_ACCEPTED = re.compile(r"([1-9][0-9]{0,3}) ([0-9a-f]{12})")


class Accepted(Struct, frozen=True):
    """The version and the fingerprint with which an entry such as `tip/way-out` was accepted."""

    version: int
    fingerprint: str


class Versioned(Struct, frozen=True):
    """An entry of the content that has a version."""

    id: str
    version: int
    place: Place


class Lock(Struct, frozen=True):
    """What versions.yaml holds, and the ids that have gone since they were accepted."""

    accepted: Mapping[str, Accepted]
    gone: frozenset[str]


class UnreadableLockError(ValueError):
    """The versions.yaml of a deck is not as `accept` writes it."""


def read(folder: Path) -> Lock | None:
    """Read versions.yaml; None where there is none.

    Raises:
        UnreadableLockError: it is not as `accept` writes it.
    """
    try:
        data = (folder / VERSIONS).read_bytes()
    except FileNotFoundError:
        return None
    file, text = yaml.opened(VERSIONS, data)
    root = yaml.root(file, text or "")
    held = root if isinstance(root, Entries) else Entries((), 1)
    match held.get("accepted"), held.get("gone"):
        case Entries(entries), Items(items) if not file.faults:
            gone = frozenset(item.value for item in items if isinstance(item, Scalar))
            return Lock({key.value: _accepted(value) for key, value in entries}, gone)
        case _:
            raise UnreadableLockError(_UNREADABLE)


def faults(lock: Lock, entries: Mapping[str, Versioned]) -> Iterator[Fault]:
    """Give a fault for each id that is used again after it had gone."""
    for name, entry in entries.items():
        if name in lock.gone:
            sentence = f"`{entry.id}` was used before, and posts in channels still point to it: choose another id"
            yield Fault(entry.place.file, entry.place.line, sentence)


def warnings(folder: Path, lock: Lock, entries: Mapping[str, Versioned]) -> Iterator[Fault]:
    """Give a warning for each text whose version does not fit, and one for all that are still to be accepted."""
    waiting = [name for name in lock.accepted if name not in entries]
    for name, entry in entries.items():
        accepted = lock.accepted.get(name)
        if accepted is None or (accepted.version < entry.version):
            waiting.append(name)
        elif accepted.version > entry.version:
            wanted = accepted.version + (accepted.fingerprint != entry.place.fingerprint)
            sentence = f"`{entry.id}` was accepted as version {accepted.version}: a version never goes back, so make it"
            sentence += f" `version: {wanted}`"
            yield Fault(entry.place.file, entry.place.version_line, sentence)
        elif accepted.fingerprint != entry.place.fingerprint:
            sentence = (
                f"`{entry.id}` has changed since its version {entry.version}: make it `version: {entry.version + 1}`"
            )
            yield Fault(entry.place.file, entry.place.version_line, sentence)
    if waiting:
        what = "text is" if len(waiting) == 1 else "texts are"
        sentence = f"{len(waiting)} {what} new, changed or gone: `python -m bot check --accept` takes note of it"
        yield Fault(str(folder / VERSIONS), 1, sentence)


def accept(folder: Path, lock: Lock | None, entries: Mapping[str, Versioned]) -> int:
    """Write versions.yaml with what there is now, and give how many lines of it are new, changed or gone.

    A text that changed without its version stays as it was accepted, so that it is warned of until its version is
    raised; an id that is there no more is kept among those that have gone.
    """
    before = lock.accepted if lock else {}
    now = {}
    for name, entry in sorted(entries.items()):
        known = before.get(name)
        is_newer = known is None or entry.version > known.version
        now[name] = Accepted(entry.version, entry.place.fingerprint) if is_newer or known is None else known
    gone = sorted((lock.gone if lock else frozenset()) | (before.keys() - now.keys()))
    lines = ["accepted:", *(f"  {name}: {each.version} {each.fingerprint}" for name, each in now.items())]
    lines += ["gone:", *(f"  - {name}" for name in gone)] if gone else ["gone: []"]
    (folder / VERSIONS).write_text(HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return sum(before.get(name) != each for name, each in now.items()) + len(before.keys() - now.keys())


def versioned(read: Library) -> dict[str, Versioned]:
    """Give what has a version, under names such as `tip/way-out`."""
    versions = {
        **{f"dimension/{each.id}": each.version for each in read.dimensions},
        **{f"tip/{each.id}": each.version for each in read.tips},
        **{f"dilemma/{each.id}": each.version for each in read.dilemmas},
    }
    return {name: Versioned(name.partition("/")[2], version, read.places[name]) for name, version in versions.items()}


_UNREADABLE = f"{VERSIONS} is not as `check --accept` writes it: take it back from version control"


def _accepted(node: Node) -> Accepted:
    found = _ACCEPTED.fullmatch(node.value) if isinstance(node, Scalar) else None
    if found is None:
        raise UnreadableLockError(_UNREADABLE)
    return Accepted(int(found[1]), found[2])
