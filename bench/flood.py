"""Measure how long a small workspace waits while a large one floods the bot: `python -m bench.flood`.

`--clients 200 --seconds 15 --database postgresql`. Each of the flood's clients mentions the bot again once it is
answered; beside them a few people of another workspace ask, one thing after the other, first alone and then beside the
flood. Exits with 0 whether the aim is met or missed, 1 when the run is broken.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop

from bench import contest, crowd, databases, servers
from bench.crowd import Waits
from bench.servers import Cores, Server, running
from bench.slack import contest as slack_contest
from bench.slack import loads
from bench.slack.contest import Contest
from bench.wrk import BrokenError
from playground.slack.world import TEAM

AIM = 0.25  # seconds at p99 for the small workspace, whatever the other does
_SMALL = "T0SMALL"
_PAUSE = 0.02  # seconds between two questions of the small workspace's people
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks one thing after the other, over one connection; `make` gives the next whole request."""

    port: int
    make: Callable[[int], bytes]
    pause: float = 0.0

    async def ask(self, waits: Waits, until: float) -> None:
        """Ask until then; a connection that breaks is made anew."""
        asked = 0
        while time.monotonic() < until:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                while time.monotonic() < until:
                    asked += 1
                    message = self.make(asked)
                    started = time.perf_counter()
                    status = await asyncio.wait_for(crowd.answered(reader, writer, message), _LONGEST)
                    waits.seconds.append(time.perf_counter() - started)
                    waits.statuses[status] += 1
                    await asyncio.sleep(self.pause)
            except (OSError, EOFError, TimeoutError):
                waits.statuses[0] += 1
            finally:
                if writer is not None:
                    writer.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args(arguments)
    cores = Cores.of_this_machine()
    servers.stay_on(cores.client)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (kind,) = stack.enter_context(databases.kinds(folder, (given.database,)))
            kind.make("flood")
            found = stack.enter_context(slack_contest.prepared(folder, cores))
            recipe = found.bot()
            environment = {**recipe.environment, "DATABASE_URL": kind.address("flood")}
            bot = stack.enter_context(running(replace(recipe, environment=environment), cores.server, folder))
            contest.wait_until_ready(bot)
            taken = uvloop.run(flood(found, bot, given.clients, given.seconds))
    except BrokenError as error:
        print(f"The run is broken: {error}", file=sys.stderr)
        return 1
    print(f"{given.database}, {given.clients} clients\n{drawn(taken, given.seconds)}")
    missed = problems(taken)
    print("\n".join(missed) if missed else f"99 of 100 of the small workspace wait {AIM:g} s at most, and none failed.")
    return 0


async def flood(found: Contest, bot: Server, clients: int, seconds: float) -> dict[str, Waits]:
    """Let the small workspace ask alone, then beside the flood; gives the waits of each."""
    taken: dict[str, Waits] = {}
    for own, (title, many) in enumerate((("alone", 0), ("beside", clients)), start=998):
        until = time.monotonic() + seconds
        flooding = Waits()
        asking = [Asker(bot.port, _mentions(TEAM, number, bot.port)).ask(flooding, until) for number in range(many)]
        small = {f"{title}: mention": Waits(), f"{title}: tips": Waits(), f"{title}: risks": Waits()}
        makers = (
            _mentions(_SMALL, own, bot.port),  # no number twice: an old mention is answered without a write
            _commands(found, "tips", bot.port),
            _commands(found, "risks", bot.port),
        )
        asking += [
            Asker(bot.port, make, _PAUSE).ask(waits, until) for waits, make in zip(small.values(), makers, strict=True)
        ]
        await asyncio.gather(*asking)
        taken |= small | ({"the flood": flooding} if many else {})
    return taken


def problems(taken: dict[str, Waits]) -> list[str]:
    """Name every aim that was missed; the flood has none."""
    found = []
    for title, waits in taken.items():
        if title == "the flood":
            continue
        if waits.quantile(0.99) > AIM:
            found.append(f"{title}: one in a hundred waits longer than {AIM:g} s")
        if set(waits.statuses) != {200}:
            found.append(f"{title}: not all were answered")
    return found


def drawn(taken: dict[str, Waits], seconds: float) -> str:
    """Draw a run as a table, a line a kind of request."""
    lines = [f"{'':16}{'a second':>10}{'p50, ms':>9}{'p99, ms':>9}{'most, ms':>9}  statuses"]
    for title, waits in taken.items():
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(waits.statuses.items()))
        figures = "".join(f"{waits.quantile(share) * 1e3:>9.1f}" for share in (0.5, 0.99, 1))
        lines.append(f"{title:16}{len(waits.seconds) / seconds:>10.0f}{figures}  {statuses}")
    return "\n".join(lines)


def _mentions(workspace: str, number: int, port: int) -> Callable[[int], bytes]:
    chance = random.Random(number)  # noqa: S311 # a load guards nothing

    def make(asked: int) -> bytes:
        load = crowd.mention(chance, f"{number:03}{asked:06}")
        return loads.of(workspace, load).message(port, time.time())

    return make


def _commands(found: Contest, words: str, port: int) -> Callable[[int], bytes]:
    load = loads.of(_SMALL, loads.command(words, found.response_url))
    return lambda _: load.message(port, time.time())


if __name__ == "__main__":
    sys.exit(main())
