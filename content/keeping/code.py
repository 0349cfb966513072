"""Know the code that reads content, so that nobody takes up what other code has kept."""

import hashlib
import os
import sqlite3
import sys
import time
from functools import cache
from importlib import util
from pathlib import Path

import content

_FORM = 1  # one more whenever the same code would have to read what it kept in another way
# About when this process began: no later than any of our modules was loaded, for until then it did little but load.
_BEGAN = time.time_ns() - time.process_time_ns()
_OTHERS = ("yaml", "markdown_it", "mdurl")  # packages that read for us; each says its version in its first file


@cache
def digest() -> str:
    """Tell this code and what it runs on from any other; '' where that can't be told, as of code that was updated.

    The files of our package count by their bytes: times say little of files that were copied, or put there by an
    image, but for the moment at which the system itself noted a change, which nobody sets. It takes about two
    milliseconds.
    """
    return fresh()


def fresh() -> str:
    """Give the digest of the code as it lies on the disk now; '' after an update since this process began."""
    hashed = hashlib.sha256(repr((_FORM, sys.version, sqlite3.sqlite_version)).encode())
    try:
        files = [*_ours(), *map(_first, _OTHERS)]
        for path in files:
            if path.stat().st_ctime_ns > _BEGAN:
                return ""  # what runs here may be what was there before
            data = path.read_bytes()
            hashed.update(f"{path.name} {len(data)} ".encode() + data)
    except (OSError, LookupError):  # in an archive, or compiled alone
        return ""
    return hashed.hexdigest()


def _ours() -> list[Path]:
    """List our package's modules."""
    found = [
        Path(above, name)
        for folder in content.__path__
        for above, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    ]
    if not found:
        raise LookupError(content.__name__)
    return sorted(found)


def _first(package: str) -> Path:
    """Find the file that makes a package, without importing it."""
    spec = util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(package)
    return Path(spec.origin)
