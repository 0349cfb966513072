"""Turn contents into bytes and back, many times as fast as their files are read and checked."""

import io
import pickle
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from content import depth, inline, model, references
from content.reading import contents
from content.reading.contents import Contents
from content.reading.listing import ORDER
from content.reading.snapshot import Snapshot

_MISSED = ("glossary.yaml", ORDER)  # files that a warning may name though they are not there


def dumped(read: Contents, taken: Snapshot) -> bytes | None:
    """Give sound contents as bytes that hold for the same files in whatever folder; None where they name others."""
    within = {taken.shown(name): name for name in (*taken.files, *taken.unread, *_MISSED)}
    try:
        held = _renamed(read, within.__getitem__)
    except KeyError:
        return None
    stream = io.BytesIO()
    _Pickler(stream, protocol=5).dump(held)
    return stream.getvalue()


def loaded(data: bytes, taken: Snapshot) -> Contents:
    """Give the contents of the files that were taken, from what `dumped` made of the same.

    Raises:
        pickle.UnpicklingError, and whatever else bytes lead to that are none of ours.
    """
    found = _Unpickler(io.BytesIO(data)).load()
    if not isinstance(found, Contents):
        raise pickle.UnpicklingError(type(found))
    return _renamed(found, taken.shown)


def _renamed(held: Contents, named: Callable[[str], str]) -> Contents:
    """Give the same with each file's name changed."""
    names: dict[str, str] = {}

    def file(name: str) -> str:
        if name not in names:
            names[name] = named(name)
        return names[name]

    return replace(
        held,
        warnings=tuple(replace(warning, file=file(warning.file)) for warning in held.warnings),
        places={name: replace(place, file=file(place.file)) for name, place in held.places.items()},
    )


def read_only(held: dict[str, str]) -> MappingProxyType[str, str]:
    """Make a mapping that nobody changes."""
    return MappingProxyType(held)


class _Pickler(pickle.Pickler):
    """Writes down values by what they are made with: what a dataclass does by itself takes twice as long to read."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 # as pickle has it
        """Say how a value is made again."""
        if isinstance(value, MappingProxyType):
            return read_only, (dict(value),)
        if not is_dataclass(value) or isinstance(value, type):
            return NotImplemented
        listed = fields(value)
        if any(each.kw_only for each in listed):
            return NotImplemented
        return type(value), tuple(getattr(value, each.name) for each in listed)


class _Unpickler(pickle.Unpickler):
    """Makes the types of content and no other: what was kept holds no others, and so can call nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 # as pickle has it
        """Give a type by its name."""
        if (module, name) not in _TYPES:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return _TYPES[module, name]


_MADE: tuple[Callable[..., object], ...] = (
    date,
    read_only,
    *(
        each
        for module in (contents, depth, inline, model, references)
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each)
    ),
)
_TYPES = {(each.__module__, each.__name__): each for each in _MADE}
