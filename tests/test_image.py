"""The container image holds what the bot runs on, and nothing that lies about beside it."""

import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ASTRAY = ("some-1.0-py3-none-any.whl", "notes.txt", ".env", ".env.production", "bot.db", "backup.sql", ".venv", "tests")


def in_context(name: str) -> bool:
    """Say whether Docker would copy what lies at the root by this name: the last line that fits it decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and fnmatch(name, line.removeprefix("!")):
            kept = line.startswith("!")
    return kept


def test_what_lies_astray_stays_out() -> None:
    """A wheel, a database or secrets at the root are in no image."""
    assert [name for name in ASTRAY if in_context(name)] == []


def test_every_package_is_in_the_image() -> None:
    """All that the import rules know as ours, and each of them is there."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    packages = set(rules["root_packages"])
    kept = {path.name for path in ROOT.iterdir() if in_context(path.name)}
    assert kept - packages == {"appPackage", "LICENSE", "manifest.json", "requirements.txt"}
    assert packages - kept == set()


@pytest.mark.parametrize("command", [("check",), ("manifest",)])
def test_the_bot_runs_on_what_is_in_the_image(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Nothing it reads was left out."""
    for path in ROOT.iterdir():
        if in_context(path.name):
            copied = tmp_path / path.name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, copied)
    done = subprocess.run(  # noqa: S603 # our own program
        [sys.executable, "-m", "bot", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
