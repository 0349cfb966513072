"""Know the code that reads content, so that nobody takes up what other code has kept."""

import hashlib
import os
import sqlite3
import sys
import time
from functools import cache
from importlib import machinery, util
from pathlib import Path

import msgspec

_FORM = 1  # one more whenever the same code would have to read what it kept in another way
# About when this process began: no later than any of our modules was loaded, for until then it did little but load.
_BEGAN = time.time_ns() - time.process_time_ns()
_OURS = "content"
_OTHERS = ("yaml", "markdown_it", "mdurl")  # packages that read for us; each says its version in its first file


@cache
def digest(*more: str) -> str:
    """Tell this code and what it runs on from any other; '' where that can't be told, as of code that was updated.

    `more` are packages and modules beside ours that what is kept follows from. All their modules count by their bytes:
    times say little of files that were copied, or put there by an image, but for the moment at which the system itself
    noted a change, which nobody sets. It takes about two milliseconds for ours.
    """
    return fresh(*more)


def fresh(*more: str) -> str:
    """Give the digest of the code as it lies on the disk now; '' after an update since this process began."""
    runs_on = (_FORM, sys.version, sqlite3.sqlite_version, msgspec.__version__)
    hashed = hashlib.sha256(repr(runs_on).encode())
    try:
        files = [*(file for name in (_OURS, *more) for file in _modules(name)), *map(_first, _OTHERS)]
        for path in files:
            if path.stat().st_ctime_ns > _BEGAN:
                return ""  # what runs here may be what was there before
            data = path.read_bytes()
            hashed.update(f"{path.name} {len(data)} ".encode() + data)
    except (OSError, LookupError):  # in an archive, or compiled alone
        return ""
    return hashed.hexdigest()


def _modules(name: str) -> list[Path]:
    """List the modules of a package, or the file of a module."""
    spec = util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        return [_first(name)]
    found = [
        Path(above, each)
        for folder in spec.submodule_search_locations
        for above, _, names in os.walk(folder)
        for each in names
        if each.endswith((".py", *machinery.EXTENSION_SUFFIXES))
    ]
    if not found:
        raise LookupError(name)
    return sorted(found)


def _first(package: str) -> Path:
    """Find the file that makes a package, without importing it."""
    spec = util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(package)
    return Path(spec.origin)
