"""Read JSON that a platform sent, whatever it holds."""

from collections.abc import Mapping
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """Give a JSON object, or an empty one where the payload has something else."""
    return value if isinstance(value, dict) else {}  # a parser's; asking for any Mapping takes ten times as long


def text(value: object) -> str:
    """Give a JSON string, or an empty one where the payload has something else."""
    return value if isinstance(value, str) else ""


def objects(value: object) -> list[Mapping[str, Any]]:
    """Give the objects of a JSON list; nothing where the payload has something else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
