"""`python -m bot tips add` tells an operator which zone a place, an abbreviation or a slip stands for."""

import json
from pathlib import Path

import pytest

from tests.cli.program import typed
from tests.cli.test_tips_command import ONE, WEEKLY, listed, turn_on


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Pariss", "write Europe/Paris"),
        ("EST", "write America/New_York"),
        ("Narnia", "no place of that name is known"),
    ],
)
def test_a_zone_that_is_none_is_answered_with_the_one_that_is_meant(tmp_path: Path, zone: str, said: str) -> None:
    """The nearest or the right one by its name, or that there is none; nothing is written."""
    ended = typed(tmp_path, "tips", "add", *ONE, "--weekday", "mon", "--at", "9:00", "--zone", zone)
    assert (ended.code, ended.out) == (1, "")
    assert f"“{zone}” is" in ended.err
    assert said in ended.err
    assert listed(tmp_path) == []


def test_a_file_is_answered_entry_by_entry(tmp_path: Path) -> None:
    """Each wrong zone by the place of its entry."""
    zones = ("Munich", "PST", "Europe/Paris", "Atlantida City")
    entries = [WEEKLY | {"channel": f"C000000{index}", "zone": zone} for index, zone in enumerate(zones)]
    (tmp_path / "channels.json").write_text(json.dumps(entries))
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert ended.code == 1
    munich, pacific, nowhere = ended.err.splitlines()[1:]
    assert munich == "entry 1: “Munich” is not a time zone: write Europe/Berlin (Munich, Bayern, Germany)."
    assert pacific == "entry 2: “PST” is not a time zone: write America/Los_Angeles."
    assert nowhere.startswith("entry 4: “Atlantida City” is not a time zone, and no place of that name is known")


def test_a_name_of_before_is_kept_under_todays(tmp_path: Path) -> None:
    """`Asia/Calcutta` is Asia/Kolkata."""
    turn_on(tmp_path, zone="Asia/Calcutta")
    assert [row["zone"] for row in listed(tmp_path)] == ["Asia/Kolkata"]
