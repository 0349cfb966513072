"""The shipped content with a few of its tips, for tests that change it and read it anew.

The whole takes seconds to read, most of them for cards that such a test never sees.
"""

import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path

_SHIPPED = Path(__file__).parents[2] / "content" / "ai-pm"
_TIPS = 8
_ENTRY = re.compile(r"^(?=  - id: (\S+)\n)", re.MULTILINE)
_NAMED = re.compile(r"\b(?:ref: ?|term:)([a-z0-9-]+)")  # `- ref: pair-guidebook`, and `[it](term:model)` in a text


def written(folder: Path, *tips: str) -> Path:
    """Write it into a new folder, each entry in the file in which it is shipped; gives the folder.

    With the first tips, and those that are named.
    """
    for name, text in _files(tips).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@cache
def _files(tips: tuple[str, ...]) -> Mapping[str, str]:
    """Give the texts by their files' names: of the tips the first, of terms and references those that are named."""
    order = re.match(rf"(?s).*?\norder:\n(?:  - \S+\n){{{_TIPS}}}", _text("order.yaml"))
    assert order
    shown = {"deck.yaml": _text("deck.yaml"), "order.yaml": order[0]}
    shown |= {name: _text(name) for name in _names("dimensions/*.yaml")}
    shown |= _entries("tips/*.yaml", [*tips, *re.findall(r"^  - (\S+)$", order[0], re.MULTILINE)])
    while True:
        named = set(_NAMED.findall("".join(shown.values())))
        more = shown | _entries("glossary/*.yaml", named) | _entries("references*.yaml", named)
        more |= _entries("references/*.yaml", named)
        if more == shown:
            return shown
        shown = more


def _entries(pattern: str, kept: Container[str]) -> dict[str, str]:
    """Give the files with those of their entries that have one of the ids; without what has none."""
    found = {}
    for name in _names(pattern):
        head, *parts = _ENTRY.split(_text(name))
        entries = [text for id_, text in zip(parts[::2], parts[1::2], strict=True) if id_ in kept]
        if entries:
            found[name] = "".join([head, *entries])
    return found


def _names(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(_SHIPPED)) for path in _SHIPPED.glob(pattern))


def _text(name: str) -> str:
    return (_SHIPPED / name).read_text(encoding="utf-8")
