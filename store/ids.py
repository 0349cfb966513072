"""Make the ids of rows: hex UUIDs that sort by the time they were made."""

import hashlib
import os
from array import array
from datetime import datetime
from zlib import crc32

BUCKETS = 64  # workspaces are dealt out to so many queues; a change would need every planned row to be dealt anew


def fresh(now: datetime) -> str:
    """Make an id at `now` (UUID version 7, RFC 9562), 32 hex digits; of one process, later ones are larger.

    So rows of one moment keep their order. Random ids would also spread the rows of one tick over every page of every
    index: tried with 100,000 rows, planning took several times as long.
    """
    milliseconds = int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    _counted[0] = _counted[0] + 1 if milliseconds == _counted[1] else 0
    _counted[1] = milliseconds
    # The RFC's "fixed bit-length dedicated counter" of 32 bits, 12 before and 20 after the variant; the rest is chance.
    count = _counted[0] & 0xFFFF_FFFF
    high, low = count >> 20, count & 0xF_FFFF
    return f"{milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low << 42 | _chance():032x}"


def _chance() -> int:
    """Give 42 bits that nobody can guess, drawn many at once: each call to the system lets other threads take over."""
    if not _drawn:
        _drawn.frombytes(os.urandom(_drawn.itemsize * _AT_ONCE))
    return _drawn.pop() >> 22


_drawn = array("Q")  # 64 bits each
_AT_ONCE = 256
_counted = [0, 0]  # how many ids this process made in that millisecond


def digest(*parts: str) -> str:
    """Make the id that a row has by what it is about: always the same one, 32 hex digits."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def first(moment: datetime) -> str:
    """Give the smallest id that can be made at `moment`, to find rows by when they were made."""
    return f"{int(moment.timestamp() * 1000) & 0xFFFF_FFFF_FFFF:012x}" + "0" * 20


def bucket(platform: str, workspace: str) -> int:
    """Give the bucket of a workspace, 0 to BUCKETS - 1: always the same one, so that one worker paces all its posts."""
    return crc32(f"{platform}:{workspace}".encode()) % BUCKETS
