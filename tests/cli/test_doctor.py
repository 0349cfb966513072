"""What `doctor` finds, and what it leaves alone."""

import asyncio
import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock, ticking
from bot.cli import doctor
from bot.settings.checked import Settings
from playground.slack.emulator import SlackEmulator
from store.database import sqlite_library
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.facts import Fact, Facts
from store.subscriptions import Subscriptions
from tests import databases
from tests.bot.slack.socket_slack import SocketSlack
from tests.cli.program import add_tips, credentials, environment, typed
from tests.store import rows

SLACK = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "SLACK_BOT_TOKEN": "xoxb-1-x", "SLACK_APP_TOKEN": "xapp-1-x"}

MISSING = (
    "missing reactions:read; granted app_mentions:read, channels:history, chat:write, commands, im:history, "
    "users:read: install the app again"
)


def detail(report: dict[str, Any], name: str) -> str:
    """Give what one check says."""
    (found,) = [str(check["detail"]) for check in report["checks"] if check["name"] == name]
    return found


def is_ok(report: dict[str, Any], name: str) -> bool:
    """Say whether one check held."""
    (found,) = [bool(check["ok"]) for check in report["checks"] if check["name"] == name]
    return found


async def standing(folder: Path, *found: Delivery, ticked: float | None = 5.0, on: bool = True) -> Settings:
    """Make a database with these deliveries, one channel, and a clock that ran `ticked` seconds before NOW."""
    database = Database(databases.put(folder / "bot.db"))
    async with database.write() as connection:
        state: Any = {} if on else {"state": "off", "next_run_at": None}
        later = {"next_run_at": rows.NOW + timedelta(days=1)} if on else {}
        await Subscriptions().insert(connection, rows.subscription(**(state | later)))
        await Deliveries().insert_missing(connection, found)
        if ticked is not None:
            await Facts().write(connection, Fact("tick", "7 host:42", rows.NOW - timedelta(seconds=ticked)))
    await database.close()
    return Settings.read(environment(folder, **SLACK), None)


async def diagnosed(settings: Settings) -> dict[str, Any]:
    """Ask the doctor at NOW."""
    return await doctor.examined(settings, lambda: rows.NOW)


@pytest.mark.parametrize(
    ("ticked", "on", "ok", "words"),
    [
        (5.0, True, True, "last ran 5 s ago, in host:42"),
        (299.0, True, True, "last ran 299 s ago, in host:42"),
        (301.0, True, False, "last ran 301 s ago, in host:42: is `serve`, `clock` or `worker` running?"),
        (None, True, False, "never ran: is `serve`, `clock` or `worker` running?"),
        (None, False, True, "never ran"),
    ],
)
async def test_the_clock(tmp_path: Path, ticked: float | None, on: bool, ok: bool, words: str) -> None:  # noqa: FBT001 # columns of the table above
    """Whatever process it is in, a clock that has not planned for five minutes is missed where tips are on."""
    report = await diagnosed(await standing(tmp_path, ticked=ticked, on=on))
    assert (is_ok(report, "clock"), detail(report, "clock")) == (ok, words)


async def test_what_waits_and_what_is_stuck(tmp_path: Path) -> None:
    """Something due that nobody takes, and a lease that nobody gave back, each for a quarter of an hour."""
    ago = rows.NOW - timedelta(minutes=20)
    report = await diagnosed(
        await standing(
            tmp_path,
            rows.delivery("share:1", not_before=ago),
            rows.delivery("share:2", state="sending", lease_owner="x", lease_until=ago),
            rows.delivery("share:3", state="sending", lease_owner="x", lease_until=rows.NOW),
        )
    )
    assert detail(report, "due") == "something waits for 1200 s: is a clock running?"
    assert detail(report, "leases") == "1 leased and never recorded, for 15 min or more"
    assert (is_ok(report, "due"), is_ok(report, "leases"), report["ok"]) == (False, False, False)
    assert report["deliveries"] == {"planned": 1, "sending": 2, "sent": 0, "failed": 0, "skipped": 0, "unknown": 0}


async def test_every_unknown_outcome_is_listed(tmp_path: Path) -> None:
    """With workspace, channel, week and tip, as a script needs it; and the exit code is for monitoring."""
    unknown = rows.delivery("tip:1", kind="tip", subject="tip/way-out", slot="2026-W48", state="unknown")
    report = await diagnosed(await standing(tmp_path, unknown))
    assert report["unknown"] == [{"workspace": "T1", "channel": "C1", "slot": "2026-W48", "tip": "way-out"}]
    assert detail(report, "unknown outcomes") == "1 deliveries may or may not have been posted"
    ended = await asyncio.to_thread(typed, tmp_path, "doctor", **SLACK)
    assert ended.code == 1
    assert "unknown: way-out for C1 in T1, 2026-W48: look there" in ended.out


@pytest.mark.parametrize(
    ("scopes", "found"),
    [
        (
            "commands,chat:write,reactions:read,app_mentions:read",
            {
                "scopes": (True, "granted app_mentions:read, chat:write, commands, reactions:read"),
                "optional scopes": (
                    True,
                    "not granted: users:read (people's time zones, and “workspace admins may change tips”)",
                ),
                "settling": (
                    True,
                    "unknown outcomes wait for a person: no history scope was granted (docs/reconcile.md)",
                ),
            },
        ),
        (
            "commands,chat:write,app_mentions:read,users:read,channels:history,im:history",
            {
                "scopes": (False, MISSING),
                "optional scopes": (True, "granted"),
                "settling": (True, "unknown outcomes are looked up in public channels, direct messages"),
            },
        ),
    ],
)
async def test_scopes_granted_against_needed(tmp_path: Path, scopes: str, found: dict[str, tuple[bool, str]]) -> None:
    """What is missing fails; what is optional is said."""
    async with SlackEmulator(scopes=scopes.split(",")) as slack:
        report = await doctor.examined(Settings.read(environment(tmp_path, **credentials(slack)), None), clock.real)
    assert {name: (is_ok(report, name), detail(report, name)) for name in found} == found


async def test_the_queue_of_a_cluster(tmp_path: Path, migrated_postgres: str) -> None:
    """How many jobs wait is said; nothing that was never started is counted against it."""
    named = {"SCHEDULER": "cluster", "DATABASE_URL": migrated_postgres}
    report = await diagnosed(Settings.read(environment(tmp_path, **SLACK, **named), None))
    assert (is_ok(report, "database"), detail(report, "database")) == (True, "postgresql, migrated")
    assert detail(report, "queue") == "no worker has run yet"
    assert "sqlite" not in {check["name"] for check in report["checks"]}


async def test_the_library_of_a_file_is_named(tmp_path: Path) -> None:
    """Its version, and whether it has the fault that docs/database.md is about; a hint, since the bot lives with it."""
    report = await diagnosed(await standing(tmp_path))
    assert is_ok(report, "sqlite")
    version, _, words = detail(report, "sqlite").partition(" ")
    assert version.strip(",") == sqlite3.sqlite_version
    assert words.startswith("has the" if sqlite_library.has_reset_fault() else "without the")
    assert (
        f"ok    sqlite: {sqlite3.sqlite_version}" in (await asyncio.to_thread(typed, tmp_path, "doctor", **SLACK)).out
    )


def test_the_doctor_says_wrong_settings_as_json(tmp_path: Path) -> None:
    """`doctor --json` is JSON whatever is wrong: each setting is a check that failed, and no secret is shown."""
    ended = typed(tmp_path, "doctor", "--json", PORT="x", SLACK_BOT_TOKEN="hidden")  # noqa: S106 # no token at all
    report = json.loads(ended.out)
    assert (ended.code, list(report), report["ok"]) == (
        1,
        ["ok", "checks", "deliveries", "corrections", "unknown"],
        False,
    )
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
    async with SlackEmulator(furnished=True) as slack:
        settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
        for is_there in (False, True):
            if is_there:
                (tmp_path / "bot.db").touch()
            before = sizes(tmp_path)
            report = await doctor.examined(settings, clock.real)
            assert {"name": "database", "ok": False, "detail": "not migrated: run `python -m bot migrate`"} in report[
                "checks"
            ]
            names = [check["name"] for check in report["checks"]]
            assert names[:5] == ["settings", "content", "database", "slack", "scopes"]
            assert sizes(tmp_path) == before
        (tmp_path / "bot.db").unlink()
        await add_tips(tmp_path, slack, slack.channel("pm-learning"))
        report = await doctor.examined(settings, clock.real)
        assert not report["ok"]
        assert detail(report, "clock") == "never ran: is `serve`, `clock` or `worker` running?"
        await ticking.ticked(settings, clock.real)
        report = await doctor.examined(settings, clock.real)
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
            report = await doctor.examined(Settings.read(environment(tmp_path, **named), None), clock.real)
        assert {"name": "slack", "ok": False, "detail": said} in report["checks"]
