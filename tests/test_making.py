"""`make` sets everything up by itself, also where an earlier try failed half-way or Python has changed since."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(MAKE is None, reason="needs make")

# Stands for Python: it writes down what it was asked and with which PIP_USER. $0.broken lets `-m venv` fail as Debian's
# does without python3-venv, and pip be absent.
PYTHON = """#!/bin/sh
echo "$PIP_USER|$*" >> "$LOG"
case "$*" in
"-m venv .venv")
    mkdir -p .venv/bin
    ln -s "$PYTHON_HERE" .venv/bin/python
    [ ! -e "$PYTHON_HERE.broken" ];;
"-m pip --version" | "-c import pip")
    [ ! -e "$PYTHON_HERE.broken" ];;
esac
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with the Makefile and a Python that only pretends."""

    folder: Path

    @property
    def python(self) -> Path:
        """The Python that .venv is made with."""
        return self.folder / "python3"

    @property
    def broken(self) -> Path:
        """While it is there, this Python makes no .venv and has no pip."""
        return self.folder / "python3.broken"

    def make(self, *goals: str, **environ: str) -> tuple[int, list[str], str]:
        """Run make; gives its exit code, what Python was asked this time, and what make said."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        assert MAKE is not None
        done = subprocess.run(  # noqa: S603 # our Makefile, with words of this test
            [MAKE, f"PYTHON={self.python}", *goals],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LOG": str(log), "PYTHON_HERE": str(self.python), **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, log.read_text().splitlines(), done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a fresh clone, as far as make can tell."""
    made = Checkout(tmp_path)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "requirements-pip.txt").touch()
    made.python.write_text(PYTHON)
    made.python.chmod(0o755)
    return made


def asked(log: list[str], words: str) -> list[str]:
    """Pick the times Python was asked this; each begins with PIP_USER."""
    return [line for line in log if words in line]


def test_it_installs_once_and_only_into_the_venv(checkout: Checkout) -> None:
    """The first run makes .venv and installs, whatever PIP_USER says; the second goes straight to the bot."""
    code, log, _ = checkout.make("run", PIP_USER="1")
    assert code == 0
    assert [line.partition("|")[0] for line in asked(log, " install ")] == ["0", "0"]  # pip itself comes first
    assert asked(log, "-m bot run")
    code, log, _ = checkout.make("run")
    assert code == 0
    assert (asked(log, "venv"), asked(log, " install ")) == ([], [])


def test_a_failed_venv_is_tried_again(checkout: Checkout) -> None:
    """Without python3-venv it says what to install and leaves nothing behind; installed, the same command works."""
    checkout.broken.touch()
    code, _, said = checkout.make("run")
    assert code != 0
    assert "apt-get install python3-venv" in said
    assert not (checkout.folder / ".venv").exists()
    checkout.broken.unlink()
    code, log, _ = checkout.make("run")
    assert code == 0
    assert asked(log, "-m bot run")


def test_an_interrupted_venv_is_made_anew(checkout: Checkout) -> None:
    """What Ctrl-C left of a .venv, its Python included, is not taken for a whole one."""
    (checkout.folder / ".venv" / "bin").mkdir(parents=True)
    (checkout.folder / ".venv" / "bin" / "python").symlink_to(checkout.python)
    (checkout.folder / ".venv" / "half").touch()
    code, log, _ = checkout.make("run")
    assert code == 0
    assert asked(log, "-m venv .venv")
    assert not (checkout.folder / ".venv" / "half").exists()


def test_a_vanished_python_is_replaced(checkout: Checkout) -> None:
    """When the Python that .venv points to is gone, or has lost its packages to another version, all is made anew."""
    assert checkout.make("run")[0] == 0
    link = checkout.folder / ".venv" / "bin" / "python"
    link.unlink()
    link.symlink_to(checkout.folder / "python3.10")
    code, log, _ = checkout.make("run")
    assert code == 0
    assert asked(log, "-m venv .venv")
    assert asked(log, " install ")
