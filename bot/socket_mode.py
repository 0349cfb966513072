"""Hear Slack over Socket Mode: the same requests as over HTTP, without a public address."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs, web_shape
from bot.web_guard import GuardedRequest
from bot.web_slack import Answer, Reception

log = structlog.get_logger()

_OK = 200
_WAITS = (1, 2, 5, 10, 30)  # seconds between tries to connect; the last one repeats
_CHECKS: dict[str, Callable[[Any], web_shape.Kind | None]] = {
    "slash_commands": web_shape.check_command,
    "interactive": web_shape.check_payload,
    "events_api": web_shape.check_event,
}


@asynccontextmanager
async def connected(app_token: str, api_url: str, reception: Reception) -> AsyncIterator[SocketModeClient]:
    """Keep a connection to Slack open to the end; it is made in the background, and made again when it breaks."""
    client = SocketModeClient(
        app_token=app_token,
        web_client=AsyncWebClient(base_url=api_url, retry_handlers=[]),
        ping_interval=10,
    )

    async def hear(_client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await _answer(client, reception, request)

    client.socket_mode_request_listeners.append(hear)
    connecting = asyncio.create_task(_connect(client))
    try:
        yield client
    finally:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()  # type: ignore[no-untyped-call] # slack_sdk left it untyped


async def _connect(client: SocketModeClient) -> None:
    tries = 0
    while True:
        try:
            # Asked here and not by connect(), which tries again for ever and logs a traceback each time.
            opened = await client.web_client.apps_connections_open(app_token=client.app_token)
            client.wss_uri = str(opened["url"])
            await client.connect()  # type: ignore[no-untyped-call] # slack_sdk left it untyped
        except SlackApiError as error:
            log.error("slack.socket", fault=f"Slack refused SLACK_APP_TOKEN ({error.response.get('error', '')})")  # noqa: TRY400 # the sentence says it all
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.error("slack.socket", fault=f"Slack cannot be reached ({type(error).__name__})")  # noqa: TRY400 # as above
        else:
            log.info("slack.socket.connected")
            return
        await asyncio.sleep(_WAITS[min(tries, len(_WAITS) - 1)])
        tries += 1


async def _answer(client: SocketModeClient, reception: Reception, request: SocketModeRequest) -> None:
    """Answer one envelope; Slack sends an event again where there is no answer within 3 s."""
    request_id = os.urandom(5).hex()
    logs.current_request.set(request_id)
    check = _CHECKS.get(request.type)
    try:
        kind = check(request.payload) if check else None
    except (web_shape.MisshapenError, KeyError, AttributeError) as error:
        log.warning("slack.refused", reason=str(error))
        kind = None
    if kind is None:
        # Acknowledged all the same: what this version cannot read, it cannot read the second time either.
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        return
    answer = await reception.answer(GuardedRequest(request_id, kind, request.payload, request.retry_attempt or 0))
    if answer.status == _OK:
        await client.send_socket_mode_response(_response(request.envelope_id, answer))


def _response(envelope_id: str, answer: Answer) -> SocketModeResponse:
    is_json = answer.content_type.startswith("application/json")
    return SocketModeResponse(
        envelope_id=envelope_id, payload=json.loads(answer.body) if answer.body and is_json else None
    )
