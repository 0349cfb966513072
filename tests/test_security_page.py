"""The page on security: each attack that it says was tried has a test that exists, and each reader finds the page."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py):(test_\w+)`")


def _tests(path: str) -> set[str]:
    """List the tests of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_attack_has_a_test_that_exists() -> None:
    """A row without one, or with one that was renamed, fails."""
    rows = PAGE.partition("## What was tried")[2].partition("\n## ")[0].splitlines()
    tried = [row for row in rows if row.startswith("| ") and not row.startswith(("| tried", "|---"))]
    assert len(tried) > 30
    assert [row for row in tried if not _TEST.search(row)] == []
    missing = [(path, name) for path, name in _TEST.findall(PAGE) if name not in _tests(path)]
    assert missing == []


def test_no_attack_is_listed_twice() -> None:
    """A test stands for one row."""
    named = _TEST.findall(PAGE)
    assert len(named) == len(set(named))


def test_the_page_is_found() -> None:
    """From the README, the list of what is written, and where holes are to be told."""
    for page, link in {
        "README.md": "(docs/security.md)",
        "SECURITY.md": "(docs/security.md)",
        "docs/README.md": "(security.md)",
    }.items():
        assert link in (ROOT / page).read_text(encoding="utf-8"), page
