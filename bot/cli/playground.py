"""Run the playground: the emulators of Slack and Teams with their page, and the real bot, as its own process."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import click

from bot.cli import commands, parts
from bot.cli.playground_server import Emulators
from bot.cli.writers import watch
from bot.cli.writers.watch import Stamps, Watcher
from bot.errors import PlaygroundError
from bot.settings.checked import Settings

if sys.platform != "win32":  # it does not exist there, and neither do the loop's signal handlers
    import fcntl

FOLDER = Path(".playground")
LOCK = "lock"
DATABASE = "bot.db"
_STOP_SECONDS = 12.0  # the bot's own 10 s and a little
_OURS = (
    "SLACK_",
    "TEAMS_",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "TENANT_ID",
    "DATABASE_URL",
    "PUBLIC_URL",
    "SCHEDULER",
    "AUTO_MIGRATE",
    "HOST",
    "PORT",
    "TOKEN_ENCRYPTION_KEYS",
)


@commands.command(examples=("python -m bot playground", "python -m bot playground --fresh --port 3001"))
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the page instead of PORT (3000).")
@click.option("--fresh", is_flag=True, help="Forget what happened in the playground before.")
@click.option("--any-tenant", is_flag=True, help="Have the bot serve the second tenant of the emulated Teams too.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
def playground(
    port: int | None = None, *, fresh: bool = False, any_tenant: bool = False, no_browser: bool = False
) -> None:
    """Try everything in a browser, with no account: an emulated Slack and Teams here, and the real bot.

    What you do stays in .playground until --fresh.
    """
    settings = parts.read_settings()
    also = {"TEAMS_ALLOWED_TENANTS": "*"} if any_tenant else {}
    parts.run(play(settings, port or settings.port, also, fresh=fresh, opens_browser=not no_browser))


async def play(settings: Settings, port: int, also: Mapping[str, str], *, fresh: bool, opens_browser: bool) -> None:
    """Run until SIGINT or SIGTERM; what people did is kept in `.playground` for the next time, unless `fresh`.

    `also` are settings of the bot beside those that the emulators give.

    Raises:
        PlaygroundError: one is running here already, the port is taken, or the bot does not start.
    """
    with _held(FOLDER / LOCK, f"http://127.0.0.1:{port}/"):
        if fresh:
            _forget(FOLDER)
        await _play(settings, port, also, opens_browser=opens_browser)


async def _play(settings: Settings, port: int, also: Mapping[str, str], *, opens_browser: bool) -> None:
    bot_port = _free_port()
    async with AsyncExitStack() as stack:
        try:
            emulators = Emulators(
                FOLDER, port=port, bot_port=bot_port, content=settings.content_path, database=FOLDER / DATABASE
            )
            await stack.enter_async_context(emulators)
        except OSError as error:
            raise PlaygroundError(
                f"Port {port} of 127.0.0.1 is taken ({error.strerror}). Stop what listens there, or choose another: "
                "PORT=3001 make run"
            ) from error
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        before = watch.stamps(settings.content_path)
        bot = await _start_bot({**emulators.environment(), **also}, emulators.offset, settings, bot_port)
        stack.push_async_callback(_stop_bot, bot)
        await _until_up(bot, bot_port)
        await emulators.introduce()
        await stack.enter_async_context(_watched(settings, emulators, bot, before))
        click.echo(
            f"\n  PM Compare's playground is open: {emulators.url}\n\n"
            "  An emulated Slack and an emulated Teams, no account needed. Stop with Ctrl-C.\n"
        )
        if opens_browser and _has_desktop():
            webbrowser.open(emulators.url)
        ended = asyncio.create_task(bot.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not stop.is_set():
            raise PlaygroundError(f"The bot stopped by itself (exit code {bot.returncode}); what it said stands above.")


@asynccontextmanager
async def _watched(
    settings: Settings, emulators: Emulators, bot: asyncio.subprocess.Process, before: Stamps
) -> AsyncIterator[None]:
    """Show on the page what somebody writes in the content meanwhile; the bot reads it anew where it can be read.

    `before` is how its files were before the bot started: what is written while it starts counts as well.
    """

    def reload() -> None:
        if bot.returncode is None:
            bot.send_signal(signal.SIGHUP)

    watcher = Watcher(settings.content_path, emulators.writing.tell, reload, kept=settings.content_cache)
    watching = asyncio.create_task(watcher.run(before))
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


@contextmanager
def _held(lock: Path, address: str) -> Iterator[None]:
    """Hold the folder of the lock for one playground; the system lets go of it however this process ends.

    Raises:
        PlaygroundError: another one holds it, or this system has no such locks.
    """
    if sys.platform == "win32":
        raise PlaygroundError("The playground needs Linux, macOS or the Windows Subsystem for Linux.")
    lock.parent.mkdir(exist_ok=True)
    with lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise PlaygroundError(
                f"A playground runs in this folder already ({file.read().strip() or 'it has just started'}); two would "
                "share one bot's memory. Use that one, or stop it with Ctrl-C where it was started and try again. "
                "A second one needs a copy of this folder and another port."
            ) from None
        file.truncate(0)
        file.write(f"{address}, process {os.getpid()}\n")
        file.flush()
        yield


def _forget(folder: Path) -> None:
    """Empty the folder but for the lock: whoever starts next must find the very file that is held."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


async def _start_bot(
    given: Mapping[str, str], offset: Path, settings: Settings, port: int
) -> asyncio.subprocess.Process:
    """Start the unchanged bot with the emulators' credentials; only its content and log settings are the person's.

    It stops when our side of its standard input closes, so it does not outlive us whatever becomes of us; and it
    leaves .env unread, where a real app's tokens may stand.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment |= {
        **given,
        "DATABASE_URL": f"sqlite:///{FOLDER / DATABASE}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "TICK_SECONDS": "1",
        "CONTENT_PATH": str(settings.content_path),
        "CONTENT_CACHE": str(settings.content_cache.absolute()) if settings.content_cache else "off",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "warning"),
        "LOG_FORMAT": settings.log_format,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        "--clock-offset-file",
        str(offset),
        "--as-child",
        stdin=asyncio.subprocess.PIPE,
        env=environment,
        # Ctrl-C reaches the whole foreground group: the bot is stopped by us, after the page.
        start_new_session=True,
    )


async def _until_up(bot: asyncio.subprocess.Process, port: int) -> None:
    async with aiohttp.ClientSession() as session:
        while bot.returncode is None:
            # An answer, not a connection: the port takes connections before content and database have been read.
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/healthz"):
                    return
            await asyncio.sleep(0.05)
    raise PlaygroundError(f"The bot did not start (exit code {bot.returncode}); what it said stands above.")


async def _stop_bot(bot: asyncio.subprocess.Process) -> None:
    if bot.returncode is not None:
        return
    bot.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await bot.wait()
    except TimeoutError:
        bot.kill()
        await bot.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _has_desktop() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
