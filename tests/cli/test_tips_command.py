"""`python -m bot tips …`: an operator sets up many channels, and steers them."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import run, typed

ONE = ("--workspace", "T024BE7LD", "--channel", "C024BE91L")
WEEKLY = {"workspace": "T024BE7LD", "weekday": "monday", "at": "09:00", "zone": "Europe/Paris"}


def listed(folder: Path) -> list[dict[str, Any]]:
    """Read `tips list --json`."""
    ended = typed(folder, "tips", "list", "--json")
    assert ended.code == 0
    rows: list[dict[str, Any]] = json.loads(ended.out)
    return rows


def turn_on(folder: Path, **options: str) -> None:
    """Turn tips on in one channel."""
    named = {"weekday": "monday", "at": "09:00", "zone": "Europe/Paris"} | options
    words = [word for name, value in named.items() for word in (f"--{name}", value)]
    ended = typed(folder, "tips", "add", *ONE, *words)
    assert (ended.code, ended.out) == (0, "Weekly tips are on in 1 channel.\n"), ended.err


async def test_many_channels_from_a_file_with_a_progress_bar(tmp_path: Path) -> None:
    """1,500 channels are on in one go; a bar on standard error shows how far it is, and output stays clean."""
    entries = [WEEKLY | {"channel": f"C{number:08}"} for number in range(1500)]
    (tmp_path / "channels.json").write_text(json.dumps(entries))
    ended = await run(tmp_path, "tips", "add", "--from", "channels.json")
    assert (ended.code, ended.out) == (0, "Weekly tips are on in 1500 channels.\n")
    assert "Turning tips on" in ended.err
    assert "100%" in ended.err
    table = await asyncio.to_thread(partial(typed, tmp_path, "tips", "list", COLUMNS="200"))
    assert table.code == 0
    assert table.out.count("Europe/Paris") == 1500


def test_a_list_tells_a_script_everything(tmp_path: Path) -> None:
    """`tips list --json`: where, when, state and next moment, which is in the zone that was named."""
    assert listed(tmp_path) == []
    turn_on(tmp_path)
    (row,) = listed(tmp_path)
    assert row.pop("next").endswith("+00:00")
    assert row == {
        "platform": "slack",
        "workspace": "T024BE7LD",
        "channel": "C024BE91L",
        "weekday": "monday",
        "at": "09:00",
        "zone": "Europe/Paris",
        "state": "on",
        "reason": "",
        "owner": "",
        "seen": 0,
    }


def test_pause_resume_remove_and_on_again(tmp_path: Path) -> None:
    """Each does what it says and says what it did; adding again changes the hour."""
    turn_on(tmp_path)
    for name, said, state in (
        ("pause", "Weekly tips are paused in C024BE91L.\n", "paused"),
        ("resume", "Weekly tips are on in C024BE91L.\n", "on"),
        ("remove", "Weekly tips are off in C024BE91L.\n", "off"),
    ):
        ended = typed(tmp_path, "tips", name, *ONE)
        assert (ended.code, ended.out) == (0, said)
        assert listed(tmp_path)[0]["state"] == state
    ended = typed(tmp_path, "tips", "resume", *ONE)
    assert (ended.code, ended.out) == (1, "")
    assert "turn them on with `python -m bot tips add`" in ended.err
    turn_on(tmp_path, at="16:30")
    (row,) = listed(tmp_path)
    assert (row["state"], row["at"]) == ("on", "16:30")


@pytest.mark.parametrize("name", ["pause", "resume", "remove"])
def test_an_unknown_channel_is_named(tmp_path: Path, name: str) -> None:
    """Steering a channel that has no tips, or none at all, says what to do; nothing is written."""
    ended = typed(tmp_path, "tips", name, *ONE)
    assert (ended.code, ended.out) == (1, "")
    assert "C024BE91L in T024BE7LD has no weekly tips; `python -m bot tips list` shows all." in ended.err
    assert "--workspace T… --channel C…" in typed(tmp_path, "tips", name).err
    assert listed(tmp_path) == []


def test_wrong_entries_are_named_all_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    """A sentence for each fault of each entry, by its place in the list; the sound ones are not written either."""
    entries = [
        WEEKLY | {"channel": "C0000001"},
        WEEKLY | {"channel": "#general", "weekday": "someday", "at": "25:00"},
        {"workspace": "T024BE7LD", "chanel": "C1"},
        "C0000001",
        WEEKLY | {"channel": 7},
        WEEKLY | {"channel": "C0000001", "at": "10:00"},
    ]
    (tmp_path / "channels.json").write_text(json.dumps(entries))
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert (ended.code, ended.out) == (1, "")
    head, *lines = ended.err.splitlines()
    assert head == "Error: Nothing was changed."
    assert [line.split(":")[0] for line in lines] == [
        "entry 2",
        "entry 3",
        "entry 4",
        "entry 5",
        "C0000001 in T024BE7LD is named 2 times.",
    ]
    assert all(
        words in lines[0]
        for words in (
            "“#general”",
            "“someday”",
            "“25",
        )
    )
    assert "unknown key chanel" in lines[1]
    assert "missing channel, weekday, at, zone." in lines[1]
    assert "must be an object" in lines[2]
    assert "channel must be text." in lines[3]
    assert listed(tmp_path) == []


@pytest.mark.parametrize(
    ("written", "said"),
    [("[", "channels.json is not JSON"), ("{}", "must hold a JSON list"), ("[null]", "entry 1: must be an object")],
)
def test_a_file_of_the_wrong_kind(tmp_path: Path, written: str, said: str) -> None:
    """What is no list of objects is refused in words, with the file's name."""
    (tmp_path / "channels.json").write_text(written)
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert ended.code == 1
    assert said in ended.err


def test_options_and_a_file_together_are_refused(tmp_path: Path) -> None:
    """Either one channel or a file, so that neither is overlooked."""
    (tmp_path / "channels.json").write_text("[]")
    ended = typed(tmp_path, "tips", "add", *ONE, "--from", "channels.json")
    assert ended.code == 1
    assert "not both" in ended.err
    assert typed(tmp_path, "tips", "add", "--from", "absent.json").code == 2


def test_an_introduction_is_planned_only_when_asked_for(tmp_path: Path) -> None:
    """Without --introduce nobody's channel gets a message because an operator typed a command."""
    turn_on(tmp_path)
    doctor = json.loads(typed(tmp_path, "doctor", "--json").out)
    assert doctor["deliveries"]["planned"] == 0
    other = ("--workspace", "T024BE7LD", "--channel", "C1111111", "--weekday", "mon", "--at", "9:00", "--zone", "UTC")
    assert typed(tmp_path, "tips", "add", *other, "--introduce").code == 0
    doctor = json.loads(typed(tmp_path, "doctor", "--json").out)
    assert doctor["deliveries"]["planned"] == 1
