"""Hear Slack over Socket Mode: the same requests as over HTTP, without a public address."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import orjson
import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import WAITS, until_sound
from bot.proxies import DIRECT, Proxies
from bot.slack import errors, sdk, shape
from bot.slack.guard import GuardedRequest
from bot.slack.route import Reception
from bot.tasks import Tasks
from bot.web import asgi, text
from bot.web.asgi import Answer
from bot.web.shape import MisshapenError
from handlers.current_request import current_request

log = structlog.get_logger()

_OK = 200
_PING_SECONDS = 10.0
_PATIENCE = 5.0  # seconds; less than a ping's, after which slack_sdk would try the same address again
_CLOSE_SECONDS = 0.5  # for Slack's side to say that it has closed too; aiohttp itself would wait 10 s
_CHECKS: dict[str, Callable[[Any], shape.Kind | None]] = {
    "slash_commands": shape.check_command,
    "interactive": shape.check_payload,
    "events_api": shape.check_event,
}


class _Plain(logging.Filter):
    """Takes the traceback off what slack_sdk logs: a broken connection is nobody's programming fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


class _Client(SocketModeClient):
    """slack_sdk's client, which asks for a new address whenever a connection could not be made.

    By itself it tries the same one for ever, and Slack's addresses are good for one connection, soon
    (slackapi/python-slack-sdk#1379).
    """

    def __init__(self, app_token: str, web_client: AsyncWebClient, proxies: Proxies, patience: float) -> None:
        logger = logging.getLogger("slack_sdk.socket_mode")
        logger.filters = [_Plain()]
        super().__init__(app_token, logger, web_client, ping_interval=_PING_SECONDS)
        self._proxies = proxies
        self._patience = patience

    def aim(self, address: str) -> None:
        """Take an address to connect to next, by the proxy that leads there."""
        self.wss_uri = address
        self.proxy = self._proxies.towards(address)

    async def issue_new_wss_url(self) -> str:
        """Ask for a new address, as slack_sdk does before it connects again by itself."""
        address = await super().issue_new_wss_url()
        self.aim(address)
        return address

    async def connect(self) -> None:
        """Connect, however long it takes."""
        while not self.closed:
            try:
                async with asyncio.timeout(self._patience):
                    await super().connect()  # type: ignore[no-untyped-call] # slack_sdk left it untyped
            except TimeoutError:
                self.wss_uri = None
            else:
                return

    async def enqueue_message(self, message: str) -> None:
        """Take what Slack sent, cleaned as over HTTP; slack_sdk itself fails over what is no envelope."""
        told = _envelope(message)
        if told:
            await super().enqueue_message(told)
        else:
            log.warning("slack.refused", reason="the message is not an envelope")

    async def disconnect(self) -> None:
        """Close the connection, whether or not the other side answers."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await super().disconnect()  # type: ignore[no-untyped-call] # slack_sdk left it untyped


@asynccontextmanager
async def connected(  # noqa: PLR0913 # one composition root calls it, the last four by name
    app_token: str,
    api_url: str,
    reception: Reception,
    *,
    proxies: Proxies = DIRECT,
    patience: float = _PATIENCE,
    limit: float = 2.5,
    waits: Sequence[float] = WAITS,
) -> AsyncIterator[SocketModeClient]:
    """Keep a connection to Slack open to the end; it is made in the background, and made again when it breaks.

    `patience` is how many seconds one address of a connection is tried; `waits` are seconds between tries.
    At the end nothing new is heard, and what is being answered has `limit` seconds to finish before it is closed.
    """
    connecting, answering = Tasks(), Tasks()
    is_stopping = False
    client = _Client(app_token, sdk.client(proxies, api_url), proxies, patience)

    async def hear(_client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if not is_stopping:  # unacknowledged, Slack sends it again, or to another connection
            answering.spawn(_answer(client, reception, request))

    client.socket_mode_request_listeners.append(hear)
    connection = connecting.start(_connect(client, waits))
    try:
        yield client
    finally:
        is_stopping = True
        connection.cancel()
        await answering.drain(limit)
        await connecting.drain(_CLOSE_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * _CLOSE_SECONDS):
                await client.close()  # type: ignore[no-untyped-call] # slack_sdk left it untyped


async def _connect(client: _Client, waits: Sequence[float]) -> None:
    async def connect() -> str:
        try:
            # Asked here, to say in words what is wrong with the token: connect() would only try again.
            opened = await client.web_client.apps_connections_open(app_token=client.app_token)
            address = opened.get("url")
            if not isinstance(address, str) or not address.startswith(("ws://", "wss://")):
                raise ValueError("an answer without an address")
            client.aim(address)
            await client.connect()
        except errors.FAULTS as error:
            return errors.words(error, "SLACK_APP_TOKEN")
        return ""

    await until_sound(connect, "slack.socket", waits)
    log.info("slack.socket.connected")


async def _answer(client: SocketModeClient, reception: Reception, request: SocketModeRequest) -> None:
    """Answer one envelope; Slack sends an event again where there is no answer within 3 s."""
    request_id = asgi.reference()
    current_request.set(request_id)
    check = _CHECKS.get(request.type) if isinstance(request.type, str) else None
    try:
        kind = check(request.payload) if check else None
    except (MisshapenError, KeyError, AttributeError) as error:
        log.warning("slack.refused", reason=str(error))
        kind = None
    if kind is None:
        # Acknowledged all the same: what this version cannot read, it cannot read the second time either.
        await _send(client, SocketModeResponse(envelope_id=request.envelope_id))
        return
    answer = await reception.answer(GuardedRequest(request_id, kind, request.payload, request.retry_attempt or 0))
    if answer.status == _OK:
        await _send(client, _response(request.envelope_id, answer))


def _envelope(message: str) -> str:
    """Give a message cleaned, and with a payload that slack_sdk can hold; '' for what is no envelope."""
    try:
        envelope = text.parsed(message.encode("utf-8", "replace"))
        if type(envelope) is not dict or not isinstance(envelope.get("envelope_id", ""), str):
            return ""
        if not isinstance(envelope.get("payload", {}), dict):
            envelope["payload"] = {}  # refused further on, and acknowledged
        return orjson.dumps(envelope).decode()
    except (ValueError, TypeError):  # no JSON, or nested too deeply to be written again
        return ""


async def _send(client: SocketModeClient, response: SocketModeResponse) -> None:
    try:
        await client.send_socket_mode_response(response)
    except (aiohttp.ClientError, OSError) as error:  # Slack sends an event again over the next connection
        log.warning("slack.socket.unanswered", error=type(error).__name__)


def _response(envelope_id: str, answer: Answer) -> SocketModeResponse:
    is_json = answer.content_type.startswith("application/json")
    return SocketModeResponse(
        envelope_id=envelope_id, payload=json.loads(answer.body) if answer.body and is_json else None
    )
