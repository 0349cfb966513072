"""A world as one JSON file, so that a playground that was killed goes on where it was."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, structs

from playground.shared.values import Json

FORM = 1
PAUSE = 0.3  # seconds; what a killed playground may lose


class Memory:
    """Loads a file, and saves after changes, once for all that happen together."""

    def __init__(self, file: Path, dumped: Callable[[], Json], load: Callable[[Json], None]) -> None:
        self._file = file
        self._dumped = dumped
        self._load = load
        self._waiting: asyncio.Handle | None = None

    def load(self) -> bool:
        """False where there is nothing to go on from, or another edition wrote it."""
        try:
            body = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        if not isinstance(body, dict) or body.get("form") != FORM:
            return False
        self._load(body)
        return True

    def save_soon(self) -> None:
        """In a moment: a world with many messages takes long to write, and changes come in flocks."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(PAUSE, self.save)

    def save(self) -> None:
        """At once; written whole beside the old file and then renamed: never half a file."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"{self._file.name}.new")
        fresh.write_text(json.dumps({"form": FORM, **self._dumped()}), encoding="utf-8")
        os.replace(fresh, self._file)  # noqa: PTH105  # os.replace says atomic


def fields(value: Struct) -> Json:
    """What a file can hold of it; nothing inside is copied, for it is only read."""
    found = structs.asdict(value)
    return {name: dict(held) if name in {"reactions", "errors"} else held for name, held in found.items()}
