"""The house keeps its measures, and docs/architecture.md names only what is in the code."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.test_documentation import ROOT, codes, table, tracked

PAGE = ROOT / "docs" / "architecture.md"
FLOWS = ("Asking", "Pressing", "A tip", "Reacting")
_PLACE = re.compile(r"(?P<path>[\w./-]+\.(?:py|yaml|md))(?::(?P<name>[\w.]+))?")
_MOST_LINES, _MOST_FILES, _MOST_STEPS = 300, 20, 7


def page() -> str:
    """Read the page."""
    return PAGE.read_text(encoding="utf-8")


@cache
def names(path: Path) -> frozenset[str]:
    """List what a module defines: functions, classes with what is in them, and values."""
    found: set[str] = set()

    def look(body: list[ast.stmt], before: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(before + node.name)
                look(node.body, f"{before}{node.name}.")
            elif isinstance(node, ast.Assign):
                found.update(before + target.id for target in node.targets if isinstance(target, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(before + node.target.id)

    look(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return frozenset(found)


def wrong(code: str) -> str:
    """Say what is wrong with a place that the page names: `path`, `path:name`, or a folder; '' where nothing is."""
    if code.endswith("/") and "/" in code[:-1]:
        return "" if (ROOT / code).is_dir() else f"{code} is no folder"
    place = _PLACE.fullmatch(code)
    if place is None:
        return ""
    path = ROOT / place["path"]
    if not path.exists():
        return f"{place['path']} is not there"
    if place["name"] and place["name"] not in names(path):
        return f"{place['path']} has no {place['name']}"
    return ""


def test_every_place_it_names_is_there() -> None:
    """Files, folders, functions and classes; and a place that is not there would be told."""
    named = set(re.findall(r"`([^`\n]+)`", page()))
    assert len([code for code in named if _PLACE.fullmatch(code)]) > 40
    assert [sentence for code in sorted(named) if (sentence := wrong(code))] == []
    assert wrong("bot/nothing.py")
    assert wrong("bot/app.py:nothing")
    assert wrong("bot/nothing/")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("column", [1, 2], ids=["slack", "teams"])
def test_a_flow_is_followed_through_few_files(flow: str, column: int) -> None:
    """A reader with no debugger goes down through at most seven files on each platform."""
    rows = table(flow, page())
    files = [place["path"] for row in rows for code in codes(row[column]) if (place := _PLACE.fullmatch(code))]
    assert 3 <= len(set(files)) <= _MOST_STEPS


def test_each_change_says_what_it_touches() -> None:
    """Ten requests, each with the files to touch; a third platform touches at most five that are there already."""
    rows = table("Ten changes", page())
    assert len(rows) == 10
    assert all(codes(row[1]) for row in rows)
    (third,) = (row for row in rows if "third platform" in row[0])
    assert len([code for code in codes(third[1]) if (ROOT / code).is_file()]) <= 5


def test_no_file_is_too_long_to_be_read() -> None:
    """Source files; generated tables and texts are none."""
    sources = [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] != "tests"]
    assert len(sources) > 200
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources
        if "migrations" not in path.parts
    }
    assert {path: length for path, length in lengths.items() if length > _MOST_LINES} == {}


def test_no_folder_is_a_corridor() -> None:
    """A folder that outgrows this becomes packages by subject; tests and the page's files may be many."""
    folders = Counter(path.parent.relative_to(ROOT) for path in tracked() if path.suffix == ".py")
    assert {
        str(folder): files
        for folder, files in folders.items()
        if files > _MOST_FILES and folder.parts[:1] != ("tests",)
    } == {}
