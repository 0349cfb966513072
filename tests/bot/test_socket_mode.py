"""Socket Mode: the same requests, the same answers, over one connection that is made again when it breaks."""

import io
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import app, logs, socket_mode, timing
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web_guard import GuardedRequest
from bot.web_slack import Answer, Apology, Reception
from tests.bot import slack_requests as sent
from tests.bot.asgi import call
from tests.bot.socket_slack import SocketSlack
from tests.cli.program import environment, free_port, started, until


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """Give what is logged, as bytes so far."""
    stream = io.BytesIO()
    logs.configure("info", "json", stream=stream)
    yield stream
    logs.configure("warning", "json")


def lines(stream: io.BytesIO) -> list[dict[str, Any]]:
    """Read the log."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def settings(folder: Path, slack: SocketSlack) -> Settings:
    """Give the settings of a bot in Socket Mode."""
    named = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": "xoxb-1-x", "SLACK_APP_TOKEN": "xapp-1-x"}
    return Settings.read(environment(folder, **named), None)


@asynccontextmanager
async def connected(slack: SocketSlack, reception: Reception) -> AsyncIterator[web.WebSocketResponse]:
    """Connect, and give Slack's end of the connection."""
    async with socket_mode.connected("xapp-1-x", slack.api_url, reception):
        yield await slack.connection()


def reception(answer: Answer | Exception) -> Reception:
    """Answer everything alike, or fail at everything."""

    async def receive(_request: GuardedRequest) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Reception(receive, Apology("Sorry, quote {}.".format, lambda _url, _words: None), Metrics(lambda: 0.0))


async def test_commands_clicks_and_events_are_answered(tmp_path: Path) -> None:
    """A command's answer travels with its acknowledgement; a click and an event are acknowledged; all are counted."""
    async with SocketSlack() as slack, app.build(settings(tmp_path, slack), timing.real) as bot:
        async with connected(slack, bot.reception) as socket:
            command = await slack.send(socket, "slash_commands", sent.command("risks"))
            answer = await slack.answer()
            assert answer["envelope_id"] == command
            assert answer["payload"]["response_type"] == "ephemeral"
            assert answer["payload"]["blocks"][0]["text"]["text"] == "7 · Risks and responsibilities"
            click = await slack.send(socket, "interactive", sent.press() | {"response_url": ""})
            assert (await slack.answer())["envelope_id"] == click
            event = await slack.send(socket, "events_api", sent.reaction(), retry_attempt=1, retry_reason="timeout")
            assert (await slack.answer())["envelope_id"] == event
            notice = await slack.send(socket, "events_api", {"type": "app_rate_limited"})
            assert await slack.answer() == {"envelope_id": notice}
        metrics = (await call(bot.web(), "GET", "/metrics")).body.decode()
    for kind in ("command", "action", "event"):
        assert f'pm_compare_requests_total{{kind="{kind}",outcome="answered"}} 1.0' in metrics


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("slash_commands", {"command": 5}),
        ("slash_commands", "risks"),
        ("interactive", {"type": "block_actions", "actions": []}),
        ("events_api", {"type": "event_callback", "event": None}),
        ("workflow_step", {"x": 1}),
    ],
)
async def test_what_cannot_be_read_is_acknowledged_and_logged(log: io.BytesIO, kind: str, payload: object) -> None:
    """A malformed payload is no traceback and does not come again; the next request is answered as ever."""
    async with (
        SocketSlack() as slack,
        connected(slack, reception(Answer(200, b'{"text": "x"}', "application/json"))) as socket,
    ):
        strange = await slack.send(socket, kind, payload)
        assert await slack.answer() == {"envelope_id": strange}
        command = await slack.send(socket, "slash_commands", sent.command())
        assert await slack.answer() == {"envelope_id": command, "payload": {"text": "x"}}
    refused = [line for line in lines(log) if line["event"] == "slack.refused"]
    assert len(refused) == (kind != "workflow_step")
    assert all(line["level"] == "warning" and line["request"] and line["reason"] for line in refused)
    assert b"Traceback" not in log.getvalue()


async def test_a_handler_that_fails_is_polite(log: io.BytesIO) -> None:
    """A person gets words and a reference that stands in the log; a failed event is left for Slack to send again."""
    async with SocketSlack() as slack, connected(slack, reception(RuntimeError("broken"))) as socket:
        await slack.send(socket, "events_api", sent.reaction())
        command = await slack.send(socket, "slash_commands", sent.command())
        answer = await slack.answer()
    assert answer["envelope_id"] == command
    assert answer["payload"]["text"].startswith("Sorry, quote ")
    failed = [line for line in lines(log) if line["event"] == "slack.failed"]
    assert [line["kind"] for line in failed] == ["event", "command"]
    assert f"quote {failed[1]['request']}." in answer["payload"]["text"]
    assert slack.heard.empty()


async def test_a_connection_that_ends_is_made_again() -> None:
    """Slack says "disconnect" every few hours: the bot asks for a new address, and answers there."""
    async with SocketSlack() as slack, connected(slack, reception(Answer(200))) as first:
        await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
        second = await slack.connection()
        command = await slack.send(second, "slash_commands", sent.command())
        assert await slack.answer() == {"envelope_id": command}
        await second.close()  # without a word, as a network does
        third = await slack.connection()
        command = await slack.send(third, "slash_commands", sent.command())
        assert await slack.answer() == {"envelope_id": command}
    assert slack.asked == ["Bearer xapp-1-x"] * 3


async def test_an_address_that_leads_nowhere_is_not_tried_for_ever(log: io.BytesIO) -> None:
    """An address is good for one connection, soon: when it fails a new one is asked for, without a traceback."""
    async with (
        SocketSlack(broken=1) as slack,
        socket_mode.connected("xapp-1-x", slack.api_url, reception(Answer(200)), patience=0.5),
    ):
        await slack.connection()
    assert len(slack.asked) == 2
    assert b"Failed to connect" in log.getvalue()
    assert b"Traceback" not in log.getvalue()


async def test_a_refused_app_token_is_said_in_words(log: io.BytesIO) -> None:
    """The token that is wrong is named by its variable; once it is right the bot connects by itself."""
    async with (
        SocketSlack(token_error="invalid_auth") as slack,  # noqa: S106 # Slack's error code
        socket_mode.connected("xapp-1-x", slack.api_url, reception(Answer(200))) as client,
    ):
        await until(lambda: b"slack.socket" in log.getvalue())
        assert not await client.is_connected()
        slack.token_error = ""
        await slack.connection()
        await until(client.is_connected)
    (line,) = [line for line in lines(log) if "fault" in line]
    assert line["fault"] == "Slack refused SLACK_APP_TOKEN (invalid_auth)"
    assert b"Traceback" not in log.getvalue()


async def test_run_with_credentials_in_the_dotenv_file(tmp_path: Path) -> None:
    """Two tokens in .env and `python -m bot run`: it connects, answers, is ready, and stops with 0."""
    port = free_port()
    async with SocketSlack() as slack:
        tokens = f"SLACK_BOT_TOKEN=xoxb-1-hidden\nSLACK_APP_TOKEN=xapp-1-hidden\nSLACK_API_URL={slack.api_url}\n"
        (tmp_path / ".env").write_text(f"{tokens}PORT={port}\n")
        async with started(tmp_path, sys.executable, "-m", "bot", "run") as bot:
            socket = await slack.connection()
            await slack.send(socket, "slash_commands", sent.command("risks"))
            assert "Risks" in (await slack.answer())["payload"]["text"]

            async def is_ready() -> bool:
                async with aiohttp.request("GET", f"http://127.0.0.1:{port}/readyz") as answer:
                    checks = (await answer.json())["checks"]
                    return {"name": "socket", "ok": True, "detail": "connected"} in checks and answer.status == 200

            await until(is_ready)
            assert await bot.end(signal.SIGTERM) == 0
    assert "hidden" not in bot.text
    assert "Traceback" not in bot.text
