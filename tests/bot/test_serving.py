"""`python -m bot serve` as a real process: what operators ask it, and how it stops, reloads and survives."""

import asyncio
import dataclasses
import json
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot import app, timing
from bot.settings import Settings
from playground.slack import Answer, PocketSlack, Trouble
from tests.bot.asgi import call
from tests.cli.program import PATIENCE, ROOT, add_tips, credentials, environment, ledger, serving, started, until


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[PocketSlack]:
    """Give a furnished pocket, whose clock the bot can be told to follow."""
    async with PocketSlack(furnished=True, retry_delays=(0, 0, 0), clock_offset_file=tmp_path / "offset") as pocket:
        yield pocket


async def asked(slack: PocketSlack, path: str) -> tuple[int, str]:
    """GET a path of the bot."""
    assert slack.request_url is not None
    url = slack.request_url.removesuffix("/slack/events") + path
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.request("GET", url, timeout=timeout) as answer:
        return answer.status, await answer.text()


async def card(slack: PocketSlack, words: str) -> str:
    """Ask as Alice in #pm-learning, and give the answer's text."""
    answer = await slack.command(slack.user("alice"), slack.channel("pm-learning"), f"/pm-compare {words}")
    return answer.ephemeral.text if answer.ephemeral else ""


async def test_what_an_operator_asks(tmp_path: Path, slack: PocketSlack) -> None:
    """/healthz has the tick, /readyz turns green when Slack has said whose token it is, /metrics counts."""
    async with serving(tmp_path, slack) as bot:

        async def is_ready() -> bool:
            return (await asked(slack, "/readyz"))[0] == 200

        await until(is_ready)
        ready = json.loads((await asked(slack, "/readyz"))[1])
        assert [check["name"] for check in ready["checks"]] == ["database", "content", "slack"]
        status, health = await asked(slack, "/healthz")
        (check,) = json.loads(health)["checks"]
        assert (status, check["name"], check["ok"]) == (200, "tick", True)
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


async def test_a_stop_finishes_what_is_in_flight(tmp_path: Path, slack: PocketSlack) -> None:
    """At SIGTERM a click that waits for Slack is answered, a post under way is made and recorded, and 0 is the end."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with serving(tmp_path, slack) as bot:
        settings = (await slack.command(alice, room, "/pm-compare tips")).ephemeral
        assert settings is not None
        slack.trouble.append(Trouble("chat.postMessage", "slow", seconds=1.5))
        slack.trouble.append(Trouble("views.open", "slow", seconds=1.0))
        assert (await slack.command(alice, room, "/pm-compare risks share")).status == 200
        clicking: asyncio.Task[Answer] = asyncio.create_task(slack.click(alice, settings, label="Turn on…"))
        await until(lambda: not slack.trouble)  # both calls have reached Slack, and neither is answered
        began = time.monotonic()
        code = await bot.end(signal.SIGTERM)
        assert (code, time.monotonic() - began < 10) == (0, True), bot.text
        assert (await clicking).status == 200
        assert slack.view(alice) is not None
    assert [post.from_bot for post in slack.posts(room)] == [True]
    assert [(row.kind, row.state) for row in await ledger(tmp_path)] == [("share", "sent")]
    assert slack.faults == []


async def test_a_stop_does_not_wait_for_a_post_that_hangs(tmp_path: Path, slack: PocketSlack) -> None:
    """Slack never answers: the bot ends in time with 0; a second SIGTERM or a SIGHUP meanwhile does no harm."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    async with serving(tmp_path, slack, STOP_SECONDS="3") as bot:
        slack.trouble.append(Trouble("chat.postMessage", "slow", seconds=60))
        await slack.command(alice, room, "/pm-compare risks share")
        await until(lambda: not slack.trouble)
        began = time.monotonic()
        bot.send(signal.SIGTERM)
        await bot.says('"stopping"')
        bot.send(signal.SIGHUP)
        code = await bot.end(signal.SIGTERM)
        assert (code, time.monotonic() - began < 10) == (0, True), bot.text
    assert "delivery.gave_up" in bot.text
    assert [(row.kind, row.state) for row in await ledger(tmp_path)] == [("share", "sending")]


async def test_changed_content_is_read_when_told(tmp_path: Path, slack: PocketSlack) -> None:
    """SIGHUP: new text is answered; faulty content changes nothing, and each of its faults is in the log."""
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "ai-pm", content)
    deck = content / "deck.yaml"
    sound = deck.read_text()
    async with serving(tmp_path, slack, CONTENT_PATH=str(content)) as bot:
        assert "Risks and responsibilities" in await card(slack, "risks")
        deck.write_text(sound.replace("title: Risks and responsibilities", "title: Dangers and duties"))
        bot.send(signal.SIGHUP)
        await bot.says("content.loaded")
        assert "Dangers and duties" in await card(slack, "risks")
        deck.write_text(sound.replace("number: 7", "number: seven").replace("short: Risks", "shrt: Risks"))
        bot.send(signal.SIGHUP)
        await bot.says("content.kept")
        faults = [json.loads(line)["fault"] for line in bot.said if "content.fault" in line]
        assert len(faults) >= 2
        assert all(fault.startswith(f"{deck}:") for fault in faults)
        assert "Dangers and duties" in await card(slack, "risks")
        assert await bot.end(signal.SIGTERM) == 0


async def test_killed_in_the_middle_nothing_comes_twice(tmp_path: Path, slack: PocketSlack) -> None:
    """Killed while Slack has a tip and has not answered: the next process posts it no second time, and says so."""
    room = slack.channel("pm-learning")
    moment = await add_tips(tmp_path, slack, room)
    slack.clock.move_to(moment.timestamp() + 5)
    slack.trouble.append(Trouble("chat.postMessage", "slow", seconds=0.5))
    quick = {
        "TICK_SECONDS": "0.2",
        "CLIENT_TIMEOUT_SECONDS": "1",
        "LEASE_SECONDS": "2",
        "SETTLING_SECONDS": "3",
    }
    follow = ("--clock-offset-file", str(tmp_path / "offset"))
    async with serving(tmp_path, slack, *follow, **quick) as bot:
        await until(lambda: not slack.trouble)
        bot.send(signal.SIGKILL)
        assert await bot.end() == -signal.SIGKILL
    await slack.wait_for(lambda: slack.posts(room), within=PATIENCE)
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


async def test_a_hung_tick_turns_health_red(tmp_path: Path, slack: PocketSlack) -> None:
    """Where the last tick lies too far back /healthz is 503, whatever else is well; the next one makes it green."""
    settings = Settings.read(environment(tmp_path, **credentials(slack)), None)
    async with app.build(settings, timing.real) as bot:
        heartbeat = bot.ticker.heartbeats["tick"]
        limit = 2 * settings.tick_seconds + heartbeat.limit
        heartbeat.start(time.monotonic() - limit - 1)
        reply = await call(bot.web(), "GET", "/healthz")
        assert (reply.status, reply.json()["ok"]) == (503, False)
        assert "last tick 121 s ago" in reply.json()["checks"][0]["detail"]
        async with bot.ticker.running():
            await until(lambda: heartbeat.last_finished)
            assert (await call(bot.web(), "GET", "/healthz")).status == 200
        elsewhere = dataclasses.replace(bot, settings=dataclasses.replace(settings, scheduler="off"))
        heartbeat.beat(time.monotonic() - limit - 1)
        assert (await call(elsewhere.web(), "GET", "/healthz")).status == 200


async def test_the_clock_alone(tmp_path: Path, slack: PocketSlack) -> None:
    """`clock` reads changed content at SIGHUP, as `serve` does, and stops with 0."""
    named = {**credentials(slack), "LOG_FORMAT": "json"}
    async with started(tmp_path, sys.executable, "-m", "bot", "clock", **named) as clock:
        await clock.says("clock.running")
        clock.send(signal.SIGHUP)
        await clock.says("content.loaded")
        assert await clock.end(signal.SIGTERM) == 0
    assert "Traceback" not in clock.text
