"""Run the bot until it is told to stop: the web server, Slack's socket, the clock, and an orderly end."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
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


async def serve(settings: Settings, clock: Clock, *, stops_with_stdin: bool = False) -> None:
    """Run the web server, Socket Mode where there is an app token, and the clock where it is embedded.

    SIGTERM and SIGINT stop it: no new requests, what is in flight finishes within STOP_SECONDS. SIGHUP reads the
    content anew. `stops_with_stdin` stops it too when standard input ends: then the process that started it is gone,
    however it ended.

    Raises:
        FaultyContent, UnusableError: as `app.build`.
        AddressTakenError: HOST and PORT are in use.
    """
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listener(settings.host, settings.port))
        bot = await stack.enter_async_context(app.build(settings, clock))
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
        # First in, last out: a signal that comes while deliveries finish must not end the process between two of them.
        stack.enter_context(_signals(server, bot, stops_with_stdin=stops_with_stdin))
        stack.push_async_callback(bot.tasks.drain, settings.stop_seconds * 0.2)
        await stack.enter_async_context(bot.courier.running(settings.stop_seconds * 0.5))
        if settings.scheduler == "embedded":
            await stack.enter_async_context(bot.ticker.running())
        if settings.slack_transport == "socket" and settings.slack_app_token:
            connection = await stack.enter_async_context(
                socket_mode.connected(settings.slack_app_token.reveal(), settings.slack_api_url, bot.reception)
            )
            bot.slack.is_listening = connection.is_connected
        if settings.slack_transport != "none":
            identifying = asyncio.create_task(bot.learn_identity())
            stack.callback(identifying.cancel)
        log.info("serving", host=settings.host, port=settings.port, slack=settings.slack_transport)
        await server.serve(sockets=[listener])
        log.info("stopping")
    log.info("stopped")


async def run_clock(settings: Settings, clock: Clock) -> None:
    """Run the clock alone, for `serve` processes with SCHEDULER=off, until SIGTERM or SIGINT; SIGHUP as in `serve`."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(app.build(settings, clock))
        stack.enter_context(_heard({signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: _reload(bot)}))
        stack.push_async_callback(bot.tasks.drain, settings.stop_seconds * 0.2)
        await stack.enter_async_context(bot.courier.running(settings.stop_seconds * 0.6))
        await stack.enter_async_context(bot.ticker.running())
        log.info("clock.running")
        await stop.wait()
    log.info("stopped")


@contextlib.contextmanager
def _signals(server: uvicorn.Server, bot: Bot, *, stops_with_stdin: bool) -> Iterator[None]:
    def stop() -> None:
        server.force_exit = server.should_exit  # asked twice: the person does not want to wait for open connections
        server.should_exit = True

    def stop_with_parent() -> None:
        server.should_exit = True

    with _heard({signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: _reload(bot)}):
        if stops_with_stdin:
            with _end_of_stdin(stop_with_parent):
                yield
        else:
            yield


def _reload(bot: Bot) -> Callable[[], None]:
    return lambda: bot.tasks.spawn(bot.reload())


@contextlib.contextmanager
def _heard(handlers: dict[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Answer signals inside the event loop."""
    loop = asyncio.get_running_loop()
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _end_of_stdin(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` once when standard input, a pipe whose other side the parent holds, comes to its end."""
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def read() -> None:
        if not os.read(stdin, 4096):
            loop.remove_reader(stdin)
            end()

    loop.add_reader(stdin, read)
    try:
        yield
    finally:
        loop.remove_reader(stdin)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise AddressTakenError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Stop what listens there, or set PORT to another."
        ) from error
