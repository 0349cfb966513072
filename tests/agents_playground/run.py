"""Drive the real bot through the Microsoft 365 Agents Playground: `python -m tests.agents_playground.run`.

Exits with 0 when everything came back as it should, 1 when something did not, 2 when the tool or node is absent.
docs/teams.md says how to install the tool.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import click

from tests.agents_playground import tool
from tests.agents_playground.tool import CHANNEL, MENTION, PERSONAL, AbsentError, Post, Tool, WrongError

ROOT = Path(__file__).resolve().parents[2]
RISKS, SKILLS, TIP = "Risks and responsibilities", "Skills and decision", "AI PM tip"
_UP_SECONDS, _COMMAND_SECONDS, _POLL_SECONDS = 30.0, 60.0, 0.05
_MAGNIFIER = "1f50d_magnifyingglasstiltedleft"


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot: `environment` is what its commands run with, `folder` what they run in."""

    environment: dict[str, str]
    folder: Path
    port: int

    @property
    def endpoint(self) -> str:
        """Where activities are sent to."""
        return f"http://127.0.0.1:{self.port}/api/messages"

    async def command(self, *words: str) -> None:
        """Run a command of its command line.

        Raises:
            WrongError: it fails.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=self.folder,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), _COMMAND_SECONDS)
        if process.returncode:
            raise WrongError(f"`bot {' '.join(words)}` exits with {process.returncode}: {output.decode()[-1000:]}")

    def errors(self) -> list[str]:
        """Give what it has logged as an error."""
        lines = (self.folder / "bot.log").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("{") and json.loads(line).get("level") == "error"]


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Bot]:
    """Start `python -m bot serve` for Teams alone, taking requests that nobody signed, and stop it at the end.

    Raises:
        WrongError: it does not come up.
    """
    port = tool.free_port()
    environment = {
        **{
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "CONTENT_CACHE") if name in os.environ
        },
        "PYTHONPATH": str(ROOT),
        "TEAMS_CLIENT_ID": tool.CLIENT,
        "TEAMS_CLIENT_SECRET": "none is needed",
        "TEAMS_TENANT_ID": tool.TENANT,
        "TEAMS_ALLOW_UNSIGNED": "on",
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_FORMAT": "json",
    }
    bot = Bot(environment, folder, port)
    log = folder / "bot.log"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=folder, env=environment, stdout=written, stderr=written
        )
    try:
        await _until_healthy(f"http://127.0.0.1:{port}/healthz", process, log)
        yield bot
    finally:
        await tool.stopped(process)


async def _until_healthy(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(_UP_SECONDS):
        while process.returncode is None:
            try:
                async with session.get(url) as answer:
                    if answer.ok:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(_POLL_SECONDS)
    raise WrongError(f"the bot does not come up:\n{tool.end_of(log)}")


class Rehearsal:
    """What is tried, step by step; each step goes on from what the ones before it left."""

    def __init__(self, playground: Tool, bot: Bot) -> None:
        self._playground = playground
        self._bot = bot
        self._asked: Post
        self._mentioned: Post
        self._tip: Post

    def steps(self) -> tuple[tuple[str, Callable[[], Awaitable[None]]], ...]:
        """Name the steps, in order."""
        return (
            ("adding the bot posts its help in the personal chat, once, and nothing in a team", self.install),
            ("the personal chat answers “risks”", self.ask),
            ("a mention in a channel is answered in its thread", self.mention),
            ("a button changes the card", self.press),
            ("a level's button in a channel posts it in the thread, once", self.deepen),
            ("a weekly tip comes to the channel as a post of its own", self.tell),
            ("a reaction to the tip brings more detail into its thread, once", self.react),
            ("a form's button, which opens nothing in this tool, does no harm", self.submit),
            ("the bot has logged no error", self.read_log),
        )

    async def install(self) -> None:
        """Add it everywhere."""
        for conversation in (PERSONAL, tool.GENERAL, CHANNEL):
            await self._playground.install(conversation)
        await self._playground.wait_for("the help card", lambda post: post.conversation == PERSONAL)
        await self._ask_for_privacy()
        came = [post.conversation for post in self._playground.posts]
        must(came == [PERSONAL, PERSONAL], f"besides help and an answer there are posts in {came}")

    async def _ask_for_privacy(self) -> None:
        """Ask for something short: what was to come before it has come when this has."""
        known = len(self._playground.posts)
        await self._playground.say(PERSONAL, "privacy")
        await self._playground.wait_for(
            "the answer to “privacy”", lambda post: "sees and keeps" in post.words(), known=known
        )

    async def ask(self) -> None:
        """Ask in the personal chat."""
        known = len(self._playground.posts)
        await self._playground.say(PERSONAL, "risks")
        self._asked = await self._playground.wait_for("the card", lambda post: RISKS in post.words(), known=known)
        must(self._asked.conversation == PERSONAL, f"the answer came to {self._asked.conversation}")

    async def mention(self) -> None:
        """Ask in a channel."""
        known = len(self._playground.posts)
        thread = await self._playground.say(CHANNEL, f"{MENTION} risks")
        self._mentioned = await self._playground.wait_for("the card", lambda post: RISKS in post.words(), known=known)
        must(self._mentioned.conversation == thread, f"the answer to {thread} came to {self._mentioned.conversation}")

    async def press(self) -> None:
        """Move on to the dimension before."""
        answer = await self._playground.press(self._asked, "show|dimension/skills")
        must(answer.get("type") == tool.CARD, f"the button is answered with {answer}")
        words = list(tool.read(answer["value"]))
        must(any(SKILLS in word for word in words[:3]), f"the card is now about {words[:3]}")

    async def deepen(self) -> None:
        """Press twice; the second answer says where it stands already."""
        await self._ask_for_privacy()  # by then the bot has written down what it posted before
        known = len(self._playground.posts)
        for _ in range(2):
            answer = await self._playground.press(self._mentioned, "deepen|dimension/risks|detail")
            must(answer.get("value"), f"the button is answered with {answer}")
            await self._playground.wait_for("the detail", _is_below(self._mentioned), known=known)
        await self._ask_for_privacy()
        self._must_stand_once(_is_below(self._mentioned), known)

    async def tell(self) -> None:
        """Turn tips on by command line, and let the hour come."""
        known, soon = len(self._playground.posts), datetime.now(UTC) + timedelta(days=1)
        where = ("--workspace", tool.TENANT, "--channel", CHANNEL)
        when = ("--weekday", f"{soon:%A}".lower(), "--at", "09:00", "--zone", "UTC")
        await self._bot.command("tips", "add", *where, *when)
        await self._bot.command("tick", "--now", f"{soon:%Y-%m-%d}T09:00:05+00:00")
        self._tip = await self._playground.wait_for("the tip", lambda post: TIP in post.words(), known=known)
        must(self._tip.conversation == f"{CHANNEL};messageid={self._tip.id}", f"it came to {self._tip.conversation}")

    async def react(self) -> None:
        """React twice; the second one brings nothing."""
        known = len(self._playground.posts)
        await self._playground.react(self._tip, _MAGNIFIER)
        await self._playground.wait_for("the detail", _is_below(self._tip), known=known)
        await self._playground.react(self._tip, _MAGNIFIER)
        await self._ask_for_privacy()
        self._must_stand_once(_is_below(self._tip), known)

    async def submit(self) -> None:
        """Send what a form's button carries; then the bot still answers."""
        data = {"msteams": {"type": "task/fetch"}, "action": "pm-compare", "value": "tips-edit||"}
        await self._playground.submit(self._asked, data)
        await self._ask_for_privacy()

    async def read_log(self) -> None:
        """Look for errors."""
        errors = self._bot.errors()
        must(not errors, f"{len(errors)} errors: {' '.join(errors)[:1500]}")

    def _must_stand_once(self, holds: Callable[[Post], bool], known: int) -> None:
        found = [post.words()[:80] for post in self._playground.posts[known:] if holds(post)]
        must(len(found) == 1, f"it is there {len(found)} times: {found}")


def must(holds: object, otherwise: str) -> None:
    """Raise WrongError in the words given, unless something holds."""
    if not holds:
        raise WrongError(otherwise)


def _is_below(post: Post) -> Callable[[Post], bool]:
    def holds(other: Post) -> bool:
        return other.thread == post.thread and other.id != post.id and "more detail" in other.words().lower()

    return holds


async def rehearse(command: tuple[str, ...], folder: Path) -> list[str]:
    """Try every step against the tool and the bot, and give what went wrong; a step's failure ends it.

    Raises:
        WrongError: the tool or the bot does not come up.
    """
    async with serving(folder) as bot, tool.running(command, bot.endpoint, folder) as playground:
        for title, step in Rehearsal(playground, bot).steps():
            try:
                await step()
            except WrongError as error:
                click.echo(f"FAILED  {title}: {error}")
                return [f"{title}: {error}", *bot.errors()[:5]]
            click.echo(f"ok      {title}")
    return []


def main() -> int:
    """Find the tool, rehearse, and give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.agents_playground.run",
        description="Drive the bot through the Microsoft 365 Agents Playground.",
    )
    parser.add_argument(
        "--package",
        default="",
        metavar="FOLDER",
        help=f"where the tool is: …/node_modules/@microsoft/m365agentsplayground (or set {tool.VARIABLE})",
    )
    try:
        command = tool.find(parser.parse_args().package)
    except AbsentError as absent:
        click.echo(f"Skipped: {absent}", err=True)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        try:
            return 1 if asyncio.run(rehearse(command, Path(folder))) else 0
        except WrongError as error:
            click.echo(f"FAILED  {error}", err=True)
            return 1


if __name__ == "__main__":
    sys.exit(main())
