"""The program as an operator starts it: a process of its own, in a folder of its own."""

import asyncio
import atexit
import contextlib
import inspect
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from click.testing import CliRunner
from rich.console import Console

from bot import clock, logs
from bot.__main__ import main
from bot.cli import tips_add
from bot.settings.checked import Settings
from bot.settings.variables import VARIABLES
from playground.slack.emulator import Channel, SlackEmulator
from store.database.access import Database
from store.deliveries.rows import Deliveries, Delivery
from store.tables import DeliveryState
from tests import databases, forked

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0  # seconds: a loaded machine is slow, and nothing here waits longer than it must
BOT = (sys.executable, "-m", "bot")
_bound = contextlib.ExitStack()  # the ports that were found
atexit.register(_bound.close)
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "CONTENT_CACHE")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


def environment(folder: Path, **environ: str) -> dict[str, str]:
    """Give what a command sees: nothing of ours but content, a database in the folder, and `environ`."""
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("COVERAGE_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        # Nobody is called over TLS here, and each process that imports aiohttp would read all that a machine trusts.
        "SSL_CERT_FILE": os.devnull,
        **environ,
    }


def credentials(slack: SlackEmulator) -> dict[str, str]:
    """Give the settings that point the bot at an emulator."""
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
    }


def typed(folder: Path, *words: str, answers: Sequence[str] = (), **environ: str) -> Ended:
    """Run the same inside this process, for what does not depend on a process of its own: it saves its start.

    `answers` are lines of its standard input; each stands in what it prints, as in a terminal.
    """
    ours: dict[str, str | None] = {variable.name: None for variable in VARIABLES}
    try:
        with contextlib.chdir(folder):
            result = CliRunner().invoke(
                main,
                words,
                prog_name="python -m bot",
                input="".join(f"{answer}\n" for answer in answers),
                env={**ours, **environment(folder, **environ)},
            )
    finally:
        logs.configure("warning", "json")  # the command's own set-up writes to a stream that is closed now
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


async def run(folder: Path, *words: str, **environ: str) -> Ended:
    """Run `python -m bot WORDS` in the folder to its end."""
    async with asyncio.timeout(PATIENCE):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=folder,
            env=environment(folder, **environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Ended(await process.wait(), out.decode(), err.decode())


async def run_forked(folder: Path, *words: str, **environ: str) -> Ended:
    """Run it likewise, forked: where how a process starts is no promise. Out of time, it is killed."""
    async with asyncio.timeout(PATIENCE):
        return Ended(*await forked.ended(folder, words, environment(folder, **environ)))


class Running:
    """A command that runs on; `said` holds what it has said so far, both streams together."""

    def __init__(self, process: asyncio.subprocess.Process | forked.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def says(self, words: str) -> str:
        """Read on to the next line that holds `words`, and give it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stdout.readline()).decode():
                self.said.append(line)
                if words in line:
                    return line
        raise AssertionError(f"it never said {words!r}:\n{''.join(self.said)}")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; not through asyncio, which loses the exit code of a process that has just ended."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    async def end(self, number: signal.Signals | None = None) -> int:
        """Send it a signal, if any, and wait for its end; gives the exit code."""
        if number is not None:
            self.send(number)
        async with asyncio.timeout(PATIENCE):
            rest, _ = await self.process.communicate()
            self.said += rest.decode().splitlines(keepends=True)
            return await self.process.wait()

    @property
    def text(self) -> str:
        """Everything it has said."""
        return "".join(self.said)


@contextlib.asynccontextmanager
async def started(folder: Path, *argv: str, **environ: str) -> AsyncIterator[Running]:
    """Start a program that runs on; it is killed at the end if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=folder,
        env=environment(folder, **environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,
    )
    async with _ended(Running(process)) as running:
        yield running


@contextlib.asynccontextmanager
async def forking(folder: Path, *words: str, **environ: str) -> AsyncIterator[Running]:
    """Start `python -m bot WORDS` likewise, forked: where how a process starts is no promise."""
    async with _ended(Running(await forked.started(folder, words, environment(folder, **environ)))) as running:
        yield running


@contextlib.asynccontextmanager
async def _ended(running: Running) -> AsyncIterator[Running]:
    try:
        yield running
    finally:
        running.send(signal.SIGKILL)
        await running.end()


@contextlib.asynccontextmanager
async def serving(folder: Path, slack: SlackEmulator, *words: str, **environ: str) -> AsyncIterator[Running]:
    """Fork `python -m bot serve` against an emulator that talks to it, and wait until it serves."""
    async with forking(folder, "serve", *words, **_serving(folder, slack, environ)) as running:
        await running.says('"serving"')
        yield running


@contextlib.asynccontextmanager
async def serving_anew(folder: Path, slack: SlackEmulator, **environ: str) -> AsyncIterator[Running]:
    """Start it likewise, as an operator does."""
    async with started(folder, *BOT, "serve", **_serving(folder, slack, environ)) as running:
        await running.says('"serving"')
        yield running


def _serving(folder: Path, slack: SlackEmulator, environ: Mapping[str, str]) -> dict[str, str]:
    databases.put(folder / "bot.db")  # making one is no promise of these tests, and a third of a start
    port = free_port()
    slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    return {**credentials(slack), "PORT": str(port), "LOG_FORMAT": "json", **environ}


async def until(true: Callable[[], Any]) -> Any:  # noqa: ANN401 # whatever the question gives, at once or awaited
    """Ask again and again, for as long as patience lasts; gives the first truthy answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = true()
            answer = await found if inspect.isawaitable(found) else found
            if answer:
                return answer
            await asyncio.sleep(0.05)


async def add_tips(folder: Path, slack: SlackEmulator, *rooms: Channel) -> datetime:
    """Turn weekly tips on in channels, Mondays at 09:00 UTC; gives the moment of the first."""
    settings = Settings.read(environment(folder), None)
    weekly = {"workspace": slack.team, "weekday": "monday", "at": "09:00", "zone": "UTC"}
    entries = [entry for room in rooms for entry in tips_add.entries(weekly | {"channel": room.id}, None)]
    await tips_add.add_tips(settings, entries, clock.real, introduce=False, console=Console(stderr=True))
    return datetime.fromisoformat((await tips_add.list_tips(settings))[0]["next"])


async def ledger(folder: Path) -> list[Delivery]:
    """Read every delivery there is."""
    database = Database(f"sqlite:///{folder / 'bot.db'}")
    try:
        async with database.read() as connection:
            return [
                row for state in get_args(DeliveryState) for row in await Deliveries().in_state(connection, state, 1000)
            ]
    finally:
        await database.close()


def free_port() -> int:
    """Find a port that nobody listens on.

    Until the program does, another test must not be given it: Linux gives nobody what is bound, and lets whoever asks
    for it by its number listen there all the same.
    """
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    port: int = bound.getsockname()[1]
    if sys.platform == "linux":
        _bound.enter_context(bound)
    else:
        bound.close()
    return port
