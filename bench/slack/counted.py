"""Run a command of the bot and count the statements that it sends to its database: `python -m bench.slack.counted`.

`FILE COMMAND …`: FILE then holds two numbers of eight bytes each, how many statements requests led to, and how many
everything else did. A transaction's BEGIN is none. Nothing else is different from `python -m bot COMMAND …`.
"""

import mmap
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from handlers.current_request import current_request

_PAIR = struct.Struct("=qq")


@dataclass(frozen=True, slots=True)
class Statements:
    """How many statements there were until now."""

    of_requests: int
    of_others: int

    @classmethod
    def read(cls, file: Path) -> "Statements":
        """Read what a bot that runs has written."""
        return cls(*_PAIR.unpack(file.read_bytes()[: _PAIR.size]))


def count(file: Path) -> Callable[[], None]:
    """Count into a file from now on, whichever database it is, until what it gives is called."""
    file.write_bytes(bytes(_PAIR.size))
    with file.open("r+b") as opened:
        shared = mmap.mmap(opened.fileno(), _PAIR.size)

    def add(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401 # as SQLAlchemy calls it
        if statement.startswith("BEGIN"):
            return
        of_requests, of_others = _PAIR.unpack_from(shared)
        # Set while a request is answered, and for whatever it set going.
        is_of_request = bool(current_request.get())
        _PAIR.pack_into(shared, 0, of_requests + is_of_request, of_others + (not is_of_request))

    event.listen(Engine, "before_cursor_execute", add)
    return lambda: event.remove(Engine, "before_cursor_execute", add)


if __name__ == "__main__":
    from bot.__main__ import main

    count(Path(sys.argv[1]))
    del sys.argv[1]
    main()
