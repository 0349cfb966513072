"""What a page shows to whoever writes: which entry a saved file changed, and which of its cards."""

from pathlib import Path

import pytest

from bot.cli.writers import proofs, watch
from bot.cli.writers.proofs import Sheet
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
