"""What a page shows to whoever writes: which entry a saved file changed, and which of its cards."""

import asyncio
import contextlib
import shutil
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.cli import playground_server
from bot.cli.writers import proofs, watch
from bot.cli.writers.proofs import Sheet
from bot.cli.writers.watch import Watcher
from content import library
from content.library import Library
from tests.bot.test_serve import undrawable
from tests.content import decks


def before(folder: Path) -> Library:
    """Give the deck as it was before anybody wrote in it."""
    folder.mkdir()
    return library.load(decks.written(folder))


def saved(folder: Path, name: str, old: str, new: str) -> Sheet | None:
    """Save the deck with one change in it, and give what is shown of the file."""
    standing, written = before(folder / "before"), folder / "written"
    written.mkdir()
    decks.written(written, {name: (old, new)})
    return proofs.sheet(standing, library.load(written), str(written / name))


@pytest.mark.parametrize(
    ("name", "old", "new", "id_", "shown"),
    [
        ("tips.yaml", "title: Let the water cool", "title: Let the zebra cool", "tip/cool-water", ["The card"]),
        ("tips.yaml", "title: Count your cups", "title: Count your zebras", "tip/count-cups", ["The card"]),
        ("tips.yaml", "title: Three cups", "title: Three zebras", "tip/cool-water", ["Exercise"]),
        ("tips.yaml", "At 80 °C the cup", "At 80 °C the zebra", "tip/cool-water", ["More detail"]),
        ("deck.yaml", "title: Taste & smell", "title: Taste & zebra", "dimension/taste", ["The card", "More detail"]),
        ("deck.yaml", "title: Taste both blind", "title: Taste zebra", "dimension/taste", ["Exercise"]),
        ("glossary.yaml", "terms:", "# a zebra\nterms:", "term/tannin", ["The card"]),
        ("dilemmas.yaml", "title: A guest in a hurry", "title: A zebra", "dilemma/guest-in-a-hurry", ["The card"]),
    ],
)
def test_what_looks_different_is_shown(  # a row of the table
    tmp_path: Path, name: str, old: str, new: str, id_: str, shown: list[str]
) -> None:
    """Of the entry that changed, the cards that did, two at most; where only a comment did, the first entry's own."""
    sheet = saved(tmp_path, name, old, new)
    assert sheet is not None
    assert (sheet.id, sheet.faults) == (id_, ())
    assert [proof.what for proof in sheet.proofs][: len(shown)] == shown
    assert len(sheet.proofs) <= 2
    for proof in sheet.proofs:
        assert set(proof.drawn) == {"slack", "teams"}
        assert all("zebra" in str(drawn) or name == "glossary.yaml" for drawn in proof.drawn.values())


def test_a_file_without_cards_has_none(tmp_path: Path) -> None:
    """References stand below others' cards."""
    assert saved(tmp_path, "references.yaml", "title: A guide to water", "title: A guide to zebras") is None


def test_before_anything_was_read_the_first_entry_is_shown(tmp_path: Path) -> None:
    """Where the folder was broken at first, there is nothing to compare with."""
    read = before(tmp_path / "deck")
    sheet = proofs.sheet(None, read, str(tmp_path / "deck" / "tips.yaml"))
    assert sheet is not None
    assert (sheet.id, [proof.what for proof in sheet.proofs]) == ("tip/cool-water", ["The card"])


def test_a_level_too_long_to_be_drawn_says_so(tmp_path: Path) -> None:
    """With the place where its entry stands; nothing is raised."""
    standing = before(tmp_path / "before")
    read = library.load(undrawable(tmp_path / "deck"))
    sheet = proofs.sheet(standing, read, str(tmp_path / "deck" / "deck.yaml"))
    assert sheet is not None
    (fault,) = sheet.faults
    assert fault.line == decks.line_of("deck.yaml", "  - id: taste")
    assert fault.sentence.startswith("taste: more detail: ")


def test_the_file_that_changed_last_is_named(tmp_path: Path) -> None:
    """One that came, one that was written, the last of several, one that went; and nothing where nothing did."""
    (tmp_path / "tips").mkdir()
    for name in ("deck.yaml", "tips/a.yaml"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    first = watch.stamps(tmp_path)
    assert set(first) == {"deck.yaml", "tips/a.yaml"}
    assert watch.changed(first, watch.stamps(tmp_path)) == ""
    assert watch.changed(first, {**first, "tips/b.yaml": (1, 1)}) == "tips/b.yaml"
    assert watch.changed(first, {"deck.yaml": (5, 1), "tips/a.yaml": (4, 1)}) == "deck.yaml"
    assert watch.changed(first, {"deck.yaml": first["deck.yaml"]}) == "tips/a.yaml"


def test_an_editors_own_files_are_no_content(tmp_path: Path) -> None:
    """Emacs puts a link that leads nowhere beside a file with changes that are not saved: nothing opens it."""
    (tmp_path / "dimensions").mkdir()
    (tmp_path / "dimensions" / "risks.yaml").write_text("id: risks\nnumber: 1\n", encoding="utf-8")
    (tmp_path / "dimensions" / ".#risks.yaml").symlink_to("somebody@a-machine.1234")
    assert set(watch.stamps(tmp_path)) == {"dimensions/risks.yaml"}
    assert "risks" in dict(playground_server.slack_usages(tmp_path)["/pm-compare"])


def test_folders_may_go_while_they_are_looked_through(tmp_path: Path) -> None:
    """As when another branch is checked out; what stays is seen each time."""
    (tmp_path / "deck.yaml").write_text("x", encoding="utf-8")

    def come_and_go() -> None:
        for _ in range(300):
            (tmp_path / "tips" / "inner").mkdir(parents=True)
            shutil.rmtree(tmp_path / "tips")

    other = threading.Thread(target=come_and_go)
    other.start()
    while other.is_alive():
        assert set(watch.stamps(tmp_path)) == {"deck.yaml"}
    other.join()


class Desk:
    """Somebody who writes in a folder, and what they are shown; `check` is another program here."""

    def __init__(self, folder: Path, program: str) -> None:
        folder.mkdir()
        self.folder = decks.written(folder)
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        self.reloads = 0
        command = (sys.executable, "-c", program)
        self.watcher = Watcher(folder, self.told.put_nowait, self._reload, command=command, pause=0.01)

    def _reload(self) -> None:
        self.reloads += 1

    def save(self, old: str, new: str) -> None:
        """Save deck.yaml with a change in it."""
        path = self.folder / "deck.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    async def until(self, state: str) -> Any:  # noqa: ANN401 # JSON
        """Wait until something is told in a state."""
        async with asyncio.timeout(60):
            while (news := await self.told.get())["state"] != state:
                pass
        return news


@contextlib.asynccontextmanager
async def writing(folder: Path, program: str, *, is_broken: bool = False) -> AsyncIterator[Desk]:
    """Watch a deck while somebody writes in it."""
    desk = Desk(folder, program)
    if is_broken:
        desk.save("title: Taste & smell", "titel: Taste & smell")
    watching = asyncio.create_task(desk.watcher.run())
    await desk.watcher.ready.wait()
    try:
        yield desk
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def test_where_check_cannot_be_run_the_card_is_shown_all_the_same(tmp_path: Path) -> None:
    """What it printed is no report: the page says that nothing was checked."""
    async with writing(tmp_path / "deck", "print('nonsense')") as desk:
        desk.save("title: Taste & smell", "title: Taste & zebra")
        shown = await desk.until("checking")
        assert "zebra" in str(shown["cards"])
        assert (await desk.until("unchecked"))["cards"] == shown["cards"]
        assert desk.reloads == 1


async def test_a_folder_that_is_broken_at_first_is_shown_once_it_is_mended(tmp_path: Path) -> None:
    """The bot is told of it only then."""
    found = '{"faults": [], "warnings": [{"file": "deck.yaml", "line": 3, "sentence": "look at this"}]}'
    async with writing(tmp_path / "deck", f"print('{found}')", is_broken=True) as desk:
        desk.save("titel: Taste & smell", "titl: Taste & smell")
        faulty = await desk.until("faults")
        assert (faulty["entry"], faulty["cards"], desk.reloads) == (None, [], 0)
        assert faulty["sentences"]
        desk.save("titl: Taste & smell", "title: Taste & smell")
        checked = await desk.until("warnings")
        assert checked["sentences"] == [{"words": "deck.yaml:3: look at this", "is_warning": True}]
        assert checked["entry"] == {"id": "dimension/taste", "title": "Taste & smell"}
        assert desk.reloads == 1


async def test_what_is_saved_while_the_bot_starts_is_shown_too(tmp_path: Path) -> None:
    """The watch begins after that; the bot may have read the file before it was saved."""
    desk = Desk(tmp_path / "deck", "print('{}')")
    before = watch.stamps(desk.folder)
    desk.save("title: Taste & smell", "title: Taste & zebra")
    watching = asyncio.create_task(desk.watcher.run(before))
    assert (await desk.until("checking"))["file"] == "deck.yaml"
    assert desk.reloads == 1
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching


async def test_a_newer_change_ends_the_check_of_the_one_before(tmp_path: Path) -> None:
    """Its process too; and none is left when nobody watches any more."""
    marker = f"pm-compare-check-{tmp_path.name}"
    async with writing(tmp_path / "deck", f"import time  # {marker}\ntime.sleep(600)") as desk:
        for number, (old, new) in enumerate((("Taste & smell", "Taste & one"), ("Taste & one", "Taste & two"))):
            desk.save(f"title: {old}", f"title: {new}")
            assert (await desk.until("checking"))["entry"]["title"] == new
            assert desk.reloads == number + 1
    ours = psutil.Process().children()
    assert [each.pid for each in ours if marker in " ".join(each.cmdline())] == []
