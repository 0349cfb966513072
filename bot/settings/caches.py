"""Reads in which folder what was read of the content is kept."""

import os
from pathlib import Path

from bot.settings.reader import Reader

_NAME = "pm-compare"


def folder(reader: Reader, name: str) -> Path | None:
    """Give the folder that is named, or that of the user's caches; None where nothing is to be kept, or none is known.

    https://specifications.freedesktop.org/basedir-spec: a relative XDG_CACHE_HOME counts as unset.
    """
    given = reader.text(name)
    match given.lower():
        case "off":
            return None
        case "on":
            caches = Path(reader.environ.get("XDG_CACHE_HOME", ""))
            home = Path(reader.environ.get("HOME", ""))
            found = caches if caches.is_absolute() else home / ".cache"
            return found / _NAME if found.is_absolute() else None
        case _ if "/" in given or os.sep in given:
            return Path(given)
        case _:
            reader.fault(name, "must be on, off, or the name of a folder with a / in it, such as /srv/pm-compare/kept.")
            return None
