"""Warn a writer of texts that readers call wrong or outdated, where a database holds that; nothing is made for it."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from bot.settings.checked import Settings, SettingsError
from content.library import Library
from content.model import Fault

_PATIENCE = 3.0  # seconds that a writer waits for a database that may not be there
_KINDS = ("wrong", "outdated")


class Told(Struct, frozen=True):
    """That a reader called a subject (`tip/…`) wrong or outdated, in which version of it and when."""

    subject: str
    kind: str
    version: int
    day: date


def read(dotenv: Path) -> tuple[Told, ...]:
    """Read what is open in the configured database; nothing where there is none, or it cannot be used as it is."""
    try:
        settings = Settings.read(os.environ, dotenv)
    except SettingsError:
        return ()
    url = settings.database_url.reveal()
    # SQLite would make the file.
    if settings.database_kind == "sqlite" and not Path(url.removeprefix("sqlite:///")).is_file():
        return ()
    try:
        return asyncio.run(_read(url))
    except Exception:  # noqa: BLE001 # whatever is wrong with the database, the content is what is checked
        return ()


async def _read(url: str) -> tuple[Told, ...]:
    # Whoever writes without a database is spared what it takes.
    from store.database.access import Database  # noqa: PLC0415 # slow
    from store.learning import feedback  # noqa: PLC0415 # slow

    database = Database(url)
    try:
        async with asyncio.timeout(_PATIENCE):
            if not await database.is_current():
                return ()
            async with database.read() as connection:
                rows = await feedback.listed(connection, kinds=("wrong", "outdated"), only_open=True)
    finally:
        await database.close()
    return tuple(Told(row.subject, row.kind, row.version, row.created_at.date()) for row in rows)


def warnings(library: Library, told: Sequence[Told]) -> Iterator[Fault]:
    """Name the entries that are called wrong or outdated, each where it stands in the files."""
    by_subject: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_subject[one.subject].append(one)
    for subject, about in by_subject.items():
        place = library.places.get(subject)
        if place is not None:  # else it has gone from the content since
            yield Fault(place.file, place.version_line, _sentence(subject, about))


def _sentence(subject: str, about: Sequence[Told]) -> str:
    counts = {kind: sum(one.kind == kind for one in about) for kind in _KINDS}
    said = " and ".join(f"{kind} {_times(count)}" for kind, count in counts.items() if count)
    since, versions = min(one.day for one in about), sorted({one.version for one in about})
    of = f"version{'' if len(versions) == 1 else 's'} {', '.join(map(str, versions))}"
    return (
        f"`{subject.partition('/')[2]}` was called {said} since {since.isoformat()}, in {of}: `python -m bot feedback "
        f"list` has the words, and `feedback close --subject {subject} --fixed-in VERSION` tells who wants to know"
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
