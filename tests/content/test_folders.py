"""A deck of many files reads like one of few, and what stands between the files is checked."""

import os
import re
import textwrap
from datetime import date
from pathlib import Path

import pytest

from content import library
from tests.content import decks

TODAY = date(2026, 11, 23)


def split(folder: Path, order: str | None = "order:\n  - cool-water\n  - count-cups\n") -> Path:
    """Write the deck as its writers share it: a file for each dimension, its tips, terms and dilemmas."""
    head, _, dimensions = decks.DECK.partition("dimensions:\n")
    files = {"deck.yaml": head, "references.yaml": decks.REFERENCES, "dilemmas/taste.yaml": decks.DILEMMAS}
    files["glossary/taste.yaml"] = decks.GLOSSARY
    for name, text in _items(dimensions).items():
        files[f"dimensions/{name}.yaml"] = textwrap.dedent(f"    {text}")
    cool, count = _items(decks.TIPS.removeprefix("tips:\n")).values()
    files["tips/taste.yaml"], files["tips/caffeine.yaml"] = f"tips:\n  - {cool}", f"tips:\n  - {count}"
    if order is not None:
        files["order.yaml"] = order
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _items(text: str) -> dict[str, str]:
    return {item.split()[1]: item for item in re.split(r"(?m)^  - (?=id: )", text)[1:]}


def sentences(folder: Path) -> list[str]:
    """Give the faults, then the warnings, each without its folder."""
    report = library.check(folder, TODAY)
    return [str(fault).removeprefix(f"{folder}/") for fault in (*report.faults, *report.warnings)]


def test_files_apart_say_what_files_together_say(tmp_path: Path) -> None:
    """Whoever splits a deck changes nothing of it, its fingerprints included."""
    whole = library.load(decks.written(tmp_path))
    apart = library.load(split(tmp_path / "apart"), TODAY)
    assert (apart.deck, apart.dimensions, apart.tips) == (whole.deck, whole.dimensions, whole.tips)
    assert (apart.dilemmas, apart.references, apart.terms) == (whole.dilemmas, whole.references, whole.terms)
    assert apart.warnings == ()
    prints = [{name: place.fingerprint for name, place in deck.places.items()} for deck in (whole, apart)]
    assert prints[0] == prints[1]
    assert apart.places["tip/count-cups"].file == str(tmp_path / "apart" / "tips" / "caffeine.yaml")


def test_both_ways_may_be_mixed(tmp_path: Path) -> None:
    """A file beside a folder of its name adds to it, so that a deck can be split bit by bit."""
    split(tmp_path)
    extra = decks.TIPS.replace("id: c", "id: more-c").replace("title: ", "title: More: ").replace("More: ", "More ")
    (tmp_path / "tips.yaml").write_text(extra, encoding="utf-8")
    deck = library.load(tmp_path)
    assert [tip.id for tip in deck.tips] == ["cool-water", "count-cups", "more-cool-water", "more-count-cups"]


def test_order_is_that_of_its_own_file(tmp_path: Path) -> None:
    """Tips come as order.yaml names them, whatever their files are called."""
    deck = library.load(split(tmp_path, "order:\n  - count-cups\n  - cool-water\n"), TODAY)
    assert [tip.id for tip in deck.tips] == ["count-cups", "cool-water"]
    assert deck.warnings == ()


def test_a_single_file_may_be_put_in_order_too(tmp_path: Path) -> None:
    """Without order.yaml the file's order counts; with it, its own."""
    decks.written(tmp_path)
    assert [tip.id for tip in library.load(tmp_path).tips] == ["cool-water", "count-cups"]
    (tmp_path / "order.yaml").write_text("order: [count-cups, cool-water]\n")
    assert [tip.id for tip in library.load(tmp_path).tips] == ["count-cups", "cool-water"]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("order: [cool-water, count-cup]", "order.yaml:1: there is no tip `count-cup`; did you mean `count-cups`?"),
        ("order: [cool-water, quokka]", "order.yaml:1: there is no tip `quokka`: take it out"),
        (
            "order:\n  - count-cups\n  - cool-water\n  - count-cups\n",
            "order.yaml:4: `count-cups` stands on line 2 already: each tip has one place",
        ),
        ("order: cool-water", "order.yaml:1: `order` is a list: begin each item on its own line with `- `"),
        (
            "order:\n  - cool-water\n    count-cups\n",
            "order.yaml:2: `cool-water count-cups` is no id: begin each on a line of its own with `- `",
        ),
        ("oder: [cool-water]", "order.yaml:1: unknown key `oder`; did you mean `order`?"),
        ("order: []", "order.yaml:1: `order` has 0, from 1 to 2000 are wanted: add some"),
        (
            "order: [cool-water]",
            "tips/caffeine.yaml:2: `count-cups` has no place in order.yaml, so it comes last",
        ),
        (None, "order.yaml:1: the tips stand in several files: name them here in the order in which channels get them"),
    ],
)
def test_what_is_wrong_with_the_order(tmp_path: Path, order: str | None, said: str) -> None:
    """Every tip has one place; what has none is warned of and not lost."""
    assert said in sentences(split(tmp_path, order))


MANY = 14  # tips, two more than everybody can try


def needing(folder: Path, needs: dict[int, str]) -> list[str]:
    """Write tips in order, some of which say what they need, and give what is said of that, without its folder."""
    (one,) = (text for name, text in _items(decks.TIPS.removeprefix("tips:\n")).items() if name == "count-cups")
    tips = [
        (f"  - {one}" + (f"    needs: {needs[number]}\n" if number in needs else ""))
        .replace("id: count-cups", f"id: cups-{number}")
        .replace("title: Count your cups", f"title: Count {number} cups")
        for number in range(1, MANY + 1)
    ]
    decks.written(folder)
    with (folder / "tips.yaml").open("a", encoding="utf-8") as file:
        file.write("".join(tips))
    names = [f"  - cups-{number}\n" for number in range(1, MANY + 1)]
    (folder / "order.yaml").write_text(f"order:\n{''.join(names)}  - cool-water\n  - count-cups\n", encoding="utf-8")
    return [sentence for sentence in sentences(folder) if " need" in sentence]


@pytest.mark.parametrize("needs", ["prototype", "live"])
def test_everybody_can_try_the_first_tips(tmp_path: Path, needs: str) -> None:
    """The twelfth needs no AI feature of one's own; from the thirteenth on a tip may."""
    said = needing(tmp_path, dict.fromkeys(range(1, MANY + 1), "none") | {12: needs, 13: needs})
    sentence = (
        f"order.yaml:13: `cups-12` needs `{needs}`, and everybody can try the first 12: move it down, and one that "
        "needs `none` up"
    )
    assert said == [sentence]
    with pytest.raises(library.FaultyContent, match="everybody can try the first 12"):
        library.load(tmp_path)


def test_what_the_first_tips_need_is_said(tmp_path: Path) -> None:
    """A deck that says it of none is let pass; one that says it of any tip is asked for the first ones."""
    (tmp_path / "silent").mkdir()
    assert needing(tmp_path / "silent", {}) == []
    said = needing(tmp_path, dict.fromkeys(range(3, 12), "none") | {14: "live"})
    lines = (tmp_path / "tips.yaml").read_text(encoding="utf-8").splitlines()
    assert said == [
        f"tips.yaml:{lines.index(f'  - id: cups-{number}') + 1}: `cups-{number}` is one of the first 12 in order.yaml: "
        "say what it needs, best `none`"
        for number in (1, 2, 12)
    ]


def test_neighbours_of_one_dimension_are_warned_of(tmp_path: Path) -> None:
    """Two weeks on the same subject bore: the second of them is named."""
    split(tmp_path, "order:\n  - cool-water\n  - count-cups\n")
    (tmp_path / "tips" / "caffeine.yaml").unlink()
    count = decks.TIPS.partition("  - id: count-cups")[2].replace("dimension: caffeine", "dimension: taste")
    with (tmp_path / "tips" / "taste.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  - id: count-cups{count}")
    said = sentences(tmp_path)
    assert "order.yaml:3: `count-cups` is of `taste`, as the tip above it: put another dimension's between" in said


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "tips/caffeine.yaml",
            "id: count-cups",
            "id: cool-water",
            "tips/taste.yaml:2: the id `cool-water` stands in {folder}/tips/caffeine.yaml:2 already: choose another",
        ),
        (
            "tips/caffeine.yaml",
            "dimension: caffeine",
            "dimension: taste",
            "tips/caffeine.yaml:3: this file is for `caffeine`: move what belongs to `taste` to its own",
        ),
        (
            "dimensions/caffeine.yaml",
            "id: caffeine",
            "id: coffee",
            "dimensions/caffeine.yaml:1: the file of `coffee` is coffee.yaml: rename one of them",
        ),
        (
            "deck.yaml",
            "deck:",
            "dimensions: []\ndek:",
            "deck.yaml:2: unknown key `dek`; did you mean `deck`?",
        ),
        ("glossary/taste.yaml", "id: tannin", "id: tannins", "tips/taste.yaml:6: the glossary has no `tannin`; did"),
    ],
)
def test_faults_between_files(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    """What collides, belongs elsewhere or leads nowhere is said with both ends."""
    split(tmp_path)
    text = (tmp_path / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = sentences(tmp_path)
    assert any(line.startswith(said.format(folder=tmp_path)) for line in found), found


def test_a_deck_without_dimensions(tmp_path: Path) -> None:
    """They may stand in either place, and must stand in one."""
    split(tmp_path)
    for path in (tmp_path / "dimensions").iterdir():
        path.unlink()
    assert "deck.yaml:1: this deck file has no `dimensions`: add it, or a file each in dimensions/" in sentences(
        tmp_path
    )


def test_more_dimensions_than_can_be_drawn(tmp_path: Path) -> None:
    """Each one too many is named."""
    split(tmp_path)
    text = (tmp_path / "dimensions" / "caffeine.yaml").read_text()
    for number in range(3, 22):
        more = text.replace("number: 2", f"number: {min(number, 20)}").replace("caffeine", f"more-{number}")
        (tmp_path / "dimensions" / f"more-{number}.yaml").write_text(more)
    assert any("there are 21 dimensions, at most 20 can be drawn" in line for line in sentences(tmp_path))


def test_one_folder_too_high_is_the_only_thing_said(tmp_path: Path) -> None:
    """Whoever names the folder above the deck's is told of that alone."""
    split(tmp_path / "deck")
    assert sentences(tmp_path) == [f"{tmp_path}:1: there is no deck.yaml here; did you mean `{tmp_path}/deck`?"]


def test_a_dimension_without_an_id_is_none_to_write(tmp_path: Path) -> None:
    """The dimensions that are offered for a wrong one are those that have an id."""
    decks.written(tmp_path, {"deck.yaml": ("id: taste", "id:"), "tips.yaml": ("dimension: taste", "dimension: quokka")})
    assert "tips.yaml:4: there is no dimension `quokka`: write one of caffeine" in sentences(tmp_path)


def test_a_broken_file_is_blamed_alone(tmp_path: Path) -> None:
    """One writer's slip does not cover the others' work with faults."""
    for name in ("dimensions/taste.yaml", "tips/taste.yaml", "glossary/taste.yaml", "references.yaml", "order.yaml"):
        split(tmp_path)
        (tmp_path / name).write_text("[", encoding="utf-8")
        faults = library.check(tmp_path, TODAY).faults
        expected = {str(tmp_path / name)} | ({str(tmp_path / "order.yaml")} if name == "tips/taste.yaml" else set())
        assert {fault.file for fault in faults} <= expected
        assert len(faults) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tip/taste.yaml", "tip/taste.yaml:1: this file is not read; did you mean `tips/`?"),
        ("tips/taste.yml", "tips/taste.yml:1: this file is not read: docs/writing.md names the files"),
        ("oder.yaml", "oder.yaml:1: this file is not read; did you mean `order.yaml`?"),
        (
            "tips/caffeine.YAML",
            "tips/caffeine.YAML:1: this file is not read: docs/writing.md names the files that hold",
        ),
        (
            "tips/more.yaml.txt",
            "tips/more.yaml.txt:1: this file is not read: docs/writing.md names the files that hold",
        ),
        (
            "DECK.YML",
            "DECK.YML:1: this file is not read: docs/writing.md names the files that hold content, and their na",
        ),
        ("tips/old/taste.yaml", "tips/old/taste.yaml:1: this file is not read: docs/writing.md names the files that h"),
        ("a/b/c/d.yml", "a/b/c/d.yml:1: this file is not read"),
        ("tips/.taste.yaml", ""),
        (".order.yaml", ""),
        (".git/taste.yaml", ""),
        ("tips/.trash/taste.yaml", ""),
        (".cache/a/b/taste.yaml", ""),
        ("notes/plan.txt", ""),
    ],
)
def test_files_that_are_not_read_are_named(tmp_path: Path, name: str, said: str) -> None:
    """A misnamed file is no silent loss; what an editor leaves behind is none."""
    split(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
    (tmp_path / name).write_text("x: y", encoding="utf-8")
    found = sentences(tmp_path)
    assert [line.startswith(said) for line in found] == ([True] if said else []), found


def test_a_folder_that_leads_into_itself(tmp_path: Path) -> None:
    """A link in a circle is followed no further than content could stand."""
    split(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = sentences(tmp_path)
    assert all("again/" in line for line in found)
    assert 0 < len(found) < 100


def test_a_file_whose_name_is_not_utf8(tmp_path: Path) -> None:
    """It is named as well as it can be, whether or not it would be read; one with a line end in its name as well."""
    split(tmp_path)
    for name in (b"tips/caf\xe9.yaml", b"caf\xe9.yaml", b"tips/a\nb.YAML"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x: y")
    *found, last = sentences(tmp_path)
    assert found == [
        "tips/caf\\xe9.yaml:1: this file's name is not UTF-8: rename it, in plain letters best",
        "caf\\xe9.yaml:1: this file is not read: docs/writing.md names the files that hold content",
    ]
    assert last.startswith("tips/a\\nb.YAML:1: this file is not read: ")
    assert last.endswith(", and their names end in .yaml, in small letters")
