"""What stands beside the bots of a fault run in real life: a monitor's probes, and an operator who looks."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import aiohttp

from bench.faults.bots import Bots
from bench.faults.outcome import Watched

PROBES = ("/readyz", "/healthz", "/metrics")
_PROBE_SECONDS = 10.0
_REST_SECONDS, _LONG_REST_SECONDS = 0.2, 2.0  # between two rounds of probes; of commands, each a start of a program
_TOLD = 10  # complaints of a kind; the rest is the same


class Monitor:
    """Asks every process for its health, and runs `doctor` and `tips list`, again and again as long as it is open.

    `rooms` is how many channels have tips: each listing must hold them all. `beside` are more commands to run.
    """

    def __init__(self, bots: Bots, rooms: int, beside: Sequence[Sequence[str]] = ()) -> None:
        self._bots = bots
        self._beside = beside
        self._rooms = rooms
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._answers: Counter[str] = Counter()
        self._commands = 0
        self._complaints: list[str] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        self._tasks = [asyncio.create_task(self._probe()), asyncio.create_task(self._look())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End with what is under way; raises what kept it from going on."""
        self._over.set()
        await asyncio.gather(*self._tasks)

    @property
    def watched(self) -> Watched:
        """What it saw so far."""
        return Watched(self._answers.total(), self._commands, tuple(self._complaints[:_TOLD]))

    async def _probe(self) -> None:
        timeout = aiohttp.ClientTimeout(total=_PROBE_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while not self._over.is_set():
                for address in self._bots.addresses():
                    await asyncio.gather(*(self._ask(session, address, path) for path in PROBES))
                await self._rest(_REST_SECONDS)

    async def _ask(self, session: aiohttp.ClientSession, address: str, path: str) -> None:
        try:
            async with session.get(address + path) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):  # it is being killed, or starts
            return
        self._answers[path] += 1
        if answer.status not in {200, 503}:
            self._complaints.append(f"{path} answered {answer.status}")

    async def _look(self) -> None:
        while not self._over.is_set():
            await self._run("doctor", "--json", is_allowed=(0, 1))
            listed = json.loads(await self._run("tips", "list", "--json"))
            if len(listed) != self._rooms:
                self._complaints.append(f"`tips list` showed {len(listed)} of {self._rooms} channels")
            for words in self._beside:
                await self._run(*words)
            await self._rest(_LONG_REST_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()

    async def _run(self, *words: str, is_allowed: Sequence[int] = (0,)) -> str:
        out = await self._bots.command(*words, is_allowed=is_allowed)
        self._commands += 1
        return out
