"""Run the bot until it is told to stop: the web server, the platforms' connections, the clock, an orderly end."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import structlog

from bot import app, heap
from bot.app import Bot
from bot.clock import Clock
from bot.errors import AddressTakenError
from bot.settings.checked import Settings
from bot.web.server import Server

log = structlog.get_logger()

# Shares of the time to stop. Requests over HTTP finish while the others stop to hear; then posts, which take longest.
_REQUESTS = 0.3
_ANSWERS = 0.25
_TICKER = 0.1
_POSTS = 0.4
_TASKS = 0.1


async def serve(settings: Settings, clock: Clock, *, stops_with_stdin: bool = False) -> None:
    """Run the web server, each platform's connection where it has one, and the clock where it is embedded.

    SIGTERM and SIGINT stop it: no new requests, what is in flight finishes, and whatever hangs, all ends within
    STOP_SECONDS. SIGHUP reads the content anew. `stops_with_stdin` stops it too when standard input ends: then the
    process that started it is gone, however it ended.

    Raises:
        FaultyContent, UnusableError: as `app.build`.
        AddressTakenError: HOST and PORT are in use.
    """
    heap.narrow()
    stop = asyncio.Event()
    async with _deadline(settings.stop_seconds) as begin_to_stop, AsyncExitStack() as stack:
        listener = stack.enter_context(_listener(settings.host, settings.port))
        bot = await stack.enter_async_context(app.build(settings, clock))
        await asyncio.to_thread(bot.content.library.prepare)  # before somebody has to wait for it
        server = Server(bot.web(), stop_seconds=settings.stop_seconds * _REQUESTS)
        # First in, last out: a signal that comes while deliveries finish must not end the process between two of them.
        stack.enter_context(_signals(server, bot, stop, stops_with_stdin=stops_with_stdin))
        await _start_delivering(bot, stack)
        bot.noted.forget_all()
        async with AsyncExitStack() as hearing:
            for platform in bot.platforms.values():
                await hearing.enter_async_context(platform.listening(settings.stop_seconds * _ANSWERS))
            if settings.scheduler != "off":
                await _start_ticking(bot, hearing)
            for platform in bot.platforms.values():
                hearing.callback(bot.tasks.start(platform.learn_credentials()).cancel)
            # By itself, not with the clock: that may tick in another process.
            hearing.callback(bot.tasks.start(bot.learners.keep_fresh()).cancel)
            heap.settle()
            log.info("serving", host=settings.host, port=settings.port, slack=settings.slack_transport)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            serving.add_done_callback(lambda _: stop.set())
            await stop.wait()
            begin_to_stop()
            log.info("stopping")
        await serving
    log.info("stopped")


async def run_clock(settings: Settings, clock: Clock) -> None:
    """Run the timekeeper alone until SIGTERM or SIGINT: the clock, or one worker of a cluster; SIGHUP as in `serve`."""
    stop = asyncio.Event()
    async with _deadline(settings.stop_seconds) as begin_to_stop, AsyncExitStack() as stack:
        bot = await stack.enter_async_context(app.build(settings, clock))
        await asyncio.to_thread(bot.content.library.prepare)  # before somebody has to wait for it
        stack.enter_context(
            _heard({signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: _reload(bot, stop)})
        )
        await _start_delivering(bot, stack)
        await _start_ticking(bot, stack)
        log.info("worker.running" if settings.scheduler == "cluster" else "clock.running")
        await stop.wait()
        begin_to_stop()
    log.info("stopped")


async def _start_delivering(bot: Bot, stack: AsyncExitStack) -> None:
    seconds = bot.settings.stop_seconds
    stack.push_async_callback(bot.tasks.drain, seconds * _TASKS)
    await stack.enter_async_context(bot.dispatcher.running(seconds * _POSTS))
    bot.tasks.spawn(bot.plan_corrections())
    for platform in bot.platforms.values():
        stack.callback(bot.tasks.start(platform.keep_fresh()).cancel)


async def _start_ticking(bot: Bot, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(_ending_within(bot.settings.stop_seconds * _TICKER, bot.timekeeper.running()))


@contextlib.asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[Callable[[], None]]:
    """Cut what hangs `seconds` after the stop has begun; what comes after it in the order of stopping is still done."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:
            yield lambda: limit.reschedule(loop.time() + seconds)
    except TimeoutError:
        if not limit.expired():
            raise
        log.error("stop.gave_up", seconds=seconds)  # noqa: TRY400 # where it hung is nobody's fault to trace


@contextlib.asynccontextmanager
async def _ending_within(seconds: float, part: AbstractAsyncContextManager[None]) -> AsyncIterator[None]:
    """Run a part whose end must not take the time of those that end after it."""
    await part.__aenter__()
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(seconds):
                await part.__aexit__(None, None, None)
        except TimeoutError:
            log.error("stop.gave_up", part="clock", seconds=seconds)  # noqa: TRY400 # as above


@contextlib.contextmanager
def _signals(server: Server, bot: Bot, stopping: asyncio.Event, *, stops_with_stdin: bool) -> Iterator[None]:
    def stop() -> None:
        server.force_exit = server.should_exit  # asked twice: the person does not want to wait for open connections
        stop_with_parent()

    def stop_with_parent() -> None:
        server.should_exit = True
        stopping.set()

    with _heard({signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: _reload(bot, stopping)}):
        if stops_with_stdin:
            with _end_of_stdin(stop_with_parent):
                yield
        else:
            yield


def _reload(bot: Bot, stopping: asyncio.Event) -> Callable[[], None]:
    def reload() -> None:
        if not stopping.is_set():  # its thread could not be cut short, and would keep the process from ending
            bot.tasks.spawn(bot.reload())

    return reload


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
    is_both = (
        host == "::" and socket.has_dualstack_ipv6()
    )  # all addresses: IPv4's too, which Linux alone does by itself
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=is_both)
    except OSError as error:
        raise AddressTakenError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Stop what listens there, or set PORT to another."
        ) from error
    # asyncio's own loop leaves Nagle's algorithm on for a socket made like this: a card would wait 40 ms for its end.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
