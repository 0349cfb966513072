"""Change settings in a .env file and leave all its other lines as they are; nobody but its owner can read it after."""

import io
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import parser

MODE: Final = 0o600


def changed(text: str, values: Mapping[str, str]) -> str:
    """Give the file's text with these settings in it.

    A setting stands where it stood last; a new one takes the place of its line `#NAME=…`, as `.env.example` has it, or
    comes at the end. Values have neither spaces nor quotation marks in them, as the settings demand.
    """
    lines = [(binding.key, binding.original.string) for binding in parser.parse_stream(io.StringIO(text))]
    left = dict(values)
    written: list[str] = []
    for key, line in reversed(lines):  # the last one counts, where a name stands twice
        if key in left:
            written.append(f"{_before(line)}{key}={left.pop(key)}\n")
        elif key not in values:
            written.append(line)
    done = "".join(reversed(written))
    for name, value in left.items():
        line = f"{name}={value}\n"
        commented = re.compile(rf"^#[ \t]*{re.escape(name)}=.*(?:\n|\Z)", re.MULTILINE)
        if commented.search(done):
            done = commented.sub(lambda _, line=line: line, done, count=1)  # type: ignore[misc] # bound here and now
        else:
            done += ("" if not done or done.endswith("\n") else "\n") + line
    return done


def write(path: Path, text: str) -> None:
    """Put the text in the file's place, whole or not at all.

    Raises:
        OSError: it cannot be written there.
    """
    target = path.resolve()  # a link stays one
    descriptor, name = tempfile.mkstemp(prefix=".env-", dir=target.parent)  # MODE from the beginning
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(MODE)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _before(line: str) -> str:
    """Give what stands before a setting in what the parser takes for its line: blank lines."""
    return line[: len(line) - len(line.lstrip("\r\n"))]
