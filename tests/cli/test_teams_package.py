"""`teams-package` as an administrator types it."""

import json
import os
import re
import zipfile
from pathlib import Path

from bot.__main__ import main
from bot.settings.variables import VARIABLES
from tests.cli.program import ROOT, run, run_forked, typed

CLIENT = "01234567-89ab-cdef-0123-456789abcdef"
TEAMS = {
    "TEAMS_CLIENT_ID": CLIENT,
    "TEAMS_CLIENT_SECRET": "hidden-secret",
    "TEAMS_TENANT_ID": "fedcba98-7654-3210-fedc-ba9876543210",
    "PUBLIC_URL": "https://pm-compare.example.com",
}


async def test_the_settings_are_enough(tmp_path: Path) -> None:
    """With the bot's settings nothing need be said: the file lies here, what comes next is told, and no database."""
    ended = await run_forked(tmp_path, "teams-package", **TEAMS)
    assert (ended.code, ended.err) == (0, "")
    assert f"pm-compare-teams.zip: PM Compare 1.0.0, for the bot {CLIENT}." in ended.out
    assert "Teams admin center" in ended.out
    assert os.listdir(tmp_path) == ["pm-compare-teams.zip"]  # noqa: PTH208 # the folder is small
    with zipfile.ZipFile(tmp_path / "pm-compare-teams.zip") as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        text = archive.read("manifest.json").decode()
    assert json.loads(text)["bots"][0]["botId"] == CLIENT
    assert "hidden" not in text


def test_the_options_are_enough(tmp_path: Path) -> None:
    """Who has no settings yet says it all; the same again gives the same file."""
    said = ("--client-id", CLIENT, "--website", "https://contoso.example/bot", "--developer", "Contoso")
    for name in ("one.zip", "two.zip"):
        ended = typed(tmp_path, "teams-package", *said, "--version", "1.1.0", "--out", name)
        assert ended.code == 0, ended.err
        assert f"{name}: PM Compare 1.1.0" in ended.out
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_it_says_which_registration_it_follows(tmp_path: Path) -> None:
    """Our names, those that `teams app create` writes, or the option: an old one left in .env is seen at once."""
    theirs = {name.removeprefix("TEAMS_"): value for name, value in TEAMS.items()}
    for environ, said, named in (
        (TEAMS, (), "It follows TEAMS_CLIENT_ID.\n"),
        (theirs, (), "It follows CLIENT_ID, the name that `teams app create` writes.\n"),
        (theirs, ("--client-id", CLIENT.replace("0", "f")), "It follows --client-id.\n"),
    ):
        ended = typed(tmp_path, "teams-package", *said, **environ)
        assert (ended.code, ended.err) == (0, "")
        assert named in ended.out
        assert f"for the bot {said[-1] if said else CLIENT}." in ended.out


def test_what_is_wrong_comes_in_one_message_and_makes_no_file(tmp_path: Path) -> None:
    """Every fault has its line, and the end is 1."""
    ended = typed(tmp_path, "teams-package", "--client-id", "pm-compare", "--version", "one")
    assert (ended.code, ended.out) == (1, "")
    assert "There is no package yet:\n- --client-id is not an id such as" in ended.err
    assert "\n- --version 'one' is not of the form 1.2.3" in ended.err
    assert "\n- Teams wants a web page" in ended.err
    ended = typed(tmp_path, "teams-package", "--developer", "x" * 33, **TEAMS)
    assert ended.code == 1
    assert "developer.name has 33 characters, and Teams takes 32: shorten it." in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is named, with what to do."""
    ended = typed(tmp_path, "teams-package", "--out", "gone/bot.zip", **TEAMS)
    assert (ended.code, ended.out) == (1, "")
    assert "gone/bot.zip cannot be written: No such file or directory. Name another with --out." in ended.err


async def test_the_schema_needs_a_developers_tool(tmp_path: Path) -> None:
    """Where jsonschema is not installed, `--schema` says what to install; the package's own checks need nothing."""
    (tmp_path / "jsonschema.py").write_text("")  # stands before the real one, and has nothing to judge with
    (tmp_path / "schema.json").write_text("{}")
    ended = await run(tmp_path, "teams-package", "--schema", "schema.json", **TEAMS)
    assert (ended.code, ended.out) == (1, "")
    assert "--schema needs the development tools: install requirements-dev.txt." in ended.err
    assert "Traceback" not in ended.err
    assert (await run(tmp_path, "teams-package", **TEAMS)).code == 0


def test_the_guide_names_what_there_is() -> None:
    """docs/teams.md shows commands and options that exist, explains every setting of Teams, and the whole manifest."""
    guide = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")
    lines = re.findall(r"\.venv/bin/python -m bot (\S+)([^`\n]*)", guide)
    assert {name for name, _rest in lines} >= {"serve", "doctor", "teams-package", "tips"}
    options = {option for each in main.commands["teams-package"].params for option in each.opts}
    for name, rest in lines:
        assert name in main.commands
        if name == "teams-package":
            assert set(re.findall(r"--[a-z-]+", rest)) <= options
    for variable in VARIABLES:
        if variable.name.startswith("TEAMS_"):
            assert variable.name in guide
    manifest = json.loads((ROOT / "appPackage" / "manifest.json").read_text(encoding="utf-8"))
    for word in (*manifest["bots"][0]["scopes"], *manifest["permissions"], "supportsChannelFeatures", "validDomains"):
        assert f"`{word}`" in guide, word
