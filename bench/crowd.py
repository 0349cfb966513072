"""Measure how long people wait when a crowd asks at once, half of it rubbish: `python -m bench.crowd`.

`--clients 200 --seconds 60 --workspaces 50 --pause 0 --database postgresql`. Every client sends its next request once
the last is answered and `--pause` seconds have passed; without a pause the bot has as many in hand all the time. They
are of so many workspaces that installed it; with 0, of one by its token. Beside them /healthz and /metrics are asked.
Exits with 0 whether the aim is met or missed, 1 when the run is broken.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvloop

from bench import contest, databases, servers
from bench.servers import Cores, Server, running
from bench.slack import contest as slack_contest
from bench.slack import installed, loads, stub
from bench.slack.contest import Contest
from bench.slack.loads import Load
from bench.wrk import BrokenError
from playground.slack.world import BOT_USER, TEAM

AIM = 0.25  # seconds at p99 for whoever asks for something; Slack sends again after three
FLAT = 1.05  # of the memory half-way, when all is over
_RUBBISH_KIND = "rubbish"
_WATCHED = ("healthz", "metrics")
_LOOKS = 0.5  # seconds between two looks at each of these
_REST = 5.0  # seconds until the memory is read once more
_ROOMS = 50
_LONGEST = 60.0
_SERVER_ERROR = 500
_WORDS = ("risks", "what is drift", "stake holders", "help", "xylophone zebra", "7 detail", "", "¿qué? 🤷", "}{")
_RUBBISH: Sequence[Callable[[bytes], bytes]] = (
    lambda message: message.replace(b"X-Slack-Signature: v0=", b"X-Slack-Signature: v0=00"),
    lambda message: message.replace(b"X-Slack-Request-Timestamp: 1", b"X-Slack-Request-Timestamp: 2"),
    lambda message: message.replace(b"application/json", b"text/html"),
    lambda _: b"GET /wp-login.php HTTP/1.1\r\nHost: x\r\n\r\n",
)


@dataclass(slots=True)
class Waits:
    """How long the answers to one kind of request took, in seconds, and their statuses (0: none came)."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Give the wait that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run showed: waits by kind, memory (at the start, half-way, at the end, after it), the share of a core."""

    kinds: dict[str, Waits]
    seconds: float
    megabytes: tuple[float, float, float, float]
    core: float

    def problems(self) -> list[str]:
        """Name every aim that was missed."""
        found = []
        for kind, waits in self.kinds.items():
            if kind not in {_RUBBISH_KIND, *_WATCHED} and waits.quantile(0.99) > AIM:
                found.append(f"{kind}: one in a hundred waits longer than {AIM:g} s")
            failed = sum(count for status, count in waits.statuses.items() if not 0 < status < _SERVER_ERROR)
            if failed:
                found.append(f"{kind}: {failed} were not answered, or with a fault of ours")
        _, half, _, after = self.megabytes
        if after > half * FLAT:
            found.append(f"memory: {after:.0f} MB when all is over, {half:.0f} half-way")
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, instead of one that goes")
    given = parser.parse_args(arguments)
    cores = Cores.of_this_machine()
    servers.stay_on(cores.client)
    try:
        with ExitStack() as stack:
            folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (kind,) = stack.enter_context(databases.kinds(folder, (given.database,)))
            kind.make("crowd")
            found = stack.enter_context(slack_contest.prepared(folder, cores))
            recipe = found.bot()
            if given.workspaces:
                recipe = installed.of_many(recipe)
                asyncio.run(installed.fill(kind.address("crowd"), given.workspaces))
            environment = {**recipe.environment, "DATABASE_URL": kind.address("crowd")}
            bot = stack.enter_context(running(replace(recipe, environment=environment), cores.server, folder))
            contest.wait_until_ready(bot)
            people = Crowd(given.clients, given.seconds, given.workspaces, given.pause)
            taken = uvloop.run(crowd(found, bot, people))
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 1
    of = f"{given.workspaces} workspaces" if given.workspaces else "one workspace"
    print(f"{given.database}, {given.clients} clients of {of}, {given.pause:g} s between two requests of each")
    print(f"{drawn(taken)}\nload average {os.getloadavg()[0]:.1f}")
    problems = taken.problems()
    print("\n".join(problems) if problems else f"99 of 100 wait {AIM:g} s at most, none failed, and memory is flat.")
    return 0


def drawn(taken: Taken) -> str:
    """Draw a run as a table, a line a kind of request."""
    lines = [f"{'':10}{'a second':>10}{'p50, s':>9}{'p99, s':>9}{'most, s':>9}  statuses"]
    for kind, waits in taken.kinds.items():
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(waits.statuses.items()))
        figures = "".join(f"{waits.quantile(share):>9.3f}" for share in (0.5, 0.99, 1))
        lines.append(f"{kind:10}{len(waits.seconds) / taken.seconds:>10.0f}{figures}  {statuses}")
    start, half, end, after = taken.megabytes
    lines.append(
        f"memory {start:.0f} MB, half-way {half:.0f}, at the end {end:.0f}, after it {after:.0f}; "
        f"{taken.core:.0%} of a core"
    )
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many clients, of so many workspaces (0: of one by token), for so long, with a pause after each answer."""

    clients: int
    seconds: float
    workspaces: int = 0
    pause: float = 0.0

    def workspace(self, number: int) -> str:
        """Give whose a client is."""
        return installed.workspace(number % self.workspaces) if self.workspaces else TEAM


async def crowd(found: Contest, bot: Server, people: Crowd, rest: float = _REST) -> Taken:
    """Let them ask: a half of them rubbish, the rest mentions, `tips` and reactions in turn."""
    home = people.workspace(0)
    post = await asyncio.to_thread(slack_contest.own_post, found, bot, home)
    names = ("mention", "rubbish", "tips", "rubbish", "reaction", "rubbish")
    kinds = {kind: Waits() for kind in ("mention", "tips", "reaction", _RUBBISH_KIND, *_WATCHED)}
    began, cpu, memory = time.monotonic(), bot.cpu_seconds(), bot.megabytes()
    until = began + people.seconds
    asking = [
        asyncio.create_task(
            _Client(found, bot.port, names[number % len(names)], number, post, people).ask(kinds, until)
        )
        for number in range(people.clients)
    ]
    asking += [asyncio.create_task(watch(bot.port, path, kinds[path], until)) for path in _WATCHED]
    await asyncio.sleep(people.seconds / 2)
    half = bot.megabytes()
    await asyncio.gather(*asking)
    took, end, used = time.monotonic() - began, bot.megabytes(), bot.cpu_seconds() - cpu
    await asyncio.sleep(rest)
    return Taken(kinds, took, (memory, half, end, bot.megabytes()), used / took)


async def watch(port: int, path: str, waits: Waits, until: float) -> None:
    """Ask a path again and again, as whoever watches over the bot does."""
    message = f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    while time.monotonic() < until:
        started, status, writer = time.perf_counter(), 0, None
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status = await asyncio.wait_for(answered(reader, writer, message), _LONGEST)
        except (OSError, EOFError, TimeoutError):
            pass
        finally:
            if writer is not None:
                writer.close()
        waits.seconds.append(time.perf_counter() - started)
        waits.statuses[status] += 1
        await asyncio.sleep(_LOOKS)


@dataclass(frozen=True, slots=True)
class _Client:
    """Somebody who asks one thing after the other; `post` is a post of ours to react to."""

    found: Contest
    port: int
    kind: str
    number: int
    post: str
    people: Crowd

    async def ask(self, kinds: dict[str, Waits], until: float) -> None:
        """Ask over one connection; one that breaks is made anew."""
        chance = random.Random(self.number)  # noqa: S311 # a load guards nothing
        waits, asked = kinds[self.kind], 0
        while time.monotonic() < until:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                while time.monotonic() < until:
                    asked += 1
                    message = self._message(chance, f"{self.number:03}{asked:06}")
                    started = time.perf_counter()
                    status = await asyncio.wait_for(answered(reader, writer, message), _LONGEST)
                    waits.seconds.append(time.perf_counter() - started)
                    waits.statuses[status] += 1
                    await asyncio.sleep(self.people.pause)
            except (OSError, EOFError, TimeoutError):
                waits.statuses[0] += 1
            finally:
                if writer is not None:
                    writer.close()

    def _message(self, chance: random.Random, unique: str) -> bytes:
        """Give a whole request; no two mentions are the same, reactions are to posts of ours and of others."""
        now = time.time()
        load = self._load(chance, unique)
        message = loads.of(self.people.workspace(self.number), load).message(self.port, now)
        return chance.choice(_RUBBISH)(message) if self.kind == _RUBBISH_KIND else message

    def _load(self, chance: random.Random, unique: str) -> Load:
        match self.kind:
            case "tips":
                return loads.command("tips", self.found.response_url)
            case "reaction":
                latest = f"{stub.FIRST_POST}.{chance.randint(1, 200):06}"
                posts = ((self.post, BOT_USER), (latest, BOT_USER), (loads.SOMEBODYS_POST, "U0003"))
                return loads.reaction(*chance.choice(posts), "a reaction")
            case _:
                return mention(chance, unique)


def mention(chance: random.Random, unique: str) -> Load:
    """Give a mention that nobody made before; `unique` has nine digits."""
    room = f"C{chance.randrange(_ROOMS):04}"
    ts = f"17950{unique[:5]}.{unique[3:]}"
    return loads.mention(f"<@{BOT_USER}> {chance.choice(_WORDS)}", room, ts)


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> int:
    """Send a request and read its answer to the end; gives the status."""
    writer.write(message)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0] or 0))
    return int(head.split(b" ", 2)[1])


if __name__ == "__main__":
    sys.exit(main())
