"""Measure how long people wait when a crowd asks at once, half of it rubbish: `python -m bench.crowd`.

`--clients 200 --seconds 15 --database postgresql`. Every client sends its next request once the last is answered, so
the bot has as many in hand all the time. Exits with 0 whether the aim is met or missed, 1 when the run is broken.
"""

import argparse
import asyncio
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
from bench.slack import loads, stub
from bench.slack.contest import Contest
from bench.slack.loads import Load
from bench.wrk import BrokenError
from playground.slack.world import BOT_USER

AIM = 1.0  # seconds at p99; Slack sends again after three
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
    """What a run showed: waits by kind, memory at the start, half-way and at the end, and the share of a core used."""

    kinds: dict[str, Waits]
    seconds: float
    megabytes: tuple[float, float, float]
    core: float

    def problems(self) -> list[str]:
        """Name every aim that was missed."""
        found = []
        for kind, waits in self.kinds.items():
            if waits.quantile(0.99) > AIM:
                found.append(f"{kind}: one in a hundred waits longer than {AIM:g} s")
            failed = sum(count for status, count in waits.statuses.items() if not 0 < status < _SERVER_ERROR)
            if failed:
                found.append(f"{kind}: {failed} were not answered, or with a fault of ours")
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15.0)
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
            environment = {**recipe.environment, "DATABASE_URL": kind.address("crowd")}
            bot = stack.enter_context(running(replace(recipe, environment=environment), cores.server, folder))
            contest.wait_until_ready(bot)
            taken = uvloop.run(crowd(found, bot, given.clients, given.seconds))
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 1
    print(f"{given.database}, {given.clients} clients\n{drawn(taken)}")
    problems = taken.problems()
    print("\n".join(problems) if problems else f"99 of 100 wait {AIM:g} s at most, and none failed.")
    return 0


def drawn(taken: Taken) -> str:
    """Draw a run as a table, a line a kind of request."""
    lines = [f"{'':10}{'a second':>10}{'p50, s':>9}{'p99, s':>9}{'most, s':>9}  statuses"]
    for kind, waits in taken.kinds.items():
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(waits.statuses.items()))
        figures = "".join(f"{waits.quantile(share):>9.3f}" for share in (0.5, 0.99, 1))
        lines.append(f"{kind:10}{len(waits.seconds) / taken.seconds:>10.0f}{figures}  {statuses}")
    start, half, end = taken.megabytes
    lines.append(f"memory {start:.0f} MB, half-way {half:.0f}, at the end {end:.0f}; {taken.core:.0%} of a core")
    return "\n".join(lines)


async def crowd(found: Contest, bot: Server, clients: int, seconds: float) -> Taken:
    """Let so many clients ask for so long: a half of them rubbish, the rest mentions, `tips` and reactions in turn."""
    post = await asyncio.to_thread(slack_contest.own_post, found, bot)
    kinds = {kind: Waits() for kind in ("mention", "tips", "reaction", "rubbish")}
    began, cpu, memory = time.monotonic(), bot.cpu_seconds(), bot.megabytes()
    until = began + seconds
    names = ("mention", "rubbish", "tips", "rubbish", "reaction", "rubbish")
    asking = [
        asyncio.create_task(_Client(found, bot.port, names[number % len(names)], number, post).ask(kinds, until))
        for number in range(clients)
    ]
    await asyncio.sleep(seconds / 2)
    half = bot.megabytes()
    await asyncio.gather(*asking)
    took = time.monotonic() - began
    return Taken(kinds, took, (memory, half, bot.megabytes()), (bot.cpu_seconds() - cpu) / took)


@dataclass(frozen=True, slots=True)
class _Client:
    """Somebody who asks one thing after the other; `post` is a post of ours to react to."""

    found: Contest
    port: int
    kind: str
    number: int
    post: str

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
            except (OSError, EOFError, TimeoutError):
                waits.statuses[0] += 1
            finally:
                if writer is not None:
                    writer.close()

    def _message(self, chance: random.Random, unique: str) -> bytes:
        """Give a whole request; no two mentions are the same, reactions are to posts of ours and of others."""
        now = time.time()
        match self.kind:
            case "mention":
                return mention(chance, unique).message(self.port, now)
            case "tips":
                return loads.command("tips", self.found.response_url).message(self.port, now)
            case "reaction":
                latest = f"{stub.FIRST_POST}.{chance.randint(1, 200):06}"
                posts = ((self.post, BOT_USER), (latest, BOT_USER), (loads.SOMEBODYS_POST, "U0003"))
                return loads.reaction(*chance.choice(posts), "a reaction").message(self.port, now)
            case _:
                return chance.choice(_RUBBISH)(mention(chance, unique).message(self.port, now))


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
