"""Take the files of a deck's folder from the disk, as they are at one moment."""

import hashlib
import os
from collections.abc import Hashable, Mapping
from pathlib import Path

from msgspec import Struct

from content import wording
from content.reading import listing

LARGEST = 2_000_000  # bytes of a file; one of a hundred tips has 300,000


class Taken(Struct, frozen=True):
    """What was in a file; `unread` is a sentence where it could not be read."""

    data: bytes = b""
    unread: str = ""


class Snapshot(Struct, frozen=True):
    """The files of a folder as they were at one moment; `unread` are those that look like content and are none.

    There are no `names` where there is no such folder, or where only one right below it, `nested`, holds a deck.
    `digest` knows the files' names and bytes alone.
    """

    folder: Path
    names: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Taken]
    unread: tuple[str, ...]
    digest: str
    nested: str = ""

    @property
    def version(self) -> str:
        """Give what tells it from other contents, for people: the beginning of the digest."""
        return self.digest[:12]

    @property
    def held(self) -> Hashable:
        """Give what the contents follow from, wherever the folder lies."""
        broken = tuple(name for name, taken in self.files.items() if taken.unread)
        return self.digest, self.unread, broken

    def shown(self, name: str) -> str:
        """Give the name of one of its files as it can be printed."""
        return shown(self.folder, name)


def snapshot(folder: Path) -> Snapshot:
    """Take the files of a folder. Never raises for what it finds."""
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        return Snapshot(folder, {}, {}, (), "")
    if nested := listing.nested(folder):
        return Snapshot(folder, {}, {}, (), "", nested)
    names = listing.names(folder)
    files = {name: _taken(folder, name) for group in names.values() for name in group}
    hashed = hashlib.sha256()
    for name, taken in files.items():
        hashed.update(f"{name} {len(taken.data)} ".encode("utf-8", "surrogateescape") + taken.data)
    return Snapshot(folder, names, files, tuple(listing.unread(folder, files)), hashed.hexdigest())


def shown(folder: Path, name: str) -> str:
    """Give the name of a file in a folder as it can be printed."""
    return wording.shown(str(folder / name))


def _taken(folder: Path, name: str) -> Taken:
    if any("\ud800" <= sign <= "\udfff" for sign in name):
        return Taken(unread="this file's name is not UTF-8: rename it, in plain letters best")
    try:
        with (folder / name).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        return Taken(
            unread=f"the file cannot be read ({error.strerror}): put it there, as docs/writing.md shows it",
        )
    if len(data) > LARGEST:
        return Taken(unread=f"the file is larger than {LARGEST:,} bytes: is it a content file at all?")
    return Taken(data)
