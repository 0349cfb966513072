"""Socket Mode: the same requests, the same answers, over one connection that is made again when it breaks."""

import asyncio
import io
import json
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import app, clock, logs
from bot.metrics import Metrics
from bot.platforms import KINDS
from bot.settings.checked import Settings
from bot.slack import socket_mode
from bot.slack.guard import GuardedRequest
from bot.slack.route import Apology, Reception
from bot.web.asgi import Answer
from tests.bot.sides import one_installation, slack_side
from tests.bot.slack import requests as sent
from tests.bot.slack.socket_slack import PATIENCE, SocketSlack
from tests.bot.web.asgi import call
from tests.cli.program import BOT, environment, forking, free_port, started, until


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

    return Reception(
        receive, Apology("Sorry, quote {}.".format, lambda _url, _words: None), Metrics(lambda: 0.0, KINDS)
    )


async def test_commands_clicks_and_events_are_answered(tmp_path: Path) -> None:
    """A command's answer travels with its acknowledgement; a click and an event are acknowledged; all are counted."""
    async with SocketSlack() as slack, app.build(settings(tmp_path, slack), clock.real) as bot:
        async with connected(slack, slack_side(bot).reception) as socket:
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
        ("interactive", [["block_actions"]]),
        ("events_api", None),
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


@pytest.mark.parametrize(
    "message", ["", "{", "[]", "5", "[" * 3_000, '{"envelope_id": 5}', '{"a":' * 900 + "1" + "}" * 900]
)
async def test_what_is_no_envelope_is_logged_in_a_line(log: io.BytesIO, message: str) -> None:
    """There is nothing to acknowledge; the connection stands, and the next request is answered as ever."""
    async with (
        SocketSlack() as slack,
        connected(slack, reception(Answer(200, b'{"text": "x"}', "application/json"))) as socket,
    ):
        await socket.send_str(message)
        command = await slack.send(socket, "slash_commands", sent.command("ri\0sks\ud800"))
        assert await slack.answer() == {"envelope_id": command, "payload": {"text": "x"}}
    said = [(line["event"], line["level"]) for line in lines(log) if line["level"] != "info"]
    assert said == [("slack.refused", "warning")]


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


UNREADABLE = [
    (503, "<html>Service unavailable</html>"),
    (200, "[1]"),
    (200, "null"),
    (200, '{"ok": true}'),
    (500, "{}"),
]
SAID = [
    "Slack answered unreadably (HTTP 503)",
    "Slack answered unreadably",
    "Slack answered unreadably (HTTP 200)",
    "Slack answered unreadably",
    "Slack answered unreadably (HTTP 500)",
]


async def test_unreadable_answers_do_not_leave_the_bot_deaf(log: io.BytesIO) -> None:
    """Whatever apps.connections.open answers, it is said, the token is not blamed, and the bot tries until it hears."""
    async with (
        SocketSlack(unreadable=UNREADABLE) as slack,
        socket_mode.connected("xapp-1-x", slack.api_url, reception(Answer(200)), waits=(0.01,)),
    ):
        socket = await slack.connection()
        command = await slack.send(socket, "slash_commands", sent.command())
        assert await slack.answer() == {"envelope_id": command}
    assert [line["fault"] for line in lines(log) if "fault" in line] == SAID
    assert b"Traceback" not in log.getvalue()


async def test_unreadable_answers_about_the_token(log: io.BytesIO, tmp_path: Path) -> None:
    """Whatever auth.test answers, /readyz says so in words, and the bot asks until it knows whose token it has."""
    async with (
        SocketSlack(unreadable=UNREADABLE[:3]) as slack,
        app.build(settings(tmp_path, slack), clock.real) as bot,
    ):
        await bot.platforms["slack"].learn_credentials(waits=(0.01,))
        assert one_installation(bot).identity is not None
    assert [line["fault"] for line in lines(log) if "fault" in line] == SAID[:3]
    async with (
        SocketSlack(unreadable=UNREADABLE[:1]) as slack,
        app.build(settings(tmp_path, slack), clock.real) as bot,
    ):
        asking = bot.tasks.start(bot.platforms["slack"].learn_credentials(waits=(60,)))
        await until(lambda: "unreadably" in one_installation(bot).fault)
        ready = (await call(bot.web(), "GET", "/readyz")).json()
        asking.cancel()
    assert {"name": "slack", "ok": False, "detail": SAID[0]} in ready["checks"]


async def test_a_task_that_dies_is_in_the_log(log: io.BytesIO, tmp_path: Path) -> None:
    """Work in the background that fails in a way nobody foresaw is an error in the log, not silence."""
    async with SocketSlack() as slack, app.build(settings(tmp_path, slack), clock.real) as bot:

        async def fail() -> None:
            raise RuntimeError("unforeseen")

        await asyncio.wait([bot.tasks.start(fail())])
        await until(lambda: b"task.failed" in log.getvalue())
    (line,) = [line for line in lines(log) if line["event"] == "task.failed"]
    assert "unforeseen" in line["exception"]


async def test_a_stop_finishes_what_is_being_answered() -> None:
    """At the end what is under way is answered and acknowledged; what comes after it is left to another connection."""
    begun, released = asyncio.Event(), asyncio.Event()

    async def slowly(_request: GuardedRequest) -> Answer:
        begun.set()
        await released.wait()
        return Answer(200, b'{"text": "late"}', "application/json")

    slow = Reception(slowly, Apology("Sorry, quote {}.".format, lambda _url, _words: None), Metrics(lambda: 0.0, KINDS))
    async with SocketSlack() as slack:
        running = connected(slack, slow)
        socket = await running.__aenter__()
        command = await slack.send(socket, "slash_commands", sent.command())
        await begun.wait()
        stopping = asyncio.create_task(running.__aexit__(None, None, None))
        await asyncio.sleep(0)  # the stop begins
        await slack.send(socket, "slash_commands", sent.command())
        released.set()
        assert await slack.answer() == {"envelope_id": command, "payload": {"text": "late"}}
        await stopping
        assert slack.heard.empty()


async def test_a_stop_does_not_wait_for_an_answer_that_hangs(log: io.BytesIO) -> None:
    """An answer that never comes holds the stop up for its share and no longer, and it is said."""

    async def never(_request: GuardedRequest) -> Answer:
        begun.set()
        await asyncio.Event().wait()
        return Answer(200)

    begun = asyncio.Event()
    hung = Reception(never, Apology("Sorry, quote {}.".format, lambda _url, _words: None), Metrics(lambda: 0.0, KINDS))
    async with (
        SocketSlack() as slack,
        asyncio.timeout(PATIENCE),
        socket_mode.connected("xapp-1-x", slack.api_url, hung, limit=0.1),
    ):
        await slack.send(await slack.connection(), "slash_commands", sent.command())
        await begun.wait()
    assert b"tasks.gave_up" in log.getvalue()


async def test_a_silent_peer_does_not_hold_up_the_end() -> None:
    """Slack's side never says that it has closed: the connection is dropped after half a second, not after ten."""
    async with SocketSlack(is_silent=True) as slack:
        async with socket_mode.connected("xapp-1-x", slack.api_url, reception(Answer(200))) as client:
            await slack.connection()
            await until(client.is_connected)
            began = time.monotonic()
        assert time.monotonic() - began < 5
        assert client.aiohttp_client_session.closed


async def test_the_whole_stop_is_in_time_whatever_hangs(tmp_path: Path) -> None:
    """A peer that is silent, a post and auth.test that hang: SIGTERM ends it with 0, and says what it gave up."""
    port = free_port()
    async with SocketSlack(is_silent=True) as slack:
        named = {
            "SLACK_BOT_TOKEN": "xoxb-1-x",
            "SLACK_APP_TOKEN": "xapp-1-x",
            "SLACK_API_URL": slack.api_url,
            "PORT": str(port),
            "STOP_SECONDS": "3",
            "LOG_FORMAT": "json",
        }
        async with forking(tmp_path, "serve", **named) as bot:
            socket = await slack.connection()
            await slack.send(socket, "slash_commands", sent.command("risks share"))
            async with asyncio.timeout(PATIENCE):
                await slack.posting.wait()
            began = time.monotonic()
            code = await bot.end(signal.SIGTERM)
            assert (code, time.monotonic() - began < 6) == (0, True), bot.text
    assert "delivery.gave_up" in bot.text
    assert '"stopped"' in bot.text
    assert "Traceback" not in bot.text, bot.text


async def test_run_with_credentials_in_the_dotenv_file(tmp_path: Path) -> None:
    """Two tokens in .env and `python -m bot run`: it connects, answers, is ready, and stops with 0."""
    port = free_port()
    async with SocketSlack() as slack:
        tokens = f"SLACK_BOT_TOKEN=xoxb-1-hidden\nSLACK_APP_TOKEN=xapp-1-hidden\nSLACK_API_URL={slack.api_url}\n"
        (tmp_path / ".env").write_text(f"{tokens}PORT={port}\n")
        async with started(tmp_path, *BOT, "run") as bot:
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
    assert "Traceback" not in bot.text, bot.text
