"""Turn contents into bytes and back, many times as fast as their files are read and checked."""

from collections.abc import Callable
from types import MappingProxyType

from msgspec import msgpack
from msgspec.structs import replace

from content.reading.contents import Contents
from content.reading.listing import ORDER
from content.reading.snapshot import Snapshot

_MISSED = ("glossary.yaml", ORDER)  # files that a warning may name though they are not there


def dumped(read: Contents, taken: Snapshot) -> bytes | None:
    """Give sound contents as bytes that hold for the same files in whatever folder.

    None where they name others, or one whose name is not UTF-8.
    """
    within = {taken.shown(name): name for name in (*taken.files, *taken.unread, *_MISSED)}
    try:
        return msgpack.encode(_renamed(read, within.__getitem__), enc_hook=dict)  # of mappings that nobody changes
    except (KeyError, UnicodeEncodeError):
        return None


def loaded(data: bytes, taken: Snapshot) -> Contents:
    """Give the contents of the files that were taken, from what `dumped` made of the same.

    Raises:
        msgspec.DecodeError: the bytes are none of ours.
    """
    found = _renamed(msgpack.decode(data, type=Contents), taken.shown)
    if found.deck is None:
        return found
    return replace(found, deck=replace(found.deck, reactions=MappingProxyType(dict(found.deck.reactions))))


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
