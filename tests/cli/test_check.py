"""What `check` finds."""

import asyncio
import io
import json
import os
from pathlib import Path

from bot import logs
from tests.bot.test_serve import undrawable
from tests.cli.program import run_forked, typed
from tests.content import decks
from tests.content.test_folders import split
from tests.handlers.slack.world import World


def test_check_draws_every_card(tmp_path: Path) -> None:
    """A level whose sentences are sound, and which is too long for Slack, is a fault at its id's line, once."""
    ended = typed(tmp_path, "check", str(undrawable(tmp_path / "deck")), "--json")
    assert (ended.code, ended.err) == (1, "")
    (fault,) = json.loads(ended.out)["faults"]
    assert fault["file"] == str(tmp_path / "deck" / "deck.yaml")
    assert fault["line"] == decks.line_of("deck.yaml", "  - id: taste")
    assert fault["sentence"].startswith("taste: its detail is more than Slack takes in one message, so shorten it: ")


def test_moments_no_tip_is_due_in(tmp_path: Path) -> None:
    """`tick --now` takes the years a tip may be due in; the ends of time are refused in words."""
    for moment in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "1999-12-31T00:00"):
        ended = typed(tmp_path, "tick", "--now", moment)
        assert ended.code == 2
        assert "is not in the years 2000 to 2100" in ended.err


def unnameable(folder: Path) -> None:
    """Write a file of tips whose name is no UTF-8."""
    Path(os.fsdecode(os.fsencode(folder) + b"/tips/caf\xe9.yaml")).write_text("tips: []")


async def test_a_name_that_is_not_utf8_is_no_traceback(tmp_path: Path) -> None:
    """Not on the terminal, not in JSON, and not in the log of a bot that is told to read its content anew."""
    content = tmp_path / "content"
    split(content)
    async with World(tmp_path, CONTENT_PATH=str(content)) as world:
        unnameable(content)
        for form in ("json", "console"):
            stream = io.BytesIO()
            logs.configure("info", form, stream=stream)
            assert await world.bot.reload() is False
            logs.configure("warning", "json")
            said = stream.getvalue().decode()
            assert "this file's name is not UTF-8" in said
            assert "Traceback" not in said
    ended = await run_forked(tmp_path, "check", "content")
    assert (ended.code, ended.err) == (1, "")
    assert "content/tips/caf\\xe9.yaml:1: this file's name is not UTF-8" in ended.out
    as_json = await asyncio.to_thread(typed, tmp_path, "check", "content", "--json")
    assert "this file's name is not UTF-8" in json.loads(as_json.out)["faults"][0]["sentence"]


def test_only_one_dimension(tmp_path: Path) -> None:
    """Another dimension's own files are left out; what belongs to all is told whichever is asked for."""
    split(tmp_path)
    for name, old, new in (
        ("tips/taste.yaml", "title: ", "titel: "),
        ("dimensions/caffeine.yaml", "short: ", "shrt: "),
        ("references.yaml", "year: ", "yaer: "),
    ):
        (tmp_path / name).write_text((tmp_path / name).read_text().replace(old, new, 1))
    (tmp_path / "tips" / "taste.yml").write_text("")

    def files(*words: str) -> set[str]:
        ended = typed(tmp_path, "check", str(tmp_path), "--json", *words)
        assert (ended.code, ended.err) == (1, "")
        report = json.loads(ended.out)
        found = {fault["file"] for fault in (*report["faults"], *report["warnings"])}
        return {file.removeprefix(f"{tmp_path}/") for file in found}

    ours = {"references.yaml", "tips/taste.yml"}
    assert files() == ours | {"tips/taste.yaml", "dimensions/caffeine.yaml"}
    assert files("--only", "taste") == ours | {"tips/taste.yaml"}
    assert files("--only", "caffeine") == ours | {"dimensions/caffeine.yaml"}


def test_only_one_dimension_of_a_deck_in_single_files(tmp_path: Path) -> None:
    """Its files belong to all, so their faults are told; a name that no dimension has is an error in either form."""
    for folder in ("sound", "faulty", "apart"):
        (tmp_path / folder).mkdir()
    decks.written(tmp_path / "sound")
    decks.written(tmp_path / "faulty", {"tips.yaml": ("title: ", "titel: ")})
    split(tmp_path / "apart")
    for name in ("taste", "caffeine"):
        ended = typed(tmp_path, "check", "faulty", "--only", name)
        assert ended.code == 1
        assert "faulty/tips.yaml:" in ended.out
        assert typed(tmp_path, "check", "sound", "--only", name).code == 0
    for folder in ("sound", "faulty", "apart"):
        ended = typed(tmp_path, "check", folder, "--only", "tast")
        assert (ended.code, ended.out) == (1, "")
        assert "There is no dimension 'tast'; did you mean `taste`?; there are " in ended.err
        assert all(known in ended.err.partition("there are ")[2] for known in ("taste", "caffeine"))
    (tmp_path / "sound" / "deck.yaml").write_text("[")
    broken = typed(tmp_path, "check", "sound", "--only", "taste")
    assert broken.code == 1
    assert "a bracket opens here" in broken.out
