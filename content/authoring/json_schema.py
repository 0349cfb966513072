"""Describe the content files in JSON Schema, by which editors complete keys and mark mistakes while one types."""

import json
from collections.abc import Mapping
from typing import Any, assert_never

from msgspec.structs import replace

from content.levels import LEVELS
from content.reading.fields import DATE, ID, MONTH
from content.reading.keys import Key, Shape
from content.reading.schema import SHAPES

JSON = dict[str, Any]

# What the schema of each file is called, and the shape of that file.
FILES: Mapping[str, str] = {
    "deck": "deck file",
    "dimension": "dimension",
    "tips": "tips file",
    "dilemmas": "dilemmas file",
    "references": "references file",
    "glossary": "terms file",
    "order": "order file",
}


def schema(file: str) -> JSON:
    """Give the schema of a kind of file, by its name in FILES."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"PM Compare: {file}"} | _mapping(
        SHAPES[FILES[file]]
    )


def text(file: str) -> str:
    """Give the schema as it stands in content/schemas/."""
    return json.dumps(schema(file), indent=2, ensure_ascii=False) + "\n"


def limit(shape: Shape, name: str) -> str:
    """Say how long or how many the value of a key may be: `at most 600 characters`, `exactly 10`; '' where any."""
    key = shape.keys[name]
    said = []
    if key.count:
        least, most = key.count
        said.append(f"exactly {most}" if least == most else f"{least} to {most}")
    if key.most and key.of != "id":
        said.append(f"at most {key.most} characters{' each' if key.count else ''}")
    return ", ".join(said)


def _mapping(shape: Shape) -> JSON:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(shape.required),
        "properties": {name: _described(shape, name, key) for name, key in shape.keys.items()},
    }


def _described(shape: Shape, name: str, key: Key) -> JSON:
    said = limit(shape, name)
    return {"description": f"{key.says} {said[:1].upper()}{said[1:]}.".removesuffix(" ."), **_value(key)}


def _value(key: Key) -> JSON:
    match key.of:
        case "id":
            return {"type": "string", "pattern": f"^{ID.pattern}$", "maxLength": key.most}
        case "line":
            return {"type": ["string", "integer"], "maxLength": key.most}  # a year needs no quotes
        case "paragraph" | "prose" | "address":
            return {"type": "string"}  # of its length, marks and addresses are not counted
        case "lines" | "paragraphs":
            each = replace(key, of="line" if key.of == "lines" else "paragraph")
            return {"type": "array", "items": _value(each), **_count(key)}
        case "number":
            least, most = key.count or (0, 0)
            return {"type": "integer", "minimum": least, "maximum": most}
        case "month" | "date":
            return {"type": "string", "pattern": f"^{(MONTH if key.of == 'month' else DATE).pattern}$"}
        case "choice":
            return {"enum": list(key.choices)}
        case "mapping":
            return _mapping(SHAPES[key.shape])
        case "mappings":
            return {"type": "array", "items": _mapping(SHAPES[key.shape]), **_count(key)}
        case "reactions":
            return {"type": "object", "additionalProperties": {"enum": list(LEVELS)}}
        case _:
            assert_never(key.of)


def _count(key: Key) -> JSON:
    least, most = key.count or (0, 0)
    return {"minItems": least, "maxItems": most} if most else {}
