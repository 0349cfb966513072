"""Requests that look real and are refused: who runs the bot hears of it, and why, and a stranger changes nothing."""

import io
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot import clock, logs
from bot.cli import doctor
from bot.metrics import Metrics
from bot.platforms import KINDS
from bot.settings.checked import Settings
from bot.tasks import Tasks
from bot.web import refusals
from bot.web.application import Check
from bot.web.refusals import Refusals
from playground.slack.emulator import SlackEmulator
from store.database.access import Database
from tests.bot.inside import served
from tests.bot.slack import requests as sent
from tests.cli.program import credentials, environment, free_port, until
from tests.handlers.slack.world import World
from tests.handlers.teams.activities import CLIENT
from tests.scenarios.teams_chat import TeamsChat

COMMAND = urlencode(sent.command()).encode()


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """Give what is logged at info, as bytes so far."""
    stream = io.BytesIO()
    logs.configure("info", "json", stream=stream)
    yield stream
    logs.configure("warning", "json")


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    """Give an emulator."""
    async with SlackEmulator(furnished=True) as emulator:
        yield emulator


def said(stream: io.BytesIO) -> list[dict[str, Any]]:
    """Give the lines about refused requests."""
    return [line for line in map(json.loads, stream.getvalue().splitlines()) if line["event"] == "requests.refused"]


async def told(world: World, platform: str = "slack") -> tuple[Check | None, tuple[bool, str]]:
    """Give what /readyz says, and what `doctor` does in another process."""
    await world.bot.tasks.drain(5)
    ready = [check for check in await world.bot.health.ready() if check.name == f"{platform} requests"]
    report = await doctor.examined(world.settings(), world.clock)
    (found,) = [check for check in report["checks"] if check["name"] == f"{platform} requests"]
    return (ready[0] if ready else None), (found["ok"], found["detail"])


async def test_a_wrong_signing_secret_is_told(tmp_path: Path, log: io.BytesIO) -> None:
    """Counted, one line a minute, and said by `/readyz`, which stays green, and by `doctor`, which does not."""
    async with World(tmp_path, SLACK_SIGNING_SECRET="f" * 32) as world:
        assert await told(world) == (None, (True, "none was refused"))
        statuses = [(await world.slack.post_signed(COMMAND)).status for _ in range(3)]
        assert statuses == [401, 401, 401]
        ready, (ok, words) = await told(world)
        assert ready is not None
        assert ready.ok
        assert "3 refused and none accepted since the start" in ready.detail
        assert "SLACK_SIGNING_SECRET" in ready.detail
        assert not ok
        assert "SLACK_SIGNING_SECRET" in words
        assert "clock" not in words
        (line,) = said(log)
        assert (line["level"], line["platform"], line["refused"]) == ("warning", "slack", 1)
        _, scraped = (await world.bot.health.scrape())[::-1]
        assert b'pm_compare_refused_requests_total{cause="secret",platform="slack"} 3.0' in scraped


@pytest.mark.parametrize("age", [3600.0, -3600.0, 301.0 + 60])
async def test_a_wrong_clock_is_told_apart(tmp_path: Path, log: io.BytesIO, age: float) -> None:
    """A right signature of another time: nobody but Slack can make one, so the secret is right and the clock is not."""
    async with World(tmp_path) as world:
        assert (await world.slack.post_signed(COMMAND, age=age)).status == 401
        ready, (ok, words) = await told(world)
        assert ready is not None
        assert ready.ok
        assert not ok
        for each in (ready.detail, words, said(log)[0]["likely"]):
            assert "clock" in each
            assert "SECRET" not in each


def forged(at: float | None = None) -> dict[str, str]:
    """Make the headers that any stranger can."""
    return {
        "X-Slack-Request-Timestamp": str(int(time.time() if at is None else at)),
        "X-Slack-Signature": f"v0={'ab' * 32}",
    }


async def test_strangers_change_nothing(tmp_path: Path) -> None:
    """What has not Slack's form counts for nothing; after one good request forged ones are no alarm either."""
    async with World(tmp_path) as world:
        for headers in ({}, {"X-Slack-Signature": "v0=x"}, forged() | {"X-Slack-Request-Timestamp": "now"}):
            assert (await world.slack.post_unsigned(COMMAND, headers=headers)).status == 401
        assert await told(world) == (None, (True, "none was refused"))
        assert (await world.slack.post_signed(COMMAND)).status == 200
        for _ in range(20):
            assert (await world.slack.post_unsigned(COMMAND, headers=forged())).status == 401
        ready, (ok, words) = await told(world)
        assert ready is None
        assert ok
        assert "1 refused beside others that were accepted" in words  # when it was noted; the next note is in a minute


async def test_a_good_request_ends_the_alarm(tmp_path: Path) -> None:
    """Forged requests came first: the first genuine one takes back what was said."""
    async with World(tmp_path) as world:
        await world.slack.post_unsigned(COMMAND, headers=forged())
        ready, (ok, _) = await told(world)
        assert ready is not None
        assert not ok
        assert (await world.slack.post_signed(COMMAND)).status == 200
        assert await told(world) == (None, (True, "none was refused"))


async def test_a_new_start_begins_anew(tmp_path: Path, slack: SlackEmulator) -> None:
    """The secret is mended and the bot started again: `doctor` does not go on about the old one."""
    named = {**credentials(slack), "PORT": str(free_port())}
    slack.request_url = f"http://127.0.0.1:{named['PORT']}/slack/events"
    right = Settings.read(environment(tmp_path, **named), None)
    wrong = Settings.read(environment(tmp_path, **named | {"SLACK_SIGNING_SECRET": "f" * 32}), None)

    async def examined() -> tuple[bool, str]:
        report = await doctor.examined(right, clock.real)
        (found,) = [check for check in report["checks"] if check["name"] == "slack requests"]
        return found["ok"], found["detail"]

    async def is_told() -> bool:
        ok, words = await examined()
        return not ok and words.startswith("1 refused and none accepted")

    async with served(wrong):
        assert (await slack.post_signed(COMMAND)).status == 401
        await until(is_told)
    assert await is_told()

    async def is_well() -> bool:
        return await examined() == (True, "none was refused")

    async with served(right):
        await until(is_well)


async def test_what_is_taken_back_at_once_stays_taken_back(migrated_postgres: str) -> None:
    """A genuine request comes while the note of the one before it is being written: no alarm is left of it."""
    database, tasks = Database(migrated_postgres), Tasks()
    noted = refusals.Noted(database, tasks, clock.real)
    for _ in range(5):
        heard = Refusals("slack", lambda *_: None, time.monotonic, noted)
        heard.refuse("secret")
        heard.accept()
        await tasks.drain(5)
        async with database.read() as connection:
            assert await refusals.noted(connection, "slack", clock.real()) == (True, "")
    await database.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"audience": CLIENT[::-1]}, "TEAMS_CLIENT_ID"),
        ({"expires_in": -3600}, "clock"),
        ({"issuer": "https://api.botframework.us"}, "TEAMS_CLOUD"),
        ({"kid": "nobody-has-this-key"}, ""),
        ({"issuer": "https://login.example/"}, ""),
        ({"service_url": "https://smba.example.com/"}, ""),
    ],
)
async def test_teams_tokens_are_told_apart(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    """Of another registration, out of date, of another cloud; what Microsoft would never send counts for nothing."""
    async with TeamsChat(tmp_path) as chat:
        await chat.restart()  # else it has accepted some
        faults = len(chat.teams.faults)
        activity = chat.teams.activity("message", chat.alice, chat.teams.personal(chat.alice), text="risks")
        assert (await chat.teams.send_activity(activity, token=chat.teams.token(**wrong))).status == 401
        ready = [check for check in await chat.bot.health.ready() if check.name == "teams requests"]
        assert [(check.ok, words in check.detail) for check in ready] == ([(True, True)] if words else [])
        assert (await chat.teams.send_activity(activity)).status == 200
        assert "teams requests" not in [check.name for check in await chat.bot.health.ready()]
        await chat.settle()
        del chat.teams.faults[faults:]  # the emulator notes that a person would have seen nothing


def test_a_line_a_minute(log: io.BytesIO) -> None:
    """However many come, and each line says how many came so far."""
    moment = [0.0]
    refusals = Refusals("slack", Metrics(lambda: 0.0, KINDS).record_refusal, lambda: moment[0])
    for second in range(180):
        moment[0] = float(second)
        for _ in range(10):
            refusals.refuse("secret")
    assert [line["refused"] for line in said(log)] == [1, 601, 1201]


def test_a_secret_that_is_changed_later_is_told_after_some_minutes() -> None:
    """Accepted once, then refused alone for minutes: said, until the next one is accepted; a few refusals are not."""
    moment = [1000.0]
    refusals = Refusals("slack", lambda _platform, _cause: None, lambda: moment[0])
    refusals.accept()
    refusals.refuse("secret")
    moment[0] += 299
    refusals.refuse("secret")
    assert refusals.words == ""
    moment[0] += 2
    refusals.refuse("secret")
    assert "only refused requests for 5 minutes, and none accepted: probably the signing secret" in refusals.words
    refusals.accept()
    assert refusals.words == ""
    refusals.refuse("secret")
    assert refusals.words == ""
