"""Tell which SQLite library this Python brings, and whether it has a fault that matters here."""

import sqlite3

VERSION = sqlite3.sqlite_version
# sqlite.org/wal.html, "The WAL-Reset Bug": there since the write-ahead log itself, mended in three lines of releases.
_BEGINS, _ENDS = (3, 7, 0), (3, 51, 3)
_MENDED = ((3, 44, 6), (3, 50, 7))


def has_reset_fault(version: str = VERSION) -> bool:
    """Say whether commits can be lost where one process writes the log back while another commits.

    As far as the number tells: whoever builds a library may have mended an older one.
    """
    number = tuple(map(int, version.split(".")))
    is_mended = any(number[:2] == line[:2] and number >= line for line in _MENDED)
    return _BEGINS <= number < _ENDS and not is_mended


def described(version: str = VERSION) -> str:
    """Give the version, and what it means for whoever lets other programs write to the file."""
    if has_reset_fault(version):
        return (
            f"{version} has the WAL-reset fault: this bot's own programs keep clear of it; others that write to the "
            "file need a newer one (docs/database.md)"
        )
    return f"{version}, without the WAL-reset fault"
