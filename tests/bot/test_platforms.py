"""A platform is a value: neutral code asks none of them by name, and none is loaded that is not set up."""

import ast
from pathlib import Path

from bot.platforms import KINDS, PROFILES
from tests import ready

ROOT = Path(__file__).parents[2]
NAMES = {profile.name for profile in PROFILES}
# The settings name each platform's own; the playground has an emulator of each.
APART = (*sorted(NAMES), "settings", "cli/playground")
SLOW = {"slack_bolt", "slack_sdk", "microsoft_teams", "procrastinate", "psycopg"}
TWINS = ("profile.py", "sdk.py", "side.py", "route.py", "shape.py")


def test_each_is_told_apart_from_the_others() -> None:
    """No two share a name, a path, or a series of the metrics."""
    assert len(NAMES) == len({profile.path for profile in PROFILES}) == len(PROFILES)
    assert len(set(KINDS)) == len(KINDS)


def test_each_brings_what_every_platform_brings() -> None:
    """Who knows one package of `bot` knows the other."""
    missing = [
        f"bot/{name}/{file}" for name in sorted(NAMES) for file in TWINS if not (ROOT / "bot" / name / file).exists()
    ]
    assert missing == []


def test_neutral_code_names_none() -> None:
    """Where a name stands as a text, a third platform would have to be added too."""
    said = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if not path.relative_to(ROOT / "bot").as_posix().startswith(APART)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]
    assert said == []


def test_what_is_slow_and_not_set_up_is_not_loaded() -> None:
    """Each SDK takes as long to import as much else together, and tens of megabytes."""
    done = ready.ended(ready.SERVES, f"import bot.ticking; print({SLOW!r} & set(sys.modules))")
    assert done.stdout.strip() == "set()", done.stderr
