"""Judge JSON by a table of what it may hold: strict models of ours, a fault a place, and what each must refuse."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

MAY: Any = None  # the default of a property that may be left out; `null` is refused all the same
_KINDS: tuple[Any, ...] = (None, 7, True, "misspelt", [], {})


class Exact(BaseModel):
    """An object with these properties and no others, each of exactly its type."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class Underscored(Exact):
    """The same, whose properties are written with underscores."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=None)


def faults(table: type[BaseModel], held: object) -> list[str]:
    """List what a table refuses in JSON, each with its place."""
    try:
        table.model_validate_json(orjson.dumps(held))
    except ValidationError as refused:
        return [f"{'/'.join(map(str, each['loc']))}: {each['msg']}" for each in refused.errors(include_url=False)]
    return []


def spoilings(held: Any, at: str = "") -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 # JSON
    """Spoil one place of JSON after another, each while it is given: where, the property's name, and how.

    How: `misspelt` or `missing`, which concern the name; `unheard-of`, a property too many; `reworded`, another word;
    `overlong`, thousands of letters; or the value of another type that stands there.
    """
    if isinstance(held, dict):
        whole = dict(held)
        for name, value in whole.items():
            _become(held, {**{key: whole[key] for key in whole if key != name}, f"{name}x": value})
            yield f"{at}/{name}", name, "misspelt"
            _become(held, {key: whole[key] for key in whole if key != name})
            yield f"{at}/{name}", name, "missing"
        _become(held, {**whole, "unheardOf": "x"})
        yield at, "", "unheard-of"
        _become(held, whole)
    places = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    for name, value in list(places):
        for other in _KINDS:
            if type(other) is not type(value):
                held[name] = other
                yield f"{at}/{name}", str(name), json.dumps(other)
            elif isinstance(value, str):
                for how, words in (("reworded", other), ("overlong", "x" * 5_000)):
                    held[name] = words
                    yield f"{at}/{name}", str(name), how
        held[name] = value
        yield from spoilings(value, f"{at}/{name}")


def _become(held: dict[str, Any], other: dict[str, Any]) -> None:
    held.clear()
    held.update(other)
