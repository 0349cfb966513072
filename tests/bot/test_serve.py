"""`python -m bot serve` as a real process: what operators ask it, and how it stops, reloads and survives."""

import asyncio
import io
import json
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import app, logs
from bot import clock as timing
from bot.settings.checked import Settings
from playground.slack.emulator import Outcome, SlackEmulator, Trouble
from tests import databases
from tests.bot.web.asgi import call
from tests.cli.program import (
    BOT,
    PATIENCE,
    add_tips,
    credentials,
    environment,
    ledger,
    serving,
    serving_anew,
    started,
    until,
)
from tests.content import decks

pytestmark = pytest.mark.long


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackEmulator]:
    """Give a furnished emulator, whose clock the bot can be told to follow."""
    async with SlackEmulator(furnished=True, retry_delays=(0, 0, 0), clock_offset_file=tmp_path / "offset") as emulator:
        yield emulator


async def asked(slack: SlackEmulator, path: str) -> tuple[int, str]:
    """GET a path of the bot."""
    assert slack.request_url is not None
    url = slack.request_url.removesuffix("/slack/events") + path
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.request("GET", url, timeout=timeout) as answer:
        return answer.status, await answer.text()


async def card(slack: SlackEmulator, words: str) -> str:
    """Ask as Alice in #pm-learning, and give the answer's text."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), f"/pm-compare {words}")
    return answer.ephemeral.text if answer.ephemeral else ""


async def test_what_an_operator_asks(tmp_path: Path, slack: SlackEmulator) -> None:
    """/healthz has the tick, /readyz turns green when Slack has said whose token it is, /metrics counts."""
    async with serving_anew(tmp_path, slack) as bot:

        async def is_ready() -> bool:
            return (await asked(slack, "/readyz"))[0] == 200

        await until(is_ready)
        ready = json.loads((await asked(slack, "/readyz"))[1])
        assert [check["name"] for check in ready["checks"]] == ["database", "content", "slack"]
        status, health = await asked(slack, "/healthz")
        (check,) = json.loads(health)["checks"]
        assert (status, check["name"], check["ok"]) == (200, "clock", True)
        assert slack.team not in json.dumps(ready)
        assert "Risks" in await card(slack, "risks")
        _, metrics = await asked(slack, "/metrics")
        assert 'pm_compare_requests_total{kind="command",outcome="answered"} 1.0' in metrics
        for series in ("request_seconds_bucket", 'deliveries{state="sent"}', "tick_age_seconds", "next_tip_timestamp"):
            assert f"pm_compare_{series}" in metrics
        assert (await asked(slack, "/"))[0] == 200
        assert await bot.end(signal.SIGINT) == 0  # Ctrl-C is as good an end as SIGTERM
    assert "Traceback" not in bot.text
    assert slack.signing_secret not in bot.text
    assert slack.bot_token not in bot.text


async def test_a_stop_finishes_what_is_in_flight(tmp_path: Path, slack: SlackEmulator) -> None:
    """At SIGTERM a click that waits for Slack is answered, a post under way is made and recorded, and 0 is the end."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with serving(tmp_path, slack) as bot:
        settings = (await slack.command(alice, room, "/pm-compare tips")).ephemeral
        assert settings is not None
        slack.trouble.append(Trouble("chat.postMessage", "slow", seconds=1.5))
        slack.trouble.append(Trouble("views.open", "slow", seconds=1.0))
        assert (await slack.command(alice, room, "/pm-compare risks share")).status == 200
        clicking: asyncio.Task[Outcome] = asyncio.create_task(slack.click(alice, settings, label="Turn on…"))
        await until(lambda: not slack.trouble)  # both calls have reached Slack, and neither is answered
        began = time.monotonic()
        code = await bot.end(signal.SIGTERM)
        assert (code, time.monotonic() - began < 10) == (0, True), bot.text
        assert (await clicking).status == 200
        assert slack.view(alice) is not None
    assert [post.from_bot for post in slack.posts(room)] == [True]
    assert [(row.kind, row.state) for row in await ledger(tmp_path)] == [("share", "sent")]
    assert slack.faults == []


async def test_a_stop_does_not_wait_for_a_post_that_hangs(tmp_path: Path, slack: SlackEmulator) -> None:
    """Slack never answers: the bot ends all the same, with 0; a second SIGTERM or a SIGHUP meanwhile does no harm."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with serving(tmp_path, slack, STOP_SECONDS="3") as bot:
        slack.trouble.append(Trouble("chat.postMessage", "slow", seconds=10 * PATIENCE))
        await slack.command(alice, room, "/pm-compare risks share")
        await until(lambda: not slack.trouble)
        bot.send(signal.SIGTERM)
        await bot.says('"stopping"')
        bot.send(signal.SIGHUP)
        assert await bot.end(signal.SIGTERM) == 0, bot.text
    assert "delivery.gave_up" in bot.text
    assert "tasks.gave_up" not in bot.text  # reading the content is not begun any more
    assert [(row.kind, row.state) for row in await ledger(tmp_path)] == [("share", "sending")]


async def test_changed_content_is_read_when_told(tmp_path: Path, slack: SlackEmulator) -> None:
    """SIGHUP: new text is answered; faulty content changes nothing, and each of its faults is in the log."""
    content = tmp_path / "content"
    content.mkdir()
    decks.written(content)
    name = next(name for name, text in decks.FILES.items() if "title: Taste & smell" in text)
    async with serving(tmp_path, slack, CONTENT_PATH=str(content)) as bot:
        assert "Taste &amp; smell" in await card(slack, "taste")
        decks.written(content, {name: ("title: Taste & smell", "title: Nose and tongue")})
        bot.send(signal.SIGHUP)
        await bot.says("content.loaded")
        assert "Nose and tongue" in await card(slack, "taste")
        wrong = "    number: one\n    title: Taste & smell\n    shrt: Taste\n"
        decks.written(content, {name: ("    number: 1\n    title: Taste & smell\n    short: Taste\n", wrong)})
        bot.send(signal.SIGHUP)
        await bot.says("content.kept")
        faults = [json.loads(line)["fault"] for line in bot.said if "content.fault" in line]
        assert len(faults) >= 2
        assert all(fault.startswith(f"{content / name}:") for fault in faults)
        assert "Nose and tongue" in await card(slack, "taste")
        assert await bot.end(signal.SIGTERM) == 0


async def test_killed_in_the_middle_nothing_comes_twice(tmp_path: Path, slack: SlackEmulator) -> None:
    """Killed while Slack has a tip and has not answered: the next process posts it no second time, and says so."""
    room = slack.channel("pm-learning")
    moment = await add_tips(tmp_path, slack, room)
    slack.clock.move_to(moment.timestamp() + 5)
    slack.trouble.append(Trouble("chat.postMessage", "stall_after"))
    quick = {"TICK_SECONDS": "0.2"}
    follow = ("--clock-offset-file", str(tmp_path / "offset"))
    async with serving(tmp_path, slack, *follow, **quick) as bot:
        await slack.wait_for(lambda: slack.posts(room), within=PATIENCE)
        bot.send(signal.SIGKILL)
        assert await bot.end() == -signal.SIGKILL
    slack.clock.shift(61)  # its lease lasts a minute
    async with serving(tmp_path, slack, *follow, **quick) as bot:
        line = json.loads(await bot.says("delivery.unknown"))
        assert line["reason"] == "lease expired"
        since = time.monotonic()

        async def has_ticked_since() -> bool:
            _, metrics = await asked(slack, "/metrics")
            age = next(line for line in metrics.splitlines() if line.startswith("pm_compare_tick_age_seconds "))
            return float(age.split()[1]) < time.monotonic() - since - 0.1

        await until(has_ticked_since)
        assert await bot.end(signal.SIGTERM) == 0
    assert len(slack.posts(room)) == 1
    assert [row.state for row in await ledger(tmp_path)] == ["unknown"]


async def test_a_hung_job_turns_health_red(tmp_path: Path, slack: SlackEmulator) -> None:
    """/healthz is 503 where any job of the clock is late, and names it; it is green again when the job has run."""
    settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
    now = 1000.0
    async with app.build(settings, timing.real, monotonic=lambda: now) as bot:
        tick, reconcile, _ = bot.ticker.heartbeats.values()
        for heartbeat in bot.ticker.heartbeats.values():
            heartbeat.start(now)

        async def health() -> tuple[int, str]:
            reply = await call(bot.web(), "GET", "/healthz")
            (check,) = reply.json()["checks"]
            assert reply.json()["ok"] is check["ok"]
            return reply.status, check["detail"]

        now += 2 * tick.every + tick.limit
        assert await health() == (200, "last tick 120 s ago")
        now += 1
        assert await health() == (503, "tick did not come to an end in time; last tick 121 s ago")
        tick.beat(now)
        assert await health() == (200, "last tick 0 s ago")
        now = 1000.0 + 2 * reconcile.every + reconcile.limit + 1
        tick.beat(now)
        assert await health() == (503, "reconcile did not come to an end in time; last tick 0 s ago")
        now += 200
        assert await health() == (503, "tick and reconcile did not come to an end in time; last tick 200 s ago")
        elsewhere = structs.replace(bot.health, settings=structs.replace(settings, scheduler="off"))
        (check,) = elsewhere.live()
        assert check.ok


async def test_a_tick_that_fails_turns_readiness_red(tmp_path: Path, slack: SlackEmulator) -> None:
    """A disk that takes no writes leaves reading alone; /readyz says so at once, and is green once a tick has run."""
    settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
    async with app.build(settings, timing.real) as bot:
        await bot.platforms["slack"].learn_credentials()

        async def clock_check() -> list[bool]:
            reply = await call(bot.web(), "GET", "/readyz")
            return [check["ok"] for check in reply.json()["checks"] if check["name"] == "clock"]

        async with bot.database.write() as connection:
            await connection.execute(
                text("CREATE TRIGGER full BEFORE INSERT ON note BEGIN SELECT RAISE(FAIL, 'x'); END")
            )
        with pytest.raises(DBAPIError):
            await bot.ticker.watched("tick", bot.ticker.tick)
        assert await clock_check() == [False]
        async with bot.database.write() as connection:
            await connection.execute(text("DROP TRIGGER full"))
        await bot.ticker.watched("tick", bot.ticker.tick)
        assert await clock_check() == []


async def test_what_anybody_may_read_names_no_path(tmp_path: Path, slack: SlackEmulator) -> None:
    """Where the database cannot be used /readyz is red without saying where it lies; the log says that."""
    lines = io.BytesIO()
    logs.configure("info", "json", stream=lines)
    settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
    async with app.build(settings, timing.real) as bot:
        (tmp_path / "bot.db").write_bytes(b"no database, but a diary")
        reply = await call(bot.web(), "GET", "/readyz")
    logs.configure("warning", "json")
    assert reply.status == 503
    assert {"name": "database", "ok": False, "detail": "cannot be used; the log says why"} in reply.json()["checks"]
    assert str(tmp_path) not in reply.body.decode()
    assert str(tmp_path) in lines.getvalue().decode()


async def test_numbers_come_while_the_database_does_not_answer(tmp_path: Path, slack: SlackEmulator) -> None:
    """Another program locks it for longer: /readyz is red and /metrics answers after 2 s, and /healthz at once."""
    settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
    async with app.build(settings, timing.real) as bot:
        await bot.database.close()
        locking = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        locking.execute("PRAGMA locking_mode = EXCLUSIVE")
        locking.execute("BEGIN EXCLUSIVE")
        held = asyncio.create_task(bot.database.is_current())  # what waits for the lock does so for longer
        scrape = asyncio.create_task(call(bot.web(), "GET", "/metrics"))
        assert (await call(bot.web(), "GET", "/healthz")).status == 200
        assert not scrape.done()
        ready, reply = await call(bot.web(), "GET", "/readyz"), await scrape
        assert (ready.status, ready.json()["checks"][0]["detail"]) == (503, "no answer within 2 s")
        assert not held.done()
        locking.close()
        assert await held
    assert b"pm_compare_deliveries" in reply.body


def undrawable(folder: Path) -> Path:
    """Write content that is sound, sentence by sentence, and whose links are too much for one message."""
    folder.mkdir(exist_ok=True)
    many = "".join(f"        - Cup {number}, [study](ref:leaf-study).\n" for number in range(25))
    long = f"https://example.org/{'x' * 480}"
    return decks.written(
        folder,
        {
            "deck.yaml": ("        - Second cup: four minutes.\n", many),
            "references.yaml": ("https://example.org/leaf", long),
        },
    )


async def test_content_that_slack_refuses_is_not_taken(tmp_path: Path, slack: SlackEmulator) -> None:
    """A level too long for a message is not taken into use at a reload: the bot keeps what it has."""
    sound = decks.written(tmp_path)
    settings = Settings.read(environment(tmp_path, **credentials(slack), CONTENT_PATH=str(sound)), None)
    async with app.build(settings, timing.real) as bot:
        assert await bot.reload()
        before = bot.content.library
        undrawable(tmp_path)
        assert not await bot.reload()
        assert bot.content.library is before


async def test_the_clock_alone(tmp_path: Path, slack: SlackEmulator) -> None:
    """`clock` reads changed content at SIGHUP, as `serve` does, and stops with 0."""
    named = {**credentials(slack), "LOG_FORMAT": "json", "CONTENT_PATH": str(decks.written(tmp_path))}
    databases.put(tmp_path / "bot.db")
    async with started(tmp_path, *BOT, "clock", **named) as clock:
        await clock.says("clock.running")
        clock.send(signal.SIGHUP)
        await clock.says("content.loaded")
        assert await clock.end(signal.SIGTERM) == 0
    assert "Traceback" not in clock.text
