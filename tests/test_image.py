"""The container image holds what the bot runs on, and nothing that lies about beside it."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from bot.settings.variables import VARIABLES
from tests import dockerfile

ROOT = Path(__file__).parents[1]
ASTRAY = ("some-1.0-py3-none-any.whl", "notes.txt", ".env", ".env.production", "bot.db", "backup.sql", ".venv", "tests")

BUILD, IMAGE = dockerfile.stages(ROOT / "Dockerfile")
OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}  # variables that are not ours to declare


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


@pytest.mark.long
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


def test_what_builds_stays_behind() -> None:
    """Two stages of one named Python: the second takes the packages and the code, and runs nothing that installs."""
    assert BUILD.image == IMAGE.image
    version = re.fullmatch(r"python:(\d+\.\d+)-slim", IMAGE.image)
    assert version, "an exact minor version, and the small image"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version[1] in SpecifierSet(project["requires-python"])
    copied = [rest.split() for rest in IMAGE.all("COPY")]
    assert [words[0] for words in copied] == [f"--from={BUILD.name}"] * len(copied)
    assert not IMAGE.all("ADD")
    assert [rest for rest in IMAGE.all("RUN") if "pip" in rest or "apt" in rest] == []
    # Packages before the code, by hash, and no cache of them in a layer.
    steps = [rest for word, rest in BUILD.instructions if word in {"COPY", "RUN"}]
    assert [step.split()[0] for step in steps] == ["requirements.txt", "python", ".", "/opt/venv/bin/python"]
    for option in ("--require-hashes", "--no-deps", "--no-cache-dir"):
        assert option in steps[1].split()


def test_it_runs_as_nobody_in_particular() -> None:
    """The last user is a number that is not root's, owns the folder of data and no more; /app is not its own."""
    assert int(IMAGE.last("USER")) > 0
    (made,) = [rest for rest in IMAGE.all("RUN") if "useradd" in rest]
    assert f"--uid {IMAGE.last('USER')}" in made
    assert re.findall(r"chown \S+ (\S+)", made) == [IMAGE.last("VOLUME")]
    assert not any("--chown" in rest for rest in IMAGE.all("COPY"))
    assert IMAGE.environment["DATABASE_URL"] == f"sqlite:///{IMAGE.last('VOLUME')}/bot.db"


def test_its_variables_ports_and_commands_are_ours() -> None:
    """It sets what the settings know, listens where it says, and starts and is asked without a shell between."""
    assert set(IMAGE.environment) - OTHERS <= {variable.name for variable in VARIABLES}
    assert IMAGE.last("EXPOSE") == IMAGE.environment["PORT"]
    assert dockerfile.words(IMAGE.last("CMD")) == ["python", "-m", "bot", "serve"]
    asked = dockerfile.words(IMAGE.last("HEALTHCHECK"))
    assert asked[:2] == ["python", "-m"]
    assert importlib.util.find_spec(asked[2])
    venv = IMAGE.environment["PATH"].partition("/bin:")[0]
    assert any(rest.split()[1:] == [venv, venv] for rest in IMAGE.all("COPY"))
