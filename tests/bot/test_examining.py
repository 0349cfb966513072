"""What `check` and `doctor` find, and what they leave alone."""

import json
from pathlib import Path

import pytest

from bot import diagnosing, drawing, timing
from bot.settings import Settings
from playground.slack import PocketSlack
from tests.bot.socket_slack import SocketSlack
from tests.bot.test_serving import undrawable
from tests.cli.program import ROOT, add_tips, credentials, environment, typed
from tests.content import decks


def test_check_draws_every_card(tmp_path: Path) -> None:
    """A level whose sentences are sound, and which is too long for Slack, is a fault at its id's line, once."""
    sound = typed(tmp_path, "check", str(ROOT / "content" / "ai-pm"))
    assert (sound.code, sound.out.endswith("no faults\n")) == (0, True)
    ended = typed(tmp_path, "check", str(undrawable(tmp_path / "deck")), "--json")
    assert (ended.code, ended.err) == (1, "")
    (fault,) = json.loads(ended.out)["faults"]
    assert fault["file"] == str(tmp_path / "deck" / "deck.yaml")
    assert fault["line"] == decks.line_of("deck.yaml", "  - id: taste")
    assert fault["sentence"].startswith("taste: its detail is more than Slack takes in one message, so shorten it: ")


@pytest.mark.parametrize(
    "entry", ["  - {id: way, title: x}", "  - id: 'way' # a way", '  - title: id of way\n    id: "way"']
)
def test_the_line_of_an_id(tmp_path: Path, entry: str) -> None:
    """However an id is written its line is found; another id that begins alike is not taken for it."""
    file = tmp_path / "tips.yaml"
    file.write_text(f"tips:\n  - id: way-out\n{entry}\n  - id: way-in\n")
    assert drawing.line_of(file, "way") == 3 + entry.count("\n")
    assert drawing.line_of(file, "absent") == 1
    assert drawing.line_of(tmp_path / "absent.yaml", "way") == 1


def test_the_doctor_says_wrong_settings_as_json(tmp_path: Path) -> None:
    """`doctor --json` is JSON whatever is wrong: each setting is a check that failed, and no secret is shown."""
    ended = typed(tmp_path, "doctor", "--json", PORT="x", SLACK_BOT_TOKEN="hidden")  # noqa: S106 # no token at all
    report = json.loads(ended.out)
    assert (ended.code, list(report), report["ok"]) == (1, ["ok", "checks", "deliveries", "unknown"], False)
    assert [(check["name"], check["ok"], check["detail"].split()[0]) for check in report["checks"]] == [
        ("settings", False, "SLACK_BOT_TOKEN"),
        ("settings", False, "PORT"),
        ("settings", False, "SLACK_BOT_TOKEN"),
    ]
    assert "hidden" not in ended.out + ended.err
    assert "FAIL  settings: PORT must be" in typed(tmp_path, "doctor", PORT="x").out


def sizes(folder: Path) -> dict[str, int]:
    """Give the files of a folder with how many bytes they hold."""
    return {path.name: path.stat().st_size for path in folder.iterdir()}


async def test_the_doctor_migrates_nothing(tmp_path: Path) -> None:
    """A database that is not there, or not migrated, is named with what to do, and left as it was; the rest goes on."""
    async with PocketSlack(furnished=True) as slack:
        settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
        for is_there in (False, True):
            if is_there:
                (tmp_path / "bot.db").touch()
            before = sizes(tmp_path)
            report = await diagnosing.doctor(settings, timing.real)
            assert {"name": "database", "ok": False, "detail": "not migrated: run `python -m bot migrate`"} in report[
                "checks"
            ]
            assert [check["name"] for check in report["checks"]] == ["content", "database", "slack", "scopes"]
            assert sizes(tmp_path) == before
        (tmp_path / "bot.db").unlink()
        await add_tips(tmp_path, slack, slack.channel("pm-learning"))
        report = await diagnosing.doctor(settings, timing.real)
        assert report["ok"], report


async def test_the_doctor_hears_an_unreadable_answer(tmp_path: Path) -> None:
    """What Slack answers when it is down is a check that failed, in words, and not a refused token."""
    for status, body, said in (
        (503, "<html>", "Slack answered unreadably (HTTP 503)"),
        (200, "[1]", "Slack answered unreadably"),
        (200, '{"ok": false, "error": "invalid_auth"}', "Slack refused the token (invalid_auth)"),
    ):
        async with SocketSlack(unreadable=[(status, body)]) as slack:
            named = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": "xoxb-1-x", "SLACK_APP_TOKEN": "xapp-1-x"}
            report = await diagnosing.doctor(Settings.read(environment(tmp_path, **named), None), timing.real)
        assert {"name": "slack", "ok": False, "detail": said} in report["checks"]


def test_moments_no_tip_is_due_in(tmp_path: Path) -> None:
    """`tick --now` takes the years a tip may be due in; the ends of time are refused in words."""
    for moment in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "1999-12-31T00:00"):
        ended = typed(tmp_path, "tick", "--now", moment)
        assert ended.code == 2
        assert "is not in the years 2000 to 2100" in ended.err
