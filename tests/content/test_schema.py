"""Editors get schemas that say what `check` says, and writers get entries to fill in."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from content import library
from content.authoring import adding, json_schema, scaffold
from content.reading import snapshot
from content.reading.yaml import LOADER
from tests.cli.program import ROOT, typed
from tests.content import decks, test_folders

TODAY = date(2026, 11, 23)
SCHEMAS = ROOT / "content" / "schemas"
SHIPPED = sorted(path for path in (ROOT / "content" / "ai-pm").rglob("*.yaml") if path.name != "versions.yaml")
OF_FOLDER = {"dimensions": "dimension", "tips": "tips", "dilemmas": "dilemmas", "glossary": "glossary"}


class _AsEditors(LOADER):  # type: ignore[misc,valid-type] # libyaml's where there is one, as the program reads
    """Reads a day as the text that it is: YAML 1.2, which editors go by, has no dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012 # the loader's own name and form for them
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for first, found in LOADER.yaml_implicit_resolvers.items()
    }


def loaded(text: str) -> Any:  # noqa: ANN401 # whatever the file holds
    """Give a file's values."""
    return yaml.load(text, _AsEditors)  # noqa: S506 # a safe loader, but for dates


def errors(schema: str, held: Any) -> list[str]:  # noqa: ANN401 # whatever the file holds
    """Say what a schema has against the values of a file."""
    return [error.message for error in Draft7Validator(json_schema.schema(schema)).iter_errors(held)]


@pytest.mark.parametrize("name", json_schema.FILES)
def test_the_files_are_what_the_types_say(name: str) -> None:
    """The schemas that ship are those of the program; `python -m bot schema` writes them anew."""
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == json_schema.text(name)
    Draft7Validator.check_schema(json_schema.schema(name))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_ships_names_its_schema_and_keeps_to_it(path: Path) -> None:
    """An editor finds each file's schema beside it, and marks nothing in it."""
    name = OF_FOLDER.get(path.parent.name, path.parent.name if path.parent.name == "references" else path.stem)
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == SCHEMAS / f"{name}.json"
    assert errors(name, loaded(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("schema", "text", "old", "new", "said"),
    [
        ("deck", decks.DECK, "title: Taste", "titel: Taste", "'titel' was unexpected"),
        ("deck", decks.DECK, "number: 2", "number: two", "'two' is not of type 'integer'"),
        ("deck", decks.DECK, "mag: detail", "mag: detial", "'detial' is not one of"),
        ("deck", decks.DECK, "kind: business", "kind: trade", "'trade' is not one of"),
        ("deck", decks.DECK, "      - Who pours?\n", "", "is too short"),
        ("tips", decks.TIPS, "checked: 2026-11", "checked: November", "'November' does not match"),
        ("tips", decks.TIPS, "id: cool-water", "id: Cool water", "'Cool water' does not match"),
        ("tips", decks.TIPS, "    exercise:", "    exercises:", "'exercise' is a required property"),
        ("tips", decks.TIPS, "    title: Let", "    before: 2 December\n    title: Let", "'2 December' does not match"),
        ("dilemmas", decks.DILEMMAS, "label: Offer juice", f"label: {'x' * 71}", "is too long"),
        ("references", decks.REFERENCES, "checked: primary", "checked: maybe", "'maybe' is not one of"),
        ("glossary", decks.GLOSSARY, "aliases: [tannic acid]", "aliases: tannic", "'tannic' is not of type 'array'"),
    ],
)
def test_a_slip_is_marked_while_one_types(schema: str, text: str, old: str, new: str, said: str) -> None:
    """What `check` would call a fault of form the schema knows too; the sound deck it leaves alone."""
    assert errors(schema, loaded(text)) == []
    assert errors(schema, loaded(text.replace("    title: Let", "    before: 2026-12-02\n    title: Let"))) == []
    assert old in text
    found = errors(schema, loaded(text.replace(old, new, 1)))
    assert any(said in error for error in found), found


def test_every_key_is_explained() -> None:
    """Whoever points at a key reads what belongs there and how much of it."""
    found = json.dumps(json_schema.schema("tips"))
    assert '"One idea. At most 600 characters."' in found
    assert '"Something to do this week, in under 30 minutes. At most 300 characters."' in found


@pytest.mark.parametrize("kind", scaffold.KINDS)
@pytest.mark.parametrize("is_split", [False, True])
def test_a_new_entry_waits_to_be_filled_in(tmp_path: Path, kind: str, *, is_split: bool) -> None:
    """It stands at the end of its file; each fault of `check` is a value that is still empty, and nothing else."""
    if is_split:
        test_folders.split(tmp_path)
    else:
        decks.written(tmp_path)
    file, line = adding.add(snapshot.snapshot(tmp_path), kind, "caffeine", "brand-new", TODAY)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[line - 1] == "  - id: brand-new"
    faults = library.check(tmp_path, TODAY).faults
    assert faults
    assert {(fault.file, fault.line > line) for fault in faults} == {(str(file), True)}
    empty = ("has no text: write some", "is a whole number", "no words are left here")
    assert [fault for fault in faults if not any(words in fault.sentence for words in empty)] == []
    assert all("characters" in text for text in lines[line:] if text.strip().startswith("# One"))


FILLED = [
    ("minutes", "20"),
    ("ref", "leaf-study"),
    ("needs", "none"),
    ("wins", "plain"),
    ("plan", "If it boils, then I wait"),
    ("verdict", "right"),
    ("verdict", "wrong"),
    ("verdict", "wrong"),
]


def test_a_filled_in_entry_is_sound(tmp_path: Path) -> None:
    """With something written wherever it is empty, the entry is a tip like any other."""
    file, _ = adding.add(snapshot.snapshot(decks.written(tmp_path)), "tip", "taste", "brand-new", TODAY)
    text = file.read_text(encoding="utf-8")
    for name, value in FILLED:
        text = text.replace(f" {name}:\n", f" {name}: {value}\n", 1 if name == "verdict" else -1)
    ends = ("title:", "label:", "question:", "    -")
    lines = [f"{line} {n} new words" if line.endswith(ends) else line for n, line in enumerate(text.split("\n"))]
    filled = []
    for number, line in enumerate(lines):
        filled.append(line)
        if line.endswith((">-", "|-")) and not lines[number + 1].strip():
            filled.append(f"{' ' * (len(line) - len(line.lstrip()) + 4)}Some {number} words.")
    file.write_text("\n".join(filled), encoding="utf-8")
    report = library.check(tmp_path, TODAY)
    assert report.faults == ()
    tip = library.load(tmp_path).tip("brand-new")
    assert tip is not None
    assert (len(tip.asks), tip.needs, tip.wins, tip.exercise.plan) == (4, "none", "plain", "If it boils, then I wait")
    assert tip.recall is not None
    assert [option.verdict for option in tip.recall.options] == ["right", "wrong", "wrong"]


def test_what_may_be_left_out_says_so(tmp_path: Path) -> None:
    """Whoever needs no recall or winner takes it out, and the rest is as sound; a choice names its words."""
    file, line = adding.add(snapshot.snapshot(decks.written(tmp_path)), "tip", "taste", "brand-new", TODAY)
    lines = [text.strip() for text in file.read_text(encoding="utf-8").splitlines()[line:]]
    optional = {lines[n + 1].partition(":")[0] for n, text in enumerate(lines) if text.endswith("May be left out.")}
    assert optional == {"asks", "needs", "wins", "plan", "recall"}
    assert "One of none, prototype, live." in lines[lines.index("needs:") - 1]


def test_schema_writes_into_a_folder(tmp_path: Path) -> None:
    """A deck elsewhere gets schemas of its own."""
    ended = typed(tmp_path, "schema", str(tmp_path / "mine"))
    assert (ended.code, ended.err) == (0, "")
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {path.name for path in SCHEMAS.iterdir()}
