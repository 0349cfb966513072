"""What every platform's shape is checked with: texts, ids and lists where a JSON object from outside has something."""

from typing import Any


class MisshapenError(ValueError):
    """The request is none that its platform sends; the message says why and quotes nothing of it."""


def check_text(node: dict[str, Any], name: str) -> None:
    """Check that it is a text, if it is there at all."""
    value = node.get(name)
    if value is not None and type(value) is not str:
        raise MisshapenError(f"{name} is not a text")


def require_text(node: dict[str, Any], name: str) -> str:
    """Give a text that must be there."""
    value = node.get(name)
    if type(value) is not str:
        raise MisshapenError(f"{name} is missing")
    return value


def check_id(node: dict[str, Any], name: str, longest: int) -> None:
    """Check an id of at most `longest` printable ASCII characters, if there is one."""
    value = node.get(name)
    if value is None or value == "":
        return
    if type(value) is not str or len(value) > longest or not is_printable(value):
        raise MisshapenError(f"{name} is no id")


def objects(value: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 # JSON from outside may be anything
    """Give a list of objects."""
    if type(value) is not list or not all(type(held) is dict for held in value):
        raise MisshapenError(f"{name} is not a list of objects")
    return value


def is_printable(value: str) -> bool:
    """Say whether it is ASCII that can be seen."""
    return value.isascii() and value.isprintable()
