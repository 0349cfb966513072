"""SQLite keeps its locks while monitors look and other commands come and go: what was committed stays.

POSIX takes all locks of a process on a file when it closes any descriptor of it (sqlite.org/howtocorrupt.html, 2.2). A
bot that looked into its own database by a descriptor of its own had no locks any more, and the next command to end took
the write-ahead log with it.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import aiohttp
import click
import pytest

from bench.faults.bots import Bots
from bench.programs import Start
from bot.__main__ import main
from bot.cli import tips_add
from bot.settings.checked import Settings
from playground.slack.emulator import SlackEmulator
from tests import ready
from tests.cli.program import ROOT, credentials, environment, ledger, serving_anew, started, until

pytestmark = [pytest.mark.long, pytest.mark.alone]


@asynccontextmanager
async def probed(slack: SlackEmulator) -> AsyncIterator[None]:
    """Ask for the bot's health again and again, as monitors do; each question was answered before this begins."""
    address = str(slack.request_url).removesuffix("/slack/events")

    async def ask(session: aiohttp.ClientSession) -> None:
        for path in ("/readyz", "/healthz", "/metrics"):
            async with session.get(address + path) as answer:
                await answer.read()

    async def go_on(session: aiohttp.ClientSession) -> None:
        with suppress(aiohttp.ClientError):  # it was killed
            while True:
                await ask(session)
                await asyncio.sleep(0.05)

    async with aiohttp.ClientSession() as session:
        await ask(session)
        probing = asyncio.create_task(go_on(session))
        try:
            yield
        finally:
            probing.cancel()
            with suppress(asyncio.CancelledError):
                await probing


async def test_what_is_committed_stays(tmp_path: Path, start: Start) -> None:
    """The bot and the commands beside it write in turns, the bot is killed each time: every row is there in the end."""
    async with SlackEmulator(furnished=True, retry_delays=()) as slack:
        alice, talk = slack.user("alice"), slack.channel("pm-learning")
        rooms = [slack.channel(f"room-{number}", bot=True).id for number in range(2)]
        bots = Bots(tmp_path, environment(tmp_path, **credentials(slack)), tmp_path / "clock-offset", 1, start)
        try:
            await bots.start(0)
            for number, room in enumerate(rooms, 1):
                await bots.until_up(0)
                slack.request_url = f"{bots.addresses()[0]}/slack/events"
                async with probed(slack):
                    weekly = f"--workspace {slack.team} --channel {room} --weekday monday --at 09:00 --zone UTC"
                    await asyncio.gather(
                        bots.command("tips", "list", "--json"),
                        bots.command("tips", "add", *weekly.split()),
                        bots.command("backup", f"copy-{number}.db"),
                        bots.command("doctor", is_allowed=(0, 1)),  # the clock may not have come round yet
                    )
                    await slack.command(alice, talk, "/pm-compare risks share")
                    await until(lambda: slack.posts(talk)[number - 1 :])  # noqa: B023 # it is asked here and now
                    assert bots.unlinked() == ()
                    await until(partial(has_shared, tmp_path, number))
                    await bots.kill(0, for_good=number == len(rooms))
                assert bots.kills + bots.abandoned == number
        finally:
            await bots.stop_all()
        listed = await tips_add.list_tips(Settings.read(environment(tmp_path), None))
        assert {row["channel"] for row in listed} == set(rooms)
        assert await has_shared(tmp_path, len(rooms))


async def has_shared(folder: Path, times: int) -> bool:
    """Say whether others can read that so many cards were shared."""
    return [row.state for row in await ledger(folder) if row.kind == "share"] == ["sent"] * times


# --- no descriptor but SQLite's own

# Begins every program that runs below: notes where Python opens a file of a database, under whatever name.
WATCH = """
import os, sys, traceback

NOTES, FILES = {notes!r}, {files!r}


def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str | bytes) and any(is_same(arguments[0], file) for file in FILES):
        with open(NOTES, "a") as notes:
            notes.write(f"{{arguments[0]}} in {{sys.argv}}\\n{{''.join(traceback.format_stack(limit=5))}}\\n")


def is_same(path, file):
    try:
        return os.path.samefile(path, file)
    except OSError:
        return os.path.abspath(os.fsdecode(path)) == file


sys.addaudithook(watch)
"""
# Many commands in one program: each start would cost a second.
TYPED = """
import json, os, sys
from pathlib import Path
from content import library
from tests.cli.program import ROOT, typed

# In use, so that no command need read it anew.
kept = library.load(ROOT / "content" / "ai-pm", kept=Path(os.environ["CONTENT_CACHE"]))
folder, lines, environ = map(json.loads, sys.argv[1:])
for line in lines:
    ended = typed(Path(folder), *line.split(), **environ)
    print(ended.err + ended.out)
    print(ended.code, line)
"""
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # nobody's
LINES = (
    "migrate",
    "tips add PLACE --weekday monday --at 09:00 --zone UTC",
    "tips list",
    "tips show PLACE",
    "tips pause PLACE",
    "tips resume PLACE",
    "tips skip PLACE",
    "tips keep PLACE",
    "tips swap PLACE --in-order",
    "tips quiet PLACE --country DE",
    "tips owner PLACE --share U061F7AUR",
    "tips send-now PLACE",
    "tips remove PLACE",
    "tick",
    "preview risks",
    "doctor",
    "stats",
    "record PLACE",
    "feedback list",
    "feedback export",
    "corrections --dry-run",
    "workspaces list",
    "workspaces show TEAM",
    "workspaces export TEAM --out kept.jsonl",
    "backup copy.db",
    "restored --since 2026-01-01T02:00",
    "move --to sqlite:///moved.db",
    "move --undo",
    "workspaces forget TEAM --yes",
    "rotate-keys",
)
# What has no database, or runs one of its own, or is what the others are: serve.
OTHERS = {
    *("run", "playground", "manifest", "teams-package", "serve", "clock", "worker"),
    *("check", "new", "schema", "setup"),
    *("feedback show", "feedback close"),  # they want something that was told
}


def commands(group: click.Group, *before: str) -> Iterator[str]:
    """Name every command there is."""
    for name, command in group.commands.items():
        yield from commands(command, *before, name) if isinstance(command, click.Group) else [" ".join((*before, name))]


async def test_no_program_opens_the_files_of_its_database(tmp_path: Path) -> None:
    """Neither the bot, asked for its health and at work, nor any command: only SQLite has them open."""
    typed_here = {name for name in commands(main) if any(f"{line} ".startswith(f"{name} ") for line in LINES)}
    assert typed_here == set(commands(main)) - OTHERS
    notes = tmp_path / "opened.txt"
    files = [str(tmp_path / f"{name}.db{end}") for name in ("bot", "moved") for end in ("", "-wal", "-shm", "-journal")]
    watch = WATCH.format(notes=str(notes), files=files)
    (tmp_path / "sitecustomize.py").write_text(watch, encoding="utf-8")
    watched = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    async with SlackEmulator(furnished=True, retry_delays=()) as slack:
        talk = slack.channel("pm-learning")
        async with serving_anew(tmp_path, slack, **watched) as bot, probed(slack):
            await slack.command(slack.user("alice"), talk, "/pm-compare risks share")
            place = f"--workspace {slack.team} --channel {talk.id}"
            lines = [line.replace("PLACE", place).replace("TEAM", slack.team) for line in LINES]
            environ = credentials(slack) | {"TOKEN_ENCRYPTION_KEYS": KEY}
            given = map(json.dumps, (str(tmp_path), lines, environ))
            beside, words = environment(tmp_path), watch + TYPED
            done = await asyncio.to_thread(ready.ended, ready.SERVES, words, *given, folder=tmp_path, environ=beside)
            assert done.returncode == 0, done.stderr
            ended = {line: code for code, _, line in (said.partition(" ") for said in done.stdout.splitlines())}
            assert {line: code for line in lines if (code := ended.get(line)) != "0"} == {}, done.stdout + done.stderr
            assert await bot.end(signal.SIGTERM) == 0
    assert not notes.exists(), notes.read_text(encoding="utf-8")
    # And the watch is one: it would have seen it.
    async with started(tmp_path, sys.executable, "-c", "import sys; open(sys.argv[1])", files[0], **watched) as program:
        assert await program.end() == 0
    assert files[0] in notes.read_text(encoding="utf-8")
