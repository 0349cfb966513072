"""Take up what an earlier reading of the very same files came to; read and keep it where there is none."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from content import emoji
from content.keeping import code, form
from content.keeping.folder import DECK, INDEX, Kept
from content.reading.contents import Contents
from content.reading.snapshot import Snapshot
from content.search.index import Search
from content.search.passages import Entry


def place(folder: Path | None, taken: Snapshot) -> Kept | None:
    """Give the place in a folder where what these files come to is kept; None where nothing can be.

    It is another for another byte in any of the files, in the code that reads them, and for what that runs on.
    """
    if folder is None or not taken.names or not code.digest():
        return None
    return Kept(folder, hashlib.sha256(repr((code.digest(), taken.held)).encode()).hexdigest())


def contents(taken: Snapshot, today: date | None, kept: Kept | None) -> Contents:
    """Give what the files hold, with every fault; what has any is not kept."""
    if kept and (found := _kept_contents(taken, kept)):
        return found
    from content.reading import folder  # noqa: PLC0415 # slow, and mostly spared

    read = folder.read(taken, today)
    if kept and read.deck and not read.faults:
        _keep(kept, DECK, form.dumped(read, taken))
    return read


def search(entries: Sequence[Entry], kept: Kept | None) -> Search:
    """Give the search of entries."""
    image = kept.read(INDEX) if kept else None
    if image is not None:
        with suppress(Exception):  # whatever is wrong with it, it can be built
            return Search(entries, image)
    built = Search(entries)
    if kept:
        _keep(kept, INDEX, built.image())
    return built


def _kept_contents(taken: Snapshot, kept: Kept) -> Contents | None:
    data = kept.read(DECK)
    if data is None:
        return None
    try:
        found = form.loaded(data, taken)
    except Exception:  # noqa: BLE001 # whatever is wrong with it, the files themselves can be read
        return None
    if found.deck:
        emoji.levels(tuple(found.deck.reactions.items()))  # as reading does, for the first reaction that comes
    return found


def _keep(kept: Kept, part: str, data: bytes | None) -> None:
    if data is not None and code.fresh() == code.digest():  # else an update came meanwhile, and some of it may run here
        kept.write(part, data)
