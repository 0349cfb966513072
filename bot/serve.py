"""Run the bot until it is told to stop: the web server, Slack's socket, the clock, and an orderly end."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack

import structlog
import uvicorn

from bot import app, socket_mode
from bot.app import Bot
from bot.settings import Settings
from bot.timing import Clock

log = structlog.get_logger()

_REQUEST_SHARE = 0.3  # of the time to stop: answers take milliseconds, posts take seconds


class AddressTakenError(Exception):
    """Another program listens there already."""


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: it would end the process before what is in flight is finished."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield


async def serve(settings: Settings, clock: Clock) -> None:
    """Run the web server, Socket Mode where there is an app token, and the clock where it is embedded.

    SIGTERM and SIGINT stop it: no new requests, what is in flight finishes within STOP_SECONDS. SIGHUP reads the
    content anew.

    Raises:
        FaultyContent, UnusableError: as `app.build`.
        AddressTakenError: HOST and PORT are in use.
    """
    listener = _listener(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(app.build(settings, clock))
        stack.push_async_callback(bot.tasks.drain, settings.stop_seconds * 0.2)
        await stack.enter_async_context(bot.courier.running(settings.stop_seconds * 0.5))
        server = Server(
            uvicorn.Config(
                bot.web(),
                loop="uvloop",
                http="httptools",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=max(1, round(settings.stop_seconds * _REQUEST_SHARE)),
            )
        )
        if settings.scheduler == "embedded":
            await stack.enter_async_context(bot.ticker.running())
        if settings.slack_transport == "socket" and settings.slack_app_token:
            await stack.enter_async_context(
                socket_mode.connected(settings.slack_app_token.reveal(), settings.slack_api_url, bot.reception)
            )
        if settings.slack_transport != "none":
            identifying = asyncio.create_task(bot.learn_identity())
            stack.callback(identifying.cancel)
        with _signals(server, bot):
            log.info("serving", host=settings.host, port=settings.port, slack=settings.slack_transport)
            await server.serve(sockets=[listener])
            log.info("stopping")
    log.info("stopped")


async def run_clock(settings: Settings, clock: Clock) -> None:
    """Run the clock alone, for `serve` processes with SCHEDULER=off, until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(app.build(settings, clock))
        await stack.enter_async_context(bot.courier.running(settings.stop_seconds * 0.8))
        await stack.enter_async_context(bot.ticker.running())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        log.info("clock.running")
        await stop.wait()
    log.info("stopped")


@contextlib.contextmanager
def _signals(server: uvicorn.Server, bot: Bot) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.force_exit = server.should_exit  # asked twice: the person does not want to wait for open connections
        server.should_exit = True

    handlers = {
        signal.SIGTERM: stop,
        signal.SIGINT: stop,
        signal.SIGHUP: lambda: bot.tasks.spawn(bot.reload()),
    }
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise AddressTakenError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Stop what listens there, or set PORT to another."
        ) from error
