"""`new` puts an entry at the end of its file, whatever else is unfinished, and refuses what could not be kept."""

from pathlib import Path

import pytest

from content import library
from content.reading import listing
from tests.cli.program import Ended, typed
from tests.content import decks, test_folders


def new(deck: Path, kind: str, dimension: str = "caffeine", id_: str = "") -> Ended:
    """Type `new` for a deck."""
    return typed(deck, "new", kind, "--dimension", dimension, "--path", str(deck), *(["--id", id_] if id_ else []))


def ids(deck: Path, file: str) -> list[str]:
    """List what the entries of a file begin with."""
    lines = (deck / file).read_text(encoding="utf-8").splitlines()
    return [line.partition("id:")[2].strip() for line in lines if line.lstrip().startswith("- id:")]


def test_new_says_where_the_entry_is(tmp_path: Path) -> None:
    """The command prints file and line, for the editor to open; a dimension or an id that cannot be is refused."""
    deck = test_folders.split(tmp_path / "deck")
    ended = new(deck, "dilemma")
    assert (ended.code, ended.out) == (0, f"{deck}/dilemmas/caffeine.yaml:2\n")
    assert ids(deck, "dilemmas/caffeine.yaml") == [""]
    refused = new(deck, "tip", "cafeine")
    assert (refused.code, "did you mean `caffeine`?; there are caffeine, taste" in refused.err) == (1, True)
    refused = new(deck, "tip", "taste", "No way")
    assert (refused.code, "cannot be an id" in refused.err) == (1, True)


def test_unfinished_entries_are_no_hindrance(tmp_path: Path) -> None:
    """A writer may begin several, in one file and in others, and finish them in any order."""
    deck = test_folders.split(tmp_path / "deck")
    for id_ in ("first", "second"):
        assert new(deck, "tip", "taste", id_).code == 0
    assert new(deck, "reference", "taste", "paper").code == 0
    (deck / "glossary" / "taste.yaml").write_text("terms: [")
    assert new(deck, "dilemma", "taste", "third").code == 0
    assert ids(deck, "tips/taste.yaml") == ["cool-water", "first", "second"]
    assert ids(deck, "dilemmas/taste.yaml") == ["guest-in-a-hurry", "third"]
    refused = new(deck, "term", "taste")
    assert refused.code == 1
    assert "a bracket opens here and is not closed" in refused.err
    assert "Mend this first" in refused.err
    assert (deck / "glossary" / "taste.yaml").read_text() == "terms: ["


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tips: []\n", "tips:\n  - id: x\n"),
        ("tips: [\n]\n", "tips:\n  - id: x\n"),
        ("tips:\n", "tips:\n  - id: x\n"),
        ("", "tips:\n  - id: x\n"),
        ("# mine\n", "# mine\n\ntips:\n  - id: x\n"),
        ("tips:\n- id: a\n  try: >-\n\n", "tips:\n- id: a\n  try: >-\n\n- id: x\n"),
        ("tips:\n    - id: a\n", "tips:\n    - id: a\n\n    - id: x\n"),
    ],
)
def test_the_list_may_be_empty_or_indented_otherwise(tmp_path: Path, before: str, after: str) -> None:
    """The new entry lines up with those there are."""
    deck = test_folders.split(tmp_path / "deck")
    (deck / "tips" / "caffeine.yaml").write_text(before)
    assert new(deck, "tip", id_="x").code == 0
    assert (deck / "tips" / "caffeine.yaml").read_text().startswith(after)
    assert "does not fit" not in str(library.check(deck).faults)


@pytest.mark.parametrize("before", ["tip: []\n", "tips: [{id: a}]\n", "tips: x\n", "tips: []\nmore: x\n", "- id: a\n"])
def test_a_file_of_another_form_is_left_alone(tmp_path: Path, before: str) -> None:
    """What cannot be added to is named, and stays as it is."""
    deck = test_folders.split(tmp_path / "deck")
    (deck / "tips" / "caffeine.yaml").write_text(before)
    refused = new(deck, "tip")
    assert refused.code == 1
    assert "tips/caffeine.yaml:1: this is no list of `tips:`" in refused.err
    assert (deck / "tips" / "caffeine.yaml").read_text() == before


@pytest.mark.parametrize(
    ("kind", "id_", "said"),
    [
        ("term", "tannin", "`tannin` is a term already (glossary/taste.yaml:2)"),
        ("term", "tannic-acid", "`tannic-acid` is a term already (glossary/taste.yaml:4)"),
        ("tip", "cool-water", "`cool-water` is a tip already (tips/taste.yaml:2)"),
        ("dilemma", "guest-in-a-hurry", "`guest-in-a-hurry` is a dilemma already (dilemmas/taste.yaml:2)"),
        ("reference", "leaf-study", "`leaf-study` is a reference already (references.yaml:2)"),
    ],
)
def test_what_is_there_already_is_not_begun_again(tmp_path: Path, kind: str, id_: str, said: str) -> None:
    """Said before anything is written, with the place; for a term its other names count too."""
    deck = test_folders.split(tmp_path / "deck")
    refused = new(deck, kind, "caffeine", id_)
    assert (refused.code, said in refused.err) == (1, True), refused.err
    assert not (deck / "glossary" / "caffeine.yaml").exists()


def test_a_new_file_names_its_schema(tmp_path: Path) -> None:
    """It is found where deck.yaml finds its own."""
    deck = test_folders.split(tmp_path / "deck")
    (deck / "deck.yaml").write_text(
        f"# yaml-language-server: $schema=../schemas/deck.json\n{(deck / 'deck.yaml').read_text()}"
    )
    assert new(deck, "term").code == 0
    lines = (deck / "glossary" / "caffeine.yaml").read_text().splitlines()
    assert lines[:4] == ["# yaml-language-server: $schema=../../schemas/glossary.json", "", "terms:", "  - id:"]
    small = decks.written(tmp_path)
    (small / "tips.yaml").unlink()
    assert new(small, "tip").code == 0
    assert (small / "tips.yaml").read_text().startswith("tips:\n  - id:\n")
    assert listing.names(small)["tips"] == ("tips.yaml",)


def test_a_deck_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Without a dimension there is nothing to add to."""
    refused = new(tmp_path, "tip")
    assert refused.code == 1
    assert "deck.yaml" in refused.err
