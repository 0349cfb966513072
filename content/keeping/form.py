"""Turn contents into bytes and back, many times as fast as their files are read and checked."""

from collections.abc import Callable
from types import MappingProxyType

from msgspec import msgpack
from msgspec.structs import force_setattr, replace

from content.depth import Failure
from content.reading.contents import Contents
from content.reading.listing import ORDER
from content.reading.snapshot import Snapshot
from content.references import Reference, Source

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
    _share_references(found)
    if found.deck is None:
        return found
    return replace(found, deck=replace(found.deck, reactions=MappingProxyType(dict(found.deck.reactions))))


def _share_references(held: Contents) -> None:
    """Let all who cite a document have it in common, as they had when it was read: 0.5 MB less.

    Each has one of its own, which nobody has seen yet, so that to change it is to go on making it.
    """
    shared: dict[Reference | None, Reference] = {each: each for each in held.references}
    citing: list[Failure | Source] = [failure for each in held.dimensions for failure in each.depth.failures]
    citing += [source for each in (*held.dimensions, *held.tips) for source in each.sources]
    citing += [source for each in held.dilemmas for source in each.sources]
    for one in citing:
        force_setattr(one, "reference", shared.get(one.reference, one.reference))


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
