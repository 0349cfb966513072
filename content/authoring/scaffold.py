"""Write an entry with everything to fill in, each empty value with what is wanted above it."""

from collections.abc import Iterator, Mapping
from datetime import date

from content.authoring.json_schema import limit
from content.reading.keys import Key, Shape
from content.reading.schema import SHAPES

# What can be begun, and the group of files it belongs to.
KINDS: Mapping[str, str] = {"tip": "tips", "dilemma": "dilemmas", "term": "glossary", "reference": "references"}


def entry(kind: str, dimension: str, id_: str, today: date) -> str:
    """Give the entry as an item of its file's list."""
    month = f"{today:%Y-%m}"
    given = {"id": id_, "dimension": dimension, "version": "1", "checked_on": month}
    if kind != "reference":
        given["checked"] = month
    lines = list(_lines(SHAPES[kind], given))
    return "".join(f"  {'- ' if place == 0 else '  '}{line}".rstrip() + "\n" for place, line in enumerate(lines))


def _item(shape: Shape, *, is_explained: bool) -> Iterator[str]:
    """Give one item of a list; what is wanted is said of the first one only."""
    lines = [line for line in _lines(shape, {}) if is_explained or not line.startswith("#")]
    comment = [line for line in lines[:1] if line.startswith("#")]
    yield from (f"  {line}" for line in comment)
    for place, line in enumerate(lines[len(comment) :]):
        yield f"  {'- ' if place == 0 else '  '}{line}"


def _lines(shape: Shape, given: Mapping[str, str]) -> Iterator[str]:
    for name, key in shape.keys.items():
        if name in given:
            yield f"{name}: {given[name]}".rstrip()
        elif key.is_offered or not key.is_optional:
            yield from _empty(shape, name, key)


def _empty(shape: Shape, name: str, key: Key) -> Iterator[str]:
    least = key.wanted or (key.count or (1, 1))[0]
    said = (limit(shape, name), _either(key), "may be left out" if key.is_optional else "")
    yield " ".join(("#", key.says, *(f"{each[:1].upper()}{each[1:]}." for each in said if each)))
    match key.of:
        case "mapping":
            yield f"{name}:"
            yield from (f"  {line}" for line in _lines(SHAPES[key.shape], {}))
        case "mappings":
            yield f"{name}:"
            for number in range(least):
                yield from _item(SHAPES[key.shape], is_explained=number == 0)
        case "lines":
            yield f"{name}:"
            yield from ["  -"] * least
        case "paragraphs":
            yield f"{name}:"
            yield from ["  - >-", ""] * least
        case "prose":
            yield from (f"{name}: |-", "")
        case "paragraph":
            yield from (f"{name}: >-", "")
        case _:
            yield f"{name}:"


def _either(key: Key) -> str:
    return f"one of {', '.join(key.choices)}" if key.choices else ""
