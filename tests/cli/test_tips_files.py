"""`tips add --from FILE`: what is wrong with the file is said where it stands; what editors and links do is borne."""

import json
from pathlib import Path

import pytest

from tests.cli.program import typed
from tests.cli.test_tips_command import WEEKLY, listed

_SOUND = json.dumps(WEEKLY | {"channel": "C0000001"})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"[", "channels.json is not JSON"),
        (b"{}", "must hold a JSON list"),
        (b"[null]", "entry 1: must be an object"),
        (b"[" * 100_000, "channels.json goes too deep"),
        (b'[{"a":' * 50_000, "channels.json goes too deep"),
        (b"[" + b"9" * 5000 + b"]", "channels.json is not JSON"),
        ("[]".encode("utf-16"), "channels.json is not UTF-8 text"),
        (f"[{_SOUND}, {_SOUND[:-1]}, {_SOUND[1:]}]".encode(), "entry 2: workspace, weekday, at, zone, channel stands"),
    ],
)
def test_a_file_of_the_wrong_kind(tmp_path: Path, written: bytes, said: str) -> None:
    """What is no list of objects is refused in words: the file's name, or the number of the object."""
    (tmp_path / "channels.json").write_bytes(written)
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert ended.code == 1
    assert said in ended.err


def test_values_of_the_wrong_kind(tmp_path: Path) -> None:
    """`false` and 0 are values and not the absence of one: each is named, for every key."""
    sound = WEEKLY | {"channel": "C0000001"}
    values: dict[str, tuple[object, ...]] = dict.fromkeys(sound, (False, 0, [], {}))
    values["dimensions"] = (False, True, 0, 7, {}, [1], [None])
    wrong = [(key, value) for key in values for value in values[key]]
    (tmp_path / "channels.json").write_text(json.dumps([sound | {key: value} for key, value in wrong]))
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert ended.code == 1
    lines = ended.err.splitlines()[1:]
    assert len(lines) == len(wrong)
    for number, (line, (key, _)) in enumerate(zip(lines, wrong, strict=True), 1):
        assert line.startswith((f"entry {number}: {key} must be text.", f"entry {number}: {key} must be a list of ids"))


def test_a_file_from_a_windows_editor(tmp_path: Path) -> None:
    """A byte order mark and its line ends do no harm; no dimensions, said in any way, are all of them."""
    ways: list[dict[str, object]] = [{}, {"dimensions": None}, {"dimensions": []}, {"dimensions": ""}]
    rooms = [WEEKLY | {"channel": f"C000000{number}"} | way for number, way in enumerate(ways)]
    text = json.dumps(rooms, indent=2).replace("\n", "\r\n")
    (tmp_path / "channels.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert typed(tmp_path, "tips", "add", "--from", "channels.json").code == 0
    assert [(row["channel"], row["dimensions"]) for row in listed(tmp_path)] == [(one["channel"], []) for one in rooms]


def test_links_are_ids_too(tmp_path: Path) -> None:
    """What “Copy link” gives is understood in a file and in options, by every command."""
    tenant = "5b0c2f1e-8d3a-4c69-9f42-6a1d7e0b3c58"
    on_teams = f"https://teams.microsoft.com/l/channel/19%3A6f0a%40thread.tacv2/General?groupId=x&tenantId={tenant}"
    on_slack = "https://app.slack.com/client/T024BE7LD/C0000001"
    when = {"weekday": "monday", "at": "09:00", "zone": "UTC"}
    (tmp_path / "channels.json").write_text(json.dumps([when | {"channel": link} for link in (on_teams, on_slack)]))
    ended = typed(tmp_path, "tips", "add", "--from", "channels.json")
    assert ended.code == 0, ended.err
    assert {(row["workspace"], row["channel"]) for row in listed(tmp_path)} == {
        (tenant, "19:6f0a@thread.tacv2"),
        ("T024BE7LD", "C0000001"),
    }
    assert typed(tmp_path, "tips", "pause", "--channel", on_teams).code == 0
    owner = ("--to", "https://example.slack.com/team/U061F7AUR")
    assert "belong to U061F7AUR" in typed(tmp_path, "tips", "owner", "--channel", on_slack, *owner).out
    mixed = typed(tmp_path, "tips", "pause", "--workspace", "T0000009", "--channel", on_slack)
    assert (mixed.code, mixed.out) == (1, "")
    assert "leads to the workspace T024BE7LD, and T0000009 was named" in mixed.err
