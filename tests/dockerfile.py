"""Reads a Dockerfile as far as it can be judged without an engine: its instructions, stage by stage."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

# https://docs.docker.com/reference/dockerfile
_KNOWN = frozenset({"FROM", "RUN", "CMD", "EXPOSE", "ENV", "ADD", "COPY", "VOLUME", "USER", "WORKDIR", "HEALTHCHECK"})
_FROM = re.compile(r"(?P<image>\S+)(?: AS (?P<name>\S+))?")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the image it begins with, its name, and its instructions as (word, what follows)."""

    image: str
    name: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, word: str) -> list[str]:
        """List what follows a word, wherever it stands."""
        return [rest for each, rest in self.instructions if each == word]

    def last(self, word: str) -> str:
        """Give what counts where a word stands several times; '' where it does not stand."""
        return (self.all(word) or [""])[-1]

    @property
    def environment(self) -> dict[str, str]:
        """Give the variables that it sets."""
        pairs = [pair for rest in self.all("ENV") for pair in rest.split()]
        return dict(pair.split("=", 1) for pair in pairs)


def stages(path: Path) -> list[Stage]:
    """Read a Dockerfile.

    Raises:
        ValueError: a line is no instruction.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, _, rest = line.partition(" ")
        if word not in _KNOWN:
            raise ValueError(f"no instruction: {line}")
        rest = " ".join(rest.split())
        if word == "FROM":
            begins = _FROM.fullmatch(rest)
            if begins is None:
                raise ValueError(f"no image: {line}")
            found.append(Stage(begins["image"], begins["name"] or "", ()))
        else:
            stage = found[-1]
            found[-1] = Stage(stage.image, stage.name, (*stage.instructions, (word, rest)))
    return found


def words(rest: str) -> list[str]:
    """Give the exec form's words, of CMD or of HEALTHCHECK's CMD.

    Raises:
        ValueError: it is the shell form, whose shell gets the signals.
    """
    _, mark, form = rest.rpartition("CMD ")
    found: list[str] = json.loads(form if mark else rest)
    return found
