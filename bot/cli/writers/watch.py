"""Watch a content folder while somebody writes in it: show what changed at once, then what `check` says of it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import orjson

from bot.cli.writers import proofs
from bot.cli.writers.proofs import Sheet
from content import library, wording
from content.library import FaultyContent, Library
from content.model import Fault

PAUSE = 0.1  # seconds between two looks at the folder, which take about a millisecond each
Stamps = Mapping[str, tuple[int, int]]
News = Mapping[str, object]


def stamps(folder: Path) -> Stamps:
    """Give when each file was written and how large it is, by its name within the folder; hidden ones are an editor's.

    Folders go meanwhile too, as when another branch is checked out: unlike Path.rglob, os.walk passes over them.
    """
    found: dict[str, tuple[int, int]] = {}
    for above, _, names in os.walk(folder):
        for path in (Path(above, name) for name in names if name.endswith(".yaml") and not name.startswith(".")):
            with contextlib.suppress(OSError):  # editors put a file away and another in its place
                stat = path.stat()
                found[path.relative_to(folder).as_posix()] = (stat.st_mtime_ns, stat.st_size)
    return found


def changed(before: Stamps, after: Stamps) -> str:
    """Name the file that changed last, one that went where none came; '' where nothing did."""
    fresh = [name for name, stamp in after.items() if before.get(name) != stamp]
    gone = before.keys() - after.keys()
    return max(fresh, key=lambda name: after[name][0]) if fresh else min(gone, default="")


class Watcher:
    """Tells what a page shows of the file that changed last.

    Args:
        folder: the content's.
        tell: is handed what is to be shown, each time all of it.
        reload: has the running bot read the content anew; called only where it can be read.
        command: how `check` is run on the folder, in a process of its own: it takes seconds of computing.
        pause: seconds between two looks.
        kept: a folder in which what was read is kept, so that the bot need not read it once more.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[[News], None],
        reload: Callable[[], None],
        *,
        command: Iterable[str] = (sys.executable, "-m", "bot", "check", "--json"),
        pause: float = PAUSE,
        kept: Path | None = None,
    ) -> None:
        self._folder = folder
        self._tell = tell
        self._reload = reload
        self._command = (*command, str(folder))
        self._pause = pause
        self._kept = kept
        self._standing: Library | None = None
        self._sheet: Sheet | None = None
        self._checking: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()  # from then on every change is seen

    async def run(self, since: Stamps | None = None) -> None:
        """Watch until cancelled: what changed after `since`, or after the watch begins."""
        try:
            seen = await asyncio.to_thread(stamps, self._folder) if since is None else since
            with contextlib.suppress(FaultyContent):  # then the first good reading is the one to compare with
                self._standing = await asyncio.to_thread(library.load, self._folder, kept=self._kept)
            self.ready.set()
            while True:
                now = await asyncio.to_thread(stamps, self._folder)
                if (name := changed(seen, now)) and await self._show(name, now):
                    seen = now
                await asyncio.sleep(self._pause)
        finally:
            await self._stop_checking()

    async def _show(self, name: str, now: Stamps) -> bool:
        """Read the folder; show the entry that changed in the file, or what is wrong, with what was last good.

        False, and nothing is shown, where the folder is no longer as it was `now`: a file was read half written.
        """
        await self._stop_checking()
        file = wording.shown(str(self._folder / name))
        read: Library | FaultyContent
        try:
            read = await asyncio.to_thread(library.load, self._folder, kept=self._kept)
        except FaultyContent as error:
            read = error
        if await asyncio.to_thread(stamps, self._folder) != now:
            return False
        if isinstance(read, FaultyContent):
            self._say(name, "faults", read.faults, read.warnings)
            return True
        self._sheet = await asyncio.to_thread(proofs.sheet, self._standing, read, file)
        self._standing = read
        faults = self._sheet.faults if self._sheet else ()
        self._say(name, "faults" if faults else "checking", faults, read.warnings)
        self._reload()
        self._checking = asyncio.create_task(self._check(name))
        return True

    async def _check(self, name: str) -> None:
        """Ask `check`, which also measures how it reads and how large each card is."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            printed, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            held = orjson.loads(printed)
            found, warned = ([Fault(**each) for each in held[name]] for name in ("faults", "warnings"))
        except (ValueError, KeyError, TypeError):  # it could not be run: what was read is said all the same
            self._say(name, "unchecked", (), ())
            return
        self._say(name, "faults" if found else "warnings" if warned else "well", found, warned)

    async def _stop_checking(self) -> None:
        """Drop the answer about what has changed since."""
        if self._checking is not None:
            self._checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._checking
            self._checking = None

    def _say(self, name: str, state: str, faults: Iterable[Fault], warnings: Iterable[Fault]) -> None:
        sheet = self._sheet
        self._tell(
            {
                "file": name,
                "state": state,
                "sentences": [
                    *({"words": str(fault), "is_warning": False} for fault in faults),
                    *({"words": str(warning), "is_warning": True} for warning in warnings),
                ],
                "entry": sheet and {"id": sheet.id, "title": sheet.title},
                "cards": [{"what": proof.what, **proof.drawn} for proof in sheet.proofs] if sheet else [],
            }
        )
