"""The emulator's server: an answer comes at once and whole."""

import socket

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from playground.shared.server import Server


async def _waits(request: Request) -> Response:
    """Say whether the connection on which this is asked holds small pieces back until others are acknowledged."""
    transport = request.scope["emulator_transports"][tuple(request.scope["client"])]
    nodelay = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    return PlainTextResponse(str(not nodelay))


async def test_no_answer_waits_for_an_acknowledgement() -> None:
    """Nagle's algorithm would keep the body of an answer for the 40 ms in which nobody acknowledges its head."""
    server = Server(Starlette(routes=[Route("/", _waits)]), "127.0.0.1", 0)
    port = await server.start()
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as answer:
            assert await answer.text() == "False"
    finally:
        await server.stop()
