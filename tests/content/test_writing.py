"""docs/writing.md names the files that are read, and every key of them with its limits."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import yaml

from bot.__main__ import main
from bot.cli import questions_file
from content import library
from content.authoring import adding, json_schema
from content.reading import snapshot, yaml_errors
from content.reading.keys import Key, Shape
from content.reading.listing import DECK, DIMENSIONS, LISTS, ORDER, VERSIONS
from content.reading.schema import SHAPES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
SHIPPED = ROOT / "content" / "ai-pm"
_AS_FOR_A_DIMENSION = {"sources", "exercise"}  # shown there, and only named elsewhere
_OWN = {"id", "ref", "dimension", "order", "version"}  # ids, which have one rule; and a number that only grows
_FIGURES = (r"(?<!\d)(\d+) to (\d+)", r"exactly (\d+)", r"at most (\d+)")


def patterns() -> list[str]:
    """List the files that the guide's table names."""
    table = GUIDE.partition("\n## Files\n")[2].partition("\n\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def samples() -> Iterator[tuple[str, Shape, str]]:
    """Give each sample of the guide, with the shape of the file that it shows."""
    for name, sample in re.findall(r"^## (\S+)\.yaml\n\n```yaml\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL):
        group = name.partition("/")[0]
        yield name, SHAPES[json_schema.FILES["dimension" if group == DIMENSIONS else group]], sample


def figures(words: str) -> set[tuple[str, tuple[str, ...]]]:
    """Take the limits out of some words."""
    return {(rule, found.groups()) for rule in _FIGURES for found in re.finditer(rule, words)}


def compared(shape: Shape, node: yaml.MappingNode, lines: list[str], at: str) -> Iterator[str]:
    """Give what a mapping of a sample says otherwise than its shape."""
    shown = {key.value: (key, value) for key, value in node.value}
    yield from (f"{at}.{name}: not in the guide" for name in shape.keys.keys() - shown.keys())
    yield from (f"{at}.{name}: no {shape.kind} has it" for name in shown.keys() - shape.keys.keys())
    for name in shape.keys.keys() & shown.keys():
        key, value = shown[name]
        said, known = lines[key.start_mark.line].partition(" #")[2], shape.keys[name]
        if name not in _OWN and figures(said) != figures(json_schema.limit(shape, name)):
            yield f"{at}.{name}: {said!r} is not {json_schema.limit(shape, name)!r}"
        if known.is_optional != ("optional" in said):
            yield f"{at}.{name}: {said!r}, and whether it may be left out"
        yield from inside(known, value, lines, f"{at}.{name}")


def inside(known: Key, value: yaml.Node, lines: list[str], at: str) -> Iterator[str]:
    """Compare what stands in a value."""
    if not known.shape:
        return
    items = value.value if isinstance(value, yaml.SequenceNode) else [value]
    mappings = [item for item in items if isinstance(item, yaml.MappingNode) and item.value]
    file, _, name = at.partition(".")
    is_elsewhere = name == DIMENSIONS or (DIMENSIONS not in file and name.rpartition(".")[2] in _AS_FOR_A_DIMENSION)
    if not mappings and not is_elsewhere:
        yield f"{at}: not shown"
    for mapping in mappings:
        yield from compared(SHAPES[known.shape], mapping, lines, at)


def test_the_files_are_those_that_ship() -> None:
    """Each file of the content is in the table, each line of it stands for some, and all that is read is there."""
    files = [str(path.relative_to(SHIPPED)) for path in sorted(SHIPPED.rglob("*.yaml"))]
    assert [name for name in files if not any(fnmatch(name, each) for each in patterns())] == []
    assert [each for each in patterns() if not any(fnmatch(name, each) for name in files)] == []
    groups = {each.removesuffix(".yaml").removesuffix("/*") for each in patterns()}
    assert groups == {*(name.removesuffix(".yaml") for name in (DECK, ORDER, VERSIONS)), DIMENSIONS, *LISTS}


def test_every_key_is_there_with_its_limits() -> None:
    """What the guide shows is what the reader takes: each key, how long and how many, and what may be left out."""
    faults: list[str] = []
    seen = set()
    for name, shape, sample in samples():
        node = yaml.compose(sample, Loader=yaml.SafeLoader)
        assert isinstance(node, yaml.MappingNode), name
        faults += compared(shape, node, sample.splitlines(), name)
        seen.add(shape.kind)
    assert faults == []
    assert seen == {SHAPES[shape].kind for shape in json_schema.FILES.values()}


def test_every_sample_says_what_yaml_reads() -> None:
    """Nothing in them is what the guide itself warns of."""
    for name, _, sample in samples():
        for node in yaml.compose_all(sample, Loader=yaml.SafeLoader):
            plain = [each for each in scalars(node) if each.style is None and not each.value.isdigit()]
            assert [each.value for each in plain if yaml_errors.is_misread(each.value)] == [], name


def test_commands_are_written_one_way() -> None:
    """Each can be copied as it stands; and names a command and options that there are."""
    calls = re.findall(r"(\S*)python -m bot (\S+?)(?=[ `])([^`]*)`", GUIDE)
    assert len(calls) > 10
    assert {where for where, _, _ in calls} == {"`.venv/bin/"}
    for _, name, rest in calls:
        known = {option for each in main.commands[name].params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, (name, rest)


def test_the_sample_of_questions_has_no_fault(tmp_path: Path) -> None:
    """It is what `check --questions` takes."""
    (sample,) = re.findall(r"^## questions\n.*?```yaml\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL)
    (tmp_path / "questions.yaml").write_text(sample, encoding="utf-8")
    asked = questions_file.read(tmp_path / "questions.yaml", library.load(SHIPPED))
    assert (asked.file.faults, [one.half for one in asked.questions]) == ([], ["seen", "kept"])


def test_a_deck_of_ones_own_can_be_begun_as_the_guide_says(tmp_path: Path) -> None:
    """The example, without its tips and terms, is sound, and takes a new tip."""
    deck = tmp_path / "my-deck"
    shutil.copytree(ROOT / "docs" / "examples" / "data-vs-growth", deck)
    for name, key in (("tips", "tips"), ("glossary", "terms")):
        first = (deck / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")[0]
        assert "../../../content/schemas/" in first
        (deck / f"{name}.yaml").write_text(f"{first}\n\n{key}: []\n", encoding="utf-8")
    assert library.check(deck).faults == ()
    file, line = adding.add(snapshot.snapshot(deck), "tip", "customer", "mine", date(2026, 11, 27))
    assert (file.name, file.read_text(encoding="utf-8").splitlines()[line - 1]) == ("tips.yaml", "  - id: mine")


def scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Give every value below a node."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    else:
        for each in node.value:
            for part in each if isinstance(each, tuple) else (each,):
                yield from scalars(part)
