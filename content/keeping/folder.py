"""Keep bytes in a folder for the next start: found again whole and unchanged, or not at all."""

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

MOST = 16  # files; of each content there are two, some megabytes together, and one of all cards that were drawn
LARGEST = 256_000_000  # bytes of a file; a broken disk may name a size that no memory holds
DECK, INDEX, CARDS = "deck", "index", "cards"  # the parts, each a file of its own
# Whatever else lies there is somebody else's.
_OURS = re.compile(rf"[0-9a-f]{{64}}\.(?:{DECK}|{INDEX}|{CARDS}|\w+\.new)")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
# A link, and a pipe that nobody writes to, are no files of ours; Windows has neither flag, and one of its own.
_FILES_ALONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Kept(Struct, frozen=True):
    """What is kept in a folder under a key of 64 hexadecimal digits, a file a part.

    What another user could have written is not read, as Python reads no module that way either. No method raises where
    the folder or a file is missing, broken, or may not be read or written: then nothing is kept.
    """

    folder: Path
    key: str

    def read(self, part: str) -> bytes | None:
        """Give what is kept of a part; None where nothing is that can be trusted."""
        path = self.folder / f"{self.key}.{part}"
        try:
            if not _is_ours(self.folder.stat()):
                return None
            with os.fdopen(os.open(path, os.O_RDONLY | _FILES_ALONE), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or not _is_ours(found) or found.st_size > LARGEST:
                    return None
                data = file.read()
        except OSError:
            return None
        begins, kept = data[: hashlib.sha256().digest_size], memoryview(data)[hashlib.sha256().digest_size :]
        if begins != _seal(path.name, kept):
            return None
        with suppress(OSError):
            os.utime(path)  # those that are used are kept longest
        return bytes(kept)

    def write(self, part: str, data: bytes) -> None:
        """Keep a part; others that read at this moment find it whole or not at all."""
        path = self.folder / f"{self.key}.{part}"
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(self.folder.stat()):
                return
            handle, name = tempfile.mkstemp(".new", f"{self.key}.", self.folder)  # for its owner alone
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_seal(path.name, data))
                    file.write(data)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink()
                raise
            self._clear()

    def _clear(self) -> None:
        """Take away what has not been used for longest, of more than `MOST`, and what a writer left that was ended."""
        newest = sorted(self._files(), reverse=True)
        for _, name in newest[MOST:]:
            with suppress(OSError):  # another does the same, or it is a folder: the others go all the same
                (self.folder / name).unlink()

    def _files(self) -> Iterator[tuple[int, str]]:
        for entry in os.scandir(self.folder):
            with suppress(FileNotFoundError):
                if _OURS.fullmatch(entry.name):
                    yield entry.stat().st_mtime_ns, entry.name


def _seal(name: str, data: bytes | memoryview) -> bytes:
    """Give what a file begins with, if nothing of it is missing or changed, and it is called as it was."""
    hashed = hashlib.sha256(name.encode())
    hashed.update(data)
    return hashed.digest()


def _is_ours(found: os.stat_result) -> bool:
    """Say whether nobody else, root aside, could have put it there; on Windows the user's own folder is as safe."""
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid in {0, os.geteuid()} and not found.st_mode & _OTHERS_MAY_WRITE
